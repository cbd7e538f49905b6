package manage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/store"
)

var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// fixture is a desk over a real database, with three components and a token per role.
type fixture struct {
	t       testing.TB
	desk    *Desk
	echo    *echo.Echo
	live    *fakeLive
	woken   int
	dir     string // of the database
	page    string // URL of the page
	api     string // ids of components
	web     string
	mail    string
	mu      sync.Mutex
	now     time.Time
	secrets map[status.Role]string
}

// fakeLive serves every revision at once, unless late says otherwise.
type fakeLive struct {
	mu       sync.Mutex
	revision int64
	late     bool
	deadline time.Time // of the last Wait
}

func (l *fakeLive) Wait(ctx context.Context, revision int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deadline, _ = ctx.Deadline()
	if l.late {
		return context.DeadlineExceeded
	}
	l.revision = max(l.revision, revision)
	return nil
}

func (l *fakeLive) Revision() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.revision
}

// clock moves on a little with every look, so that paces refill.
func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(10 * time.Millisecond)
	return f.now
}

func (f *fixture) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t, now: start, live: &fakeLive{}, dir: t.TempDir(), secrets: map[status.Role]string{}}
	s, err := store.Open(t.Context(), store.Options{
		Database: "sqlite:" + filepath.Join(f.dir, "site.db"), Now: f.clock, Log: slog.New(slog.DiscardHandler),
		BaseURL: "https://status.example.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	f.desk = &Desk{Store: s, Live: f.live, BaseURL: "https://status.example.com", Locales: []string{"en", "de"}, Wake: func() { f.woken++ }, Now: f.clock, Log: slog.New(slog.DiscardHandler)}
	f.echo = echo.New()
	f.echo.HTTPErrorHandler = answerError
	f.desk.Register(f.echo)
	for _, role := range status.Roles() {
		f.secrets[role] = f.token(string(role), role, nil)
	}
	site, err := s.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.page = "/v1/pages/" + site.Page.ID
	f.api, f.web, f.mail = f.component("API"), f.component("Website"), f.component("Mail")
	return f
}

func (f *fixture) token(name string, role status.Role, expires *time.Time) string {
	f.t.Helper()
	secret := store.NewSecret()
	token := status.Token{ID: status.NewID(), Name: name, Role: role, Hash: store.SecretHash(secret), ExpiresAt: expires}
	if err := f.desk.Store.AddToken(f.t.Context(), store.By{Actor: "test"}, token); err != nil {
		f.t.Fatal(err)
	}
	return secret
}

func (f *fixture) component(name string) string {
	f.t.Helper()
	got := f.as(status.Admin).post("/components", fmt.Sprintf(`{"component":{"name":%q}}`, name)).want(http.StatusCreated)
	return got.text("id")
}

func (f *fixture) revision() int64 {
	f.t.Helper()
	_, n, err := f.desk.Store.Revision(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

// answerError does what the server's error handler does for paths under /v1.
func answerError(err error, c echo.Context) {
	codes := map[status.Code]int{
		status.CodeMalformed: 400, status.CodeUnauthenticated: 401, status.CodeForbidden: 403, status.CodeNotFound: 404, status.CodeConflict: 409,
		status.CodeTooLarge: 413, status.CodeUnsupported: 415, status.CodeInvalid: 422, status.CodeLimited: 429, status.CodeUnavailable: 503,
	}
	body, code := map[string]any{"error": err.Error()}, http.StatusInternalServerError
	if f, ok := status.FaultOf(err); ok {
		code = codes[f.Code]
		if f.Field != "" {
			body["fields"] = map[string]string{f.Field: f.Message}
		}
	} else if routing, ok := errors.AsType[*echo.HTTPError](err); ok {
		code = routing.Code
	}
	_ = c.JSON(code, body)
}

// client sends requests with the token of a role.
type client struct {
	f      *fixture
	secret string
	header http.Header
}

func (f *fixture) as(role status.Role) client { return client{f, f.secrets[role], http.Header{}} }

func (c client) with(name, value string) client {
	c.header = c.header.Clone()
	c.header.Set(name, value)
	return c
}

func (c client) get(path string) *reply        { return c.send(http.MethodGet, path, "", "") }
func (c client) delete(path string) *reply     { return c.send(http.MethodDelete, path, "", "") }
func (c client) post(path, body string) *reply { return c.send(http.MethodPost, path, jsonType, body) }
func (c client) patch(path, body string) *reply {
	return c.send(http.MethodPatch, path, jsonType, body)
}
func (c client) form(m, p string, v url.Values) *reply { return c.send(m, p, formType, v.Encode()) }

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// send does one request; a path that begins with / and no version is below the page.
func (c client) send(method, path, contentType, body string) *reply {
	c.f.t.Helper()
	if !strings.HasPrefix(path, "/v1") {
		path = c.f.page + path
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	maps.Copy(r.Header, c.header)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if c.secret != "" && r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", "OAuth "+c.secret)
	}
	w := httptest.NewRecorder()
	c.f.echo.ServeHTTP(w, r)
	return &reply{t: c.f.t, name: method + " " + path, code: w.Code, header: w.Header(), body: w.Body.Bytes()}
}

type reply struct {
	t      testing.TB
	name   string
	code   int
	header http.Header
	body   []byte
}

func (r *reply) want(code int) *reply {
	r.t.Helper()
	if r.code != code {
		r.t.Fatalf("%s answered %d, want %d: %s", r.name, r.code, code, r.body)
	}
	return r
}

// tree is the body as numbers, texts, lists and objects.
func (r *reply) tree() any {
	r.t.Helper()
	var v any
	dec := json.NewDecoder(bytes.NewReader(r.body))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		r.t.Fatalf("%s: %v in %s", r.name, err, r.body)
	}
	return v
}

// at finds a value by a path such as incident_updates.0.body.
func (r *reply) at(path string) any {
	r.t.Helper()
	v := r.tree()
	for step := range strings.SplitSeq(path, ".") {
		switch t := v.(type) {
		case map[string]any:
			member, ok := t[step]
			if !ok {
				r.t.Fatalf("%s: no %q in %s", r.name, path, r.body)
			}
			v = member
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(t) {
				r.t.Fatalf("%s: no %q in %s", r.name, path, r.body)
			}
			v = t[i]
		default:
			r.t.Fatalf("%s: no %q in %s", r.name, path, r.body)
		}
	}
	return v
}

func (r *reply) text(path string) string {
	r.t.Helper()
	return fmt.Sprint(r.at(path))
}

// has compares the value at a path, as text.
func (r *reply) has(path, want string) *reply {
	r.t.Helper()
	if got := r.text(path); got != want {
		r.t.Errorf("%s: %s is %q, want %q", r.name, path, got, want)
	}
	return r
}

func (r *reply) length(path string) int {
	r.t.Helper()
	v := r.tree()
	if path != "" {
		v = r.at(path)
	}
	list, ok := v.([]any)
	if !ok {
		r.t.Fatalf("%s: %q is no list in %s", r.name, path, r.body)
	}
	return len(list)
}
