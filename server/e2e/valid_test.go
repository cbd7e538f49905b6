package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// validatePath is where .ci/prepare puts html-validate.
const validatePath = "../../.ci/pages/node_modules/.bin/html-validate"

var emptyTime = regexp.MustCompile(`<time[^>]*>\s*</time>`)

// lookedAt remembers what was examined, so that a page that several situations share is
// examined once, and keeps each page as it came over the wire.
type lookedAt struct {
	t     *testing.T
	dir   string
	fault func(string) // takes what is wrong; an error of the test

	mu    sync.Mutex
	texts map[string]bool
	kinds map[string]bool
	names map[string]string // of the pages, by file
}

func newLookedAt(t *testing.T) *lookedAt {
	t.Helper()
	return &lookedAt{t: t, dir: t.TempDir(), fault: func(what string) { t.Error(what) }, texts: map[string]bool{}, kinds: map[string]bool{}, names: map[string]string{}}
}

// first says whether a page was never met before.
func (l *lookedAt) first(kind, text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kinds[kind] = true
	known := l.texts[text]
	l.texts[text] = true
	return !known
}

// met says whether a page of a kind was examined, or of one below it.
func (l *lookedAt) met(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.kinds {
		if k == kind || strings.HasPrefix(k, kind+" ") {
			return true
		}
	}
	return false
}

// keep takes a page as it came. Without scripts each time in it must be readable, too.
func (l *lookedAt) keep(name, source string) {
	if empty := emptyTime.FindString(source); empty != "" {
		l.fault(name + ": without scripts a time is empty: " + empty)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	file := filepath.Join(l.dir, fmt.Sprintf("%03d.html", len(l.names)))
	l.names[file] = name
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		l.t.Error(err)
	}
}

// valid makes an error of everything in the kept pages that is not valid HTML. The rules
// are the recommended ones but for those that forbid what the standard allows: names of
// lists, dots in ids, fields of one name, buttons that submit without saying so, a box
// that scrolls and is a region, and a long title, since a page is called what its notice
// is called.
func (l *lookedAt) valid() {
	l.t.Helper()
	l.t.Logf("%d pages, of %d kinds, were looked at on two screens", len(l.names), len(l.kinds))
	if _, err := os.Stat(validatePath); err != nil {
		notRun(l.t, "the validity of the HTML", err)
		return
	}
	var found []struct {
		FilePath string
		Messages []struct {
			RuleID, Message, Selector string
			Line, Column              int
		}
	}
	if out, err := l.validate(); json.Unmarshal(out, &found) != nil {
		l.t.Fatalf("html-validate: %v\n%s", err, out)
	}
	said := map[string]int{}
	for _, page := range found {
		for _, m := range page.Messages {
			what := m.RuleID + ": " + m.Message + " " + m.Selector
			if said[what]++; said[what] == 1 {
				l.fault(fmt.Sprintf("%s, line %d, column %d: %s", l.names[page.FilePath], m.Line, m.Column, strings.TrimSpace(what)))
			}
		}
	}
	for what, n := range said {
		if n > 1 {
			l.fault(fmt.Sprintf("%d times: %s", n, what))
		}
	}
}

// notRun says what is not checked because npm has not brought it; in CI that is an error.
func notRun(t *testing.T, what string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: %v", what, err)
	}
	t.Logf("not checked: %s; .ci/prepare installs what is missing (%v)", what, err)
}

// validate runs html-validate, which fails when it finds something. It answers into a
// file: of what it writes to a pipe the end can be lost.
func (l *lookedAt) validate() ([]byte, error) {
	answer, err := os.Create(filepath.Join(l.dir, "answer.json"))
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	check := exec.CommandContext(l.t.Context(), validatePath, "--config", "testdata/htmlvalidate.json", "--formatter", "json", l.dir)
	check.Stdout, check.Stderr = answer, os.Stderr
	failed := check.Run()
	text, err := os.ReadFile(answer.Name())
	return text, errors.Join(failed, err)
}
