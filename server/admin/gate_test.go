package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// path fills the parameters of a route with things that exist.
func (w *world) path(route string, incident, maintenance, draft, component, account string) string {
	id := incident
	for prefix, other := range map[string]string{"/admin/maintenances/": maintenance, "/admin/drafts/": draft, "/admin/templates/": w.stock(), "/admin/components/": component, "/admin/accounts/": account} {
		if strings.HasPrefix(route, prefix) {
			id = other
		}
	}
	entry := w.incident(incident).Updates[0].ID
	if strings.HasPrefix(route, "/admin/maintenances/") {
		entry = w.incident(maintenance).Updates[0].ID
	}
	return strings.NewReplacer(":id", id, ":entry", entry, ":screen", "page", ":delivery", w.delivery(id), ":token", "no-such-token").Replace(route)
}

// furnish makes one of everything that a route can name.
func (w *world) furnish() (incident, maintenance, draft, component, account string) {
	component = w.component("Payments", status.Operational, "")
	w.subscribe()
	incident = w.open(status.Change{}).ID
	maintenance = w.maintenance(time.Hour, 2*time.Hour).ID
	w.deliver()
	draft = w.open(status.Change{Draft: new(true)}).ID
	account = w.account("other@example.org", status.Viewer).ID
	return incident, maintenance, draft, component, account
}

// TestEveryRouteIsInTheTable: what echo answers below /admin and /setup is exactly what
// the table of roles declares.
func TestEveryRouteIsInTheTable(t *testing.T) {
	w := newWorld(t)
	declared := map[string]bool{"echo_route_not_found /admin/*": true}
	for _, g := range w.desk.table() {
		for _, r := range g.routes {
			key := r.method + " " + r.path
			if declared[key] {
				t.Errorf("%s is declared twice", key)
			}
			declared[key] = true
		}
	}
	for _, r := range w.echo.Routes() {
		if !declared[r.Method+" "+r.Path] {
			t.Errorf("%s %s has no rule", r.Method, r.Path)
		}
	}
}

// TestRoleMatrix walks every route as everybody. Whoever may not is refused and nothing
// changes; whoever may is not refused.
func TestRoleMatrix(t *testing.T) {
	w := newWorld(t)
	incident, maintenance, draft, component, account := w.furnish()
	browsers := map[status.Role]*browser{"": w.browser()}
	for _, r := range status.Roles() {
		browsers[r] = w.as(r)
	}
	for _, g := range w.desk.table() {
		if g.role == "" {
			continue
		}
		for _, r := range g.routes {
			for role, b := range browsers {
				path := w.path(r.path, incident, maintenance, draft, component, account)
				if role.May(g.role) {
					if r.method == http.MethodGet {
						if p := b.get(path); p.code != http.StatusOK && !strings.HasPrefix(p.to(), "/admin/") {
							t.Errorf("%s %s as %q: %d %s", r.method, path, role, p.code, p.text())
						}
					}
					continue
				}
				before := w.revision()
				p := b.do(r.method, path, bodyFor(r.method))
				if want := refusal(role, r.method); p.code != want {
					t.Errorf("%s %s as %q: got %d, want %d", r.method, path, role, p.code, want)
				}
				if w.revision() != before {
					t.Errorf("%s %s as %q changed something", r.method, path, role)
				}
			}
		}
	}
}

func bodyFor(method string) *strings.Reader {
	if method == http.MethodPost {
		return strings.NewReader("name=Refused&email=refused%40example.org&role=admin&status=major_outage")
	}
	return strings.NewReader("")
}

func refusal(role status.Role, method string) int {
	switch {
	case role != "":
		return http.StatusForbidden
	case method == http.MethodGet:
		return http.StatusSeeOther
	}
	return http.StatusUnauthorized
}

