package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"allclear/server/admin"
	"allclear/status"
	"allclear/store"
)

// accountCmd manages the accounts of staff.
type accountCmd struct {
	Create        accountCreateCmd        `cmd:"" help:"Create an account; the password comes on standard input."`
	List          accountListCmd          `cmd:"" help:"List all accounts."`
	Disable       accountDisableCmd       `cmd:"" help:"Disable an account and sign it out everywhere."`
	ResetPassword accountResetPasswordCmd `cmd:"" help:"Set a new password and sign the account out everywhere."`
}

type accountCreateCmd struct {
	Email         string `required:"" placeholder:"ADDRESS" help:"Mail address to sign in with."`
	Role          string `required:"" placeholder:"ROLE" enum:"viewer,author,publisher,admin" help:"viewer (reads), author (writes drafts), publisher (also publishes), admin (also settings, accounts and tokens)."`
	PasswordStdin bool   `required:"" help:"Read the password from the first line of standard input, 12 characters or more."`
}

// Help is shown by allclear account create --help.
func (accountCreateCmd) Help() string {
	return `The password is never a flag: it would be seen in the list of processes.

Examples:

    allclear account create --email anna@example.org --role admin --password-stdin < password.txt
    pass show status | allclear account create --email ben@example.org --role publisher --password-stdin`
}

// Run saves the account.
func (c *accountCreateCmd) Run(ctx context.Context, app *App) error {
	email, err := status.NormaliseEmail("account.email", c.Email)
	if err != nil {
		return err
	}
	hash, err := hashedPassword(app.Stdin)
	if err != nil {
		return err
	}
	return withStore(ctx, app, func(s *store.Store) error {
		site, err := s.Site(ctx)
		if err != nil {
			return err
		}
		err = s.AddAccount(ctx, atTerminal(), status.Account{
			ID: status.NewID(), Email: email, Role: status.Role(c.Role), Locale: site.Page.DefaultLocale, Password: hash,
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(app.Stdout, "Created the account %s with the role %s.\n", email, c.Role)
		return err
	})
}

// maxPasswordLine is more than the longest password that is accepted.
const maxPasswordLine = 4096

// hashedPassword reads the password, checks it, and keeps only its hash.
func hashedPassword(stdin io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(stdin, maxPasswordLine))
	if err != nil {
		return "", fmt.Errorf("the password cannot be read from standard input: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line = strings.TrimSuffix(line, "\r")
	if err := status.CheckPassword("account.password", line); err != nil {
		return "", err
	}
	return admin.HashPassword(line)
}

type accountListCmd struct{}

// Help is shown by allclear account list --help.
func (accountListCmd) Help() string {
	return `Examples:

    allclear account list
    allclear account list --data /var/lib/allclear`
}

// Run prints a table.
func (accountListCmd) Run(ctx context.Context, app *App) error {
	return withKeptStore(ctx, app, func(s *store.Store) error {
		list, err := s.Accounts(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(app.Stdout, "There is no account yet; make one with allclear account create, or by the link that allclear serve prints.")
			return err
		}
		lines := [][]string{{"EMAIL", "ROLE", "STATE", "CREATED"}}
		for _, a := range list {
			state := "active"
			if a.Disabled {
				state = "disabled"
			}
			lines = append(lines, []string{a.Email, string(a.Role), state, stamp(a.CreatedAt)})
		}
		return table(app, lines)
	})
}

type accountDisableCmd struct {
	Email string `required:"" placeholder:"ADDRESS" help:"Account to disable."`
}

// Help is shown by allclear account disable --help.
func (accountDisableCmd) Help() string {
	return `What the account wrote stays. API tokens belong to nobody and go on working;
end those with allclear token revoke.

Examples:

    allclear account disable --email anna@example.org`
}

// Run disables the account; its sessions end with the same commit.
func (c *accountDisableCmd) Run(ctx context.Context, app *App) error {
	return editAccount(ctx, app, c.Email, func(a *status.Account) string {
		if a.Disabled {
			return "The account %s was disabled already.\n"
		}
		a.Disabled = true
		return "Disabled the account %s and signed it out everywhere.\n"
	})
}

type accountResetPasswordCmd struct {
	Email         string `required:"" placeholder:"ADDRESS" help:"Account that gets the new password."`
	PasswordStdin bool   `required:"" help:"Read the password from the first line of standard input, 12 characters or more."`
}

// Help is shown by allclear account reset-password --help.
func (accountResetPasswordCmd) Help() string {
	return `Examples:

    allclear account reset-password --email anna@example.org --password-stdin < password.txt`
}

// Run sets the password; the account's sessions end with the same commit.
func (c *accountResetPasswordCmd) Run(ctx context.Context, app *App) error {
	hash, err := hashedPassword(app.Stdin)
	if err != nil {
		return err
	}
	return editAccount(ctx, app, c.Email, func(a *status.Account) string {
		a.Password = hash
		if a.Disabled {
			return "Set the password of %s; the account stays disabled.\n"
		}
		return "Set the password of %s and signed it out everywhere.\n"
	})
}

// editAccount changes the account with this address; change says what to tell.
func editAccount(ctx context.Context, app *App, email string, change func(*status.Account) string) error {
	return withKeptStore(ctx, app, func(s *store.Store) error {
		a, err := s.AccountByEmail(ctx, email)
		if err != nil {
			return err
		}
		var told string
		err = s.EditAccount(ctx, atTerminal(), a.ID, func(a *status.Account) error {
			told = change(a)
			return nil
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(app.Stdout, told, a.Email)
		return err
	})
}
