package admin

import (
	"net/http"
	"net/url"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

func (d *desk) tokens(v *visit) error {
	return v.showTokens(http.StatusOK, blank("f", url.Values{"role": {string(status.Viewer)}, "expires": {"90"}}), "")
}

func (v *visit) showTokens(code int, form *templates.Form, secret string) error {
	list, err := v.Store.Tokens(v.ctx())
	if err != nil {
		return err
	}
	return v.show(code, templates.TokensPage{Office: v.office("tokens", "tokens"), Tokens: list, Form: form, Secret: secret})
}

// addToken makes a token and shows it this once: the answer to the form itself, so that
// the secret is in no address and no cookie.
func (d *desk) addToken(v *visit) error {
	in, err := v.input("f", "token.")
	if err != nil {
		return err
	}
	secret := store.NewSecret()
	t := status.Token{
		ID: status.NewID(), Name: in.value("name"), Role: status.Role(in.value("role")),
		Hash: store.SecretHash(secret), CreatedAt: v.now, ExpiresAt: in.expiry(),
	}
	if len(in.faults) == 0 {
		err = d.Store.AddToken(v.ctx(), v.by(), t)
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.showTokens(codeOf(err), in.form(), "")
	}
	if err != nil {
		return err
	}
	return v.showTokens(http.StatusOK, blank("f", url.Values{"role": {string(status.Viewer)}, "expires": {"90"}}), secret)
}

// expiry reads in how many days the token ends; nil is never.
func (in *input) expiry() *time.Time {
	days := in.number("expires")
	if days < 0 || days > 3650 {
		in.wrong("expires", "choice")
	}
	if days == 0 {
		return nil
	}
	return new(in.v.now.AddDate(0, 0, int(days)))
}

func (d *desk) revokeToken(v *visit) error {
	in, err := v.input("f", "token.")
	if err != nil {
		return err
	}
	if err := d.Store.RevokeToken(v.ctx(), v.by(), in.value("name")); err != nil {
		return err
	}
	return v.done("/admin/tokens", "revoked", 0)
}
