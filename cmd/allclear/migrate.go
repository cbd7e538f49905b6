package main

import (
	"context"
	"fmt"
	"strconv"

	"allclear/store"
)

// migrateCmd brings the database's schema up to date, or shows how far it is.
type migrateCmd struct {
	Status bool `help:"Only show which migrations are applied."`
}

// Help is shown by allclear migrate --help.
func (migrateCmd) Help() string {
	return `allclear serve applies missing migrations by itself; this command does it
beforehand, for example before several servers of one database start.

Examples:

    allclear migrate
    allclear migrate --status --data /var/lib/allclear
    allclear migrate --database postgres://app:password@db/status`
}

// Run applies what is missing; opening the store does.
func (c *migrateCmd) Run(ctx context.Context, app *App) error {
	if c.Status {
		return showMigrations(ctx, app)
	}
	if err := refuseMissing(&app.Config); err != nil {
		return err
	}
	before, err := migrations(ctx, app)
	if err != nil {
		return err
	}
	if err := withStore(ctx, app, func(*store.Store) error { return nil }); err != nil {
		return err
	}
	missing := 0
	for _, m := range before {
		if !m.Applied {
			missing++
			if _, err := fmt.Fprintf(app.Stdout, "applied %s\n", m.File); err != nil {
				return err
			}
		}
	}
	if missing == 0 {
		_, err = fmt.Fprintf(app.Stdout, "The schema of %s is up to date; there was nothing to apply.\n", app.Config.Database)
	} else {
		_, err = fmt.Fprintf(app.Stdout, "The schema of %s is up to date; %s applied.\n",
			app.Config.Database, number(missing, "migration was", "migrations were"))
	}
	return err
}

func migrations(ctx context.Context, app *App) ([]store.Migration, error) {
	return store.Migrations(ctx, store.Options{Database: databaseAddress(&app.Config), Now: app.Now, Log: app.Log})
}

// showMigrations lists every migration. A database that is not there yet is not made.
func showMigrations(ctx context.Context, app *App) error {
	missing, err := databaseMissing(&app.Config)
	if err != nil {
		return err
	}
	if missing {
		_, err := fmt.Fprintf(app.Stdout, "There is no database at %s yet; allclear migrate or allclear serve makes it.\n", app.Config.Database.Path)
		return err
	}
	list, err := migrations(ctx, app)
	if err != nil {
		return err
	}
	lines := [][]string{{"VERSION", "FILE", "STATE"}}
	open := 0
	for _, m := range list {
		state := "applied"
		if !m.Applied {
			state = "missing"
			open++
		}
		lines = append(lines, []string{strconv.FormatInt(m.Version, 10), m.File, state})
	}
	if err := table(app, lines); err != nil {
		return err
	}
	closing := "The schema is up to date.\n"
	if open > 0 {
		closing = fmt.Sprintf("%s; allclear migrate applies what is missing, and so does allclear serve.\n",
			number(open, "migration is missing", "migrations are missing"))
	}
	_, err = fmt.Fprint(app.Stdout, closing)
	return err
}
