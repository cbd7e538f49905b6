package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

func (w *world) by(actor string) store.By { return store.By{Actor: actor} }

func TestHome(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	empty := b.get("/admin")
	empty.wantText("All quiet", "Nothing is open, planned or waiting.")
	id := w.component("Payments", status.PartialOutage, "")
	late := w.open(status.Change{Name: new("Overdue one"), NextUpdateAt: status.Some(w.now().Add(10 * time.Minute))})
	w.open(status.Change{Name: new("Later one"), NextUpdateAt: status.Some(w.now().Add(3 * time.Hour))})
	w.maintenance(time.Hour, 2*time.Hour)
	w.open(status.Change{Name: new("A draft"), Draft: new(true)})
	w.open(status.Change{Name: new("Long gone"), Stage: new(status.Resolved)})
	w.pass(20 * time.Minute)
	p := b.get("/admin")
	p.wantText("1 update is overdue", "Next updates", "Overdue: promised by", "Upcoming maintenance", "Draft", "Closed lately", "1 component with trouble")
	text := p.text()
	order := []string{"Overdue one", "Later one", "A draft", "Payments", "New database", "Long gone"}
	if !slices.IsSortedFunc(order, func(a, b string) int { return strings.Index(text, a) - strings.Index(text, b) }) {
		t.Errorf("the most urgent is not first: %s", text)
	}
	if title := textOf(p.find(byTag("title"))); !strings.HasPrefix(title, "(1 overdue)") {
		t.Errorf("title %q", title)
	}
	if !p.links(staffPath(&late)+"#update") || !p.links("/admin/components#c-"+id) || !p.links("/admin/new") {
		t.Error("a next step is missing")
	}
	viewer := w.as(status.Viewer).get("/admin")
	if viewer.links("/admin/new") || viewer.links(staffPath(&late)+"#update") {
		t.Error("a viewer is offered what is not theirs")
	}
}

func TestNoticeList(t *testing.T) {
	w := newWorld(t)
	for range 52 {
		w.open(status.Change{Name: new("Incident")})
		w.pass(time.Second)
	}
	w.maintenance(time.Hour, 2*time.Hour)
	b := w.as(status.Viewer)
	first := b.get("/admin/incidents")
	if n := len(first.all(byTag("h3"))); n != 50 || !first.links("/admin/incidents?from=50&kind=&q=") {
		t.Errorf("%d rows", n)
	}
	second := b.get("/admin/incidents?from=50&kind=&q=")
	if n := len(second.all(byTag("h3"))); n != 3 || !second.links("/admin/incidents?from=0&kind=&q=") {
		t.Errorf("%d rows", n)
	}
	if n := len(b.get("/admin/incidents?kind=maintenance").all(byTag("h3"))); n != 1 {
		t.Errorf("%d maintenances", n)
	}
	b.get("/admin/incidents?q=nothing&from=x&kind=y").wantText("Nothing is here.")
}

