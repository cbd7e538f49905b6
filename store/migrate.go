package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"allclear/migrations"
	"allclear/status"
)

// Migration is one numbered change of the schema.
type Migration struct {
	Version int64
	File    string
	Applied bool
}

// Migrations lists the schema's changes without applying any.
func Migrations(ctx context.Context, o Options) ([]Migration, error) {
	s := &Store{}
	s.ctx, s.stop = context.WithCancel(context.Background())
	if err := s.connect(ctx, o.Database); err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // only read
	if err := s.legible(ctx); err != nil {
		return nil, err
	}
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	if _, err := versions(ctx, p); err != nil {
		return nil, err
	}
	list, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the schema's version: %w", err)
	}
	var out []Migration
	for _, m := range list {
		out = append(out, Migration{Version: m.Source.Version, File: m.Source.Path, Applied: m.State == goose.StateApplied})
	}
	return out, nil
}

func (s *Store) provider() (*goose.Provider, error) {
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	engine := goose.DialectSQLite3
	if s.dialect.postgres {
		engine = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(engine, s.writer, migrations.Files, options...)
}

// migrate applies what is missing, each file once and in order. Nodes that start together
// take turns: on Postgres by goose's lock; on SQLite the loser of the race finds the work
// done when it looks again.
func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	for try := 1; ; try++ {
		err = s.migrateOnce(ctx, p)
		if err == nil || try == 3 || status.FaultCode(err) != "" || errors.Is(err, context.Canceled) {
			return err
		}
	}
}

func (s *Store) migrateOnce(ctx context.Context, p *goose.Provider) error {
	missing, err := versions(ctx, p)
	if err != nil || !missing {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}

// versions says whether migrations are missing, and refuses a schema of a newer program.
func versions(ctx context.Context, p *goose.Provider) (missing bool, err error) {
	have, ours, err := p.GetVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("read the schema's version: %w", err)
	}
	if have > ours {
		return false, status.NewFault(status.CodeUnavailable, "database", "The database has schema version %d, but this program knows only %d; use the newer program that wrote it.", have, ours)
	}
	return have < ours, nil
}
