package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"allclear/status"
)

// Options say which database to open and how the store behaves.
type Options struct {
	Database string           // "sqlite:PATH" or "postgres://…"
	Now      func() time.Time // nil is the system's clock
	Log      *slog.Logger     // nil is silence
	// Hold is how long mail and webhooks wait before they leave, so that staff can undo.
	Hold time.Duration
	// AutoBody are the texts of maintenances that move by their own clock, by stage, then locale.
	AutoBody map[status.Stage]map[string]string
	// Retell puts the new window into the announcement of a maintenance that repeats; nil
	// leaves the text as it is.
	Retell status.Retell
	// BaseURL of the public page, whose own address may be named in notices.
	BaseURL string

	trace func(query string) // tests hear every statement
}

// Store is one open database. Its exported methods are the doors: each is one transaction.
type Store struct {
	dialect dialect
	where   whereabouts // SQLite: the file
	writer  *sql.DB     // SQLite: one connection
	reader  *sql.DB     // Postgres: the same pool as writer

	now    func() time.Time
	log    *slog.Logger
	hold   time.Duration
	auto   map[status.Stage]map[string]string
	retell status.Retell
	base   string

	bell   bell
	known  atomic.Int64 // newest revision that was announced here
	purged atomic.Int64 // when Tick last swept old rows, in milliseconds
	heard  atomic.Int64 // when Tick last counted problem reports, in milliseconds
	kept   noticeCache

	ctx     context.Context //nolint:containedctx // the store's own life: ends with Close
	stop    context.CancelFunc
	watcher sync.Once
	running sync.WaitGroup

	trace func(query string)
}

// Open opens the database, brings its schema up to date, verifies how the engine is
// set up and, on a fresh database, makes the page.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{now: o.Now, log: o.Log, hold: o.Hold, auto: o.AutoBody, retell: o.Retell, base: o.BaseURL, trace: o.trace}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	if err := s.connect(ctx, o.Database); err != nil {
		s.stop()
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		_ = s.Close() // the first error says more
		return nil, err
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.legible(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := s.verify(ctx); err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error { return t.createSite(ctx) })
}

// Close ends the watcher and closes every connection. The writer goes last: SQLite's last
// connection moves the log into the file, which one that only reads cannot. So after an
// orderly end the file alone is the whole database.
func (s *Store) Close() error {
	s.stop()
	s.running.Wait()
	var err error
	if s.reader != s.writer {
		err = s.reader.Close()
	}
	if e := s.writer.Close(); err == nil {
		err = e
	}
	return err
}

// Health says whether the database answers.
func (s *Store) Health(ctx context.Context) error {
	_, _, err := s.Revision(ctx)
	return err
}

// Revision reads the number of the published state and the epoch that it counts in.
func (s *Store) Revision(ctx context.Context) (epoch string, revision int64, err error) {
	if err := s.where.check(); err != nil {
		return "", 0, err
	}
	err = s.read(ctx, func(t *tx) error {
		return t.row(ctx, `SELECT epoch, revision FROM site WHERE id = 1`).Scan(&epoch, &revision)
	})
	return epoch, revision, err
}

// ClaimKey ties the database to a secret key by its fingerprint: the first caller's is
// kept, and whoever comes with another is refused.
func (s *Store) ClaimKey(ctx context.Context, fingerprint string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE site SET key_fingerprint = ? WHERE id = 1 AND key_fingerprint = ''`, fingerprint)
		if err != nil {
			return err
		}
		var have string
		err = t.row(ctx, `SELECT key_fingerprint FROM site WHERE id = 1`).Scan(&have)
		if err == nil && have != fingerprint {
			return status.Invalid("secret-key", "The database belongs to another secret key; start with the key it was made with.")
		}
		return err
	})
}

// siteRow is the row of table site.
type siteRow struct {
	epoch    string
	revision int64
	moment   time.Time // when this revision was made
	due      time.Time // when somebody must look whether time alone changed the page
	page     status.Page
	raised   int64 // since when the page tells of many reports, in milliseconds; 0: it does not
}

// createSite makes the page of a fresh database.
func (t *tx) createSite(ctx context.Context) error {
	page := status.NewPage(status.NewID(), "Status", t.now)
	page.Version = 1
	raw, err := json.Marshal(page)
	if err != nil {
		return err
	}
	made, err := t.exec(ctx, `INSERT INTO site (id, epoch, revision, moment, due, page) VALUES (1, ?, 0, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		status.NewID(), ms(t.now), ms(t.now), string(raw))
	if err != nil || made == 0 {
		return err
	}
	return t.stockTemplates(ctx)
}

// loadSite reads the site row once per transaction.
func (t *tx) loadSite(ctx context.Context) error {
	if t.site != nil {
		return nil
	}
	return t.scanSite(t.row(ctx, `SELECT epoch, revision, moment, due, page, raised_at FROM site WHERE id = 1`))
}

func (t *tx) scanSite(row *sql.Row) error {
	var r siteRow
	var moment, due int64
	var raw string
	if err := row.Scan(&r.epoch, &r.revision, &moment, &due, &raw, &r.raised); err != nil {
		return fmt.Errorf("read the site row: %w", err)
	}
	r.moment, r.due = at(moment), at(due)
	if err := json.Unmarshal([]byte(raw), &r.page); err != nil {
		return fmt.Errorf("read the page's settings: %w", err)
	}
	t.site = &r
	return nil
}

func (t *tx) saveSite(ctx context.Context) error {
	raw, err := json.Marshal(t.site.page)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE site SET revision = ?, moment = ?, due = ?, page = ?, raised_at = ? WHERE id = 1`,
		t.site.revision, ms(t.site.moment), ms(t.site.due), string(raw), t.site.raised)
	return err
}
