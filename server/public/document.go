package public

import (
	"net/http"
	"strconv"
	"strings"

	"allclear/publish"
)

// Headers of every public document, made once: assigning a ready slice costs nothing.
var (
	cacheDocument = []string{"public, max-age=5, stale-while-revalidate=60, stale-if-error=86400"}
	cacheAsset    = []string{"public, max-age=31536000, immutable"}
	varyEncoding  = []string{"Accept-Encoding"}
	anyOrigin     = []string{"*"}
	nosniff       = []string{"nosniff"}
	encodingBr    = []string{"br"}
	encodingGzip  = []string{"gzip"}
	pagePolicy    = []string{"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"}
	framePolicy   = []string{"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"}
	dataPolicy    = []string{"default-src 'none'; frame-ancestors 'none'"}
	hsts          = []string{"max-age=31536000"}
	referrer      = []string{"strict-origin-when-cross-origin"}
)

// Harden sets what every answer carries, whoever gives it and however it ends: handlers
// may set other values, but none may forget one. https says that the base URL is https.
func Harden(h http.Header, https bool) {
	h["Content-Security-Policy"], h["X-Content-Type-Options"] = dataPolicy, nosniff
	if https {
		h["Strict-Transport-Security"] = hsts
	}
}

// WriteDocument answers a GET or HEAD with a document: 304 when the client has it,
// else the smallest encoding that the client accepts. state is the X-Status of pages.
func WriteDocument(w http.ResponseWriter, r *http.Request, d *publish.Document, state []string) {
	h := w.Header()
	h["Cache-Control"], h["Vary"], h["X-Content-Type-Options"] = cacheDocument, varyEncoding, nosniff
	if d.Immutable {
		h["Cache-Control"] = cacheAsset
	}
	switch {
	case d.Framed:
		h["Content-Security-Policy"], h["Referrer-Policy"], h["X-Status"] = framePolicy, referrer, state
	case d.HTML:
		h["Content-Security-Policy"], h["Referrer-Policy"], h["X-Status"], h["Link"] = pagePolicy, referrer, state, d.Preload
	default:
		h["Access-Control-Allow-Origin"], h["Content-Security-Policy"] = anyOrigin, dataPolicy
	}
	variant, encoding := choose(d, r.Header.Get("Accept-Encoding"))
	h["Last-Modified"], h["Etag"] = d.LastModified, variant.Tag
	if fresh(r, d) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if encoding != nil {
		h["Content-Encoding"] = encoding
	}
	h["Content-Type"], h["Content-Length"] = d.ContentType, variant.Length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(variant.Body) // a client that left needs no answer
	}
}

// fresh says whether the client's copy is current. The ETag decides when it is given.
func fresh(r *http.Request, d *publish.Document) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		return d.Matches(tags)
	}
	since := r.Header.Get("If-Modified-Since")
	if since == "" {
		return false
	}
	t, err := http.ParseTime(since)
	return err == nil && !d.Changed.After(t)
}

// choose picks the body by Accept-Encoding.
func choose(d *publish.Document, accept string) (variant *publish.Variant, encoding []string) {
	if accepts(accept, "br") {
		if v := d.Brotli(); v != nil {
			return v, encodingBr
		}
	}
	if accepts(accept, "gzip") {
		if v := d.Gzip(); v != nil {
			return v, encodingGzip
		}
	}
	return d.Plain(), nil
}

// accepts reads an Accept-Encoding header (RFC 9110, 12.5.3): a coding counts unless its
// weight is 0. "*" is not taken as an invitation.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !ok {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

// PageHeaders are the headers of an HTML answer that is no document of the snapshot.
func PageHeaders(h http.Header) {
	h["Content-Security-Policy"], h["Referrer-Policy"], h["X-Content-Type-Options"] = pagePolicy, referrer, nosniff
}
