package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"allclear/status"
	"allclear/status/lint"
)

// By says who writes, and the idempotency key of the request if it had one.
type By struct {
	Actor string
	Once  *Once
	// Import: the write only copies what another page published.
	Import bool
	// Lint says which findings in a notice's texts stop the write.
	Lint lint.Policy
}

// Receipt says what a write came to. Replayed: this key was used before with the same
// request; nothing was written, and ObjectID is what it made then.
type Receipt struct {
	Revision, Version int64
	ObjectID          string
	Replayed          bool
	// Findings are what the texts of a notice were found to say; nothing of it stopped
	// the write.
	Findings []lint.Finding
}

const (
	writeTimeout = 10 * time.Second // of a write once it has begun
	writeTries   = 5                // when Postgres asks to repeat a transaction
)

// errNothing rolls a transaction back without being an error to the caller.
var errNothing = errors.New("nothing to write")

// tx is one transaction. Its now is the time of everything that it writes.
type tx struct {
	store *Store
	tx    *sql.Tx
	end   context.Context //nolint:containedctx // the transaction's own, which ends it
	now   time.Time

	site     *siteRow // see loadSite, claimSite
	revision int64    // that this write makes
	receipt  Receipt
	by       string // who writes
	action   string // audit
	detail   string // audit; short, never a text that was published
	verdict  string // audit; which findings were overruled, and why
	private  bool   // nothing that the public can see changed
	wake     bool   // tell the watchers after the commit

	zoneName string // of zoneInfo, see zone
	zoneInfo *time.Location
}

