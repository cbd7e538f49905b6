package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/lint"
)

// judged is a writer with a policy.
func judged(mode lint.Mode, reason string) By {
	return By{Actor: staff.Actor, Lint: lint.Policy{Mode: mode, Reason: reason, Language: "en"}}
}

// TestTextsAreJudgedInTheWrite: whoever writes and whatever they forget, what must not be
// disclosed is refused before a row of it is there.
func TestTextsAreJudgedInTheWrite(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		before := must(s.Audit(t.Context(), 100, ""))(t)
		bad := outage("Sign-in fails", nil)
		bad.Body = new("We restart 10.4.7.12.")
		by := staff // says nothing of the lint
		by.Once = &Once{Scope: "test", Key: "k", Hash: "h"}
		_, err := s.AddIncident(t.Context(), by, opening(bad))
		b, ok := errors.AsType[*lint.Blocked](err)
		if !ok || b.Fields("incident")["incident.body"] == "" || status.FaultCode(err) != status.CodeInvalid {
			t.Fatalf("not refused: %v", err)
		}
		if n := must(s.Incidents(t.Context(), Filter{Limit: 10}))(t); len(n) != 0 {
			t.Errorf("saved: %+v", n)
		}
		if after := must(s.Audit(t.Context(), 100, ""))(t); len(after) != len(before) {
			t.Errorf("audit: %+v", after)
		}
		good := outage("Sign-in fails", nil) // the key is still free
		r := must(s.AddIncident(t.Context(), by, opening(good)))(t)
		if len(r.Findings) == 0 || r.Replayed {
			t.Errorf("no remarks: %+v", r)
		}
		if _, err := s.EditIncident(t.Context(), staff, r.ObjectID, 0, applying(status.Change{Body: new("See 10.4.7.12.")})); !isBlocked(err) {
			t.Errorf("an update: %v", err)
		}
		if n := must(s.Incident(t.Context(), r.ObjectID))(t); len(n.Updates) != 1 || n.Version != 1 {
			t.Errorf("the notice was touched: %+v", n)
		}
	})
}

func isBlocked(err error) bool {
	_, ok := errors.AsType[*lint.Blocked](err)
	return ok
}

// TestOverruledIsAudited: who published in spite of the rules, with the reason; credentials
// are masked in the audit even where somebody let them through.
func TestOverruledIsAudited(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		bad := outage("Sign-in via 10.4.7.12 fails", nil)
		for _, mode := range []lint.Mode{lint.Default, lint.Strict} {
			if _, err := s.AddIncident(t.Context(), judged(mode, ""), opening(bad)); !isBlocked(err) {
				t.Errorf("%q: %v", mode, err)
			}
		}
		r := must(s.AddIncident(t.Context(), judged(lint.Strict, "It is in the news with password=Tr0ub4dor3xyz."), opening(bad)))(t)
		want := "Sign-in via 10.4.7.12 fails – despite C1, D1: It is in the news with password=••••••"
		if got := must(s.Audit(t.Context(), 1, ""))(t)[0]; got.Object != r.ObjectID || got.Action != "incident.open" || !strings.HasPrefix(got.Detail, want) {
			t.Errorf("audit %+v, want %q", got, want)
		}
		secret := outage("password=Tr0ub4dor3xyz", nil)
		for _, by := range []By{judged(lint.Strict, "It must."), judged(lint.Keeping, "It must."), staff} {
			if _, err := s.AddIncident(t.Context(), by, opening(secret)); !isBlocked(err) {
				t.Errorf("%+v let a credential through: %v", by.Lint, err)
			}
		}
		r = must(s.AddIncident(t.Context(), judged(lint.Lenient, ""), opening(secret)))(t)
		must(s.DeleteIncident(t.Context(), staff, r.ObjectID))(t)
		if list := fmt.Sprint(must(s.Audit(t.Context(), 100, ""))(t)); strings.Contains(list, "Tr0ub4dor") || !strings.Contains(list, "despite D3") {
			t.Errorf("audit %s", list)
		}
	})
}

