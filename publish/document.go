package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

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

// Document is one public resource, ready to be written.
type Document struct {
	Path        string
	ContentType string
	Body        []byte    // identity
	Gzip        []byte    // nil when not smaller
	Brotli      []byte    // nil when not smaller
	Tag         string    // ETag of the identity body, quoted
	Changed     time.Time // second of the last change
	Immutable   bool      // an asset: its name holds its hash

	// LastModified, GzipTag and BrotliTag are headers made once.
	LastModified string
	GzipTag      string
	BrotliTag    string
}

// doc is what a maker of documents hands to the builder.
type doc struct {
	path        string
	contentType string
	body        []byte
	changed     time.Time // when its content last changed
	immutable   bool
}

// brotliQuality is 5 for pages, 11 for assets, which are compressed once.
const (
	brotliPage  = 5
	brotliAsset = 11
)

// newDocument compresses a body and fixes its headers.
func newDocument(d doc) *Document {
	sum := sha256.Sum256(d.body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	out := &Document{
		Path: d.path, ContentType: d.contentType, Body: d.body, Immutable: d.immutable,
		Changed: d.changed.UTC().Truncate(time.Second),
		Tag:     `"` + tag + `"`, GzipTag: `"` + tag + `-gz"`, BrotliTag: `"` + tag + `-br"`,
	}
	out.LastModified = out.Changed.Format("Mon, 02 Jan 2006 15:04:05 GMT")
	if len(d.body) >= 200 && !strings.HasPrefix(d.contentType, "image/png") {
		out.Gzip = smaller(gzipped(d.body), d.body)
		out.Brotli = smaller(brotlied(d.body, d.immutable), d.body)
	}
	return out
}

func smaller(packed, body []byte) []byte {
	if len(packed) < len(body) {
		return packed
	}
	return nil
}

// gzipped uses the best level for pages; large machine documents change often and are
// packed faster.
func gzipped(body []byte) []byte {
	level := gzip.BestCompression
	if len(body) > 128<<10 {
		level = 5
	}
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, level) // the levels are valid
	_, _ = w.Write(body)                     // a buffer takes everything
	_ = w.Close()
	return buf.Bytes()
}

func brotlied(body []byte, asset bool) []byte {
	quality := brotliPage
	switch {
	case asset:
		quality = brotliAsset
	case len(body) > 128<<10:
		quality = 2
	}
	var buf bytes.Buffer
	w := brotli.NewWriterLevel(&buf, quality)
	_, _ = w.Write(body)
	_ = w.Close()
	return buf.Bytes()
}

// same says whether the document already holds what d says.
func (d *Document) same(o doc) bool {
	return d.ContentType == o.contentType && bytes.Equal(d.Body, o.body)
}

// Matches says whether an If-None-Match header names this document in any encoding.
func (d *Document) Matches(header string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		tag := strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if tag == "*" || tag == d.Tag || tag == d.GzipTag || tag == d.BrotliTag {
			return true
		}
	}
	return false
}
