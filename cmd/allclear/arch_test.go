package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the repository as seen from this package's folder.
const root = "../.."

// program is the folder of the command.
const program = "cmd/allclear"

// arrows says which of our packages a folder may import; "status/" stands for
// the sub-packages of status. A folder that is missing here has no place in the
// house yet.
var arrows = map[string][]string{
	"status":              {},
	"status/":             {"status"},
	"migrations":          {},
	"static":              {},
	"templates":           {"status", "status/", "static"},
	"store":               {"status", "status/", "migrations"},
	"publish":             {"status", "status/", "templates", "static"},
	"publish/publishtest": {"status"}, // a public state in memory, for tests
	"subscribers":         {"status", "status/", "templates"},
	"server/inbound":      {"status", "status/"},
	"server/public":       {"status", "status/", "publish", "subscribers", "templates"},
	"server/admin":        {"status", "status/", "store", "publish", "subscribers", "templates"},
	"server/manage":       {"status", "status/", "store", "publish", "subscribers", "templates"},
	"server": {
		"server/inbound", "server/public", "server/admin", "server/manage",
		"publish", "templates", "static", "status", "status/",
	},
	program: {
		"status", "status/", "migrations", "static", "templates", "store", "publish", "subscribers",
		"server", "server/inbound", "server/public", "server/admin", "server/manage",
	},
}

// homes says where a library may be imported, so that "what does X here" is
// answered by the folder list. The longest matching path counts; a library from
// outside that is missing here is refused everywhere.
var homes = map[string][]string{
	"database/sql":                   {"store"},
	"github.com/mattn/go-sqlite3":    {"store"},
	"github.com/jackc/pgx/v5":        {"store"},
	"github.com/pressly/goose/v3":    {"store"},
	"github.com/labstack/echo/v4":    {"server", "server/inbound", "server/public", "server/admin", "server/manage"},
	"github.com/r3labs/sse/v2":       {"server"},
	"html/template":                  {"templates"},
	"github.com/yuin/goldmark":       {"templates"},
	"github.com/microcosm-cc":        {"templates"},
	"golang.org/x/text":              {"templates"},
	"github.com/gorilla/feeds":       {"publish"},
	"github.com/arran4/golang-ical":  {"publish"},
	"github.com/andybalholm/brotli":  {"publish"},
	"github.com/klauspost/compress":  {"publish"},
	"github.com/teambition/rrule-go": {"status"}, // its one exception: what a rule of RFC 5545 means
	"golang.org/x/crypto/argon2":     {"server/admin"},
	"golang.org/x/crypto/acme":       {program},
	"github.com/wneessen/go-mail":    {"subscribers"},
	"golang.org/x/net/idna":          {"subscribers"},
	"github.com/alecthomas/kong":     {program},
	"github.com/BurntSushi/toml":     {program},
	"flag":                           {program},
}

// programOnly are the calls that read the environment or end the process.
var programOnly = []string{
	"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv",
	"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln",
}

// topLevel are the folders of the house, and below the line what is only there
// on a developer's machine and never committed.
var topLevel = []string{
	"cmd", "docs", "migrations", "publish", "server", "static", "status", "store", "subscribers", "templates",

	"bin", "data",
}

func TestArrowsAndHomes(t *testing.T) {
	files := productionFiles(t)
	if len(files) == 0 {
		t.Fatal("no Go file was found: the test looks in the wrong place")
	}
	for _, file := range files {
		for _, fault := range faultsOf(t, file) {
			t.Errorf("%s %s", file, fault)
		}
	}
}

// TestRulesRefuse proves that the rules above can fail.
func TestRulesRefuse(t *testing.T) {
	for _, c := range []struct{ dir, imports, want string }{
		{"status", "errors", ""},
		{"status", "allclear/store", "imports allclear/store"},
		{"status", "github.com/yuin/goldmark", "at home in templates"},
		{"status/lint", "allclear/status", ""},
		{"status/lint", "allclear/status/statuspage", "imports allclear/status/statuspage"},
		{"store", "allclear/status/statuspage", ""},
		{"store", "allclear/publish", "imports allclear/publish"},
		{"store", "database/sql/driver", ""},
		{"store", "github.com/mattn/go-sqlite3", ""},
		{"publish", "database/sql", "at home in store"},
		{"publish", "html/template", "at home in templates"},
		{"publish", "allclear/store", "imports allclear/store"},
		{"server/public", "allclear/store", "imports allclear/store"},
		{"server/admin", "allclear/store", ""},
		{"server/admin", "allclear/server", "imports allclear/server"},
		{"server", "allclear/store", "imports allclear/store"},
		{"server", "golang.org/x/crypto/argon2", "at home in server/admin"},
		{"server", "golang.org/x/crypto/bcrypt", "has no home"},
		{"cmd/allclear", "allclear/server", ""},
		{"cmd/allclear", "github.com/labstack/echo/v4/middleware", "at home in server"},
		{"workers", "errors", "is not a folder of the house"},
	} {
		got := importFault(c.dir, c.imports)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s importing %s: got %q, want %q", c.dir, c.imports, got, c.want)
		}
	}
}

