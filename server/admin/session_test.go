package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// TestSessionsEnd: whatever ends a session ends it with the next request.
func TestSessionsEnd(t *testing.T) {
	by := store.By{Actor: "test"}
	edit := func(change func(*status.Account)) func(*world, *browser) {
		return func(w *world, b *browser) {
			err := w.store.EditAccount(w.t.Context(), by, b.account.ID, func(a *status.Account) error { change(a); return nil })
			if err != nil {
				w.t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name string
		do   func(*world, *browser)
		over bool
	}{
		{"nothing", func(*world, *browser) {}, false},
		{"another password", edit(func(a *status.Account) { a.Password = "$other$" }), true},
		{"another role", edit(func(a *status.Account) { a.Role = status.Publisher }), true},
		{"disabled", edit(func(a *status.Account) { a.Disabled = true }), true},
		{"another language", edit(func(a *status.Account) { a.Locale = "de" }), false},
		{"signed out", func(_ *world, b *browser) { b.post("/admin/logout", nil) }, true},
		{"signed out elsewhere", func(w *world, b *browser) {
			other := w.browser()
			other.cookies = map[string]string{"allclear-session": b.cookies["allclear-session"]}
			other.post("/admin/logout", nil)
		}, true},
		{"11 hours away", func(w *world, _ *browser) { w.pass(11 * time.Hour) }, false},
		{"12 hours away", func(w *world, _ *browser) { w.pass(12 * time.Hour) }, true},
		{"there all the time for 6 days", often(6), false},
		{"there all the time for 7 days", often(7), true},
		{"29 days away on a trusted device", trusted(func(w *world) { w.pass(29 * 24 * time.Hour) }), false},
		{"30 days away on a trusted device", trusted(func(w *world) { w.pass(30 * 24 * time.Hour) }), true},
		{"another password on a trusted device", trusted(func(w *world) {}, func(a *status.Account) { a.Password = "$other$" }), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.account("keeper@example.org", status.Admin)
			b := w.as(status.Admin)
			old := b.cookies["allclear-session"]
			c.do(w, b)
			b.cookies["allclear-session"] = cmp.Or(b.cookies["allclear-session"], old) // a thief does not forget the cookie
			p := b.get("/admin")
			if over := p.code == http.StatusSeeOther; over != c.over {
				t.Fatalf("got %d %s", p.code, p.to())
			}
			if c.over && p.to() != "/admin/login?next=%2Fadmin" {
				t.Errorf("sent to %s", p.to())
			}
		})
	}
}

// TestAlive looks at the rule alone: the store ends sessions too.
func TestAlive(t *testing.T) {
	session := status.Session{Credential: 2, SeenAt: start, ExpiresAt: start.Add(sessionLife)}
	for _, c := range []struct {
		name    string
		account status.Account
		now     time.Time
		want    bool
	}{
		{"now", status.Account{Credential: 2}, start, true},
		{"older credential", status.Account{Credential: 3}, start, false},
		{"disabled", status.Account{Credential: 2, Disabled: true}, start, false},
		{"idle", status.Account{Credential: 2}, start.Add(sessionIdle), false},
		{"almost idle", status.Account{Credential: 2}, start.Add(sessionIdle - 1), true},
	} {
		if got := alive(session, c.account, c.now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	session.Trusted = true
	if !alive(session, status.Account{Credential: 2}, start.Add(sessionLife-1)) {
		t.Error("a trusted device is forgotten")
	}
	session.SeenAt = session.ExpiresAt
	if alive(session, status.Account{Credential: 2}, session.ExpiresAt) {
		t.Error("a session outlives its end")
	}
}

func often(days int) func(*world, *browser) {
	return func(w *world, b *browser) {
		for range days * 3 {
			w.pass(8 * time.Hour)
			b.get("/admin")
		}
	}
}

// trusted signs in with the box ticked before something happens.
func trusted(do func(*world), changes ...func(*status.Account)) func(*world, *browser) {
	return func(w *world, b *browser) {
		b.post("/admin/login", url.Values{"email": {b.account.Email}, "password": {password}, "stay": {"1"}})
		do(w)
		for _, change := range changes {
			err := w.store.EditAccount(w.t.Context(), w.by("test"), b.account.ID, func(a *status.Account) error { change(a); return nil })
			if err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func TestSigningInMakesANewSession(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Viewer)
	first := b.cookies["allclear-session"]
	b.signIn(b.account.Email, password)
	second := b.cookies["allclear-session"]
	if first == second || len(first) != 43 {
		t.Errorf("%q, then %q", first, second)
	}
	b.cookies["allclear-session"] = first
	if p := b.get("/admin"); p.code != http.StatusSeeOther {
		t.Errorf("the session before still counts: %d", p.code)
	}
	if _, _, err := w.store.Session(t.Context(), second); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("the cookie itself is in the database (%v)", err)
	}
	if _, _, err := w.store.Session(t.Context(), store.SecretHash(second)); err != nil {
		t.Errorf("its hash is not: %v", err)
	}
}

func TestCookie(t *testing.T) {
	for base, name := range map[string]string{"http://status.test": "allclear-session", "https://status.test": "__Host-allclear-session"} {
		w := worldAt(t, base)
		b := w.browser()
		email := w.account("a@example.org", status.Viewer).Email
		if cookie := b.signIn(email, password).header.Get("Set-Cookie"); strings.Contains(cookie, "Max-Age") || strings.Contains(cookie, "Expires") {
			t.Errorf("%s: a device that nobody trusts keeps %q", base, cookie)
		}
		p := b.post("/admin/login", url.Values{"email": {email}, "password": {password}, "stay": {"1"}})
		cookie := p.header.Get("Set-Cookie")
		for _, want := range []string{name + "=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("%s: the cookie %q lacks %q", base, cookie, want)
			}
		}
		if secure := strings.Contains(cookie, "; Secure"); secure != strings.HasPrefix(base, "https") {
			t.Errorf("%s: %q", base, cookie)
		}
		if strings.Contains(cookie, "Domain") {
			t.Errorf("%s: the cookie goes to other hosts: %q", base, cookie)
		}
	}
}

// TestRefusalsAreAlike: nothing in the answer tells whether there is such an account.
func TestRefusalsAreAlike(t *testing.T) {
	w := newWorld(t)
	w.account("known@example.org", status.Viewer)
	off := w.account("disabled@example.org", status.Viewer)
	if err := w.store.EditAccount(t.Context(), store.By{}, off.ID, disabled(true)); err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, try := range [][2]string{{"known@example.org", "not the right password"}, {"nobody@example.org", password}, {"disabled@example.org", password}, {"known@example.org", ""}} {
		p := w.browser().signIn(try[0], try[1])
		if p.code != http.StatusUnauthorized || p.header.Get("Set-Cookie") != "" {
			t.Errorf("%v: %d %q", try, p.code, p.header.Get("Set-Cookie"))
		}
		if strings.Contains(p.body, password) {
			t.Errorf("the password comes back")
		}
		p.wantFault(http.StatusUnauthorized, "f-email", "do not belong together")
		body := strings.ReplaceAll(p.body, try[0], "ADDRESS")
		bodies = append(bodies, removeKeys(body))
	}
	for _, body := range bodies[1:] {
		if body != bodies[0] {
			t.Errorf("the answers differ:\n%s\n%s", bodies[0], body)
		}
	}
}

// removeKeys takes out the keys of forms, which differ from page to page.
func removeKeys(body string) string {
	for {
		i := strings.Index(body, `name="key" value="`)
		if i < 0 {
			return body
		}
		end := i + len(`name="key" value="`)
		body = body[:i] + body[end+strings.IndexByte(body[end:], '"'):]
	}
}

// TestNobodyTakesAsLong: verifying against no account does the same work.
func TestNobodyTakesAsLong(t *testing.T) {
	p := newPasswords(cheap())
	have, err := parse(p.nobody())
	if err != nil || have.cost != cheap() {
		t.Errorf("%+v (%v)", have.cost, err)
	}
	if ok, outdated, err := p.verify(t.Context(), "", ""); ok || outdated || err != nil {
		t.Errorf("nobody's password was guessed: %v %v %v", ok, outdated, err)
	}
}

func TestTriesAreLimited(t *testing.T) {
	tries := func(b *browser, email func(int) string, n int) (codes []int) {
		for i := range n {
			codes = append(codes, b.signIn(email(i), "a wrong password").code)
		}
		return codes
	}
	t.Run("per account", func(t *testing.T) {
		w := newWorld(t)
		a := w.account("a@example.org", status.Admin)
		for i := range 10 {
			b := w.browser()
			b.address = fmt.Sprintf("198.51.100.%d:1", i)
			if codes := tries(b, func(int) string { return strings.ToUpper(a.Email[:i%3]) + a.Email[i%3:] }, 1); codes[0] != http.StatusUnauthorized {
				t.Fatalf("try %d: %v", i, codes)
			}
		}
		b := w.browser()
		b.address = "203.0.113.9:1"
		p := b.signIn(a.Email, password)
		if p.code != http.StatusTooManyRequests || p.header.Get("Retry-After") == "" {
			t.Errorf("even the right password must wait: %d", p.code)
		}
		w.pass(15 * time.Minute)
		if p := b.signIn(a.Email, password); p.code != http.StatusSeeOther {
			t.Errorf("after a quarter of an hour: %d", p.code)
		}
	})
	t.Run("per address", func(t *testing.T) {
		w := newWorld(t)
		a := w.account("a@example.org", status.Admin)
		b := w.browser()
		codes := tries(b, func(i int) string { return fmt.Sprintf("nobody-%d@example.org", i) }, 11)
		if codes[9] != http.StatusUnauthorized || codes[10] != http.StatusTooManyRequests {
			t.Errorf("got %v", codes)
		}
		b.address = "192.0.2.1:9999" // the same host
		if p := b.signIn(a.Email, password); p.code != http.StatusTooManyRequests {
			t.Errorf("another port: %d", p.code)
		}
		b.address = "192.0.2.2:1"
		if p := b.signIn(a.Email, password); p.code != http.StatusSeeOther {
			t.Errorf("another host: %d", p.code)
		}
	})
	t.Run("forwarded addresses are not believed", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		codes := map[int]int{}
		for i := range 20 {
			b.origin = func(r *http.Request) {
				r.Header.Set("Sec-Fetch-Site", "same-origin")
				r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.0.%d", i))
				r.Header.Set("X-Real-IP", fmt.Sprintf("10.0.0.%d", i))
			}
			codes[b.signIn(fmt.Sprintf("n%d@example.org", i), "wrong password!").code]++
		}
		if codes[http.StatusUnauthorized] != 10 || codes[http.StatusTooManyRequests] != 10 {
			t.Errorf("got %v", codes)
		}
	})
	t.Run("success does not count", func(t *testing.T) {
		w := newWorld(t)
		a := w.account("a@example.org", status.Admin)
		for i := range 25 {
			if p := w.browser().signIn(a.Email, password); p.code != http.StatusSeeOther {
				t.Fatalf("sign-in %d: %d", i, p.code)
			}
		}
	})
}

func TestNextIsAPageOfOurs(t *testing.T) {
	for next, want := range map[string]string{
		"": "/admin", "/admin/new?c=abc": "/admin/new?c=abc", "/admin/incidents/x#update": "/admin/incidents/x#update",
		"https://evil.test/admin": "/admin", "//evil.test/admin": "/admin", "/\\evil.test": "/admin", "/admin\\@evil.test": "/admin",
		"/": "/admin", "/administrator": "/admin", "/admin/../x": "/admin", "javascript:alert(1)": "/admin", "/admin/logout": "/admin",
		"/admin/x\r\nSet-Cookie: a=b": "/admin", "/admin/login": "/admin", "%zz": "/admin",
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q) = %q, want %q", next, got, want)
		}
	}
	w := newWorld(t)
	a := w.account("a@example.org", status.Publisher)
	b := w.browser()
	p := b.follow(b.get("/admin/new?c=abc"))
	form := with(p.form("/admin/login"), "email", a.Email, "password", password)
	if p := b.post("/admin/login", form); p.to() != "/admin/new?c=abc" {
		t.Errorf("after signing in: %d %s", p.code, p.to())
	}
	if p := b.get("/admin/login?next=/admin/audit"); p.to() != "/admin/audit" {
		t.Errorf("signed in already: %d %s", p.code, p.to())
	}
}

