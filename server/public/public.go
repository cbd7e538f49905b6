package public

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"allclear/publish"

	"github.com/labstack/echo/v4"
)

// Site serves the documents.
type Site struct {
	Live *publish.Live
}

// Serve answers the request when it asks for a public document; false means that
// somebody else has to. It runs before everything else: one atomic load, one map look-up.
func (s *Site) Serve(w http.ResponseWriter, r *http.Request) (bool, error) {
	snapshot := s.Live.Current()
	if snapshot == nil {
		return false, nil
	}
	path := clean(r.URL.Path)
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		return s.options(w, r, snapshot, path)
	default:
		return false, s.refuse(w, snapshot, path)
	}
	d, err := snapshot.Document(key(path, r.URL.RawQuery))
	if d == nil && err == nil {
		d, err = s.elsewhere(w, r, snapshot, path)
	}
	if err != nil || d == nil {
		return w.Header().Get("Location") != "", err
	}
	WriteDocument(w, r, d, snapshot.XStatus)
	return true, nil
}

// elsewhere handles what the snapshot does not hold: the default language's own prefix
// and the archive.
func (s *Site) elsewhere(w http.ResponseWriter, r *http.Request, snapshot *publish.Snapshot, path string) (*publish.Document, error) {
	locale, rest, prefixed := snapshot.Locale(path)
	if prefixed && (locale == snapshot.Page.DefaultLocale || path == "/"+locale) {
		to := rest
		if locale != snapshot.Page.DefaultLocale {
			to = "/" + locale + "/"
		}
		redirect(w, r, to)
		return nil, nil //nolint:nilnil // answered
	}
	if !publish.Archived(path) {
		return nil, nil //nolint:nilnil // not ours
	}
	return s.Live.Archive(context.WithoutCancel(r.Context()), key(path, r.URL.RawQuery))
}

// redirect stays on this site: to is what the visitor asked for without the language. It
// is written as a path again, since a browser reads a bare backslash as a slash, and two
// of them as another host.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	u := url.URL{Path: to, RawQuery: r.URL.RawQuery}
	w.Header().Set("Location", u.String())
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.WriteHeader(http.StatusPermanentRedirect)
}

// refuse says that a document cannot be written to.
func (s *Site) refuse(w http.ResponseWriter, snapshot *publish.Snapshot, path string) error {
	if !snapshot.Has(path) && !publish.Archived(path) {
		return nil
	}
	w.Header().Set("Allow", "GET, HEAD, OPTIONS")
	return echo.ErrMethodNotAllowed
}

// options answers a browser's preflight for documents that other origins may read. One of
// the archive is not made for it: the request that follows says whether it is there.
func (s *Site) options(w http.ResponseWriter, r *http.Request, snapshot *publish.Snapshot, path string) (bool, error) {
	d, err := snapshot.Document(key(path, r.URL.RawQuery))
	if err != nil || d == nil && !publish.Archived(path) {
		return false, err
	}
	h := w.Header()
	h.Set("Allow", "GET, HEAD, OPTIONS")
	if d != nil && !d.HTML || d == nil && strings.HasSuffix(path, ".json") {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "*")
		h.Set("Access-Control-Max-Age", "86400")
	}
	w.WriteHeader(http.StatusNoContent)
	return true, nil
}

// clean folds repeated slashes: careless clients join paths as in //api/v2/status.json.
func clean(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// key is the document's name: its path and the one query that names another document,
// per=update of a feed or a further page of a long list. Any other query is ignored, so that it
// causes no work.
func key(path, query string) string {
	if query == "" {
		return path
	}
	for part := range strings.SplitSeq(query, "&") {
		if part == "per=update" && strings.Contains(path, "feed.") || namesPage(path, part) {
			return path + "?" + part
		}
	}
	return path
}

// namesPage says whether a query names a further page; the first one is the path alone.
func namesPage(path, part string) bool {
	name, value, _ := strings.Cut(part, "=")
	if strings.HasPrefix(path, "/api/v3/components/") && strings.HasSuffix(path, "/uptime.json") {
		return name == "days" && value != "" && value != "90"
	}
	switch path {
	case "/history.json":
		return name == "page" && value != "" && value != "1"
	case "/api/v3/incidents.json":
		return name == "cursor" && value != ""
	}
	return false
}
