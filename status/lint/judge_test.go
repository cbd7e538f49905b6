package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// TestPolicies: what stops a write, for every kind of finding, way to judge and reason.
func TestPolicies(t *testing.T) {
	credential, address := Finding{Rule: "D3", Level: Block}, Finding{Rule: "D1", Level: Block}
	gap, vendor, jargon := Finding{Rule: "C14", Level: Block}, Finding{Rule: "D6", Level: Warn}, Finding{Rule: "C5", Level: Warn}
	all := []Finding{credential, address, gap, vendor, jargon}
	for _, c := range []struct {
		policy    Policy
		found     []Finding
		stops     string // rules
		overruled string
	}{
		{Policy{}, all, "D3 D1", ""},
		{Policy{}, []Finding{gap, vendor, jargon}, "", ""},
		{Policy{Mode: Strict}, all, "D3 D1 C14", ""},
		{Policy{Mode: Strict}, []Finding{vendor, jargon}, "", ""},
		{Policy{Mode: Lenient}, all, "", "D3 D1"},
		{Policy{Mode: Lenient}, []Finding{gap, vendor}, "", ""},
		{Policy{Mode: Keeping}, all, "D3", ""},
		{Policy{Mode: Keeping}, []Finding{address, gap}, "", ""},
		{Policy{Mode: Keeping, Reason: "It must."}, []Finding{credential}, "D3", ""},
		{Policy{Mode: Strict, Reason: "It must."}, []Finding{address, gap, vendor}, "", "D1 C14"},
		{Policy{Mode: Strict, Reason: " \n"}, []Finding{address}, "D1", ""},
		{Policy{Mode: Strict, Reason: "It must."}, all, "D3 D1 C14", ""},
		{Policy{Reason: "It must."}, []Finding{address, gap}, "", "D1"},
		{Policy{Mode: Strict}, nil, "", ""},
	} {
		overruled, err := c.policy.Judge(c.found)
		var stops []Finding
		if b, ok := errors.AsType[*Blocked](err); ok {
			stops = b.Stops()
			if status.FaultCode(err) != status.CodeInvalid || len(b.Stops())+len(b.Warnings()) != len(c.found) {
				t.Errorf("%+v: %v", c.policy, err)
			}
		}
		if got := rulesIn(stops); got != c.stops {
			t.Errorf("%+v of %s: stopped by %q, want %q", c.policy, rulesIn(c.found), got, c.stops)
		}
		if got := rulesIn(overruled); got != c.overruled {
			t.Errorf("%+v of %s: overruled %q, want %q", c.policy, rulesIn(c.found), got, c.overruled)
		}
	}
}

func rulesIn(found []Finding) string {
	var rules []string
	for _, f := range found {
		rules = append(rules, f.Rule)
	}
	return strings.Join(rules, " ")
}

