package status_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// refusal is a request with one thing wrong in it.
type refusal struct {
	name            string
	change          status.Change
	field, sentence string
}

// refuseAll sends each to an open notice and to the opening of one: both name the field,
// and nothing changes.
func refuseAll(t *testing.T, list []refusal) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).open(status.Change{})
			before, site := copyNotice(t, d.n), copySite(d.site)
			refused(t, d.tryApply(c.change), c.field, c.sentence)
			same(t, "entries", d.n.Updates, before.Updates)
			same(t, "name", d.n.Name, before.Name)
			same(t, "components", d.site.Components, site.Components)
			if c.change.Name == nil {
				c.change.Name = new("Payments fail")
			}
			refused(t, newDesk(t).tryOpen(c.change), c.field, c.sentence)
		})
	}
}

func TestBadTexts(t *testing.T) {
	long := strings.Repeat("ä", status.MaxBody+1)
	title := strings.Repeat("ä", status.MaxTitle+1)
	tooLong, control, broken := "The text has 25001 characters; at most 25000 are possible.", "The text contains the control character U+", "The text is not valid UTF-8."
	refuseAll(t, []refusal{
		{"empty name", status.Change{Name: new(" \t ")}, "incident.name", "The name must not be empty."},
		{"name of two lines", status.Change{Name: new("a\nb")}, "incident.name", "The name must be one line."},
		{"long name", status.Change{Name: &title}, "incident.name", "The text has 256 characters; at most 255 are possible."},
		{"control character in the name", status.Change{Name: new("a\x07b")}, "incident.name", control + "0007; remove it."},
		{"name in Latin-1", status.Change{Name: new("St\xf6rung")}, "incident.name", broken},
		{"long body", status.Change{Body: &long}, "incident.body", tooLong},
		{"NUL in the body", status.Change{Body: new("a\x00")}, "incident.body", control + "0000"},
		{"escape in the body", status.Change{Body: new("\x1b[2J")}, "incident.body", control + "001B"},
		{"delete in the body", status.Change{Body: new("a\x7f")}, "incident.body", control + "007F"},
		{"C1 control in the body", status.Change{Body: new("a\u0085")}, "incident.body", control + "0085"},
		{"no character at all", status.Change{Body: new("a\ufffe")}, "incident.body", control + "FFFE"},
		{"body cut within a character", status.Change{Body: new("\xe2\x82")}, "incident.body", broken},
		{"customer impact", status.Change{CustomerImpact: &long}, "incident.customer_impact", tooLong},
		{"not affected", status.Change{NotAffected: new("\x01")}, "incident.not_affected", control},
		{"assignee", status.Change{Assignee: &title}, "incident.assignee", "at most 255"},
		{"internal note", status.Change{InternalNote: new("\xff")}, "incident.internal_note", broken},
	})
}

func TestGoodTexts(t *testing.T) {
	body := strings.Repeat("€", status.MaxBody)
	d := newDesk(t).open(status.Change{
		Name: new(strings.Repeat("€", status.MaxTitle)), Body: &body, CustomerImpact: new("Line one\r\nline\ttwo"),
		NotAffected: new("Mail 📬"), Assignee: new("Ines"), InternalNote: new("see ticket"),
	})
	same(t, "impact", d.n.CustomerImpact, "Line one\r\nline\ttwo")
	same(t, "not affected", d.n.NotAffected, "Mail 📬")
	same(t, "staff", d.n.Assignee+", "+d.n.InternalNote, "Ines, see ticket")
	d.apply(status.Change{Assignee: new("")})
	same(t, "taken off", d.n.Assignee, "")
	same(t, "left alone", d.n.InternalNote, "see ticket")
}

