package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// TestPasswordAgain: accounts and tokens ask for the password when it was given a while
// ago; nothing else does, posting least of all.
func TestPasswordAgain(t *testing.T) {
	w := newWorld(t)
	incident, _, _, component, _ := w.furnish()
	b := w.as(status.Admin)
	w.pass(proofLife)
	if p := b.get("/admin/accounts"); p.code != http.StatusOK {
		t.Fatalf("after %v: %d", proofLife, p.code)
	}
	w.pass(time.Second)
	for path, want := range map[string]bool{
		"/admin/accounts": true, "/admin/tokens": true, "/admin/incidents/" + incident + "/deliveries.csv": true, "/admin/incidents/" + incident: false, "/admin": false, "/admin/new": false, "/admin/settings/page": false, "/admin/profile": false, "/admin/components": false,
	} {
		if p := b.get(path); strings.HasPrefix(p.to(), "/admin/confirm?next=") != want {
			t.Errorf("%s: %d %s", path, p.code, p.to())
		}
	}
	for _, g := range w.desk.table() {
		for _, r := range g.routes {
			if sensitive(r.path) && g.role != status.Admin && r.method != http.MethodGet {
				t.Errorf("%s asks a %s for the password", r.path, g.role)
			}
		}
	}
	if p := b.post("/admin/components/level", url.Values{"c": {component}, "status": {"major_outage"}}); p.code != http.StatusSeeOther || strings.Contains(p.to(), "confirm") {
		t.Errorf("a password stands before an outage: %d %s", p.code, p.to())
	}
	ask := b.follow(b.get("/admin/accounts"))
	ask.wantSound("confirm")
	form := ask.form("/admin/confirm")
	wrong := b.post("/admin/confirm", with(form, "proof", "not the password"))
	wrong.wantFault(http.StatusForbidden, "p-proof", "not your present password")
	if strings.Contains(wrong.body, "not the password") {
		t.Error("the password comes back")
	}
	done := b.post("/admin/confirm", with(wrong.form("/admin/confirm"), "proof", password))
	if done.to() != "/admin/accounts" {
		t.Fatalf("sent to %q", done.to())
	}
	if p := b.follow(done); p.code != http.StatusOK {
		t.Errorf("%d", p.code)
	}
}

// TestAFormWaitsForThePassword: what a form held goes on from the page that asks.
func TestAFormWaitsForThePassword(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	form := with(b.get("/admin/tokens").form("/admin/tokens"), "name", "monitoring", "role", "publisher", "expires", "30")
	w.pass(proofLife + time.Second)
	ask := b.post("/admin/tokens", form)
	if ask.code != http.StatusForbidden {
		t.Fatalf("%d %s", ask.code, ask.text())
	}
	if list, err := w.store.Tokens(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("written before the password was given: %v %v", list, err)
	}
	waiting := ask.form("/admin/tokens")
	for name := range form {
		if waiting.Get(name) != form.Get(name) {
			t.Errorf("%s is lost", name)
		}
	}
	again := b.post("/admin/tokens", with(waiting, "proof", "nonsense"))
	again.wantFault(http.StatusForbidden, "p-proof", "not your present password")
	made := b.post("/admin/tokens", with(again.form("/admin/tokens"), "proof", password))
	if made.code != http.StatusOK {
		t.Fatalf("%d %s", made.code, made.text())
	}
	made.wantText("monitoring", "it is not shown again")

	w.pass(proofLife + time.Second)
	secret := "another long password"
	ask = b.post("/admin/accounts", url.Values{"email": {"new@example.org"}, "role": {"viewer"}, "password": {secret}})
	if strings.Contains(ask.body, secret) || ask.form("/admin/accounts").Get("email") != "new@example.org" {
		t.Error("a password is written into the page, or the address is lost")
	}
}

// TestGuessingThePasswordAgain: whoever took a browser over cannot try for long.
func TestGuessingThePasswordAgain(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	w.pass(proofLife + time.Second)
	for range tryLimit {
		b.post("/admin/confirm", url.Values{"proof": {"a guess"}})
	}
	b.post("/admin/confirm", url.Values{"proof": {password}}).wantFault(http.StatusForbidden, "p-proof", "Too many tries")
}

func TestConfirmLeadsNowhereElse(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	for _, next := range []string{"https://evil.test/admin", "//evil.test/admin", "/", ""} {
		if p := b.post("/admin/confirm", url.Values{"proof": {password}, "next": {next}}); p.to() != "/admin" {
			t.Errorf("%q leads to %q", next, p.to())
		}
	}
}

// TestAnotherPasswordKeepsTheTrust: who changes the password stays signed in as long as
// the device was trusted before.
func TestAnotherPasswordKeepsTheTrust(t *testing.T) {
	w := newWorld(t)
	for _, stay := range []string{"", "1"} {
		b := w.browser()
		a := w.account("a"+stay+"@example.org", status.Viewer)
		form := url.Values{"email": {a.Email}, "password": {password}}
		if stay != "" {
			form.Set("stay", stay)
		}
		b.post("/admin/login", form)
		b.follow(b.post("/admin/profile/password", url.Values{"current": {password}, "password": {"a second long password"}}))
		s, _, err := w.store.Session(t.Context(), store.SecretHash(b.cookies["allclear-session"]))
		if err != nil || s.Trusted != (stay != "") {
			t.Errorf("%q: %+v %v", stay, s, err)
		}
	}
}

func TestKeyboardSwitch(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	p := b.get("/admin/profile")
	root := p.find(byTag("html"))
	if attr(root, "data-keys") != "n" || p.byID("keys") == nil || p.byID("keys-open") == nil {
		t.Error("the keys are not on at first")
	}
	form := p.form("/admin/profile/keyboard")
	if form.Get("shortcuts") != "1" {
		t.Errorf("the switch shows %v", form)
	}
	off := b.follow(b.post("/admin/profile/keyboard", without(form, "shortcuts")))
	off.wantText("Saved.")
	if has(off.find(byTag("html")), "data-keys") || off.byID("keys") != nil || off.byID("keys-open") != nil || off.form("/admin/profile/keyboard").Has("shortcuts") {
		t.Error("the keys stay on")
	}
	if other := w.as(status.Viewer).get("/admin"); !has(other.find(byTag("html")), "data-keys") || attr(other.find(byTag("html")), "data-keys") != "" {
		t.Error("the switch is not the account's own, or a viewer may begin a notice")
	}
	b.post("/admin/profile/keyboard", url.Values{"shortcuts": {"1"}})
	if !has(b.get("/admin").find(byTag("html")), "data-keys") {
		t.Error("the keys stay off")
	}
	if has(w.browser().get("/admin/login").find(byTag("html")), "data-keys") {
		t.Error("the sign-in page listens to keys")
	}
}

// TestFocusGoesToTheResult: after a write the sentence that tells its result is where a
// screen reader begins.
func TestFocusGoesToTheResult(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	p := b.follow(b.step(n, "update", "body", "More of it."))
	flash := p.find(func(e *htmlNode) bool { return attr(e, "class") == "flash" })
	if flash == nil || !has(flash, "autofocus") || attr(flash, "tabindex") != "-1" {
		t.Error("nothing takes the focus")
	}
	if len(p.all(func(e *htmlNode) bool { return has(e, "autofocus") })) != 1 {
		t.Error("more than one element asks for the focus")
	}
}