// TestForeignWrites: no route that writes believes a request that another site made.
func TestForeignWrites(t *testing.T) {
	w := newWorld(t)
	incident, maintenance, draft, component, account := w.furnish()
	b := w.as(status.Admin)
	origins := map[string]func(*http.Request){
		"foreign origin": func(r *http.Request) { r.Header.Set("Origin", "https://evil.test") },
		"null origin":    func(r *http.Request) { r.Header.Set("Origin", "null") },
		"no origin":      func(*http.Request) {},
		"cross-site":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"plain text": func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Content-Type", "text/plain")
		},
		"other port": func(r *http.Request) { r.Header.Set("Origin", "http://status.test:8081") },
		"method override": func(r *http.Request) {
			r.Header.Set("X-HTTP-Method-Override", "GET")
			r.Header.Set("Origin", "https://evil.test")
		},
		"origin as referrer": func(r *http.Request) { r.Header.Set("Referer", "http://status.test/admin") },
	}
	for _, g := range w.desk.table() {
		for _, r := range g.routes {
			if r.method != http.MethodPost {
				continue
			}
			for name, origin := range origins {
				if r.path == setupPath && name == "null origin" {
					continue // see TestSetupPageSendsNoReferrer
				}
				b.origin = origin
				before := w.revision()
				path := w.path(r.path, incident, maintenance, draft, component, account)
				if p := b.do(http.MethodPost, path, bodyFor(http.MethodPost)); p.code != http.StatusForbidden {
					t.Errorf("%s with %s: got %d", path, name, p.code)
				}
				if w.revision() != before {
					t.Errorf("%s with %s changed something", path, name)
				}
			}
		}
	}
	if _, err := w.store.Account(t.Context(), b.account.ID); err != nil || b.get("/admin").code != http.StatusOK {
		t.Errorf("the session should have survived (%v)", err)
	}
	b.origin = func(r *http.Request) { r.Header.Set("Origin", "http://status.test") }
	if p := b.post("/admin/profile/language", url.Values{"locale": {"de"}}); p.code != http.StatusSeeOther {
		t.Errorf("our own origin: %d", p.code)
	}
}

// TestBehindAProxy: the browser's origin is the base URL although the Host header is not.
func TestBehindAProxy(t *testing.T) {
	w := worldAt(t, "https://status.example.org")
	b := w.browser()
	a := w.account("a@example.org", status.Admin)
	b.origin = func(r *http.Request) { r.Header.Set("Origin", "https://status.example.org") }
	if p := b.signIn(a.Email, password); p.code != http.StatusSeeOther {
		t.Errorf("got %d %s", p.code, p.text())
	}
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	w := worldAt(t, "https://status.test")
	incident, maintenance, draft, component, account := w.furnish()
	b := w.as(status.Admin)
	check := func(p *page, what string) {
		t.Helper()
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=", "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'",
			"Referrer-Policy": "", "X-Robots-Tag": "noindex",
		} {
			if got := p.header.Get(name); got == "" || !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", what, name, got)
			}
		}
		for _, want := range []string{"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "frame-src 'self'", "manifest-src 'self'"} {
			if !strings.Contains(p.header.Get("Content-Security-Policy"), want) {
				t.Errorf("%s: the policy lacks %s", what, want)
			}
		}
		if strings.Contains(p.header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: the policy allows what is unsafe", what)
		}
	}
	for _, g := range w.desk.table() {
		for _, r := range g.routes {
			path := w.path(r.path, incident, maintenance, draft, component, account)
			b := b
			if r.method == http.MethodPost {
				b = w.browser() // refused, and nothing is changed
			}
			check(b.do(r.method, path, bodyFor(r.method)), fmt.Sprintf("%s %s", r.method, path))
		}
	}
	check(b.get("/admin/nothing/here"), "an unknown address")
	check(w.browser().get("/admin/nothing/here"), "an unknown address to strangers")
	check(b.get("/setup/unknown"), "a set-up link")
}

