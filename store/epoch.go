package store

import (
	"context"

	"allclear/status"
)

// RenewEpoch starts a new count of revisions: after a restore the old numbers would be
// given a second time, and listeners must not take them for what they know.
func (s *Store) RenewEpoch(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE site SET epoch = ? WHERE id = 1`, status.NewID())
		return err
	})
}
