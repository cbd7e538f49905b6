package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3"

	"allclear/status"
)

// connect opens the pools of the engine that the address names.
func (s *Store) connect(ctx context.Context, database string) error {
	scheme, rest, _ := strings.Cut(database, ":")
	switch scheme {
	case "sqlite":
		return s.connectSQLite(rest)
	case "postgres", "postgresql":
		return s.connectPostgres(ctx, database)
	}
	return status.Invalid("database", "%q is not a database address; use sqlite:PATH or postgres://….", scheme+":…")
}

// connectSQLite: one writer connection, and readers that cannot write. The pragmas are in
// the address because every connection of a pool needs them.
func (s *Store) connectSQLite(path string) error {
	if path == "" {
		return status.Invalid("database", "The database address has no path; use sqlite:PATH.")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the database: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // before SQLite makes it readable for all
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	s.where.path = path
	s.where.file, err = file.Stat()
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	base := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_busy_timeout=5000&_foreign_keys=on&_stmt_cache_size=128"
	if s.writer, err = sql.Open("sqlite3", base+"&mode=rw&_journal_mode=WAL&_synchronous=FULL&_txlock=immediate"); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	if s.reader, err = sql.Open("sqlite3", base+"&mode=ro&_query_only=1"); err != nil {
		return err
	}
	readers := max(4, runtime.NumCPU()) + 1 // one is the watcher's
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	return nil
}

func (s *Store) connectPostgres(ctx context.Context, database string) error {
	config, err := pgx.ParseConfig(database)
	if err != nil {
		return status.Invalid("database", "The Postgres address cannot be read; write it as postgres://user:password@host/name.")
	}
	s.dialect = dialect{postgres: true, texts: &sync.Map{}}
	s.writer = stdlib.OpenDB(*config)
	s.writer.SetMaxOpenConns(16)
	s.writer.SetMaxIdleConns(8)
	s.writer.SetConnMaxIdleTime(5 * time.Minute)
	s.reader = s.writer
	if err := s.writer.PingContext(ctx); err != nil {
		return fmt.Errorf("the PostgreSQL server at %s cannot be used: %w", config.Host, reasonOf(err))
	}
	return nil
}

// reasonOf is what matters of a driver's error, which tells the same for every address it
// tried.
func reasonOf(err error) error {
	var refused *pgconn.PgError
	var network *net.OpError
	switch {
	case errors.As(err, &refused):
		return errors.New(refused.Message)
	case errors.As(err, &network):
		return network.Err
	}
	return err
}

// legible says in a sentence when the file is damaged or something else altogether.
func (s *Store) legible(ctx context.Context) error {
	if s.dialect.postgres {
		return nil
	}
	var n int
	err := s.writer.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&n)
	if e, ok := sqliteCode(err); ok && (e.Code == sqlite3.ErrNotADB || e.Code == sqlite3.ErrCorrupt) {
		return fmt.Errorf("the file of the database is damaged or no SQLite database; put back a backup: %w", err)
	}
	return err
}

// verify reads back what the address asked for: SQLite ignores a misspelt option, and a
// lost one would cost a published notice at the next power cut.
func (s *Store) verify(ctx context.Context) error {
	if s.dialect.postgres {
		return nil
	}
	for _, p := range []struct {
		pool       *sql.DB
		name, want string
	}{
		{s.writer, "journal_mode", "wal"}, {s.writer, "synchronous", "2"}, {s.writer, "foreign_keys", "1"},
		{s.writer, "busy_timeout", "5000"}, {s.writer, "query_only", "0"},
		{s.reader, "journal_mode", "wal"}, {s.reader, "busy_timeout", "5000"}, {s.reader, "query_only", "1"},
	} {
		var have string
		if err := p.pool.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&have); err != nil {
			return fmt.Errorf("read back the setting %s of the database: %w", p.name, err)
		}
		if have != p.want {
			return status.Invalid("database", "The database does not keep its setting %s: it is %q and must be %q.", p.name, have, p.want)
		}
	}
	return nil
}
