package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
)

func TestMomentsAsPeopleWriteThem(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 13, 5, 30, 0, time.UTC) // 14:05 in Berlin
	for _, c := range []struct {
		text string
		past bool
		want string
	}{
		{"30m", false, "2026-11-22T13:35:30Z"},
		{"30m", true, "2026-11-22T12:35:30Z"},
		{"1d12h", false, "2026-11-24T01:05:30Z"},
		{"14:30", false, "2026-11-22T13:30:00Z"},
		{"14:00", false, "2026-11-23T13:00:00Z"}, // gone by: tomorrow
		{"14:00", true, "2026-11-22T13:00:00Z"},
		{"14:30", true, "2026-11-21T13:30:00Z"}, // to come: yesterday
		{"2026-07-01 22:00", false, "2026-07-01T20:00:00Z"},
		{"2026-07-01T22:00", true, "2026-07-01T20:00:00Z"},
		{"2026-11-24T22:00:00Z", false, "2026-11-24T22:00:00Z"},
		{"2026-11-24T22:00:00+01:00", false, "2026-11-24T21:00:00Z"},
		{"tomorrow", false, ""}, {"", false, ""}, {"25:00", false, ""}, {"2026-13-01 10:00", false, ""}, {"-30m", false, ""},
	} {
		got, err := parseMoment(c.text, berlin, now, c.past)
		if (err != nil) != (c.want == "") || err == nil && got.Format(time.RFC3339) != c.want {
			t.Errorf("%q (past: %v): %s (%v), want %s", c.text, c.past, got, err, c.want)
		}
	}
}

func TestPeopleAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]status.AffectedUsers{
		"unknown": {Mode: "unknown"}, "none": {Mode: "none"},
		"1200": {Mode: "count", Count: 1200}, "1000-2000": {Mode: "range", Low: 1000, High: 2000},
		"15%": {Mode: "share", SharePercent: 15}, "0.5%": {Mode: "share", SharePercent: 0.5},
		"": {}, "many": {}, "10-": {}, "-10": {}, "1,000": {}, "12 %": {}, "1-2-3": {},
	} {
		got, err := parsePeople(text)
		if (err != nil) != (want.Mode == "") || !cmp.Equal(got, want) {
			t.Errorf("%q: %+v (%v), want %+v", text, got, err, want)
		}
	}
}

func TestComponentsByIDOrName(t *testing.T) {
	site := &status.Site{Components: []status.Component{
		{ID: "g1", Name: "Web", Group: true}, {ID: "a1", Name: "Sign-in", GroupID: "g1"}, {ID: "a2", Name: "Search", GroupID: "g1"},
		{ID: "a3", Name: "Search"}, {ID: "search", Name: "Other"},
	}}
	for given, want := range map[string]string{
		"a1": "a1", "sign-in": "a1", "Web - Search": "a2", "search": "search",
		"Search": "error: several components; use one of the ids a2, a3", "Web": "error: there is no component", "": "error: there is no component",
	} {
		got, err := componentID(site, given)
		fault, wantsFault := strings.CutPrefix(want, "error: ")
		if (err != nil) != wantsFault || err == nil && got != want || err != nil && !strings.Contains(err.Error(), fault) {
			t.Errorf("%q: %q (%v), want %q", given, got, err, want)
		}
	}
}

// The names of texts that the help lists are exactly those that are understood.
func TestHelpListsEveryText(t *testing.T) {
	listed := strings.NewReplacer("\n", " ", ".", "").Replace(noticeHelp)
	for _, name := range []string{
		"name", "body", "customer_impact", "not_affected", "workaround_text", "what_happened", "limits", "prevention", "customer_action",
	} {
		if !strings.Contains(listed, " "+name) || textField(&status.Texts{}, name) == nil {
			t.Errorf("%s is not listed or not understood", name)
		}
	}
}

func TestResolutionParts(t *testing.T) {
	site := &status.Site{Page: status.NewPage("p", "P", time.Time{}), Now: time.Date(2026, 11, 22, 13, 5, 0, 0, time.UTC)}
	if r, err := (&resolutionFlags{}).resolution(site); r != nil || err != nil {
		t.Errorf("nothing was given, got %+v (%v)", r, err)
	}
	end := time.Date(2026, 11, 22, 12, 50, 0, 0, time.UTC)
	want := &status.Resolution{WhatHappened: "A device failed.", Limits: "Search is slow.", FullyFixed: "with_limits", EndedAt: &end}
	got, err := (&resolutionFlags{WhatHappened: "A device failed.", Limits: "Search is slow.", EndedAt: "12:50"}).resolution(site)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := (&resolutionFlags{EndedAt: "soon"}).resolution(site); err == nil || !strings.HasPrefix(err.Error(), `--ended-at "soon" is not a time`) {
		t.Errorf("got %v", err)
	}
}
