package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"allclear/status"
)

const tokenColumns = `id, name, role, hash, created_at, expires_at, revoked_at, last_used` //nolint:gosec // names of columns

// AddToken saves an API token; Hash is the SecretHash of what its owner was shown.
func (s *Store) AddToken(ctx context.Context, by By, n status.Token) error {
	if err := checkToken(n); err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO tokens (id, name, role, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
			n.ID, n.Name, string(n.Role), n.Hash, ms(t.now), msOrNil(n.ExpiresAt))
		if isUnique(err) {
			return status.Invalid("token.name", "There is already a token named %q; revoke it first or choose another name.", n.Name)
		}
		if err != nil {
			return err
		}
		return t.audit(ctx, by.Actor, "token.create", n.ID, n.Name+", "+string(n.Role))
	})
}

func checkToken(n status.Token) error {
	if strings.TrimSpace(n.Name) == "" || len(n.Name) > 100 || strings.ContainsAny(n.Name, "\r\n\t\x00") {
		return status.Invalid("token.name", "Give the token a name of one line, at most 100 characters.")
	}
	if !n.Role.Valid() {
		return status.Invalid("token.role", "%q is not a role; use viewer, author, publisher or admin.", string(n.Role))
	}
	return nil
}

// TokenByHash finds a token by the hash of its secret, revoked and expired ones too:
// the caller asks Live.
func (s *Store) TokenByHash(ctx context.Context, hash string) (n status.Token, err error) {
	err = s.read(ctx, func(t *tx) error {
		n, err = scanToken(t.row(ctx, `SELECT `+tokenColumns+` FROM tokens WHERE hash = ?`, hash).Scan)
		return missing(err, "token", "…")
	})
	return n, err
}

// Tokens lists all tokens, the newest first.
func (s *Store) Tokens(ctx context.Context) ([]status.Token, error) {
	var list []status.Token
	err := s.read(ctx, func(t *tx) error {
		rows, err := t.query(ctx, `SELECT `+tokenColumns+` FROM tokens ORDER BY created_at DESC, id`)
		if err != nil {
			return fmt.Errorf("list the tokens: %w", err)
		}
		list, err = collect(rows, scanToken)
		return err
	})
	return list, err
}

// RevokeToken ends the token of this name at once.
func (s *Store) RevokeToken(ctx context.Context, by By, name string) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE tokens SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL`, ms(t.now), name)
		if err != nil {
			return err
		}
		if n == 0 {
			return status.NotFound("token", name)
		}
		return t.audit(ctx, by.Actor, "token.revoke", name, "")
	})
}

// TouchToken notes that a token was used. Callers do so once a minute at most: it is a
// write.
func (s *Store) TouchToken(ctx context.Context, id string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE tokens SET last_used = ? WHERE id = ?`, ms(t.now), id)
		return err
	})
}

func scanToken(scan scanner) (status.Token, error) {
	var n status.Token
	var role string
	var created int64
	var expires, revoked, used *int64
	err := scan(&n.ID, &n.Name, &role, &n.Hash, &created, &expires, &revoked, &used)
	n.Role, n.CreatedAt = status.Role(role), at(created)
	n.ExpiresAt, n.RevokedAt, n.LastUsed = atOrNil(expires), atOrNil(revoked), atOrNil(used)
	return n, err
}

func msOrNil(t *time.Time) any {
	if t == nil {
		return nil
	}
	return ms(*t)
}

func atOrNil(n *int64) *time.Time {
	if n == nil {
		return nil
	}
	t := at(*n)
	return &t
}