func TestVerdictForTheAudit(t *testing.T) {
	found := []Finding{{Rule: "D1"}, {Rule: "C14"}, {Rule: "D1"}}
	for reason, want := range map[string]string{
		"":                                 "despite D1, C14",
		" The provider \n published it.":   "despite D1, C14: The provider published it.",
		"password=Tr0ub4dor3xyz is public": "despite D1, C14: password=•••••• is public",
		strings.Repeat("x ", 200):          "despite D1, C14: " + strings.Repeat("x ", 150) + "…",
	} {
		if got := (Policy{Reason: reason}).Verdict(found); got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
	if got := (Policy{Reason: "Because."}).Verdict(nil); got != "" {
		t.Errorf("nothing was overruled: %q", got)
	}
}

// TestBlockedNamesItsFields: every text and every fact has the name that requests use.
func TestBlockedNamesItsFields(t *testing.T) {
	page := status.NewPage("p", "Example", time.Time{})
	address, text := "10.0.0.7", func(s string) *string { return &s }
	i := &status.Incident{
		Kind: status.Problem, Stage: status.Resolved, Name: address, CustomerImpact: address, NotAffected: address,
		Severity: status.Minor, Urgency: status.UrgencyLow, AffectedUsers: status.AffectedUsers{Mode: "none"},
		Workaround: status.Workaround{State: "available", Text: address}, ThirdParty: status.ThirdParty{URL: "https://kim:Tr0ub4dor3xyz@b.example/"},
		Resolution:   &status.Resolution{WhatHappened: address, Limits: address, Prevention: address, CustomerAction: address},
		Translations: map[string]status.Texts{"de": {Name: text(address), WorkaroundText: text(address), Limits: text(address)}},
		Updates:      []status.Update{{ID: "u", Body: address, Translations: map[string]string{"de": address}}},
	}
	_, err := Policy{Mode: Strict}.Judge(Check(FromIncident(&page, i, Past{}, time.Time{}), RulesFor(&page, nil, nil, "", "en")))
	b, ok := errors.AsType[*Blocked](err)
	if !ok {
		t.Fatal(err)
	}
	fields := b.Fields("incident")
	for _, want := range []string{
		"name", "customer_impact", "not_affected", "workaround.text", "third_party.url", "body",
		"resolution.what_happened", "resolution.limits", "resolution.prevention", "resolution.customer_action", "resolution.fully_fixed",
		"translations.de.name", "translations.de.workaround_text", "translations.de.limits", "translations.de.body",
	} {
		if fields["incident."+want] == "" {
			t.Errorf("nothing is said of %s", want)
		}
		delete(fields, "incident."+want)
	}
	for field := range fields {
		t.Errorf("%s is not expected", field)
	}
	if f, ok := status.FaultOf(err); !ok || f.Field != "incident.resolution.fully_fixed" || !strings.HasPrefix(err.Error(), "Nothing was saved: first mend ") {
		t.Errorf("%+v", f)
	}
}

// TestMend puts suggestions in where they fit, and only there.
func TestMend(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"We restart db-prod-03 now.", "We restart a server now."},
		{"db-prod-03 is back. It answers.", "db-prod-03 is back. It answers."}, // small at the beginning: stays small
		{"Latency is high.", "Slow responses is high."},
		{"It is back. Latency is high.", "It is back. Slow responses is high."},
		{"We see latency.", "We see slow responses."},
		{"We see Latency.", "We see slow responses."},
		{"It does NOT work.", "It does not work."},
		{"It works again!", "It works again."},
		{"Ask kim@example.org.", "Ask our support."},
		{"It works soon.", "It works soon."}, // "a time" says what to write
		{"The login has password=Tr0ub4dor3xyz.", "The login has password=Tr0ub4dor3xyz."},
		{"We mend {part}.", "We mend {part}."},
	} {
		found := read("en", c.text, Rules{})
		if len(found) == 0 {
			t.Errorf("nothing was found in %q", c.text)
			continue
		}
		if strings.HasPrefix(c.text, "db-") {
			c.want = "a server is back. It answers."
		}
		if got := found[0].Mend(c.text); got != c.want {
			t.Errorf("%s in %q: %q, want %q", found[0].Rule, c.text, got, c.want)
		}
	}
	late := Finding{Rule: "C5", Start: 3, End: 90, Suggestion: "x"}
	if got := late.Mend("short"); got != "short" {
		t.Errorf("a text that was changed meanwhile: %q", got)
	}
}

