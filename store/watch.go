package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	pollSQLite   = 400 * time.Millisecond
	pollPostgres = 2 * time.Second // heals a lost notification
	rewatchAfter = time.Second     // after the database was gone
)

// bell rings everybody who watches; several rings before somebody looks are one.
type bell struct {
	mu   sync.Mutex
	ears map[chan struct{}]struct{}
}

func (b *bell) add() chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ears == nil {
		b.ears = map[chan struct{}]struct{}{}
	}
	ear := make(chan struct{}, 1)
	b.ears[ear] = struct{}{}
	return ear
}

func (b *bell) remove(ear chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.ears, ear)
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ear := range b.ears {
		select {
		case ear <- struct{}{}:
		default: // it has a ring to hear already
		}
	}
}

// announce rings after a commit of this process.
func (s *Store) announce(revision int64) {
	for known := s.known.Load(); revision > known && !s.known.CompareAndSwap(known, revision); known = s.known.Load() {
	}
	s.bell.ring()
}

// Watch returns a channel that receives after each revision, whoever made it; several
// that come before the receiver looks are one. It falls silent when ctx ends; it is
// never closed.
func (s *Store) Watch(ctx context.Context) <-chan struct{} {
	ear := s.bell.add()
	context.AfterFunc(ctx, func() { s.bell.remove(ear) })
	s.watcher.Do(func() {
		s.running.Go(s.watchOthers)
	})
	return ear
}

// watchOthers notices the revisions of other processes until the store is closed. An
// outage is one line of the log, however long it lasts.
func (s *Store) watchOthers() {
	failed := false
	for s.ctx.Err() == nil {
		begun, err := s.watchOnce()
		if s.ctx.Err() != nil {
			return
		}
		if begun || !failed {
			s.log.Warn("The database cannot be watched; trying again every second.", "error", err)
		}
		failed = true
		select {
		case <-s.ctx.Done():
		case <-time.After(rewatchAfter):
		}
	}
}

// watchOnce watches until something fails; begun says that there was something to lose.
func (s *Store) watchOnce() (begun bool, err error) {
	conn, err := s.reader.Conn(s.ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	if err := s.hear(); err != nil {
		return false, err
	}
	if s.dialect.postgres {
		return true, s.watchPostgres(conn)
	}
	return true, s.watchSQLite(conn)
}

// hear rings when the database is at a revision that this process did not make.
func (s *Store) hear() error {
	_, revision, err := s.Revision(s.ctx)
	if err != nil {
		return err
	}
	if known := s.known.Load(); revision != known && s.known.CompareAndSwap(known, revision) {
		s.bell.ring()
	}
	return nil
}

// watchSQLite asks one connection again and again whether another one has written.
func (s *Store) watchSQLite(conn *sql.Conn) error {
	last := int64(-1)
	ticker := time.NewTicker(pollSQLite)
	defer ticker.Stop()
	for {
		var version int64
		if err := conn.QueryRowContext(s.ctx, "PRAGMA data_version").Scan(&version); err != nil {
			return err
		}
		if version != last {
			last = version
			if err := s.hear(); err != nil {
				return err
			}
		}
		select {
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-ticker.C:
		}
	}
}

// watchPostgres listens on a connection of its own, and looks now and then anyway.
func (s *Store) watchPostgres(conn *sql.Conn) error {
	return conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("unexpected driver %T", driver)
		}
		pg := c.Conn()
		if _, err := pg.Exec(s.ctx, "LISTEN "+channel); err != nil {
			return err
		}
		for {
			if err := s.hear(); err != nil {
				return err
			}
			if err := waitNotification(s.ctx, pg); err != nil {
				return err
			}
		}
	})
}

// waitNotification waits for a message, at most until the next poll is due.
func waitNotification(ctx context.Context, pg *pgx.Conn) error {
	wait, cancel := context.WithTimeout(ctx, pollPostgres)
	defer cancel()
	_, err := pg.WaitForNotification(wait)
	if err != nil && wait.Err() != nil && ctx.Err() == nil && !pg.IsClosed() {
		return nil
	}
	return err
}
