package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
)

//go:embed *.css *.js icons share
var files embed.FS

// Asset is one embedded file.
type Asset struct {
	Name        string // "page.css", "icons/major.svg"
	Hashed      string // "page.3f9a1c2b.css", "icons/major.9b1d0c22.svg"
	ContentType string
	Body        []byte
}

// URL is the address under which the asset is served.
func (a Asset) URL() string { return "/s/" + a.Hashed }

// Assets lists every asset, ordered by name.
func Assets() []Asset { return catalogue().list }

// Get finds an asset by its plain name.
func Get(name string) (Asset, bool) {
	a, ok := catalogue().byName[name]
	return a, ok
}

// URL is the address of an asset. Naming one that does not exist is a mistake in
// the program, found by the first test that renders a page; hence the panic.
func URL(name string) string {
	a, ok := Get(name)
	if !ok {
		panic(fmt.Sprintf("static: there is no asset %q", name))
	}
	return a.URL()
}

type index struct {
	list   []Asset
	byName map[string]Asset
}

// catalogue reads and hashes the embedded files on first use.
var catalogue = sync.OnceValue(func() index {
	ix := index{byName: map[string]Asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		ix.list = append(ix.list, Asset{Name: name, ContentType: contentType(name), Body: slim(name, body)})
		return nil
	})
	if err != nil {
		panic("static: " + err.Error()) // an embedded file system cannot fail to read
	}
	sort.Slice(ix.list, func(i, j int) bool { return ix.list[i].Name < ix.list[j].Name })
	icons := ix.icons()
	for i := range ix.list {
		a := &ix.list[i]
		a.Hashed = hashedName(a.Name, a.Body)
		if isIcon(a.Name) {
			a.Hashed = hashedName(a.Name, icons)
		}
		ix.byName[a.Name] = *a
	}
	return ix
})

// isIcon tells the drawings, which share a hash: knowing the address of one, a script
// knows that of the others.
func isIcon(name string) bool { return path.Dir(name) == "icons" && path.Ext(name) == ".svg" }

// icons are all drawings together.
func (ix index) icons() []byte {
	var all []byte
	for _, a := range ix.list {
		if isIcon(a.Name) {
			all = append(append(all, a.Name...), a.Body...)
		}
	}
	return all
}

// hashedName puts the start of the content's SHA-256 before the extension.
func hashedName(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
}

// contentType is fixed here, not asked of the system's MIME tables, which differ
// between machines.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".ico":
		return "image/x-icon"
	case ".png":
		return "image/png"
	}
	return "application/octet-stream"
}