// TestWhatIsJudgedAnew: only what readers have not read yet, and what an entry owes them.
func TestWhatIsJudgedAnew(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	page, base := newIncident(now)
	base.Updates = []status.Update{{ID: "first", Body: "We restart 10.0.0.5.", Translations: map[string]string{"de": "Wir starten 10.0.0.5 neu."}}}
	base.CustomerImpact, base.AffectedUsers.Mode = "It is 10.0.0.6.", "unknown"
	rules := RulesFor(page, nil, nil, "https://status.example.com", "en")
	closed := *base
	closed.Stage, closed.NextUpdateAt, closed.Resolution = status.Resolved, nil, &status.Resolution{WhatHappened: "It broke at 10.0.0.7."}
	for name, c := range map[string]struct {
		before *status.Incident
		change func(*status.Incident)
		want   string
	}{
		"nothing changed":  {base, func(*status.Incident) {}, ""},
		"an internal note": {base, func(i *status.Incident) { i.InternalNote = "10.0.0.9" }, ""},
		"a new entry": {base, func(i *status.Incident) {
			*i = *said(i, map[string]string{"en": "See 10.0.0.8.", "de": "Siehe 10.0.0.8."})
		}, "C4 D1 D1"},
		"a corrected entry": {base, func(i *status.Incident) { i.Updates[0].Body = "We restart 10.0.0.8." }, "D1 C11 C11"},
		"a mended entry":    {base, func(i *status.Incident) { i.Updates[0].Body = "We restart a server." }, "C11 C11"},
		"a tombstone":       {base, func(i *status.Incident) { i.Updates[0].Deleted, i.Updates[0].Body = true, "" }, ""},
		"a changed title":   {base, func(i *status.Incident) { i.Name = "Sign-in via 10.0.0.8 fails" }, "D1 C11 C11"},
		"a draft":           {&status.Incident{Draft: true}, func(i *status.Incident) { *i = *base }, "C1 C4 D1 D1 D1 C11"},
		"resolved": {base, func(i *status.Incident) {
			*i = closed
			*i = *said(i, map[string]string{"en": "It is fixed.", "de": "Es ist behoben."})
		}, "C4 C13 C13 C13 C13 D1 C11"},
		"said after the end":   {&closed, func(i *status.Incident) { *i = *said(i, map[string]string{"en": "Thank you.", "de": "Vielen Dank."}) }, "C4"},
		"a corrected solution": {&closed, func(i *status.Incident) { i.Resolution.Prevention = "We move 10.0.0.8." }, "D1 C11"},
	} {
		t.Run(name, func(t *testing.T) {
			i := *c.before
			i.Updates = slices.Clone(c.before.Updates)
			if c.before.Resolution != nil {
				i.Resolution = new(*c.before.Resolution)
			}
			past := PastOf(page, &i)
			c.change(&i)
			got := rulesIn(Check(FromIncident(page, &i, past, now), rules))
			if got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestNamesOfStaff(t *testing.T) {
	for address, want := range map[string]string{
		"anna.becker@example.org": "Anna Becker", "anna_becker+oncall@example.org": "Anna Becker", "jean-luc.picard@example.org": "Jean Luc Picard",
		"becker@example.org": "Becker", "ömer@example.org": "Ömer", "status@example.org": "", "card.support@example.org": "", "kim2@example.org": "", "": "",
	} {
		if got := staffName(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// TestCleanHidesEverywhere: no public text keeps a credential, and the notice itself is
// not touched.
func TestCleanHidesEverywhere(t *testing.T) {
	const secret = "password=Tr0ub4dor3xyz"
	text := func() *string { s := secret; return &s }
	all := status.Texts{
		Name: text(), Body: text(), CustomerImpact: text(), NotAffected: text(), WorkaroundText: text(),
		WhatHappened: text(), Limits: text(), Prevention: text(), CustomerAction: text(),
	}
	i := &status.Incident{
		Name: secret, CustomerImpact: secret, NotAffected: secret, Workaround: status.Workaround{Text: secret}, ThirdParty: status.ThirdParty{URL: "https://a:Tr0ub4dor3xyz@b.example"},
		Resolution:   &status.Resolution{WhatHappened: secret, Limits: secret, Prevention: secret, CustomerAction: secret},
		Translations: map[string]status.Texts{"de": all},
		Drafts:       []status.DraftText{{Body: secret, Translations: map[string]string{"de": secret}}},
		Updates: []status.Update{{
			Body: secret, Translations: map[string]string{"de": secret}, Facts: &status.Facts{Workaround: status.Workaround{Text: secret}},
		}},
	}
	before := dump(i)
	if got := dump(Clean(i)); strings.Contains(got, "Tr0ub4dor") {
		t.Error(got)
	}
	if dump(i) != before {
		t.Error("the notice itself was changed")
	}
}

func dump(i *status.Incident) string {
	de := i.Translations["de"]
	texts := []string{fmt.Sprintf("%+v %+v %+v %+v", *i, *i.Resolution, i.Drafts, *i.Updates[0].Facts)}
	for _, t := range []*string{de.Name, de.Body, de.CustomerImpact, de.NotAffected, de.WorkaroundText, de.WhatHappened, de.Limits, de.Prevention, de.CustomerAction} {
		texts = append(texts, *t)
	}
	return strings.Join(texts, "\n")
}
