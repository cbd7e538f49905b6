package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"allclear/publish"
	"allclear/server/public"
	"allclear/status"
	"allclear/templates"

	"github.com/labstack/echo/v4"
)

// statusOf translates the kinds of fault into HTTP.
func statusOf(c status.Code) int {
	switch c {
	case status.CodeMalformed:
		return http.StatusBadRequest
	case status.CodeUnauthenticated:
		return http.StatusUnauthorized
	case status.CodeForbidden:
		return http.StatusForbidden
	case status.CodeNotFound:
		return http.StatusNotFound
	case status.CodeConflict:
		return http.StatusConflict
	case status.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case status.CodeUnsupported:
		return http.StatusUnsupportedMediaType
	case status.CodeInvalid:
		return http.StatusUnprocessableEntity
	case status.CodeLimited:
		return http.StatusTooManyRequests
	case status.CodeUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func notFound(format string, args ...any) error {
	return status.NewFault(status.CodeNotFound, "", format, args...)
}

// answer is what a person or program is told about an error.
type answer struct {
	code    int
	message string // "" when the page for the code says enough
	field   string
	current int64
}

// tell reads an error. What is no fault and no routing answer of echo's is internal: it
// goes to the log, and the person learns only that it was not their mistake.
func tell(err error) answer {
	if f, ok := status.FaultOf(err); ok {
		return answer{statusOf(f.Code), f.Message, f.Field, f.Current}
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch he.Code {
		case http.StatusNotFound:
			return answer{code: he.Code, message: "There is nothing at this address."}
		case http.StatusMethodNotAllowed:
			return answer{code: he.Code, message: "This address does not accept this method."}
		case http.StatusRequestEntityTooLarge:
			return answer{code: he.Code, message: "The request is larger than 1 MiB."}
		}
		if he.Code == http.StatusServiceUnavailable { // its page has words of its own in every language
			return answer{code: he.Code}
		}
		if he.Code < 500 {
			return answer{code: he.Code, message: "The request could not be read."}
		}
	}
	return answer{code: http.StatusInternalServerError}
}

// failures turns every error that a handler returns into one answer.
type failures struct {
	live  *publish.Live
	pages *templates.Set
	log   *slog.Logger
	now   func() time.Time
	quiet atomic.Int64 // until when outages are not logged again, in Unix seconds
}

// outageEvery is how often the log repeats that requests fail because the database does:
// anybody can ask as often as they like, and the disk may be what is full.
const outageEvery = 10 * time.Second

func (f *failures) handle(err error, c echo.Context) {
	if c.Response().Committed || errors.Is(err, context.Canceled) {
		return
	}
	a := tell(err)
	if f.noteworthy(a.code) {
		f.log.Error("request failed", "path", c.Request().URL.Path, "request", requestID(c), "error", err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	if a.code == http.StatusTooManyRequests || a.code == http.StatusServiceUnavailable {
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", "30")
		}
	}
	if wantsJSON(c.Request()) {
		f.json(c, a)
		return
	}
	f.page(c, a)
}

// noteworthy: every failure of ours is, an outage now and then.
func (f *failures) noteworthy(code int) bool {
	if code != http.StatusServiceUnavailable {
		return code >= 500
	}
	now, until := f.now(), f.quiet.Load()
	return now.Unix() >= until && f.quiet.CompareAndSwap(until, now.Add(outageEvery).Unix())
}

func (f *failures) json(c echo.Context, a answer) {
	body := struct {
		Error   string            `json:"error"`
		Fields  map[string]string `json:"fields,omitempty"`
		Current int64             `json:"current_version,omitempty"`
	}{Error: a.message, Current: a.current}
	switch {
	case body.Error != "":
	case a.code == http.StatusServiceUnavailable:
		body.Error = "The database does not answer; please try again in a minute."
	default:
		body.Error = "Something went wrong on our side; please try again. Request " + requestID(c) + "."
	}
	if a.field != "" {
		body.Fields = map[string]string{a.field: a.message}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		f.log.Error("encoding an error", "error", err)
	}
	h := c.Response().Header()
	if staffAPI(c.Request()) {
		h.Set("X-Allclear-Revision", strconv.FormatInt(f.live.Revision(), 10))
	} else {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if err := c.Blob(a.code, "application/json; charset=utf-8", buf.Bytes()); err != nil {
		f.log.Debug("client left", "error", err)
	}
}

// page shows the design's own error page. A sentence of ours is rendered into it; else
// the page that was made with the snapshot is taken.
func (f *failures) page(c echo.Context, a answer) {
	r, w := c.Request(), c.Response()
	s := f.live.Current()
	if s == nil {
		_ = c.String(a.code, "The page is starting. Please try again in a moment.\n") // a client that left needs no answer
		return
	}
	locale, _, _ := s.Locale(r.URL.Path)
	body := s.Fault(locale, a.code).Body
	if a.message != "" && a.code != http.StatusNotFound && a.code != http.StatusMethodNotAllowed {
		if own := f.render(s, locale, a, requestID(c)); own != nil {
			body = own
		}
	}
	h := w.Header()
	public.PageHeaders(h)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that left needs no answer
	}
}

func (f *failures) render(s *publish.Snapshot, locale string, a answer, request string) []byte {
	d := templates.ErrorPage{Chrome: s.Chrome(locale, "/"), Code: a.code, Message: a.message}
	d.State = ""
	if a.code >= 500 {
		d.RequestID = request
	}
	var buf bytes.Buffer
	if err := f.pages.ErrorPage(&buf, d); err != nil {
		f.log.Error("rendering an error page", "error", err)
		return nil
	}
	return buf.Bytes()
}

// staffAPI: the Manage API, which no other origin's pages may read and which names the
// revision in every answer, also where no route was found.
func staffAPI(r *http.Request) bool {
	return r.URL.Path == "/v1" || strings.HasPrefix(r.URL.Path, "/v1/")
}

// wantsJSON: programs' paths, and anything that asks for JSON but not for a page.
func wantsJSON(r *http.Request) bool {
	p := r.URL.Path
	for _, prefix := range []string{"/v1", "/api/", "/inbound/", "/healthz", "/readyz", "/events"} {
		if strings.HasPrefix(p, prefix) {
			return true
		}
	}
	accept := r.Header.Get("Accept")
	return strings.HasSuffix(p, ".json") || strings.Contains(accept, "json") && !strings.Contains(accept, "html")
}
