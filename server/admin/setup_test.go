package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"allclear/status"
)

// link makes a set-up link and returns its path.
func (w *world) link() string {
	w.t.Helper()
	link, err := NewSetupLink(w.t.Context(), w.store, "http://status.test", w.now())
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimPrefix(link, "http://status.test")
}

func TestSetup(t *testing.T) {
	w := newWorld(t)
	path := w.link()
	b := w.browser()
	p := b.get(path)
	p.wantText("Create the first account", "This link works once")
	p.wantSound("set-up")
	for field, c := range map[string]struct{ value, fault string }{
		"email": {"not an address", "not a mail address"}, "password": {"short", "between 12 and 256"},
	} {
		form := with(p.form(path), "email", "a@example.org", "password", password, field, c.value)
		again := b.post(path, form)
		again.wantFault(http.StatusUnprocessableEntity, "f-"+field, c.fault)
		if again.form(path).Get("password") != "" {
			t.Error("the password comes back")
		}
	}
	done := b.post(path, with(p.form(path), "email", "a@EXAMPLE.org", "password", password, "locale", "de"))
	home := b.follow(done)
	home.wantText("Willkommen")
	list, err := w.store.Accounts(t.Context())
	if err != nil || len(list) != 1 || list[0].Role != status.Admin || list[0].Email != "a@example.org" || list[0].Locale != "de" {
		t.Fatalf("%+v (%v)", list, err)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if p := w.browser().do(method, path, strings.NewReader("")); p.code != http.StatusNotFound {
			t.Errorf("%s afterwards: %d", method, p.code)
		}
	}
	if p := w.browser().signIn("a@example.org", password); p.code != http.StatusSeeOther {
		t.Errorf("signing in: %d", p.code)
	}
}

func TestSetupLinkGrowsOld(t *testing.T) {
	w := newWorld(t)
	path := w.link()
	w.pass(24*time.Hour - time.Second)
	if p := w.browser().get(path); p.code != http.StatusOK {
		t.Errorf("a second before: %d", p.code)
	}
	w.pass(time.Second)
	form := url.Values{"email": {"a@example.org"}, "password": {password}, "locale": {"en"}}
	if p := w.browser().get(path); p.code != http.StatusNotFound {
		t.Errorf("after a day: %d", p.code)
	}
	if p := w.browser().post(path, form); p.code != http.StatusNotFound {
		t.Errorf("after a day: %d", p.code)
	}
}

// TestSetupPageSendsNoReferrer: the link is a secret, so its page names no referrer – and
// browsers then send the origin "null" with the form.
func TestSetupPageSendsNoReferrer(t *testing.T) {
	w := newWorld(t)
	path := w.link()
	b := w.browser()
	if p := b.get(path); p.header.Get("Referrer-Policy") != "no-referrer" || p.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", p.header)
	}
	b.origin = func(r *http.Request) { r.Header.Set("Origin", "null") }
	if p := b.post(path, url.Values{"email": {"a@example.org"}, "password": {password}}); p.code != http.StatusSeeOther {
		t.Errorf("%d %s", p.code, p.text())
	}
}

// TestSetupRace: of many who use the link at once, one becomes admin and the others find
// nothing.
func TestSetupRace(t *testing.T) {
	w := newWorld(t)
	path := w.link()
	codes := make([]int, 40)
	var group sync.WaitGroup
	for i := range codes {
		b := w.browser()
		group.Go(func() {
			codes[i] = b.post(path, url.Values{"email": {fmt.Sprintf("a%d@example.org", i)}, "password": {password}, "locale": {"en"}}).code
		})
	}
	group.Wait()
	count := map[int]int{}
	for _, code := range codes {
		count[code]++
	}
	if count[http.StatusSeeOther] != 1 || count[http.StatusNotFound] != len(codes)-1 {
		t.Errorf("got %v", count)
	}
	list, err := w.store.Accounts(t.Context())
	if err != nil || len(list) != 1 {
		t.Errorf("%d accounts (%v)", len(list), err)
	}
}
