package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"allclear/publish"
	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// openStore opens the configured database for any command.
func openStore(ctx context.Context, app *App, pages *templates.Set) (*store.Store, error) {
	if err := refuseMissing(&app.Config); err != nil {
		return nil, err
	}
	var texts map[status.Stage]map[string]string
	var retell status.Retell
	if pages != nil {
		texts, retell = maintenanceTexts(pages), retelling(pages)
	}
	s, err := store.Open(ctx, store.Options{
		Database: databaseAddress(&app.Config), Now: app.Now, Log: app.Log, Hold: app.Config.MailHold, AutoBody: texts, Retell: retell, BaseURL: string(app.Config.BaseURL),
	})
	if err != nil {
		return nil, err
	}
	if err := refuseEmpty(ctx, &app.Config, s); err != nil {
		_ = s.Close() // the first error says more
		return nil, err
	}
	return s, nil
}

func databaseAddress(cfg *Config) string {
	if cfg.Database.Engine == EnginePostgres {
		return cfg.Database.URL.Reveal()
	}
	return "sqlite:" + cfg.Database.Path
}

// keepFile holds the last published state, for a start without a database.
func keepFile(cfg *Config) string { return filepath.Join(cfg.Data, "state.json") }

// publishedBefore says whether the data folder shows that this page had something to lose.
// A kept state that cannot be read is such a sign, too.
func publishedBefore(cfg *Config) bool {
	if _, revision, ok := publish.Kept(keepFile(cfg)); ok {
		return revision > 0
	}
	_, err := os.Stat(keepFile(cfg))
	return err == nil
}

// refuseMissing keeps a lost database from being replaced by an empty one in silence.
func refuseMissing(cfg *Config) error {
	missing, err := databaseMissing(cfg)
	if err != nil || !missing || !publishedBefore(cfg) {
		return err
	}
	return fmt.Errorf("the database %s is missing, but %s shows that this page was published before; put the database back from a backup, or remove %[2]s to begin with an empty page",
		cfg.Database, keepFile(cfg))
}

// refuseEmpty is the same for a database that is there and holds nothing.
func refuseEmpty(ctx context.Context, cfg *Config, s *store.Store) error {
	_, revision, err := s.Revision(ctx)
	if err != nil || revision > 0 || !publishedBefore(cfg) {
		return err
	}
	return fmt.Errorf("the database %s is empty, but %s shows that this page was published before; put the database back from a backup, or remove %[2]s to begin with an empty page",
		cfg.Database, keepFile(cfg))
}

// holdDatabase keeps a second server away from a SQLite file: each would take the other's
// mail in flight for left over and send it again. The lock ends with the process, however
// that ends. Servers of one PostgreSQL database are many by design.
func holdDatabase(cfg *Config) (release func(), err error) {
	free := func() {}
	if cfg.Database.Engine != EngineSQLite {
		return free, nil
	}
	file, err := os.OpenFile(cfg.Database.Path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return free, nil //nolint:nilerr // nor can the database be written there, which is told better when it is opened
	}
	release = func() { _ = file.Close() } // ends the lock, too
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		release()
		return nil, fmt.Errorf("another allclear serve runs on the database %s already; stop that one, or give this one a folder of its own with --data", cfg.Database)
	}
	return release, nil
}
