package admin

import (
	"encoding/csv"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"
)

// csvPatience is how long the browser may take over one part of a table.
const csvPatience = 30 * time.Second

// sheet is a table that a spreadsheet opens, sent while it is read.
type sheet struct {
	*csv.Writer
	out *http.ResponseController
}

// sheet begins an answer that is a table.
func (v *visit) sheet(name string) *sheet {
	w := v.c.Response()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.WriteHeader(http.StatusOK)
	return &sheet{Writer: csv.NewWriter(w), out: http.NewResponseController(w)}
}

// row adds a line.
func (s *sheet) row(cells ...string) error { return s.Write(harmless(cells)) }

// send hands over what was written so far.
func (s *sheet) send() error {
	_ = s.out.SetWriteDeadline(time.Now().Add(csvPatience)) // where it cannot be set, there is none
	s.Flush()
	if err := s.out.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return s.Error()
}

// harmless keeps a spreadsheet from taking a cell for a formula.
func harmless(cells []string) []string {
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			cells[i] = "'" + cell
		}
	}
	return cells
}
