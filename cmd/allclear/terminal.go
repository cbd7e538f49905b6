package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"allclear/store"
)

// atTerminal is who writes when a command does, as the audit names it.
func atTerminal() store.By { return store.By{Actor: "terminal"} }

// withStore runs work on the configured database, which is made when it is missing.
func withStore(ctx context.Context, app *App, work func(*store.Store) error) error {
	s, err := openStore(ctx, app, nil)
	if err != nil {
		return err
	}
	err = work(s)
	if e := s.Close(); err == nil {
		err = e
	}
	return err
}

// withKeptStore is withStore for commands about what is there already: in the wrong
// folder they must not leave an empty database behind and say that all is well.
func withKeptStore(ctx context.Context, app *App, work func(*store.Store) error) error {
	missing, err := databaseMissing(&app.Config)
	if err != nil {
		return err
	}
	if missing {
		return noDatabase(&app.Config)
	}
	return withStore(ctx, app, work)
}

// databaseMissing says whether the configured database is a file that is not there.
func databaseMissing(cfg *Config) (bool, error) {
	if cfg.Database.Engine != EngineSQLite {
		return false, nil
	}
	_, err := os.Stat(cfg.Database.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("the database %s cannot be looked for (%w)", cfg.Database.Path, reasonOf(err))
	}
	return false, nil
}

func noDatabase(cfg *Config) error {
	return fmt.Errorf("there is no database at %s; name the server's data folder with --data", cfg.Database.Path)
}

// table writes lines of cells, each column as wide as its widest cell.
func table(app *App, lines [][]string) error {
	w := tabwriter.NewWriter(app.Stdout, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		for i, cell := range line {
			if i > 0 {
				cell = "\t" + cell
			}
			if _, err := fmt.Fprint(w, cell); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("the table cannot be written: %w", err)
	}
	return nil
}

// stamp writes a moment for a table.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// stampOr is stamp of a moment that may be missing.
func stampOr(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return stamp(*t)
}

// number writes a count with its noun: "1 notice", "3 notices".
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
