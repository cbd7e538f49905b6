package admin

import (
	"context"
	"net/http"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"

	"github.com/labstack/echo/v4"
)

// How long a browser stays signed in. On a device that its owner trusts it is long: who is
// called at three in the morning should not have to look for a password.
const (
	trustedLife = 30 * 24 * time.Hour
	sessionLife = 7 * 24 * time.Hour
	sessionIdle = 12 * time.Hour
	// touchEvery spares a write per click.
	touchEvery = 5 * time.Minute
)

// alive says whether a session still counts. It is bound to the account's credential:
// with another password or role, or a disabled account, every older session is over.
func alive(s status.Session, a status.Account, now time.Time) bool {
	idle := sessionIdle
	if s.Trusted {
		idle = trustedLife
	}
	return !a.Disabled && s.Credential == a.Credential && now.Before(s.ExpiresAt) && now.Sub(s.SeenAt) < idle
}

// cookie is the name of a cookie. With https the prefix makes browsers refuse one that
// another host or an unsafe page has set.
func (d *desk) cookie(name string) string {
	if d.secure {
		return "__Host-allclear-" + name
	}
	return "allclear-" + name
}

// setCookie sets a cookie; with age 0 the browser forgets it when it is closed.
func (d *desk) setCookie(c echo.Context, name, value string, age time.Duration) {
	seconds := int(age / time.Second)
	if value == "" {
		seconds = -1
	}
	c.SetCookie(&http.Cookie{ //nolint:gosec // Secure follows the base URL: over plain http a secure cookie would not come back
		Name: d.cookie(name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (d *desk) getCookie(c echo.Context, name string) string {
	k, err := c.Cookie(d.cookie(name))
	if err != nil {
		return ""
	}
	return k.Value
}

// who finds the request's session and its account; none is no error.
func (d *desk) who(c echo.Context) (s status.Session, a status.Account, err error) {
	secret := d.getCookie(c, "session")
	if secret == "" {
		return s, a, nil
	}
	ctx := c.Request().Context()
	hash := store.SecretHash(secret)
	s, a, err = d.Store.Session(ctx, hash)
	if status.FaultCode(err) == status.CodeNotFound {
		return status.Session{}, status.Account{}, nil
	}
	if err != nil {
		return s, a, err
	}
	now := d.Now()
	if !alive(s, a, now) {
		return status.Session{}, status.Account{}, d.Store.EndSession(ctx, hash)
	}
	if now.Sub(s.SeenAt) >= touchEvery {
		if err := d.Store.TouchSession(ctx, hash); err != nil {
			d.Log.Warn("a session's last visit could not be noted", "error", err)
		}
	}
	return s, a, nil
}

// begin signs the browser in with a secret that no one has seen before.
func (d *desk) begin(c echo.Context, a status.Account, trusted bool) error {
	ctx, now := c.Request().Context(), d.Now()
	life, age := sessionLife, time.Duration(0)
	if trusted {
		life, age = trustedLife, trustedLife
	}
	if old := d.getCookie(c, "session"); old != "" {
		if err := d.Store.EndSession(ctx, store.SecretHash(old)); err != nil {
			return err
		}
	}
	secret := store.NewSecret()
	err := d.Store.AddSession(ctx, status.Session{
		Hash: store.SecretHash(secret), AccountID: a.ID, Credential: a.Credential,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(life), Trusted: trusted, ProvedAt: now,
	})
	if err == nil {
		d.setCookie(c, "session", secret, age)
	}
	return err
}

func (d *desk) signInForm(v *visit) error {
	next := localPath(v.c.QueryParam("next"))
	if v.signedIn() {
		return v.c.Redirect(http.StatusSeeOther, next)
	}
	return v.show(http.StatusOK, templates.SignInPage{Office: v.office("signin", "signin"), Form: &templates.Form{ID: "f"}, Next: next})
}

func (d *desk) signIn(v *visit) error {
	in, err := v.input("f", "account.")
	if err != nil {
		return err
	}
	next := localPath(in.value("next"))
	email, password := in.value("email"), in.raw("password")
	a, code, err := d.authenticate(v, email, password)
	if err != nil {
		return err
	}
	if code != http.StatusOK {
		key := "login"
		if code == http.StatusTooManyRequests {
			key = "limited"
			v.c.Response().Header().Set("Retry-After", "900")
		}
		in.wrong("email", key)
		form := in.form()
		form.Values.Del("password")
		return v.show(code, templates.SignInPage{Office: v.office("signin", "signin"), Form: form, Next: next})
	}
	if err := d.begin(v.c, a, in.has("stay")); err != nil {
		return err
	}
	return v.c.Redirect(http.StatusSeeOther, next)
}

// authenticate answers 200 with the account, 401, or 429. An unknown or disabled account
// costs the same tries, words and time as a wrong password.
func (d *desk) authenticate(v *visit, email, password string) (status.Account, int, error) {
	now, account, address := d.Now(), emailKey(email), bucket(v.c.RealIP())
	if !d.addresses.take(address, now) || !d.accounts.take(account, now) {
		return status.Account{}, http.StatusTooManyRequests, nil
	}
	a, err := d.Store.AccountByEmail(v.ctx(), email)
	if err != nil && status.FaultCode(err) != status.CodeNotFound {
		return a, 0, err
	}
	stored := a.Password
	if a.Disabled {
		stored = ""
	}
	ok, outdated, err := d.passwords.verify(v.ctx(), stored, password)
	if err != nil {
		return a, 0, err
	}
	if !ok {
		d.Log.Info("a sign-in was refused", "address", address)
		return a, http.StatusUnauthorized, nil
	}
	d.accounts.giveBack(account, now)
	d.addresses.giveBack(address, now)
	if outdated {
		a, err = d.restore(v.ctx(), a, password)
	}
	return a, http.StatusOK, err
}

// restore stores a password anew, at today's cost.
func (d *desk) restore(ctx context.Context, a status.Account, password string) (status.Account, error) {
	stored, err := d.passwords.hash(ctx, password)
	if err != nil {
		return a, err
	}
	err = d.Store.EditAccount(ctx, store.By{Actor: a.Email}, a.ID, func(a *status.Account) error {
		a.Password = stored
		return nil
	})
	if err != nil {
		return a, err
	}
	return d.Store.Account(ctx, a.ID)
}

func (d *desk) signOut(v *visit) error {
	if secret := d.getCookie(v.c, "session"); secret != "" {
		if err := d.Store.EndSession(v.ctx(), store.SecretHash(secret)); err != nil {
			return err
		}
	}
	d.setCookie(v.c, "session", "", 0)
	return v.c.Redirect(http.StatusSeeOther, "/admin/login")
}
