package store

import (
	"context"

	"allclear/status"
	"allclear/status/lint"
)

// judge reads what a change made of a notice, before anything is saved. No door that
// takes texts can forget it: a writer that says nothing of it gets the policy of machines.
func (t *tx) judge(ctx context.Context, by By, site *status.Site, past lint.Past, n *status.Incident) error {
	rules, err := t.lintRules(ctx, site.Components, by.Lint.Language)
	if err != nil {
		return err
	}
	found := lint.Check(lint.FromIncident(&site.Page, n, past, t.now), rules)
	overruled, err := by.Lint.Judge(found)
	if err != nil {
		return err //nolint:wrapcheck // a sentence for whoever wrote the text
	}
	t.receipt.Findings, t.verdict = found, by.Lint.Verdict(overruled)
	return nil
}

// lintRules are what texts are judged by now.
func (t *tx) lintRules(ctx context.Context, components []status.Component, language string) (lint.Rules, error) {
	accounts, err := t.accounts(ctx)
	if err != nil {
		return lint.Rules{}, err
	}
	var staff []string
	for i := range accounts {
		staff = append(staff, accounts[i].Email)
	}
	return lint.RulesFor(&t.site.page, components, staff, t.store.base, language), nil
}

// LintRules are what a notice's texts are judged by, with messages in a language.
func (s *Store) LintRules(ctx context.Context, language string) (rules lint.Rules, err error) {
	err = s.read(ctx, func(t *tx) error {
		components, err := t.components(ctx)
		if err != nil {
			return err
		}
		if err := t.loadSite(ctx); err != nil {
			return err
		}
		rules, err = t.lintRules(ctx, components, language)
		return err
	})
	return rules, err
}
