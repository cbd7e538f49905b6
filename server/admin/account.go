package admin

import (
	"net/http"
	"net/url"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

func (d *desk) accountList(v *visit) error {
	return v.showAccounts(http.StatusOK, blankAccount(v), &templates.Form{}, "")
}

func blankAccount(v *visit) *templates.Form {
	return blank("f", url.Values{"role": {string(status.Publisher)}, "locale": {v.locale}})
}

// showAccounts lists the accounts with the form of a new one; passed is the form of a new
// password for the account of, when it came back.
func (v *visit) showAccounts(code int, form, passed *templates.Form, of string) error {
	list, err := v.Store.Accounts(v.ctx())
	if err != nil {
		return err
	}
	return v.show(code, templates.AccountsPage{
		Office: v.office("accounts", "accounts"), Accounts: list, Form: form, Passed: passed, Of: of,
		Locales: v.Pages.AdminLocales(), Self: v.account.ID,
	})
}

func (d *desk) addAccount(v *visit) error {
	in, err := v.input("f", "account.")
	if err != nil {
		return err
	}
	a, err := d.newAccount(v, in, status.Role(in.value("role")))
	if err == nil {
		err = d.Store.AddAccount(v.ctx(), v.by(), a)
	}
	if in.fault(err) {
		form := in.form()
		form.Values.Del("password")
		return v.showAccounts(codeOf(err), form, &templates.Form{}, "")
	}
	if err != nil {
		return err
	}
	return v.done("/admin/accounts", "saved", 0)
}

// alter changes another account. One's own is changed in the profile, so that nobody
// locks themselves out by a slip.
func (v *visit) alter(change func(*status.Account) error) error {
	id := v.c.Param("id")
	if id == v.account.ID {
		return status.NewFault(status.CodeConflict, "account", "This is your own account; another admin has to change it.")
	}
	if err := v.Store.EditAccount(v.ctx(), v.by(), id, change); err != nil {
		return err
	}
	return v.done("/admin/accounts", "saved", 0)
}

func (d *desk) setRole(v *visit) error {
	in, err := v.input("f", "account.")
	if err != nil {
		return err
	}
	return v.alter(func(a *status.Account) error {
		a.Role = status.Role(in.value("role"))
		return nil
	})
}

func (d *desk) disable(v *visit) error { return v.alter(disabled(true)) }
func (d *desk) enable(v *visit) error  { return v.alter(disabled(false)) }

func disabled(yes bool) func(*status.Account) error {
	return func(a *status.Account) error {
		a.Disabled = yes
		return nil
	}
}

// resetPassword gives another account a new password.
func (d *desk) resetPassword(v *visit) error {
	id := v.c.Param("id")
	in, err := v.input("p", "account.")
	if err != nil {
		return err
	}
	password := in.raw("password")
	if err := status.CheckPassword("account.password", password); in.fault(err) {
		form := in.form()
		for i := range form.Faults {
			form.Faults[i].Field = id // the field of this account
		}
		return v.showAccounts(codeOf(err), blankAccount(v), form, id)
	}
	stored, err := d.passwords.hash(v.ctx(), password)
	if err != nil {
		return err
	}
	return v.alter(func(a *status.Account) error {
		a.Password = stored
		return nil
	})
}

func (d *desk) profile(v *visit) error { return v.showProfile(http.StatusOK, blank("p", url.Values{})) }

func (v *visit) showProfile(code int, password *templates.Form) error {
	return v.show(code, templates.ProfilePage{
		Office: v.office("profile", "profile"), Password: password,
		Keyboard: v.keyboard(),
		Language: blank("l", url.Values{"locale": {v.locale}}), Locales: v.Pages.AdminLocales(),
	})
}

// keyboard is the form of the switch for the keys.
func (v *visit) keyboard() *templates.Form {
	values := url.Values{"shortcuts": {"1"}}
	if v.account.NoShortcuts {
		values = url.Values{}
	}
	return &templates.Form{ID: "k", Values: values}
}

func (d *desk) setLanguage(v *visit) error {
	in, err := v.input("l", "account.")
	if err != nil {
		return err
	}
	locale := in.value("locale")
	if !d.Pages.HasAdminLocale(locale) {
		return status.Invalid("account.locale", "The staff side does not speak %q.", locale)
	}
	err = d.Store.EditAccount(v.ctx(), v.by(), v.account.ID, func(a *status.Account) error {
		a.Locale = locale
		return nil
	})
	if err != nil {
		return err
	}
	return v.done("/admin/profile", "saved", 0)
}

// setPassword changes one's own password. Every session ends with it; this browser gets
// a new one.
func (d *desk) setPassword(v *visit) error {
	in, err := v.input("p", "account.")
	if err != nil {
		return err
	}
	_, code, err := d.authenticate(v, v.account.Email, in.raw("current"))
	if err != nil {
		return err
	}
	switch code {
	case http.StatusTooManyRequests:
		in.wrong("current", "limited")
	case http.StatusUnauthorized:
		in.wrong("current", "current")
	}
	in.fault(status.CheckPassword("account.password", in.raw("password")))
	if len(in.faults) > 0 {
		form := in.form()
		form.Values = url.Values{}
		return v.showProfile(http.StatusUnprocessableEntity, form)
	}
	stored, err := d.passwords.hash(v.ctx(), in.raw("password"))
	if err != nil {
		return err
	}
	err = d.Store.EditAccount(v.ctx(), store.By{Actor: v.account.Email}, v.account.ID, func(a *status.Account) error {
		a.Password = stored
		return nil
	})
	if err != nil {
		return err
	}
	a, err := d.Store.Account(v.ctx(), v.account.ID)
	if err != nil {
		return err
	}
	if err := d.begin(v.c, a, v.session.Trusted); err != nil {
		return err
	}
	return v.done("/admin/profile", "password", 0)
}