func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.tx.ExecContext(t.context(ctx), t.text(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(t.context(ctx), t.text(query), args...)
}

func (t *tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(t.context(ctx), t.text(query), args...)
}

func (t *tx) text(query string) string {
	if t.store.trace != nil {
		t.store.trace(query)
	}
	return t.store.dialect.bind(query)
}

// context is that of one statement. A write does not end because its reader went away,
// so the caller's end never counts; Postgres gets the transaction's own, which guards
// against a dead network. SQLite gets none: watching one costs a goroutine a statement.
func (t *tx) context(ctx context.Context) context.Context {
	if t.store.dialect.postgres {
		return t.end
	}
	return context.WithoutCancel(ctx)
}

// read runs fn in one read-only transaction: all that it sees is of one moment.
func (s *Store) read(ctx context.Context, fn func(*tx) error) error {
	return plain(s.run(ctx, s.reader, s.dialect.readOptions(), fn))
}

// write runs fn in one write transaction. Waiting for the writer ends with ctx; once
// begun, the write has a time of its own. fn may run again, so it must be pure.
func (s *Store) write(ctx context.Context, fn func(*tx) error) error {
	return s.writeWithin(ctx, writeTimeout, fn)
}

func (s *Store) writeWithin(ctx context.Context, limit time.Duration, fn func(*tx) error) error {
	for try := 1; ; try++ {
		err := s.writeOnce(ctx, limit, fn)
		if err == nil || try == writeTries || ctx.Err() != nil || !isRetryable(err) {
			return plain(err)
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, limit time.Duration, fn func(*tx) error) error {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	var done *tx
	err = s.run(own, conn, nil, func(t *tx) error {
		done = t
		if err := fn(t); err != nil {
			return err
		}
		if err := s.where.check(); err != nil {
			return err
		}
		return s.dialect.notify(own, t)
	})
	if err == nil && done.wake {
		s.announce(done.revision)
	}
	return err
}

type beginner interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}

func (s *Store) run(ctx context.Context, on beginner, o *sql.TxOptions, fn func(*tx) error) error {
	inner, err := on.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = inner.Rollback() }() // nothing after a commit
	t := &tx{store: s, tx: inner, end: ctx, now: at(ms(s.now()))}
	if err := fn(t); err != nil {
		return err
	}
	return inner.Commit()
}

// publish is the frame of every door: one write that makes a revision. The key of a
// repeated request answers at once; otherwise fn acts, then the revision, its moment,
// the audit entry and the key are written with it, and after the commit the watchers wake.
func (s *Store) publish(ctx context.Context, by By, action, object string, fn func(t *tx) error) (Receipt, error) {
	var out Receipt
	limit := writeTimeout
	if by.Import {
		limit = importTimeout
	}
	err := s.writeWithin(ctx, limit, func(t *tx) error {
		t.action, t.receipt = action, Receipt{ObjectID: object}
		err := t.publish(ctx, by, fn)
		out = t.receipt
		return err
	})
	if err != nil && !errors.Is(err, errNothing) {
		return Receipt{}, err
	}
	return out, nil
}

func (t *tx) publish(ctx context.Context, by By, fn func(t *tx) error) error {
	if err := t.claimSite(ctx); err != nil {
		return err
	}
	t.by, t.receipt.Revision = by.Actor, t.site.revision
	if by.Once != nil {
		object, used, err := t.used(ctx, *by.Once)
		if err != nil {
			return err
		}
		if used {
			t.receipt.ObjectID, t.receipt.Replayed = object, true
			return errNothing
		}
	}
	t.revision = t.site.revision + 1
	if err := fn(t); err != nil {
		return err
	}
	if !by.Import {
		t.site.page.Own = true
	}
	if err := t.advance(ctx); err != nil {
		return err
	}
	if by.Once != nil {
		if err := t.remember(ctx, *by.Once, t.receipt.ObjectID); err != nil {
			return err
		}
	}
	detail := t.detail
	if t.verdict != "" {
		detail += " – " + t.verdict
	}
	return t.audit(ctx, by.Actor, t.action, t.receipt.ObjectID, detail)
}

// advance makes the revision: from here on the page is that of this moment. Moments
// never run backwards, even when the clocks of two nodes differ. A draft makes none: a
// number that moved would tell everybody that something is being written.
func (t *tx) advance(ctx context.Context) error {
	if t.private {
		return t.saveSite(ctx)
	}
	t.site.revision = t.revision
	if t.now.After(t.site.moment) {
		t.site.moment = t.now
	}
	t.receipt.Revision = t.revision
	t.wake = true
	return t.saveSite(ctx)
}

// touchPage notes a change that no remaining object carries the time of.
func (t *tx) touchPage() {
	if t.now.After(t.site.page.UpdatedAt) {
		t.site.page.UpdatedAt = t.now
	}
}

// zone is the page's time zone, read from the system once per transaction.
func (t *tx) zone() *time.Location {
	if name := t.site.page.TimeZone; t.zoneInfo == nil || t.zoneName != name {
		t.zoneName, t.zoneInfo = name, t.site.page.Zone()
	}
	return t.zoneInfo
}

// look lowers the time at which somebody must look whether time alone changed the page.
func (t *tx) look(when time.Time) {
	if !when.IsZero() && when.Before(t.site.due) {
		t.site.due = when
	}
}

// plain turns the engine's troubles that staff can do something about into a sentence.
func plain(err error) error {
	switch {
	case isBusy(err):
		return troubled("The database is busy; try again in a moment.", err)
	case isDamaged(err):
		return troubled("The file of the database is damaged, nothing was saved; put back a backup.", err)
	case isAway(err):
		return troubled("The database does not answer; try again in a moment.", err)
	case isFull(err):
		return troubled("The disk is full, nothing was saved; make room and try again.", err)
	}
	return err
}

// trouble is a fault that keeps its cause, which the log tells and visitors do not see.
type trouble struct {
	fault *status.Fault
	cause error
}

func troubled(sentence string, cause error) error {
	return &trouble{status.NewFault(status.CodeUnavailable, "", "%s", sentence), cause}
}

func (t *trouble) Error() string {
	return strings.TrimSuffix(t.fault.Message, ".") + " (" + t.cause.Error() + ")"
}

func (t *trouble) Unwrap() []error { return []error{t.fault, t.cause} }

func ms(t time.Time) int64 { return t.UnixMilli() }

func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
