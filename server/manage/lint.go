package manage

import (
	"errors"
	"net/http"
	"slices"

	"allclear/status"
	"allclear/status/lint"
)

// findings is the answer to a lint: what the rules say of a notice that is not saved.
type findings struct {
	Findings []lint.Finding `json:"findings"`
}

// lintIncident reads a notice as addIncident does and says what breaks the rules of
// disclosure and clarity. Nothing is written.
func lintIncident(x *call) error {
	in, err := x.incidentBody()
	if err != nil {
		return err
	}
	site, err := x.present()
	if err != nil {
		return err
	}
	trial := *site
	trial.Components = slices.Clone(site.Components)
	i, err := status.OpenIncident(&trial, status.NewID(), status.NewID(), *in)
	if err != nil {
		return err
	}
	rules, err := x.desk.Store.LintRules(x.ctx(), "en")
	if err != nil {
		return err
	}
	return x.ok(findings{listed(lint.Check(lint.FromIncident(&site.Page, i, lint.Past{}, trial.Now), rules))}, nil)
}

// listed is a list that is there, even when it is empty.
func listed(found []lint.Finding) []lint.Finding { return append([]lint.Finding{}, found...) }

// lintMode reads which findings stop a write.
func (x *call) lintMode() (lint.Mode, error) {
	given := x.c.QueryParam("lint")
	mode, ok := lint.ParseMode(given)
	if !ok {
		return "", status.Invalid("lint", "%q is no way to judge a text; use strict, warn, or leave lint out.", shorten(given))
	}
	return mode, nil
}

// writtenIncident and writtenUpdate answer a write: the object, and what its texts were
// found to say that did not stop it.
type (
	writtenIncident struct {
		incidentShape
		Warnings []lint.Finding `json:"warnings"`
	}
	writtenUpdate struct {
		updateShape
		Warnings []lint.Finding `json:"warnings"`
	}
)

// written adds the warnings to what a write is answered with.
func written(object any, found []lint.Finding) any {
	switch o := object.(type) {
	case incidentShape:
		return writtenIncident{o, listed(found)}
	case updateShape:
		return writtenUpdate{o, listed(found)}
	}
	return object
}

// blockedAnswer is a 422 about texts; its first keys are those of every error.
type blockedAnswer struct {
	Error    string            `json:"error"`
	Fields   map[string]string `json:"fields"`
	Findings []lint.Finding    `json:"findings"` // that stop the write
	Warnings []lint.Finding    `json:"warnings"`
}

// refused answers a write that a text stopped; other errors are left as they are.
func (x *call) refused(err error, path string) error {
	b, ok := errors.AsType[*lint.Blocked](err)
	if !ok {
		return err
	}
	object := "incident"
	if path == updateURL {
		object = "incident_update"
	}
	return x.json(http.StatusUnprocessableEntity, blockedAnswer{
		Error: b.Error(), Fields: b.Fields(object), Findings: listed(b.Stops()), Warnings: listed(b.Warnings()),
	})
}