// productionFiles are all Go files of the tree but tests, with slashes and
// relative to the root.
func productionFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			relative, err := filepath.Rel(root, name)
			files = append(files, filepath.ToSlash(relative))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// faultsOf reads one file and says in sentences, without the file's name, which
// rules it breaks.
func faultsOf(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	dir := path.Dir(file)
	faults := []string{nameFault(parsed.Name.Name)}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, importFault(dir, imported))
		if spec.Name != nil && (imported == "os" || imported == "log") {
			faults = append(faults, "renames the import of "+imported+", which hides os.Getenv and os.Exit from this test")
		}
	}
	faults = append(faults, callFaults(dir, parsed)...)
	return slices.DeleteFunc(faults, func(fault string) bool { return fault == "" })
}

// importFault says which rule an import breaks, "" when none.
func importFault(dir, imported string) string {
	allowed, known := arrows[rowOf(dir)]
	if !known {
		return fmt.Sprintf("lies in %s, which is not a folder of the house: add it to the table of arrows with its reason", dir)
	}
	if own, ok := strings.CutPrefix(imported, "allclear/"); ok {
		if !slices.Contains(allowed, rowOf(own)) {
			return fmt.Sprintf("imports %s, but %s may import only: %s", imported, dir, orNothing(allowed))
		}
		return ""
	}
	home, listed := homeOf(imported)
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case !listed && strings.Contains(first, "."):
		return fmt.Sprintf("imports %s, which has no home: add it to the table of homes with its reason", imported)
	case listed && !slices.Contains(home, dir):
		return fmt.Sprintf("imports %s, which is at home in %s and nowhere else", imported, strings.Join(home, ", "))
	}
	return ""
}

// rowOf is the row of the table of arrows for a folder.
func rowOf(dir string) string {
	if strings.HasPrefix(dir, "status/") {
		return "status/"
	}
	return dir
}

func orNothing(allowed []string) string {
	if len(allowed) == 0 {
		return "nothing of ours"
	}
	return strings.Join(allowed, ", ")
}

// homeOf finds the longest entry of homes that holds the package.
func homeOf(imported string) (home []string, listed bool) {
	longest := ""
	for library, folders := range homes {
		if (imported == library || strings.HasPrefix(imported, library+"/")) && len(library) > len(longest) {
			longest, home, listed = library, folders, true
		}
	}
	return home, listed
}

// callFaults finds calls that only the program may make, and init functions.
func callFaults(dir string, file *ast.File) (faults []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				faults = append(faults, "has an init function: nothing here happens before main")
			}
		case *ast.SelectorExpr:
			if pkg, ok := n.X.(*ast.Ident); ok {
				faults = append(faults, callFault(dir, pkg.Name+"."+n.Sel.Name))
			}
		}
		return true
	})
	return faults
}

func callFault(dir, call string) string {
	if dir == program || !slices.Contains(programOnly, call) {
		return ""
	}
	return fmt.Sprintf("uses %s, which is at home in %s and nowhere else", call, program)
}

// nameFault refuses packages whose name says nothing about what is inside.
func nameFault(name string) string {
	if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "lib"}, name) {
		return "is of package " + name + ", a name that says nothing: name it after what it does"
	}
	return ""
}

func TestCallsAndNamesRefuse(t *testing.T) {
	text := "package helpers\nimport \"os\"\nfunc init() { os.Exit(len(os.Getenv(\"X\"))) }"
	parsed, err := parser.ParseFile(token.NewFileSet(), "x.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	faults := strings.Join(append(callFaults("status", parsed), nameFault(parsed.Name.Name)), "\n")
	for _, want := range []string{"os.Exit", "os.Getenv", "init function", "package helpers"} {
		if !strings.Contains(faults, want) {
			t.Errorf("no fault names %s:\n%s", want, faults)
		}
	}
	if faults := callFaults(program, parsed); strings.Contains(strings.Join(faults, ""), "os.Exit") {
		t.Errorf("the program itself may exit, but: %v", faults)
	}
}

func TestNoNewTopLevelFolder(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") && !slices.Contains(topLevel, entry.Name()) {
			t.Errorf("the folder %s is not one of the house (%s): a new one needs a written reason", entry.Name(), strings.Join(topLevel, ", "))
		}
	}
}

func TestMigrationNumbers(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(root, "migrations", "*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no migration was found (%v)", err)
	}
	for i, fault := range numberFaults(names) {
		t.Errorf("%d: %s", i+1, fault)
	}
	bad := []string{"m/0001_init.sql", "m/0002_a.sql", "m/0002_b.sql", "m/seven.sql"}
	if faults := numberFaults(bad); len(faults) != 2 {
		t.Errorf("two wrong names among %v, found: %v", bad, faults)
	}
}

// numberFaults wants 0001_name.sql, each number once: two branches that both
// took the next number must not reach a database in different orders.
func numberFaults(names []string) (faults []string) {
	form := regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)
	seen := map[string]string{}
	for _, name := range names {
		base := filepath.Base(name)
		match := form.FindStringSubmatch(base)
		if match == nil {
			faults = append(faults, base+" is not named like 0001_init.sql")
			continue
		}
		if other, twice := seen[match[1]]; twice {
			faults = append(faults, base+" and "+other+" have the same number")
		}
		seen[match[1]] = base
	}
	return faults
}
