package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"

	"github.com/labstack/echo/v4"
)

const setupPath = "/setup/:token"

// setupLife is how long a set-up link may be used.
const setupLife = 24 * time.Hour

// NewSetupLink makes the one-time address for the first account; "" when there is an
// account already. An older link ends.
func NewSetupLink(ctx context.Context, s *store.Store, baseURL string, now time.Time) (string, error) {
	secret := store.NewSecret()
	err := s.NewSetup(ctx, store.SecretHash(secret), now.Add(setupLife))
	if status.FaultCode(err) == status.CodeNotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return strings.TrimRight(baseURL, "/") + "/setup/" + secret, nil
}

func isSetup(c echo.Context) bool { return c.Path() == setupPath }

func (d *desk) setupForm(v *visit) error {
	if err := d.Store.SetupValid(v.ctx(), store.SecretHash(v.c.Param("token"))); err != nil {
		return err
	}
	form := &templates.Form{ID: "f", Values: map[string][]string{"locale": {v.locale}}}
	return d.showSetup(v, http.StatusOK, form)
}

func (d *desk) showSetup(v *visit, code int, form *templates.Form) error {
	return v.show(code, templates.SetupPage{
		Office: v.office("setup", "setup"), Form: form, Token: v.c.Param("token"), Locales: d.Pages.AdminLocales(),
	})
}

// setup makes the first account and signs it in. The link is looked at before the
// password is hashed, and used up by the store: of many at once one wins.
func (d *desk) setup(v *visit) error {
	hash := store.SecretHash(v.c.Param("token"))
	if err := d.Store.SetupValid(v.ctx(), hash); err != nil {
		return err
	}
	in, err := v.input("f", "account.")
	if err != nil {
		return err
	}
	a, err := d.newAccount(v, in, status.Admin)
	if err == nil {
		err = d.Store.ClaimSetup(v.ctx(), hash, a)
	}
	if in.fault(err) {
		form := in.form()
		form.Values.Del("password")
		return d.showSetup(v, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	if err := d.begin(v.c, a, false); err != nil {
		return err
	}
	return v.done("/admin", "welcome", 0)
}

// newAccount reads an account from a form.
func (d *desk) newAccount(v *visit, in *input, role status.Role) (status.Account, error) {
	email, err := status.NormaliseEmail("account.email", in.value("email"))
	if err != nil {
		return status.Account{}, err
	}
	password := in.raw("password")
	if err := status.CheckPassword("account.password", password); err != nil {
		return status.Account{}, err
	}
	locale := in.value("locale")
	if !d.Pages.HasAdminLocale(locale) {
		locale = v.locale
	}
	stored, err := d.passwords.hash(v.ctx(), password)
	if err != nil {
		return status.Account{}, err
	}
	return status.Account{
		ID: status.NewID(), Email: email, Role: role, Locale: locale,
		Password: stored, CreatedAt: d.Now(), Credential: 1,
	}, nil
}

// emailKey is what tries to sign in are counted under.
func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