func TestNoInlineCode(t *testing.T) {
	w := newWorld(t)
	incident, maintenance, draft, component, account := w.furnish()
	b := w.as(status.Admin)
	for _, g := range w.desk.table() {
		for _, r := range g.routes {
			if r.method != http.MethodGet {
				continue
			}
			p := b.get(w.path(r.path, incident, maintenance, draft, component, account))
			for n := range p.doc.Descendants() {
				for _, a := range n.Attr {
					if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(a.Val, "javascript:") || strings.HasPrefix(a.Val, "http://") || strings.HasPrefix(a.Val, "https://") {
						t.Errorf("%s: <%s %s=%q>", r.path, n.Data, a.Key, a.Val)
					}
				}
				if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
					t.Errorf("%s has inline code", r.path)
				}
			}
		}
	}
}

// TestPagesAreSound: every page has one heading, a title, unique ids, labelled controls,
// and links within the page that lead somewhere.
func TestPagesAreSound(t *testing.T) {
	w := newWorld(t)
	incident, maintenance, draft, component, account := w.furnish()
	b := w.as(status.Admin)
	for _, locale := range []string{"en", "de"} {
		b.post("/admin/profile/language", url.Values{"locale": {locale}})
		for _, g := range w.desk.table() {
			for _, r := range g.routes {
				if r.method != http.MethodGet || r.path == setupPath || r.path == "/admin/login" {
					continue
				}
				p := b.get(w.path(r.path, incident, maintenance, draft, component, account))
				if kind := p.header.Get("Content-Type"); p.to() != "" || kind != "" && !strings.HasPrefix(kind, "text/html") {
					continue // no page, but a file, a stream or the way to a page
				}
				p.wantSound(locale + " " + r.path)
				if got := attr(p.find(byTag("html")), "lang"); got != locale {
					t.Errorf("%s: the page is in %q", r.path, got)
				}
			}
		}
	}
}

// wantSound checks what every page owes to people who do not see it.
func (p *page) wantSound(what string) {
	t := p.b.w.t
	t.Helper()
	if n := len(p.all(byTag("h1"))); n != 1 {
		t.Errorf("%s has %d headings", what, n)
	}
	seen := map[string]bool{}
	for _, n := range p.all(func(e *htmlNode) bool { return attr(e, "id") != "" }) {
		if id := attr(n, "id"); seen[id] {
			t.Errorf("%s: the id %q is there twice", what, id)
		} else {
			seen[id] = true
		}
	}
	for _, a := range p.all(byTag("a")) {
		if to, ok := strings.CutPrefix(attr(a, "href"), "#"); ok && !seen[to] {
			t.Errorf("%s: the link to #%s leads nowhere", what, to)
		}
	}
	labelled := map[string]bool{}
	for _, l := range p.all(byTag("label")) {
		labelled[attr(l, "for")] = true
	}
	for _, n := range p.all(func(e *htmlNode) bool { return slices.Contains([]string{"input", "select", "textarea"}, e.Data) }) {
		inside := n.Parent.Data == "label"
		if kind := attr(n, "type"); kind != "hidden" && !has(n, "hidden") && !inside && !labelled[attr(n, "id")] && attr(n, "aria-label") == "" {
			t.Errorf("%s: the control %q has no label", what, attr(n, "name"))
		}
		for id := range strings.FieldsSeq(attr(n, "aria-describedby")) {
			if !seen[id] {
				t.Errorf("%s: %q is described by %q, which is not there", what, attr(n, "name"), id)
			}
		}
	}
	if strings.Contains(p.text(), "admin.") || strings.Contains(p.text(), "%!") {
		t.Errorf("%s shows a message key: %s", what, p.text())
	}
}

func TestUnknownAddresses(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	for _, path := range []string{"/admin/x.css", "/admin/incidents/unknown", "/admin/maintenances/unknown", "/admin/components/unknown", "/admin/incidents/unknown/edit", "/admin/nothing"} {
		if p := b.get(path); p.code != http.StatusNotFound {
			t.Errorf("%s: got %d", path, p.code)
		}
	}
	for _, method := range []string{http.MethodDelete, http.MethodPut, http.MethodPatch} {
		if p := b.do(method, "/admin/settings", strings.NewReader("name=x")); p.code != http.StatusMethodNotAllowed && p.code != http.StatusNotFound {
			t.Errorf("%s: got %d", method, p.code)
		}
	}
}
