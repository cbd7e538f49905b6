package store

import (
	"errors"
	"io/fs"
	"os"

	"allclear/status"
)

// whereabouts is where SQLite's file stood when it was opened. A file that is moved, deleted or
// replaced stays open: what were written then would be acknowledged, and gone with the
// process. The zero value is that of a server, which has none.
type whereabouts struct {
	path string
	file os.FileInfo
}

// check refuses to go on when the path no longer leads to the open files.
func (w *whereabouts) check() error {
	if w.path == "" {
		return nil
	}
	now, err := os.Stat(w.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return displaced("The file of the database is gone, nothing was saved; put it back at %s.", w.path)
	case err != nil:
		return displaced("The file of the database cannot be looked at, nothing was saved; see to %s.", w.path)
	case !os.SameFile(now, w.file):
		return displaced("Another file stands in the place of the database, nothing was saved; it is opened in a moment.")
	}
	// The log beside it lives as long as a connection: here it can only have been deleted.
	if _, err := os.Stat(w.path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		return displaced("The log of the database is gone, nothing was saved; the database is opened anew in a moment.")
	}
	return nil
}

func displaced(format string, args ...any) error {
	return status.NewFault(status.CodeUnavailable, "", format, args...)
}

// Replaced says whether there is a database at the path that is not wholly the open one:
// another file, or the same without the log. Closing this store and opening the path again
// is the remedy.
func (s *Store) Replaced() bool {
	if s.where.check() == nil {
		return false
	}
	_, err := os.Stat(s.where.path)
	return err == nil
}
