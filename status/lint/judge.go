package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"allclear/status"
)

// Policy says which findings stop a write of a notice. The zero value is what machines
// get that ask for nothing else.
type Policy struct {
	Mode Mode
	// Reason is why somebody publishes although findings stop it. Credentials stop it
	// all the same.
	Reason string
	// Language is that of the messages: en or de.
	Language string
}

// Judge applies the policy to what was found. overruled lists what would have stopped
// the write, had nobody decided otherwise; err is a *Blocked when something stops it.
func (p Policy) Judge(found []Finding) (overruled []Finding, err error) {
	stops := Blocking(found, p.Mode)
	switch {
	case p.Mode == Lenient:
		return Blocking(found, Default), nil
	case p.Mode == Keeping:
	case strings.TrimSpace(p.Reason) != "" && !HasCredentials(stops):
		return stops, nil
	}
	if len(stops) > 0 {
		return nil, &Blocked{Mode: p.Mode, Findings: found}
	}
	return nil, nil
}

// Verdict is how the audit names what was overruled, and why; "" when nothing was. No
// credential is in it.
func (p Policy) Verdict(overruled []Finding) string {
	if len(overruled) == 0 {
		return ""
	}
	var rules []string
	for _, f := range overruled {
		if !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	text := "despite " + strings.Join(rules, ", ")
	if reason := strings.Join(strings.Fields(p.Reason), " "); reason != "" {
		text += ": " + cut(Redact(reason), longestReason)
	}
	return text
}

// longestReason is how much of a reason the audit keeps, in characters.
const longestReason = 300

func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit]) + "…"
}

// Blocked refuses a write because of what was found in its texts. Nothing was saved.
type Blocked struct { //nolint:errname // says what happened, as Fault does
	Mode     Mode
	Findings []Finding // all of them, also those that do not stop the write
}

// Stops are the findings that must be mended.
func (b *Blocked) Stops() []Finding { return Blocking(b.Findings, b.Mode) }

// Warnings are the others.
func (b *Blocked) Warnings() []Finding { return Warnings(b.Findings, b.Mode) }

// Error is one sentence that names the fields; what is wrong with each, Fields tells.
func (b *Blocked) Error() string {
	var paths, rules []string
	for _, f := range b.Stops() {
		if !slices.Contains(paths, f.Path()) {
			paths = append(paths, f.Path())
		}
		if !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return fmt.Sprintf("Nothing was saved: first mend %s (%s).", strings.Join(paths, ", "), strings.Join(rules, ", "))
}

// Unwrap is the fault that every face knows.
func (b *Blocked) Unwrap() error {
	return status.Invalid("incident."+b.Stops()[0].Path(), "%s", b.Error())
}

// Fields are the sentences by field, below the object's name in the API.
func (b *Blocked) Fields(object string) map[string]string {
	out := map[string]string{}
	for _, f := range b.Stops() {
		path := object + "." + f.Path()
		out[path] = strings.TrimSpace(out[path] + " " + f.Message)
	}
	return out
}

// Path is the finding's field as requests name it. Texts that belong to a part of the
// notice lie in it, translations in theirs.
func (f Finding) Path() string {
	if f.Translated {
		return "translations." + f.Locale + "." + f.Field
	}
	switch Field(f.Field) {
	case WorkaroundText:
		return "workaround.text"
	case WhatHappened, Limits, Prevention, CustomerAction:
		return "resolution." + f.Field
	}
	return f.Field
}

// Fits says whether the suggestion can stand in the place of the match as it is; other
// suggestions say what to write.
func (f Finding) Fits() bool {
	return f.Suggestion != "" && f.End > f.Start && (f.Disclosure() || f.Rule == "C5" || f.Rule == "C12")
}

// Mend puts the suggestion in the place of the match. It begins with a capital where the
// match did at the beginning of a sentence.
func (f Finding) Mend(text string) string {
	if !f.Fits() || f.End > len(text) {
		return text
	}
	before, words := text[:f.Start], f.Suggestion
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " "))
	first, _ := utf8.DecodeRuneInString(text[f.Start:])
	if unicode.IsUpper(first) && (before == "" || strings.ContainsRune(".!?:\n", last)) {
		r, size := utf8.DecodeRuneInString(words)
		words = string(unicode.ToUpper(r)) + words[size:]
	}
	return before + words + text[f.End:]
}
