package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"allclear/status"
	"allclear/store"
)

// tokenPrefix lets people and secret scanners recognise an API token.
const tokenPrefix = "ac_"

// newToken makes a secret of 256 random bits behind a prefix.
func newToken(prefix string) string { return prefix + store.NewSecret() }

// tokenCmd manages API tokens.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Create a token and print it, once."`
	List   tokenListCmd   `cmd:"" help:"List all tokens; the secrets themselves are not kept."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token at once."`
}

type tokenCreateCmd struct {
	Name    string         `required:"" placeholder:"NAME" help:"What the token is for; the audit names it."`
	Role    string         `required:"" placeholder:"ROLE" enum:"viewer,author,publisher,admin" help:"viewer (reads), author (writes drafts), publisher (also publishes), admin (also settings, components and tokens)."`
	Expires *time.Duration `placeholder:"DURATION" help:"Time until the token ends by itself, such as 90d, 12h or 30s; without it, never."`
}

// Help is shown by allclear token create --help.
func (tokenCreateCmd) Help() string {
	return `The token is the only thing on standard output and is shown this once: the
database keeps its hash.

Examples:

    allclear token create --name monitoring --role publisher --expires 90d
    TOKEN=$(allclear token create --name deploys --role author)
    curl -H "Authorization: OAuth $TOKEN" http://localhost:8080/v1/pages`
}

// Run saves the token's hash, then shows the token.
func (c *tokenCreateCmd) Run(ctx context.Context, app *App) error {
	if c.Expires != nil && *c.Expires == 0 {
		return errors.New("--expires must be longer than nothing, such as 90d; leave it out for a token that does not end")
	}
	return withStore(ctx, app, func(s *store.Store) error {
		secret := newToken(tokenPrefix)
		t := status.Token{ID: status.NewID(), Name: c.Name, Role: status.Role(c.Role), Hash: store.SecretHash(secret)}
		if c.Expires != nil {
			end := app.Now().Add(*c.Expires).UTC()
			t.ExpiresAt = &end
		}
		if err := s.AddToken(ctx, atTerminal(), t); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(app.Stdout, secret); err != nil {
			return fmt.Errorf("the token was made but could not be shown (%w); revoke it with allclear token revoke", err)
		}
		return nil
	})
}

type tokenListCmd struct{}

// Help is shown by allclear token list --help.
func (tokenListCmd) Help() string {
	return `Examples:

    allclear token list
    allclear token list --data /var/lib/allclear`
}

// Run prints a table, newest first.
func (tokenListCmd) Run(ctx context.Context, app *App) error {
	return withKeptStore(ctx, app, func(s *store.Store) error {
		list, err := s.Tokens(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(app.Stdout, "There is no API token yet; make one with allclear token create.")
			return err
		}
		lines := [][]string{{"NAME", "ROLE", "STATE", "CREATED", "EXPIRES", "LAST USED"}}
		for _, t := range list {
			lines = append(lines, []string{
				t.Name, string(t.Role), tokenState(&t, app.Now()), stamp(t.CreatedAt), stampOr(t.ExpiresAt, "never"), stampOr(t.LastUsed, "never"),
			})
		}
		return table(app, lines)
	})
}

func tokenState(t *status.Token, now time.Time) string {
	switch {
	case t.RevokedAt != nil:
		return "revoked"
	case !t.Live(now):
		return "expired"
	}
	return "active"
}

type tokenRevokeCmd struct {
	Name string `required:"" placeholder:"NAME" help:"Token to end."`
}

// Help is shown by allclear token revoke --help.
func (tokenRevokeCmd) Help() string {
	return `Examples:

    allclear token revoke --name monitoring`
}

// Run ends the token; the next request that uses it is refused.
func (c *tokenRevokeCmd) Run(ctx context.Context, app *App) error {
	return withKeptStore(ctx, app, func(s *store.Store) error {
		if err := s.RevokeToken(ctx, atTerminal(), c.Name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(app.Stdout, "Revoked the token %q; requests that use it are refused from now on.\n", c.Name)
		return err
	})
}
