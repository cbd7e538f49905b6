package main

import (
	"errors"
	"fmt"
	"strings"

	"allclear/status/lint"
	"allclear/store"
)

// judged is who writes, and how strictly the texts are judged.
func (f *noticeFlags) judged() (store.By, error) {
	mode, ok := lint.ParseMode(f.Lint)
	if !ok {
		return store.By{}, fmt.Errorf("--lint %q is not understood; write strict or warn", f.Lint)
	}
	by := atTerminal()
	by.Lint = lint.Policy{Mode: mode, Language: "en"}
	return by, nil
}

// remarks prints findings for people: each with its field and what can be written instead.
func remarks(app *App, word string, found []lint.Finding) error {
	for _, f := range found {
		line := fmt.Sprintf("%s on %s: %s", word, f.Path(), f.Message)
		if f.Fits() && !strings.Contains(f.Message, f.Suggestion) {
			line += fmt.Sprintf(" Such as: %s.", f.Suggestion)
		}
		if _, err := fmt.Fprintln(app.Stderr, line); err != nil {
			return err
		}
	}
	return nil
}

// blocked explains a write that a text stopped; other errors are left as they are.
func blocked(app *App, err error) error {
	b, ok := errors.AsType[*lint.Blocked](err)
	if !ok {
		return err
	}
	if err := remarks(app, "Remark", b.Warnings()); err != nil {
		return err
	}
	if err := remarks(app, "Must be mended", b.Stops()); err != nil {
		return err
	}
	return fmt.Errorf("%s; or add --lint warn", strings.TrimSuffix(b.Error(), "."))
}