func TestBadChoicesAndTimes(t *testing.T) {
	year1 := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	soon := noon.Add(time.Minute)
	refuseAll(t, []refusal{
		{"severity", status.Change{Severity: new(status.Severity("bad"))}, "incident.severity", `"bad" is not possible here; use minor, moderate, serious or critical.`},
		{"impact", status.Change{ImpactOverride: status.Some(status.Impact("huge"))}, "incident.impact_override", `"huge" is not possible here; use none, minor, major, critical or maintenance.`},
		{"urgency", status.Change{Urgency: new(status.Urgency("now"))}, "incident.urgency", "use low, normal, high or immediate."},
		{"category", status.Change{Category: new(status.Category("gremlins"))}, "incident.category", "use hardware, standard_software,"},
		{"symptom", status.Change{Symptom: new(status.Symptom("odd"))}, "incident.symptom", "use unreachable, slow, errors, wrong_data, sign_in, not_delivered or other."},
		{"support level", status.Change{SupportLevel: new(4)}, "incident.support_level", "The support level must be 1, 2 or 3."},
		{"negative support level", status.Change{SupportLevel: new(-1)}, "incident.support_level", "must be 1, 2 or 3"},
		{"a very long word is cut", status.Change{Urgency: new(status.Urgency(strings.Repeat("x", 1<<20)))}, "incident.urgency", `"` + strings.Repeat("x", 64) + `…" is`},
		{"metadata is a list", status.Change{Metadata: json.RawMessage(`[]`)}, "incident.metadata", "The metadata must be an object whose values are objects."},
		{"metadata of texts", status.Change{Metadata: json.RawMessage(`{"a":"b"}`)}, "incident.metadata", "whose values are objects"},
		{"metadata of nothing", status.Change{Metadata: json.RawMessage(`{"a":{},"b":null}`)}, "incident.metadata", "whose values are objects"},
		{"start in the future", status.Change{StartedAt: &soon}, "incident.started_at", "The start of a problem cannot lie in the future."},
		{"start in the year 1", status.Change{StartedAt: &year1}, "incident.started_at", "The start of a problem"},
		{"detected in the future", status.Change{DetectedAt: status.Some(soon)}, "incident.detected_at", "The time of detection cannot lie in the future."},
		{"detected in the year 1", status.Change{DetectedAt: status.Some(year1)}, "incident.detected_at", "The time of detection"},
		{"expected in the past", status.Change{ExpectedResolutionAt: status.Some(noon)}, "incident.expected_resolution_at", "The expected end must lie in the future."},
		{"expected in the year 2100", status.Change{ExpectedResolutionAt: status.Some(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))}, "incident.expected_resolution_at", "The expected end"},
	})
}

func TestChoicesAndTimes(t *testing.T) {
	start, expected := noon.Add(-time.Hour), noon.Add(3*time.Hour)
	d := newDesk(t).open(status.Change{
		Urgency: new(status.UrgencyHigh), Category: new(status.Category("network")), Symptom: new(status.Symptom("slow")),
		SupportLevel: new(2), Security: new(true), Metadata: json.RawMessage(`{"ticket":{"id":7}}`),
		StartedAt: &start, DetectedAt: status.Some(noon), ExpectedResolutionAt: status.Some(expected),
	})
	n := d.n
	if n.Urgency != status.UrgencyHigh || n.Category != "network" || n.Symptom != "slow" || n.SupportLevel != 2 || !n.Security {
		t.Errorf("choices %s %s %s %d %v", n.Urgency, n.Category, n.Symptom, n.SupportLevel, n.Security)
	}
	same(t, "metadata", string(n.Metadata), `{"ticket":{"id":7}}`)
	if !n.StartedAt.Equal(start) || !n.DetectedAt.Equal(noon) || !n.ExpectedResolutionAt.Equal(expected) {
		t.Errorf("times %v %v %v", n.StartedAt, n.DetectedAt, n.ExpectedResolutionAt)
	}
	null := status.Maybe[time.Time]{Set: true}
	n = d.apply(status.Change{Symptom: new(status.Symptom("")), SupportLevel: new(0), DetectedAt: null, ExpectedResolutionAt: null, Metadata: json.RawMessage(`null`)}).n
	if n.Symptom != "" || n.SupportLevel != 0 || n.DetectedAt != nil || n.ExpectedResolutionAt != nil || n.Metadata != nil {
		t.Errorf("not taken back: %q %d %v %v %s", n.Symptom, n.SupportLevel, n.DetectedAt, n.ExpectedResolutionAt, n.Metadata)
	}
}

