package store

import (
	"context"
	"fmt"

	"allclear/status"
)

// AddSession saves a signed-in browser and sweeps the sessions that are over.
func (s *Store) AddSession(ctx context.Context, n status.Session) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM sessions WHERE expires_at <= ?`, ms(t.now)); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO sessions (hash, account_id, credential, created_at, seen_at, expires_at, trusted, proved_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			n.Hash, n.AccountID, n.Credential, ms(n.CreatedAt), ms(n.SeenAt), ms(n.ExpiresAt), n.Trusted, ms(n.ProvedAt))
		if isForeignKey(err) {
			return status.NotFound("account", n.AccountID)
		}
		return err
	})
}

// Session reads a session and its account in one moment. Whether it still counts is
// for the caller to say, who knows the time.
func (s *Store) Session(ctx context.Context, hash string) (n status.Session, a status.Account, err error) {
	err = s.read(ctx, func(t *tx) error {
		var created, seen, expires, proved, born int64
		var role string
		err := t.row(ctx, `SELECT s.hash, s.account_id, s.credential, s.created_at, s.seen_at, s.expires_at,
			s.trusted, s.proved_at,
			a.id, a.email, a.role, a.locale, a.password, a.disabled, a.credential, a.created_at, a.no_shortcuts
			FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.hash = ?`, hash).Scan(
			&n.Hash, &n.AccountID, &n.Credential, &created, &seen, &expires, &n.Trusted, &proved,
			&a.ID, &a.Email, &role, &a.Locale, &a.Password, &a.Disabled, &a.Credential, &born, &a.NoShortcuts)
		n.CreatedAt, n.SeenAt, n.ExpiresAt, n.ProvedAt = at(created), at(seen), at(expires), at(proved)
		a.Role, a.CreatedAt = status.Role(role), at(born)
		return missing(err, "session", "…")
	})
	return n, a, err
}

// TouchSession notes that the browser was here.
func (s *Store) TouchSession(ctx context.Context, hash string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE sessions SET seen_at = ? WHERE hash = ?`, ms(t.now), hash)
		return err
	})
}

// ProveSession notes that the password was given in this browser just now.
func (s *Store) ProveSession(ctx context.Context, hash string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE sessions SET proved_at = ?, seen_at = ? WHERE hash = ?`, ms(t.now), ms(t.now), hash)
		return err
	})
}

// EndSession signs one browser out; one that is out already stays so.
func (s *Store) EndSession(ctx context.Context, hash string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM sessions WHERE hash = ?`, hash)
		return err
	})
}

// EndSessions signs every browser of an account out.
func (s *Store) EndSessions(ctx context.Context, accountID string) error {
	return s.write(ctx, func(t *tx) error { return t.endSessions(ctx, accountID) })
}

func (t *tx) endSessions(ctx context.Context, accountID string) error {
	if _, err := t.exec(ctx, `DELETE FROM sessions WHERE account_id = ?`, accountID); err != nil {
		return fmt.Errorf("end the sessions: %w", err)
	}
	return nil
}
