package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"allclear/server/admin"
	"allclear/status"
	"allclear/store"
)

const (
	// demoEmail is who signs in to a demo.
	demoEmail = "demo@example.org"

	// demoMarker is the file by which a folder is known to be made by --demo.
	demoMarker = ".allclear-demo"

	demoMarkerText = "This folder was made by allclear serve --demo and holds nothing real.\n"
)

// placeDemo makes the configuration point to a folder for a demo. Unless a data folder was
// given that is a temporary one, which cleanup removes.
func placeDemo(app *App, given bool) (cleanup func(), err error) {
	cfg := &app.Config
	if cfg.Database.Engine != EngineSQLite || cfg.Database.Path != filepath.Join(cfg.Data, databaseFile) {
		return nil, errors.New("--demo keeps its database in its own folder; leave database out")
	}
	cleanup = func() {}
	if given {
		err = claimDemoFolder(cfg.Data)
	} else if cfg.Data, err = temporaryFolder(); err == nil {
		cleanup = func() { _ = os.RemoveAll(cfg.Data) } // nobody misses it
	}
	if err != nil {
		return nil, err
	}
	cfg.Database.Path = filepath.Join(cfg.Data, databaseFile)
	return cleanup, nil
}

func temporaryFolder() (string, error) {
	folder, err := os.MkdirTemp("", "allclear-demo-")
	if err != nil {
		return "", fmt.Errorf("no temporary folder can be made (%w)", reasonOf(err))
	}
	return folder, nil
}

// databaseFile is the SQLite file in the data folder.
const databaseFile = "allclear.db"

// claimDemoFolder marks a folder that is absent or empty, and accepts a marked one.
// Every other folder may hold somebody's real page.
func claimDemoFolder(folder string) error {
	marker := filepath.Join(folder, demoMarker)
	if _, err := os.Stat(marker); err == nil {
		return nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s cannot be read (%w)", folder, reasonOf(err))
	}
	if len(entries) > 0 {
		return fmt.Errorf("the folder %s is not empty and was not made by --demo; name another one, or leave --data out for a temporary one", folder)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("the folder %s cannot be made (%w)", folder, reasonOf(err))
	}
	if err := os.WriteFile(marker, []byte(demoMarkerText), 0o600); err != nil {
		return fmt.Errorf("the folder %s cannot be written to (%w)", folder, reasonOf(err))
	}
	return nil
}

// furnishDemo fills the folder and returns the staff password. A demo that is there already
// is used as it was left, but for the password, which is a new one at every start.
func furnishDemo(ctx context.Context, app *App) (string, error) {
	password := demoPassword()
	hash, err := admin.HashPassword(password)
	if err != nil {
		return "", err
	}
	whole, err := resetDemoPassword(ctx, app, hash)
	if err != nil || whole {
		return password, err
	}
	if err := removeDatabase(app.Config.Database.Path); err != nil {
		return "", err
	}
	if err := fillDemo(ctx, app); err != nil {
		return "", err
	}
	// The account comes last: with it the demo counts as whole.
	return password, withStore(ctx, app, func(s *store.Store) error {
		return s.AddAccount(ctx, demoBy, status.Account{
			ID: status.NewID(), Email: demoEmail, Role: status.Admin, Locale: "en", Password: hash,
		})
	})
}

// removeDatabase removes what an interrupted filling left.
func removeDatabase(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the unfinished database cannot be removed: %w", err)
		}
	}
	return nil
}

// resetDemoPassword gives the account of a whole demo a new password; false when the
// demo is not there, or an earlier start was interrupted while it was filled.
func resetDemoPassword(ctx context.Context, app *App, hash string) (bool, error) {
	if missing, err := databaseMissing(&app.Config); err != nil || missing {
		return false, err
	}
	whole := false
	err := withStore(ctx, app, func(s *store.Store) error {
		a, err := s.AccountByEmail(ctx, demoEmail)
		if status.FaultCode(err) == status.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		whole = true
		return s.EditAccount(ctx, demoBy, a.ID, func(a *status.Account) error {
			a.Password, a.Disabled, a.Role = hash, false, status.Admin
			return nil
		})
	})
	return whole, err
}

// demoPassword is random and easy to copy: three times four letters and digits.
func demoPassword() string {
	id := status.NewID()
	return id[:4] + "-" + id[4:8] + "-" + id[8:]
}