func TestComponents(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	b.get("/admin/components").wantText("There are no components yet.")
	p := b.get("/admin/components/new")
	b.post("/admin/components/new", with(p.form("/admin/components/new"), "name", "")).wantFault(http.StatusUnprocessableEntity, "f-name", "must not be empty")
	b.post("/admin/components/new", with(p.form("/admin/components/new"), "name", "x", "audience", "lots")).wantFault(http.StatusUnprocessableEntity, "f-audience", "whole number")
	form := with(p.form("/admin/components/new"), "name", "Payments", "description", "Money out", "audience", "12,000", "start_date", "2020-01-31", "criticality", "core", "only_show_if_degraded", "1", "key", "")
	b.follow(b.post("/admin/components/new", form)).wantText("Saved.", "Payments", "hidden while operational")
	list, err := w.store.Components(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	c := list[0]
	if c.Audience != 12000 || *c.Description != "Money out" || c.StartDate != "2020-01-31" || c.Criticality != status.Core || !c.OnlyShowIfDegraded || !c.Showcase {
		t.Errorf("%+v", c)
	}
	cards := w.component("Cards", status.Operational, "")
	group := with(b.get("/admin/components/new?group=1").form("/admin/components/new"), "name", "Money")
	group["children"] = []string{cards, c.ID}
	b.follow(b.post("/admin/components/new", group)).wantText("Money")
	if w.order() != "Money[Cards Payments]" {
		t.Errorf("order: %s", w.order())
	}
	path := "/admin/components/" + c.ID
	edited := b.get(path).form(path)
	b.follow(b.post("/admin/components/level", url.Values{"c": {c.ID}, "status": {"major_outage"}})).wantText("Saved.")
	if w.level(c.ID) != status.MajorOutage {
		t.Error("the level is not set")
	}
	stale := b.post(path, with(edited, "name", "My name"))
	if stale.code != http.StatusConflict {
		t.Fatalf("stale: %d", stale.code)
	}
	stale.wantText("Somebody was faster", "My name", "major_outage")
	b.follow(b.post(path, with(b.get(path).form(path), "name", "Transfers", "group_id", ""))).wantText("Transfers")
	if w.order() != "Money[Cards] Transfers" || w.level(c.ID) != status.MajorOutage {
		t.Errorf("order: %s", w.order())
	}
	b.get(path+"/delete").wantText("Transfers", "with its history")
	b.follow(b.post(path+"/delete", nil)).wantText("Deleted.")
	if w.order() != "Money[Cards]" {
		t.Errorf("order: %s", w.order())
	}
}

// order spells the page's components.
func (w *world) order() string {
	w.t.Helper()
	site, err := w.store.Site(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	v := &visit{site: site}
	var top []string
	for _, r := range v.tree() {
		switch {
		case r.C.Group:
			top = append(top, r.C.Name+"[]")
		case r.Inside:
			last := &top[len(top)-1]
			*last = strings.Replace(strings.TrimSuffix(*last, "]")+" "+r.C.Name+"]", "[ ", "[", 1)
		default:
			top = append(top, r.C.Name)
		}
	}
	return strings.Join(top, " ")
}

func TestAccounts(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	p := b.get("/admin/accounts")
	bad := b.post("/admin/accounts", with(p.form("/admin/accounts"), "email", "nobody", "password", password))
	bad.wantFault(http.StatusUnprocessableEntity, "f-email", "not a mail address")
	if strings.Contains(bad.body, password) {
		t.Error("the password comes back")
	}
	b.post("/admin/accounts", with(p.form("/admin/accounts"), "email", b.account.Email, "password", password)).wantFault(http.StatusUnprocessableEntity, "f-email", "already an account")
	b.post("/admin/accounts", with(p.form("/admin/accounts"), "email", "x@example.org", "password", password, "role", "king")).wantFault(http.StatusUnprocessableEntity, "f-role", "not a role")
	b.follow(b.post("/admin/accounts", with(p.form("/admin/accounts"), "email", "new@example.org", "password", password, "role", "author"))).wantText("Saved.", "new@example.org", "Author")
	a, err := w.store.AccountByEmail(t.Context(), "new@example.org")
	if err != nil {
		t.Fatal(err)
	}
	path := "/admin/accounts/" + a.ID
	other := w.browser()
	signedIn := func() bool { return other.get("/admin").code == http.StatusOK }
	other.signIn(a.Email, password)
	for _, c := range []struct {
		step   string
		form   url.Values
		before func()
	}{
		{"role", url.Values{"role": {"publisher"}}, nil}, {"password", url.Values{"password": {"a second long password"}}, nil}, {"disable", nil, nil},
	} {
		if !signedIn() {
			t.Fatalf("before %s nobody is signed in", c.step)
		}
		b.follow(b.post(path+"/"+c.step, c.form)).wantText("Saved.")
		if signedIn() {
			t.Errorf("after %s the session goes on", c.step)
		}
		pass := password
		if c.step != "role" {
			pass = "a second long password"
		}
		if code := other.signIn(a.Email, pass).code; (code == http.StatusSeeOther) == (c.step == "disable") {
			t.Errorf("signing in after %s: %d", c.step, code)
		}
	}
	b.follow(b.post(path+"/enable", nil)).wantText("Saved.")
	if p := other.signIn(a.Email, "a second long password"); p.code != http.StatusSeeOther {
		t.Errorf("enabled again: %d", p.code)
	}
	short := b.post(path+"/password", url.Values{"password": {"short"}})
	if short.code != http.StatusUnprocessableEntity || short.byID("p-"+a.ID) == nil || !strings.Contains(short.text(), "between 12 and 256") {
		t.Errorf("a short password: %d", short.code)
	}
	short.wantSound("short password")
	for _, step := range []string{"role", "password", "disable"} {
		if p := b.post("/admin/accounts/"+b.account.ID+"/"+step, url.Values{"role": {"viewer"}, "password": {password}}); p.code != http.StatusConflict {
			t.Errorf("one's own %s: %d", step, p.code)
		}
	}
	if p := b.post(path+"/role", url.Values{"role": {"king"}}); p.code != http.StatusUnprocessableEntity {
		t.Errorf("no role: %d", p.code)
	}
	if p := b.post("/admin/accounts/unknown/disable", nil); p.code != http.StatusNotFound {
		t.Errorf("nobody: %d", p.code)
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	p := b.get("/admin/tokens")
	p.wantText("There are no tokens.")
	b.post("/admin/tokens", with(p.form("/admin/tokens"), "name", " ")).wantFault(http.StatusUnprocessableEntity, "f-name", "name of one line")
	b.post("/admin/tokens", with(p.form("/admin/tokens"), "name", "x", "expires", "-1")).wantFault(http.StatusUnprocessableEntity, "f-expires", "Choose one")
	made := b.post("/admin/tokens", with(p.form("/admin/tokens"), "name", "monitoring", "role", "publisher", "expires", "30"))
	if made.code != http.StatusOK {
		t.Fatalf("%d %s", made.code, made.text())
	}
	made.wantText("it is not shown again", "monitoring")
	secret := textOf(made.find(byTag("code")))
	n, err := w.store.TokenByHash(t.Context(), store.SecretHash(secret))
	if err != nil || n.Name != "monitoring" || n.Role != status.Publisher || !n.ExpiresAt.Equal(start.AddDate(0, 0, 30)) || !n.Live(w.now()) {
		t.Errorf("%+v (%v)", n, err)
	}
	list := b.get("/admin/tokens")
	if strings.Contains(list.body, secret) || strings.Contains(list.body, n.Hash) {
		t.Error("the secret is shown again")
	}
	b.post("/admin/tokens", with(list.form("/admin/tokens"), "name", "monitoring")).wantFault(http.StatusUnprocessableEntity, "f-name", "already a token")
	b.follow(b.post("/admin/tokens/revoke", list.form("/admin/tokens/revoke"))).wantText("The token is revoked.", "revoked 23 Nov")
	if n, err := w.store.TokenByHash(t.Context(), n.Hash); err != nil || n.Live(w.now()) {
		t.Errorf("%+v (%v)", n, err)
	}
	if p := b.post("/admin/tokens/revoke", url.Values{"name": {"monitoring"}}); p.code != http.StatusNotFound {
		t.Errorf("twice: %d", p.code)
	}
	never := b.post("/admin/tokens", with(list.form("/admin/tokens"), "name", "eternal", "expires", ""))
	n, err = w.store.TokenByHash(t.Context(), store.SecretHash(textOf(never.find(byTag("code")))))
	if err != nil || n.ExpiresAt != nil {
		t.Errorf("%+v (%v)", n, err)
	}
}

func TestAudit(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	for range 51 {
		w.pass(time.Minute)
		b.step(n, "update", "body", "Again")
		n = w.incident(n.ID)
	}
	p := b.get("/admin/audit")
	p.wantText("incident.update", b.account.Email)
	if !p.links(staffPath(&n)) || strings.Contains(p.body, "$argon2id") {
		t.Error("links or secrets")
	}
	older := p.find(func(n *htmlNode) bool { return strings.HasPrefix(attr(n, "href"), "/admin/audit?before=") })
	if older == nil {
		t.Fatal("there is no way to older entries")
	}
	b.get(attr(older, "href")).wantText("account.create", "incident.open")
}

func TestFlashIsShownOnce(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	b.follow(b.post("/admin/profile/language", url.Values{"locale": {"en"}})).wantText("Saved.")
	if strings.Contains(b.get("/admin/profile").text(), "Saved.") {
		t.Error("the sentence stays")
	}
	for _, forged := range []string{"published.x", "nonsense.1", "saved", "<script>.1", "published"} {
		b.cookies["allclear-flash"] = forged
		if p := b.get("/admin"); p.code != http.StatusOK || p.find(func(n *htmlNode) bool { return attr(n, "class") == "flash" }) != nil {
			t.Errorf("%q: %d %s", forged, p.code, p.text())
		}
	}
}

func TestForms(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	form := b.get("/admin/new?full=1").form("/admin/new")
	b.origin = func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "text/plain")
	}
	if p := b.post("/admin/new", form); p.code != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d", p.code)
	}
	b.origin = func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }
	if p := b.do(http.MethodPost, "/admin/new", strings.NewReader("name=%zz")); p.code != http.StatusBadRequest {
		t.Errorf("broken: %d", p.code)
	}
	if len(w.incidents()) != 0 {
		t.Error("something was opened")
	}
}
