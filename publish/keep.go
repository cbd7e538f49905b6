package publish

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"allclear/status"
)

// keep writes the state to a file, so that a start without a database has something true
// to show. A failure is logged: the page itself is not harmed by it.
func (l *Live) keep(v *status.View) {
	if l.o.Keep == "" {
		return
	}
	if err := writeKept(l.o.Keep, v); err != nil {
		l.o.Log.Warn("The last state could not be kept for a start without a database.", "error", err)
	}
}

// writeKept writes beside and renames: a reader never sees half a file. The first line
// is the checksum of the rest, as the database's own pages have none.
func writeKept(file string, v *status.View) error {
	body, err := json.Marshal(keptState{View: v, Updates: entriesOf(v)})
	if err != nil {
		return fmt.Errorf("encoding the state: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".state-*")
	if err != nil {
		return fmt.Errorf("keeping the state: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintf(f, "%x\n%s", sha256.Sum256(body), body)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("keeping the state: %w", err)
	}
	return os.Rename(f.Name(), file)
}

func readKept(file string) (*status.View, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the kept state: %w", err)
	}
	sum, body, ok := bytes.Cut(raw, []byte("\n"))
	if !ok || fmt.Sprintf("%x", sha256.Sum256(body)) != string(sum) {
		return nil, fmt.Errorf("the kept state in %s is damaged", file)
	}
	var k keptState
	if err := json.Unmarshal(body, &k); err != nil || k.View == nil {
		return nil, fmt.Errorf("the kept state in %s cannot be read: %w", file, err)
	}
	for _, list := range [][]status.Incident{k.View.Incidents, k.View.Maintenances} {
		for i := range list {
			list[i].Updates = k.Updates[list[i].ID]
		}
	}
	return k.View, nil
}

// keptState adds what a notice's own encoding leaves to rows of their own.
type keptState struct {
	View    *status.View
	Updates map[string][]status.Update
}

func entriesOf(v *status.View) map[string][]status.Update {
	entries := map[string][]status.Update{}
	for _, list := range [][]status.Incident{v.Incidents, v.Maintenances} {
		for i := range list {
			entries[list[i].ID] = list[i].Updates
		}
	}
	return entries
}

// Kept tells which revision a kept state has; ok is false when there is none to read.
func Kept(file string) (epoch string, revision int64, ok bool) {
	v, err := readKept(file)
	if err != nil {
		return "", 0, false
	}
	return v.Epoch, v.Revision, true
}
