package static

import (
	"bytes"
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

//go:embed *.css *.js icons
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
		body = slim(name, body)
		a := Asset{Name: name, Hashed: hashedName(name, body), ContentType: contentType(name), Body: body}
		ix.list = append(ix.list, a)
		ix.byName[name] = a
		return nil
	})
	if err != nil {
		panic("static: " + err.Error()) // an embedded file system cannot fail to read
	}
	sort.Slice(ix.list, func(i, j int) bool { return ix.list[i].Name < ix.list[j].Name })
	return ix
})

// slim drops the indentation and the lines that are nothing but a comment from
// style sheets and scripts: they are for us, and a reader on a train pays for them.
// No file here has a string over several lines, so nothing else changes.
func slim(name string, body []byte) []byte {
	if ext := path.Ext(name); ext != ".css" && ext != ".js" {
		return body
	}
	var out bytes.Buffer
	for line := range bytes.Lines(body) {
		line = bytes.TrimLeft(line, "\t ")
		comment := bytes.HasPrefix(line, []byte("//")) || bytes.HasPrefix(line, []byte("/*")) && bytes.HasSuffix(line, []byte("*/\n"))
		if !comment && len(bytes.TrimSpace(line)) > 0 {
			out.Write(line)
		}
	}
	return out.Bytes()
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