// TestSignedOutWrites: a form whose session has ended keeps nothing and says how to keep
// the text.
func TestSignedOutWrites(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	form := with(b.get("/admin/new?full=1").form("/admin/new"), "name", "Lost?")
	w.pass(8 * 24 * time.Hour)
	p := b.post("/admin/new", form)
	if p.code != http.StatusUnauthorized || !strings.Contains(p.text(), "send it again") || len(w.incidents()) != 0 {
		t.Errorf("%d %s", p.code, p.text())
	}
	b.signIn(b.account.Email, password)
	if p := b.post("/admin/new", form); p.code != http.StatusSeeOther || len(w.incidents()) != 1 {
		t.Errorf("sent again: %d %s", p.code, p.text())
	}
}

func TestWeakHashesAreRenewed(t *testing.T) {
	w := newWorld(t)
	old := cost{memory: 16, passes: 1, threads: 1}
	a := w.account("a@example.org", status.Viewer)
	err := w.store.EditAccount(t.Context(), store.By{}, a.ID, func(a *status.Account) error { a.Password = old.hash(password); return nil })
	if err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	if p := b.signIn(a.Email, password); p.code != http.StatusSeeOther || b.get("/admin").code != http.StatusOK {
		t.Fatalf("%d", p.code)
	}
	now, err := w.store.Account(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	have, err := parse(now.Password)
	if err != nil || have.cost != cheap() || !have.matches(password) {
		t.Errorf("%s (%v)", now.Password, err)
	}
}

func TestProfile(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Viewer)
	other := w.browser()
	other.signIn(b.account.Email, password)
	p := b.get("/admin/profile")
	wrong := b.post("/admin/profile/password", with(p.form("/admin/profile/password"), "current", "not my password", "password", "another long password"))
	wrong.wantFault(http.StatusUnprocessableEntity, "p-current", "not your present password")
	short := b.post("/admin/profile/password", with(p.form("/admin/profile/password"), "current", password, "password", "short"))
	short.wantFault(http.StatusUnprocessableEntity, "p-password", "between 12 and 256")
	if strings.Contains(short.body, password) {
		t.Error("the password comes back")
	}
	done := b.post("/admin/profile/password", with(p.form("/admin/profile/password"), "current", password, "password", "another long password"))
	b.follow(done).wantText("Your password is changed.")
	if p := other.get("/admin"); p.code != http.StatusSeeOther {
		t.Errorf("the other browser is still signed in: %d", p.code)
	}
	if p := w.browser().signIn(b.account.Email, password); p.code != http.StatusUnauthorized {
		t.Errorf("the old password: %d", p.code)
	}
	if p := w.browser().signIn(b.account.Email, "another long password"); p.code != http.StatusSeeOther {
		t.Errorf("the new password: %d", p.code)
	}
	b.follow(b.post("/admin/profile/language", url.Values{"locale": {"de"}})).wantText("Gespeichert.", "Ihr Profil")
	if p := b.post("/admin/profile/language", url.Values{"locale": {"tlh"}}); p.code != http.StatusUnprocessableEntity {
		t.Errorf("a language nobody speaks: %d", p.code)
	}
}
