// Package store holds every SQL statement of the program. It runs on SQLite (default)
// and on PostgreSQL (many nodes) with one text of each statement.
//
// # The law of transactions
//
//  1. An exported method is a door: it owns exactly one transaction. An unexported
//     method takes part in the transaction of its caller (type tx).
//  2. A write loads, lets a pure function of package status act, and saves what it
//     changed together with its events, its audit entry, the idempotency key and the
//     next revision. All of that is there after a crash, or none of it.
//  3. Nothing is announced before the commit.
//  4. A function given to a door may run more than once, so it changes nothing but its
//     arguments.
//  5. Writes that make a revision stand in one queue, so revisions are strictly ordered:
//     SQLite has one writer; on PostgreSQL the row of table site is the lock.
//  6. A read is one transaction and sees one moment.
//
// # The law of the single text
//
// Ids are text made by the program, times BIGINT milliseconds since 1970 in UTC, truth
// values BOOLEAN, structured values JSON in TEXT. Placeholders are ? in the order of the
// arguments; dialect.go numbers them for PostgreSQL. No statement is put together from
// data, and the suite runs every one of them on both engines.
//
// # Time
//
// site.due is when somebody must look whether time alone changed the page. A write only
// ever lowers it; a look ([Store.Tick]) that came too early sets it anew without making
// a revision.
package store
