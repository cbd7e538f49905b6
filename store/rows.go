package store

import (
	"database/sql"
	"encoding/json"
)

// scanner reads the columns of the present row.
type scanner func(dest ...any) error

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, one func(scanner) (T, error)) ([]T, error) {
	defer func() { _ = rows.Close() }() // rows.Err tells
	var list []T
	for rows.Next() {
		v, err := one(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// decode reads a row whose only column is JSON.
func decode[T any](scan scanner) (T, error) {
	var v T
	var raw sql.RawBytes
	if err := scan(&raw); err != nil {
		return v, err
	}
	err := json.Unmarshal(raw, &v)
	return v, err
}

// text reads a row whose only column is text.
func text(scan scanner) (string, error) {
	var s string
	err := scan(&s)
	return s, err
}
