package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"allclear/status"
)

const accountColumns = `id, email, role, locale, password, disabled, credential, created_at, no_shortcuts`

// AddAccount saves a new member of staff.
func (s *Store) AddAccount(ctx context.Context, by By, a status.Account) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.addAccount(ctx, a); err != nil {
			return err
		}
		return t.audit(ctx, by.Actor, "account.create", a.ID, a.Email+", "+string(a.Role))
	})
}

func (t *tx) addAccount(ctx context.Context, a status.Account) error {
	if !a.Role.Valid() {
		return status.Invalid("account.role", "%q is not a role; use viewer, author, publisher or admin.", string(a.Role))
	}
	_, err := t.exec(ctx, `INSERT INTO accounts (id, email, email_key, role, locale, password, disabled, credential, created_at, no_shortcuts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.Email, emailKey(a.Email), string(a.Role), a.Locale, a.Password, a.Disabled, a.Credential, ms(t.now), a.NoShortcuts)
	return taken(err, a.Email)
}

// taken explains that an address has an account already.
func taken(err error, email string) error {
	if isUnique(err) {
		return status.Invalid("account.email", "There is already an account for %s.", email)
	}
	return err
}

// emailKey is what makes two spellings of an address the same account.
func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Account reads one account.
func (s *Store) Account(ctx context.Context, id string) (status.Account, error) {
	return s.findAccount(ctx, id, `SELECT `+accountColumns+` FROM accounts WHERE id = ?`, id)
}

// AccountByEmail finds an account by its address, however it is capitalised.
func (s *Store) AccountByEmail(ctx context.Context, email string) (status.Account, error) {
	return s.findAccount(ctx, email, `SELECT `+accountColumns+` FROM accounts WHERE email_key = ?`, emailKey(email))
}

func (s *Store) findAccount(ctx context.Context, name, query string, arg any) (a status.Account, err error) {
	err = s.read(ctx, func(t *tx) error {
		a, err = scanAccount(t.row(ctx, query, arg).Scan)
		return missing(err, "account", name)
	})
	return a, err
}

// missing says that there is no such row.
func missing(err error, noun, name string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return status.NotFound(noun, name)
	}
	return err
}

// Accounts lists all accounts by address.
func (s *Store) Accounts(ctx context.Context) (list []status.Account, err error) {
	err = s.read(ctx, func(t *tx) error {
		list, err = t.accounts(ctx)
		return err
	})
	return list, err
}

func (t *tx) accounts(ctx context.Context) ([]status.Account, error) {
	rows, err := t.query(ctx, `SELECT `+accountColumns+` FROM accounts ORDER BY email_key`)
	if err != nil {
		return nil, fmt.Errorf("list the accounts: %w", err)
	}
	return collect(rows, scanAccount)
}

// EditAccount changes an account. Another password or role, or disabling it, ends every
// session of it with the same commit; the last admin who can sign in stays one.
func (s *Store) EditAccount(ctx context.Context, by By, id string, change func(*status.Account) error) error {
	return s.write(ctx, func(t *tx) error {
		have, err := scanAccount(t.row(ctx, `SELECT `+accountColumns+` FROM accounts WHERE id = ?`, id).Scan)
		if err != nil {
			return missing(err, "account", id)
		}
		next := have
		if err := change(&next); err != nil {
			return err
		}
		if !next.Role.Valid() {
			return status.Invalid("account.role", "%q is not a role; use viewer, author, publisher or admin.", string(next.Role))
		}
		if have.Password != next.Password || have.Role != next.Role || have.Disabled != next.Disabled {
			next.Credential = have.Credential + 1
			if err := t.endSessions(ctx, id); err != nil {
				return err
			}
		}
		if err := t.saveAccount(ctx, next); err != nil {
			return err
		}
		if err := t.keepAdmin(ctx, have, next); err != nil {
			return err
		}
		return t.audit(ctx, by.Actor, "account.edit", id, accountChange(have, next))
	})
}

func (t *tx) saveAccount(ctx context.Context, a status.Account) error {
	_, err := t.exec(ctx, `UPDATE accounts SET email = ?, email_key = ?, role = ?, locale = ?, password = ?, disabled = ?, credential = ?, no_shortcuts = ? WHERE id = ?`,
		a.Email, emailKey(a.Email), string(a.Role), a.Locale, a.Password, a.Disabled, a.Credential, a.NoShortcuts, a.ID)
	return taken(err, a.Email)
}

// keepAdmin refuses a change that would leave nobody who may manage accounts.
func (t *tx) keepAdmin(ctx context.Context, have, next status.Account) error {
	lost := have.Role == status.Admin && !have.Disabled && (next.Role != status.Admin || next.Disabled)
	if !lost {
		return nil
	}
	var left int
	err := t.row(ctx, `SELECT COUNT(*) FROM accounts WHERE role = ? AND NOT disabled`, string(status.Admin)).Scan(&left)
	if err != nil {
		return fmt.Errorf("count the admins: %w", err)
	}
	if left == 0 {
		return status.NewFault(status.CodeConflict, "account.role", "This is the last admin account; make somebody else admin first.")
	}
	return nil
}

// accountChange says what was changed, for the audit; never the password itself.
func accountChange(a, b status.Account) string {
	var parts []string
	note := func(changed bool, what string) {
		if changed {
			parts = append(parts, what)
		}
	}
	note(a.Email != b.Email, "email "+b.Email)
	note(a.Role != b.Role, "role "+string(b.Role))
	note(a.Locale != b.Locale, "locale "+b.Locale)
	note(a.Password != b.Password, "password")
	note(!a.Disabled && b.Disabled, "disabled")
	note(a.Disabled && !b.Disabled, "enabled")
	note(a.NoShortcuts != b.NoShortcuts, "keyboard shortcuts")
	return strings.Join(parts, ", ")
}

func scanAccount(scan scanner) (status.Account, error) {
	var a status.Account
	var role string
	var created int64
	err := scan(&a.ID, &a.Email, &role, &a.Locale, &a.Password, &a.Disabled, &a.Credential, &created, &a.NoShortcuts)
	a.Role, a.CreatedAt = status.Role(role), at(created)
	return a, err
}

// NewSetup allows the first account to be made by whoever knows the secret with this
// hash. A link that was given out before ends; with accounts there is none.
func (s *Store) NewSetup(ctx context.Context, hash string, expires time.Time) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.noAccounts(ctx); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM setup_links`); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO setup_links (hash, expires_at) VALUES (?, ?)`, hash, ms(expires))
		return err
	})
}

// SetupValid says whether a set-up link may still be used; else it is not found.
func (s *Store) SetupValid(ctx context.Context, hash string) error {
	return s.read(ctx, func(t *tx) error {
		if err := t.noAccounts(ctx); err != nil {
			return err
		}
		var n int
		err := t.row(ctx, `SELECT COUNT(*) FROM setup_links WHERE hash = ? AND expires_at > ?`, hash, ms(t.now)).Scan(&n)
		if err != nil {
			return fmt.Errorf("look up the set-up link: %w", err)
		}
		if n == 0 {
			return errNoSetup()
		}
		return nil
	})
}

// ClaimSetup uses up a set-up link and makes the first account. Of many that try at
// once exactly one wins: whoever deletes the link's row.
func (s *Store) ClaimSetup(ctx context.Context, hash string, a status.Account) error {
	return s.write(ctx, func(t *tx) error {
		won, err := t.exec(ctx, `DELETE FROM setup_links WHERE hash = ? AND expires_at > ?`, hash, ms(t.now))
		if err != nil {
			return err
		}
		if won == 0 {
			return errNoSetup()
		}
		if err := t.noAccounts(ctx); err != nil {
			return err
		}
		if err := t.addAccount(ctx, a); err != nil {
			return err
		}
		return t.audit(ctx, a.Email, "account.setup", a.ID, a.Email+", "+string(a.Role))
	})
}

func (t *tx) noAccounts(ctx context.Context) error {
	var n int
	if err := t.row(ctx, `SELECT COUNT(*) FROM accounts`).Scan(&n); err != nil {
		return fmt.Errorf("count the accounts: %w", err)
	}
	if n > 0 {
		return errNoSetup()
	}
	return nil
}

func errNoSetup() error {
	return status.NewFault(status.CodeNotFound, "", "This set-up link was used or has expired.")
}
