package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"allclear/status"
	"allclear/templates"
)

// proofLife is how long a password that was given counts for what exposes data.
const proofLife = 15 * time.Minute

// sensitive are the pages that ask for the password again: who may do what, secrets of
// other programs, and subscribers' addresses as a file. Nothing that is needed to tell
// customers of a problem is among them.
func sensitive(path string) bool {
	for _, prefix := range []string{"/admin/accounts", "/admin/tokens"} {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return true
		}
	}
	return strings.HasSuffix(path, "/deliveries.csv")
}

// proven says whether the password was given in this browser a short while ago.
func (v *visit) proven() bool { return v.now.Sub(v.session.ProvedAt) <= proofLife }

// prove asks for the password. A page is opened afterwards; what a form held is kept on
// the page that asks, and goes on from there.
func (d *desk) prove(v *visit, do func(*visit) error) error {
	r := v.c.Request()
	if r.Method != http.MethodPost {
		return v.c.Redirect(http.StatusSeeOther, "/admin/confirm?next="+url.QueryEscape(r.URL.RequestURI()))
	}
	in, err := v.input("p", "account.")
	if err != nil {
		return err
	}
	if in.has("proof") {
		if err := d.checkProof(v, in, "proof"); err != nil {
			return err
		}
		if len(in.faults) == 0 {
			r.PostForm.Del("proof")
			return do(v)
		}
	}
	return v.showConfirm(http.StatusForbidden, in, r.URL.RequestURI(), "")
}

// checkProof notes a fault unless the field holds the account's password.
func (d *desk) checkProof(v *visit, in *input, field string) error {
	_, code, err := d.authenticate(v, v.account.Email, in.raw(field))
	switch {
	case err != nil:
		return err
	case code == http.StatusTooManyRequests:
		in.wrong(field, "limited")
	case code != http.StatusOK:
		in.wrong(field, "current")
	default:
		return d.Store.ProveSession(v.ctx(), v.session.Hash)
	}
	return nil
}

func (d *desk) confirmForm(v *visit) error {
	return v.showConfirm(http.StatusOK, &input{v: v, id: "p", values: url.Values{}}, "/admin/confirm", localPath(v.c.QueryParam("next")))
}

func (d *desk) confirm(v *visit) error {
	in, err := v.input("p", "account.")
	if err != nil {
		return err
	}
	if err := d.checkProof(v, in, "proof"); err != nil {
		return err
	}
	next := localPath(in.value("next"))
	if len(in.faults) > 0 {
		return v.showConfirm(http.StatusForbidden, in, "/admin/confirm", next)
	}
	return v.c.Redirect(http.StatusSeeOther, next)
}

// showConfirm asks for the password; a form that waits goes along, but for its passwords.
func (v *visit) showConfirm(code int, in *input, action, next string) error {
	p := templates.ProofPage{Office: v.office("profile", "confirm"), Action: action, Form: &templates.Form{ID: in.id, Values: url.Values{}, Faults: in.faults}}
	if next != "" {
		in.values = url.Values{"next": {next}}
	}
	names := make([]string, 0, len(in.values))
	for name := range in.values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains([]string{"proof", "password", "current"}, name) {
			continue
		}
		for _, value := range in.values[name] {
			p.Kept = append(p.Kept, templates.Kept{Name: name, Value: value})
		}
	}
	return v.show(code, p)
}

// setKeyboard switches the keys of the staff pages on or off.
func (d *desk) setKeyboard(v *visit) error {
	in, err := v.input("k", "account.")
	if err != nil {
		return err
	}
	err = d.Store.EditAccount(v.ctx(), v.by(), v.account.ID, func(a *status.Account) error {
		a.NoShortcuts = !in.has("shortcuts")
		return nil
	})
	if err != nil {
		return err
	}
	return v.done("/admin/profile", "saved", 0)
}
