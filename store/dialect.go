package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// dialect is the only place where the engines differ: placeholders, locks, isolation,
// error codes and how other processes hear of a revision.
type dialect struct {
	postgres bool
	texts    *sync.Map // statement with ? → statement with $1…
}

// bind gives Postgres its numbered placeholders. Statements are constants, so each is
// rewritten once.
func (d dialect) bind(query string) string {
	if !d.postgres {
		return query
	}
	if text, ok := d.texts.Load(query); ok {
		return text.(string)
	}
	text := number(query)
	d.texts.Store(query, text)
	return text
}

// number replaces each ? outside of a quoted text by $1, $2 …
func number(query string) string {
	var out strings.Builder
	n, quoted := 0, false
	for i := range len(query) {
		switch c := query[i]; {
		case c == '\'':
			quoted = !quoted
			out.WriteByte(c)
		case c == '?' && !quoted:
			n++
			out.WriteByte('$')
			out.WriteString(strconv.Itoa(n))
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// readOptions make a read see one moment; SQLite's read transactions do so by nature.
func (d dialect) readOptions() *sql.TxOptions {
	if d.postgres {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return nil
}

// claimSite reads the site row for a write that makes a revision. On Postgres the row is
// the queue in which those writes stand; SQLite has one writer at a time anyway.
func (t *tx) claimSite(ctx context.Context) error {
	if t.store.dialect.postgres {
		return t.scanSite(t.row(ctx, `SELECT epoch, revision, moment, due, page, raised_at FROM site WHERE id = 1 FOR UPDATE`))
	}
	return t.loadSite(ctx)
}

// channel is where Postgres nodes tell each other of a revision.
const channel = "allclear"

// notify tells other nodes with the commit. SQLite's other processes look by themselves.
func (d dialect) notify(ctx context.Context, t *tx) error {
	if !d.postgres || !t.wake {
		return nil
	}
	_, err := t.exec(ctx, `SELECT pg_notify(?, ?)`, channel, strconv.FormatInt(t.revision, 10))
	return err
}

func sqliteCode(err error) (sqlite3.Error, bool) {
	var e sqlite3.Error
	ok := errors.As(err, &e)
	return e, ok
}

func postgresCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// isUnique says whether a row with this key exists already.
func isUnique(err error) bool {
	e, ok := sqliteCode(err)
	return ok && (e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey) ||
		postgresCode(err) == "23505"
}

// isForeignKey says whether the row that another one points to is missing.
func isForeignKey(err error) bool {
	e, ok := sqliteCode(err)
	return ok && e.ExtendedCode == sqlite3.ErrConstraintForeignKey || postgresCode(err) == "23503"
}

// isRetryable: Postgres asks to run the transaction again (serialization, deadlock).
func isRetryable(err error) bool {
	code := postgresCode(err)
	return code == "40001" || code == "40P01"
}

// isBusy: another process held the database longer than we wait.
func isBusy(err error) bool {
	e, ok := sqliteCode(err)
	return ok && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked) || postgresCode(err) == "55P03"
}

// isFull: no room is left on the disk.
func isFull(err error) bool {
	e, ok := sqliteCode(err)
	return ok && e.Code == sqlite3.ErrFull || postgresCode(err) == "53100"
}

// isDamaged: the file does not hold what SQLite wrote.
func isDamaged(err error) bool {
	e, ok := sqliteCode(err)
	return ok && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

// isAway: the file cannot be reached, or the server cannot: its machine is gone, or it
// starts, stops or takes no more connections.
func isAway(err error) bool {
	if e, ok := sqliteCode(err); ok {
		return e.Code == sqlite3.ErrIoErr || e.Code == sqlite3.ErrCantOpen || e.Code == sqlite3.ErrReadonly
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	code := postgresCode(err)
	return strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08") || code == "53300" ||
		errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF)
}
