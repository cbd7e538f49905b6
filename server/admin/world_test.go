package admin

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"
)

// start is when the clocks of the tests stand at first: Monday, 10:00 in Berlin.
var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const password = "a long enough password"

// world is a staff side over a real database, with a clock that the test sets.
type world struct {
	t       testing.TB
	store   *store.Store
	echo    *echo.Echo
	desk    *desk
	live    *fakeLive
	clock   atomic.Int64
	closing chan struct{} // of what browsers follow
	dir     string        // of the database
}

// fakeLive is a public page that follows at once, or never.
type fakeLive struct {
	stuck   bool
	waited  []int64
	pending time.Duration
}

func (f *fakeLive) Wait(ctx context.Context, revision int64) error {
	f.waited = append(f.waited, revision)
	if !f.stuck {
		return nil
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		return errors.New("the wait has no end")
	}
	f.pending = time.Until(deadline)
	return context.DeadlineExceeded
}

func cheap() cost { return cost{memory: 8, passes: 1, threads: 1} }

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldAt(t, "http://status.test")
}

func worldAt(t testing.TB, base string) *world {
	t.Helper()
	w := &world{t: t, live: &fakeLive{}, dir: t.TempDir()}
	w.clock.Store(start.UnixMilli())
	s, err := store.Open(t.Context(), store.Options{Database: "sqlite:" + filepath.Join(w.dir, "test.db"), Now: w.now, Hold: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	pages, err := templates.New(templates.Options{BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	w.store, w.echo = s, echo.New()
	w.closing = make(chan struct{})
	w.desk = newDesk(Desk{
		Store: s, Live: w.live, Pages: pages, BaseURL: base, Now: w.now, Log: slog.New(slog.DiscardHandler), Closing: w.closing,
		Audience: func(context.Context, *status.Incident) (status.Audience, error) {
			return status.Audience{Email: 1200, Webhooks: 4, Skipped: 17, Languages: []status.Readers{{Locale: "de", Count: 1100}, {Locale: "en", Count: 100}}}, nil
		},
	}, cheap())
	w.echo.HTTPErrorHandler = w.failed
	w.echo.IPExtractor = echo.ExtractIPDirect()
	w.desk.register(w.echo)
	return w
}

// failed answers errors as the server does, with the sentence alone.
func (w *world) failed(err error, c echo.Context) {
	code := http.StatusInternalServerError
	codes := map[status.Code]int{
		status.CodeMalformed: 400, status.CodeUnauthenticated: 401, status.CodeForbidden: 403, status.CodeNotFound: 404,
		status.CodeConflict: 409, status.CodeUnsupported: 415, status.CodeInvalid: 422, status.CodeLimited: 429, status.CodeUnavailable: 503,
	}
	if n, ok := codes[status.FaultCode(err)]; ok {
		code = n
	} else if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		code = he.Code
	} else {
		w.t.Errorf("%s %s: %v", c.Request().Method, c.Request().URL, err)
	}
	_ = c.String(code, err.Error())
}

func (w *world) now() time.Time { return time.UnixMilli(w.clock.Load()).UTC() }

func (w *world) pass(d time.Duration) { w.clock.Add(d.Milliseconds()) }

func (w *world) account(email string, role status.Role) status.Account {
	w.t.Helper()
	a := status.Account{ID: status.NewID(), Email: email, Role: role, Locale: "en", Password: cheap().hash(password), Credential: 1, CreatedAt: w.now()}
	if err := w.store.AddAccount(w.t.Context(), store.By{Actor: "test"}, a); err != nil {
		w.t.Fatal(err)
	}
	return a
}

// as is a browser signed in to a new account of this role.
func (w *world) as(role status.Role) *browser {
	w.t.Helper()
	b := w.browser()
	b.account = w.account(string(role)+"-"+status.NewID()+"@example.org", role)
	if p := b.signIn(b.account.Email, password); p.code != http.StatusSeeOther {
		w.t.Fatalf("signing in: %d %s", p.code, p.text())
	}
	return b
}

func (w *world) component(name string, level status.Level, group string) string {
	w.t.Helper()
	c := status.Component{ID: status.NewID(), Name: name, Level: level, GroupID: group, Showcase: true}
	_, err := w.store.AddComponent(w.t.Context(), store.By{Actor: "test"}, func(*status.Site) (status.Component, []string, error) { return c, nil, nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

func (w *world) group(name string) string {
	w.t.Helper()
	c := status.Component{ID: status.NewID(), Name: name, Group: true}
	_, err := w.store.AddComponent(w.t.Context(), store.By{Actor: "test"}, func(*status.Site) (status.Component, []string, error) { return c, nil, nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

// open opens an incident about components at a level.
func (w *world) open(c status.Change) status.Incident {
	w.t.Helper()
	if c.Name == nil {
		c.Name = new("Payments fail")
	}
	if c.Body == nil {
		c.Body = new("We are looking.")
	}
	r, err := w.store.AddIncident(w.t.Context(), store.By{Actor: "test"}, func(site *status.Site) (*status.Incident, error) {
		return status.OpenIncident(site, status.NewID(), status.NewID(), c)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.incident(r.ObjectID)
}

func (w *world) maintenance(from, to time.Duration) status.Incident {
	w.t.Helper()
	return w.open(status.Change{Name: new("New database"), ScheduledFor: status.Some(w.now().Add(from)), ScheduledUntil: status.Some(w.now().Add(to))})
}

func (w *world) incident(id string) status.Incident {
	w.t.Helper()
	n, err := w.store.Incident(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) level(id string) status.Level {
	w.t.Helper()
	c, err := w.store.Component(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Level
}

func (w *world) incidents() []status.Incident {
	w.t.Helper()
	list, err := w.store.Incidents(w.t.Context(), store.Filter{})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// revision is the number of the published state: a refused write leaves it.
func (w *world) revision() int64 {
	w.t.Helper()
	_, n, err := w.store.Revision(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// browser keeps cookies and sends what a browser sends.
type browser struct {
	w       *world
	account status.Account
	cookies map[string]string
	address string
	origin  func(*http.Request)
}

func (w *world) browser() *browser {
	return &browser{w: w, cookies: map[string]string{}, address: "192.0.2.1:4711", origin: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }}
}

func (b *browser) signIn(email, password string) *page {
	return b.post("/admin/login", url.Values{"email": {email}, "password": {password}})
}

func (b *browser) get(path string) *page { return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, form url.Values) *page {
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (b *browser) do(method, path string, body io.Reader) *page {
	b.w.t.Helper()
	path, _, _ = strings.Cut(path, "#")
	r := httptest.NewRequestWithContext(b.w.t.Context(), method, "http://status.test"+path, body)
	r.RemoteAddr = b.address
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		b.origin(r)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	b.w.echo.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return newPage(b, rec)
}

// follow loads the page that an answer points to.
func (b *browser) follow(p *page) *page {
	b.w.t.Helper()
	if p.code != http.StatusSeeOther {
		b.w.t.Fatalf("got %d, want a redirect: %s", p.code, p.text())
	}
	return b.get(p.to())
}

// page is an answer, read as a browser reads it.
type page struct {
	b      *browser
	code   int
	header http.Header
	body   string
	doc    *html.Node
}

func newPage(b *browser, rec *httptest.ResponseRecorder) *page {
	b.w.t.Helper()
	doc, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	return &page{b: b, code: rec.Code, header: rec.Header(), body: rec.Body.String(), doc: doc}
}

// to is where a redirect leads.
func (p *page) to() string { return p.header.Get("Location") }

// text is what the main part says, with single spaces.
func (p *page) text() string {
	if main := p.find(func(n *html.Node) bool { return n.Data == "main" }); main != nil {
		return textOf(main)
	}
	return textOf(p.doc)
}

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func (p *page) find(match func(*html.Node) bool) *html.Node {
	all := p.all(match)
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

func (p *page) all(match func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			out = append(out, n)
		}
	}
	return out
}

func (p *page) byID(id string) *html.Node {
	return p.find(func(n *html.Node) bool { return attr(n, "id") == id })
}

// links says whether the page links to an address.
func (p *page) links(path string) bool {
	return p.find(func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") == path }) != nil
}

// form reads what a browser would send for the form with this action.
func (p *page) form(action string) url.Values {
	p.b.w.t.Helper()
	form := p.find(func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == action })
	if form == nil {
		p.b.w.t.Fatalf("there is no form for %s in:\n%s", action, p.body)
	}
	values := url.Values{}
	for n := range form.Descendants() {
		if n.Type == html.ElementNode && attr(n, "name") != "" && !has(n, "disabled") {
			control(values, n)
		}
	}
	return values
}

func control(values url.Values, n *html.Node) {
	name := attr(n, "name")
	switch n.Data {
	case "input":
		if kind := attr(n, "type"); kind != "checkbox" && kind != "radio" || has(n, "checked") {
			values.Add(name, attr(n, "value"))
		}
	case "textarea":
		text := ""
		for c := range n.ChildNodes() {
			text += c.Data
		}
		values.Add(name, strings.ReplaceAll(text, "\n", "\r\n"))
	case "select":
		values.Add(name, chosen(n))
	}
}

func chosen(n *html.Node) string {
	value, first := "", true
	for o := range n.Descendants() {
		if o.Data == "option" && o.Type == html.ElementNode && (first || has(o, "selected")) {
			value, first = attr(o, "value"), false
			if !has(o, "value") {
				value = textOf(o)
			}
		}
	}
	return value
}

// with is a form with some fields filled in otherwise; "" for a tick takes it away.
func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func without(form url.Values, names ...string) url.Values {
	for _, name := range names {
		form.Del(name)
	}
	return form
}

// wantText checks that the page says something.
func (p *page) wantText(texts ...string) {
	p.b.w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			p.b.w.t.Errorf("the page does not say %q:\n%s", text, p.text())
		}
	}
}

// wantFault checks that a form came back with one field marked: the summary links to the
// field, and the field is described by the sentence.
func (p *page) wantFault(code int, id, text string) {
	p.b.w.t.Helper()
	if p.code != code {
		p.b.w.t.Fatalf("got %d, want %d: %s", p.code, code, p.text())
	}
	link := p.find(func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") == "#"+id })
	if link == nil || !strings.Contains(textOf(link), text) {
		p.b.w.t.Fatalf("no summary links to %s saying %q:\n%s", id, text, p.text())
	}
	field := p.byID(id)
	if field == nil {
		p.b.w.t.Fatalf("there is no element %s", id)
	}
	for described := range strings.FieldsSeq(attr(field, "aria-describedby")) {
		if note := p.byID(described); note != nil && strings.Contains(textOf(note), text) {
			return
		}
	}
	p.b.w.t.Errorf("the field %s is not described by %q", id, text)
}

type htmlNode = html.Node

func byTag(tag string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == tag }
}