func TestTranslations(t *testing.T) {
	de := func(texts status.Texts) map[string]status.Texts { return map[string]status.Texts{"de": texts} }
	d := newDesk(t).open(status.Change{Translations: map[string]status.Texts{
		"de": {Name: new("Zahlungen gehen nicht"), Body: new("Wir suchen."), NotAffected: new("Post")},
		"fr": {CustomerImpact: new("Rien ne va plus.")},
	}})
	same(t, "of the notice", d.n.Translations, map[string]status.Texts{
		"de": {Name: new("Zahlungen gehen nicht"), NotAffected: new("Post")}, "fr": {CustomerImpact: new("Rien ne va plus.")},
	})
	same(t, "of the entry", d.n.Newest().Translations, map[string]string{"de": "Wir suchen."})

	d.apply(status.Change{Translations: de(status.Texts{NotAffected: new(""), Limits: new("nur morgens")})})
	same(t, "one removed, one added, one left", d.n.Translations["de"], status.Texts{Name: new("Zahlungen gehen nicht"), Limits: new("nur morgens")})
	d.apply(status.Change{Translations: map[string]status.Texts{"fr": {CustomerImpact: new("")}}})
	if _, there := d.n.Translations["fr"]; there {
		t.Errorf("a language without texts is still listed: %v", d.n.Translations)
	}
	d.apply(status.Change{Body: new("Found."), Translations: de(status.Texts{Body: new("")})})
	same(t, "an empty body is none", d.n.Newest().Translations, nil)
	d.apply(status.Change{Stage: new(status.Monitoring), Translations: de(status.Texts{Body: new("Es läuft.")})})
	same(t, "with a stage only", d.n.Newest().Translations, map[string]string{"de": "Es läuft."})
	d.apply(status.Change{Translations: de(status.Texts{Body: new("")})})
	same(t, "entries", len(d.n.Updates), 3)
}

func TestBadTranslations(t *testing.T) {
	de := func(texts status.Texts) status.Change {
		return status.Change{Body: new("x"), Translations: map[string]status.Texts{"de": texts}}
	}
	control, long := new("a\x02"), new(strings.Repeat("x", status.MaxBody+1))
	locale := func(l string) status.Change {
		return status.Change{Translations: map[string]status.Texts{l: {Name: new("x")}}}
	}
	refuseAll(t, []refusal{
		{"default language", locale("en"), "incident.translations.en", `"en" is the default language; put these texts into the notice itself.`},
		{"unknown language", locale("xx"), "incident.translations.xx", `This page has no language "xx".`},
		{"a very long language", locale(strings.Repeat("y", 1000)), "incident.translations." + strings.Repeat("y", 64) + "…", "This page has no language"},
		{"name", de(status.Texts{Name: control}), "incident.translations.de.name", "control character U+0002"},
		{"long name", de(status.Texts{Name: new(strings.Repeat("x", 256))}), "incident.translations.de.name", "at most 255"},
		{"name of two lines", de(status.Texts{Name: new("a\r\nBcc: all")}), "incident.translations.de.name", "The name must be one line."},
		{"body", de(status.Texts{Body: long}), "incident.translations.de.body", "at most 25000"},
		{"customer impact", de(status.Texts{CustomerImpact: control}), "incident.translations.de.customer_impact", "control"},
		{"not affected", de(status.Texts{NotAffected: control}), "incident.translations.de.not_affected", "control"},
		{"workaround", de(status.Texts{WorkaroundText: control}), "incident.translations.de.workaround_text", "control"},
		{"what happened", de(status.Texts{WhatHappened: control}), "incident.translations.de.what_happened", "control"},
		{"limits", de(status.Texts{Limits: control}), "incident.translations.de.limits", "control"},
		{"prevention", de(status.Texts{Prevention: control}), "incident.translations.de.prevention", "control"},
		{"customer action", de(status.Texts{CustomerAction: control}), "incident.translations.de.customer_action", "control"},
		{"of many the first by name", status.Change{Translations: map[string]status.Texts{"fr": {Name: control}, "de": {Limits: control, Name: control}}}, "incident.translations.de.limits", "control"},
	})
	refused(t, newDesk(t).open(status.Change{}).tryApply(status.Change{Translations: map[string]status.Texts{"de": {Body: new("Neues.")}}}),
		"incident.translations.de.body", "This request posts no update; give its text in the field body, too.")
}
