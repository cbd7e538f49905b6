package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"allclear/static"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// Content types of the documents.
const (
	typeHTML  = "text/html; charset=utf-8"
	typeJSON  = "application/json; charset=utf-8"
	typeRSS   = "application/rss+xml; charset=utf-8"
	typeAtom  = "application/atom+xml; charset=utf-8"
	typeFeed  = "application/feed+json; charset=utf-8"
	typePlain = "text/plain; charset=utf-8"
)

// Document is one public resource, ready to be written. Header values are slices made
// once, so that serving allocates nothing.
type Document struct {
	Path         string
	ContentType  []string
	Body         []byte    // identity
	Changed      time.Time // second of the last change
	LastModified []string
	Immutable    bool // an asset: its name holds its hash
	HTML         bool
	Framed       bool     // other sites may show it in a frame
	Preload      []string // the Link header of a page

	plain        *Variant
	gzip, brotli func() *Variant
}

// Variant is a document's body in one encoding, with the headers that depend on it.
type Variant struct {
	Body   []byte
	Tag    []string // strong ETag, quoted
	Length []string
}

// Plain is the body as it is.
func (d *Document) Plain() *Variant { return d.plain }

// Gzip is the packed body, made once; nil when it is not smaller.
func (d *Document) Gzip() *Variant { return d.gzip() }

// Brotli is the packed body, made once; nil when it is not smaller.
func (d *Document) Brotli() *Variant { return d.brotli() }

// Tag is the ETag of the body as it is.
func (d *Document) Tag() string { return d.plain.Tag[0] }

// doc is what a maker of documents hands to the builder.
type doc struct {
	path        string
	contentType string
	body        []byte
	changed     time.Time // when its content last changed
	immutable   bool
	framed      bool
}

const (
	warmLimit = 64 << 10
	largeBody = 128 << 10
)

// newDocument fixes a document's headers.
func newDocument(d doc) *Document {
	sum := sha256.Sum256(d.body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	changed := d.changed.UTC().Truncate(time.Second)
	out := &Document{
		Path: d.path, ContentType: []string{d.contentType}, Body: d.body, Immutable: d.immutable,
		Changed: changed, LastModified: []string{changed.Format(http1Time)}, HTML: d.contentType == typeHTML, Framed: d.framed,
		plain: newVariant(d.body, tag),
	}
	if out.HTML && !out.Framed {
		out.Preload = preload()
	}
	out.gzip = sync.OnceValue(func() *Variant { return smaller(gzipped(d.body), d.body, tag+"-gz") })
	out.brotli = sync.OnceValue(func() *Variant { return smaller(brotlied(d.body, d.immutable), d.body, tag+"-br") })
	return out
}

// preload lets a browser fetch the style sheet while the page itself is still coming.
var preload = sync.OnceValue(func() []string { return []string{"<" + static.URL("page.css") + ">; rel=preload; as=style"} })

// http1Time is the format of dates in HTTP (RFC 9110, 5.6.7).
const http1Time = "Mon, 02 Jan 2006 15:04:05 GMT"

func newVariant(body []byte, tag string) *Variant {
	return &Variant{Body: body, Tag: []string{`"` + tag + `"`}, Length: []string{strconv.Itoa(len(body))}}
}

// warm packs a document before anybody asks. Large machine documents wait for their
// first reader, as a publication must not wait for them.
func (d *Document) warm() {
	if len(d.Body) <= warmLimit {
		d.gzip()
		d.brotli()
	}
}

func smaller(packed, body []byte, tag string) *Variant {
	if len(packed) < len(body) {
		return newVariant(packed, tag)
	}
	return nil
}

// The writers hold large tables, so they are used again.
var (
	gzipBest   = sync.Pool{New: func() any { return newGzip(gzip.BestCompression) }}
	gzipFast   = sync.Pool{New: func() any { return newGzip(5) }}
	brotliPage = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, 5) }}
	brotliFast = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, 3) }}
)

func newGzip(level int) *gzip.Writer {
	w, err := gzip.NewWriterLevel(nil, level)
	if err != nil {
		panic(err) // the levels above are valid
	}
	return w
}

// gzipped uses the best level for pages; large machine documents change often and are
// packed faster.
func gzipped(body []byte) []byte {
	if len(body) > largeBody {
		return packed(&gzipFast, body)
	}
	return packed(&gzipBest, body)
}

// brotlied uses quality 5 for pages and 11 for assets, which are packed once.
func brotlied(body []byte, asset bool) []byte {
	switch {
	case asset:
		var buf bytes.Buffer
		w := brotli.NewWriterLevel(&buf, brotli.BestCompression)
		_, _ = w.Write(body) // a buffer takes everything
		_ = w.Close()
		return buf.Bytes()
	case len(body) > largeBody:
		return packed(&brotliFast, body)
	}
	return packed(&brotliPage, body)
}

func packed(pool *sync.Pool, body []byte) []byte {
	w := pool.Get().(interface {
		io.WriteCloser
		Reset(w io.Writer)
	})
	defer pool.Put(w)
	var buf bytes.Buffer
	w.Reset(&buf)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return buf.Bytes()
}

// same says whether the document already holds what d says.
func (d *Document) same(o doc) bool {
	return d.ContentType[0] == o.contentType && bytes.Equal(d.Body, o.body)
}

// Matches says whether an If-None-Match header names this document in any encoding.
func (d *Document) Matches(header string) bool {
	own := strings.Trim(d.Tag(), `"`)
	for candidate := range strings.SplitSeq(header, ",") {
		tag := strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if tag == "*" {
			return true
		}
		tag = strings.TrimSuffix(strings.TrimPrefix(tag, `"`), `"`)
		if tag == own || tag == own+"-gz" || tag == own+"-br" {
			return true
		}
	}
	return false
}