// TestKeptButNotPublished: a draft may hold what must be mended, but for credentials, and
// is judged as a whole once it is published.
func TestKeptButNotPublished(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		draft := outage("Sign-in fails", nil)
		draft.Body, draft.Draft = new("We restart 10.4.7.12."), new(true)
		id := must(s.AddIncident(t.Context(), judged(lint.Keeping, ""), opening(draft)))(t).ObjectID
		if _, err := s.EditIncident(t.Context(), staff, id, 0, applying(status.Change{Draft: new(false)})); !isBlocked(err) {
			t.Errorf("published: %v", err)
		}
		must(s.EditIncident(t.Context(), staff, id, 0, applying(status.Change{Draft: new(false), Body: new("We are mending it.")})))(t)
	})
}

// TestTakingBackIsNeverRefused, nor what the clock does: neither writes a text.
func TestTakingBackIsNeverRefused(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		bad := outage("Sign-in via 10.4.7.12 fails", nil)
		id := must(s.AddIncident(t.Context(), judged(lint.Lenient, ""), opening(bad)))(t).ObjectID
		good := change(t, s, id, status.Change{Name: new("Sign-in fails"), Body: new("We are mending it.")})
		n := must(s.Incident(t.Context(), good.ObjectID))(t)
		must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: n.Updates[0].ID}))(t)
		if n = must(s.Incident(t.Context(), id))(t); n.Name != "Sign-in via 10.4.7.12 fails" {
			t.Errorf("not taken back: %+v", n)
		}
		must(s.Withdraw(t.Context(), staff, id, 0))(t)
		planned := window("We move 10.4.7.12", time.Hour, 2*time.Hour)
		id = must(s.AddIncident(t.Context(), judged(lint.Lenient, ""), opening(planned)))(t).ObjectID
		c.add(time.Hour)
		if moved, err := s.Tick(t.Context()); !moved || err != nil {
			t.Errorf("the clock was stopped: %v", err)
		}
		if n = must(s.Incident(t.Context(), id))(t); n.Stage != status.InProgress {
			t.Errorf("stage %s", n.Stage)
		}
	})
}

// TestTheRulesOfThisPage come from its settings, components and accounts, as they are in
// the moment of the write.
func TestTheRulesOfThisPage(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		addComponent(t, s, "PostgreSQL 17.2")
		text := "Anna Becker asks Nordwind AG about PostgreSQL 17.2; see www.example.com."
		c := outage("Sign-in fails", nil)
		c.Body = &text
		if got := blockedBy(t, s, c); got != "D2" {
			t.Errorf("at first: %s", got)
		}
		must(s.EditPage(t.Context(), staff, 0, func(p *status.Page) error {
			p.PublicDomains, p.CustomerNames = []string{"example.com"}, []string{"Nordwind AG"}
			return nil
		}))(t)
		if err := s.AddAccount(t.Context(), staff, status.Account{ID: "a", Email: "anna.becker@example.org", Role: status.Viewer, Credential: 1}); err != nil {
			t.Fatal(err)
		}
		if got := blockedBy(t, s, c); got != "D7 D8" {
			t.Errorf("with settings: %s", got)
		}
		rules, err := s.LintRules(t.Context(), "de")
		if err != nil || rules.Language != "de" || len(rules.StaffNames) != 1 || rules.BaseHost != "" {
			t.Errorf("%+v (%v)", rules, err)
		}
	})
}

func blockedBy(t *testing.T, s *Store, c status.Change) string {
	t.Helper()
	_, err := s.AddIncident(t.Context(), staff, opening(c))
	b, ok := errors.AsType[*lint.Blocked](err)
	if !ok {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range b.Stops() {
		rules = append(rules, f.Rule)
	}
	return strings.Join(rules, " ")
}
