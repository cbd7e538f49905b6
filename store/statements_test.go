package store

import (
	"flag"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
)

// statements remembers which SQL ran on which engine.
type statements struct {
	mu  sync.Mutex
	run map[string]map[string]bool
}

var ran = statements{run: map[string]map[string]bool{}}

func (s *statements) note(engine string) func(string) {
	return func(query string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.run[engine] == nil {
			s.run[engine] = map[string]bool{}
		}
		s.run[engine][query] = true
	}
}

// wholeSuite says whether every test ran, so that every statement must have run too.
func wholeSuite() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return true
}

// reportUnrun names every statement in the sources that some engine never ran.
func reportUnrun() int {
	all, err := sources()
	if err != nil {
		fmt.Fprintln(os.Stderr, "read the statements:", err)
		return 1
	}
	code := 0
	for engine, run := range ran.run {
		for query, place := range all {
			if run[query] || strings.Contains(query, "FOR UPDATE") && engine == "sqlite" ||
				strings.Contains(query, "pg_notify") && engine == "sqlite" {
				continue
			}
			code = 1
			fmt.Fprintf(os.Stderr, "%s: no test runs this statement on %s: %s\n", place, engine, query)
		}
	}
	return code
}

var isStatement = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s`)

// sources finds the constant texts of this package that are statements, with their place.
func sources() (map[string]string, error) {
	files := token.NewFileSet()
	ours := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	parsed, err := parser.ParseDir(files, ".", ours, 0) //nolint:staticcheck // no build tags here
	if err != nil {
		return nil, err
	}
	var list []*ast.File
	for _, f := range parsed["store"].Files {
		list = append(list, f)
	}
	// Constants of this package are worked out although its imports are not loaded.
	info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Error: func(error) {}, Importer: noImports{}}
	_, _ = config.Check("store", files, list, &info)
	out := map[string]string{}
	for expr, v := range info.Types {
		if v.Value == nil || v.Value.Kind() != constant.String {
			continue
		}
		if text := constant.StringVal(v.Value); isStatement.MatchString(text) {
			out[text] = files.Position(expr.Pos()).String()
		}
	}
	return whole(out), nil
}

// whole drops texts that are only the beginning of another one.
func whole(all map[string]string) map[string]string {
	out := map[string]string{}
	for text, place := range all {
		part := false
		for other := range all {
			part = part || other != text && strings.HasPrefix(other, text)
		}
		if !part {
			out[text] = place
		}
	}
	return out
}

type noImports struct{}

func (noImports) Import(path string) (*types.Package, error) {
	return nil, fmt.Errorf("not loaded: %s", path)
}
