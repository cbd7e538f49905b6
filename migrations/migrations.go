// Package migrations holds the schema: numbered SQL files, one text for both engines.
//
// The rules that make one text possible: ids are TEXT made by the program, times are
// BIGINT milliseconds since 1970 (UTC), truth values are BOOLEAN, structured values are
// JSON in TEXT, and ALTER TABLE only adds, renames or drops a column.
package migrations

import "embed"

// Files are the migrations in order of their numbers.
//
//go:embed *.sql
var Files embed.FS
