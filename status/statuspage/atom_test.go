package statuspage_test

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// TestFeedAgreesWithObservedIncidents compares the feed's updates with the same
// incidents as the API showed them.
func TestFeedAgreesWithObservedIncidents(t *testing.T) {
	observed := map[string]status.Incident{}
	for _, n := range read(t, "incidents.json", capture(t, "github/incidents-observed.json")).Incidents {
		observed[n.ID] = n
	}
	in := read(t, "history.atom", capture(t, "github/history.atom"))
	if len(in.Incidents) != 25 || in.Page != nil || in.Components != nil {
		t.Fatalf("%d incidents, page %v, components %v", len(in.Incidents), in.Page, in.Components)
	}
	compared := 0
	for _, n := range in.Incidents {
		for _, want := range observed[n.ID].Updates {
			compared++
			if !slices.ContainsFunc(n.Updates, func(u status.Update) bool {
				return u.Body == strings.TrimSpace(want.Body) && u.Stage == want.Stage && u.DisplayAt.Equal(want.DisplayAt.Truncate(time.Minute))
			}) {
				t.Errorf("%s: the feed lacks %s %v %q", n.ID, want.Stage, want.DisplayAt, want.Body)
			}
		}
	}
	if compared < 50 {
		t.Errorf("compared only %d updates", compared)
	}
}

func atomOf(published, updated string, paragraphs ...string) []byte {
	var content strings.Builder
	for _, p := range paragraphs {
		head, rest, _ := strings.Cut(p, "|")
		label, body, _ := strings.Cut(rest, "|")
		fmt.Fprintf(&content, "<p> <small>%s</small><br> <strong>%s</strong> - %s </p> ", head, label, body)
	}
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Trouble &amp; strife</title><published>%s</published><updated>%s</updated>
<link rel="self" href="https://x.example/feed"/><link rel="alternate" href="https://x.example/incidents/abc123/?a=b"/>
<content type="html">%s</content></entry></feed>`, published, updated, html.EscapeString(content.String()))
}

func stamp(month, day, hour string) string {
	return month + " <var data-var='date'>" + day + "</var>, <var data-var='time'>" + hour + "</var> "
}

func TestFeedTimes(t *testing.T) {
	tests := map[string]struct {
		data []byte
		want []string // newest first
	}{
		"over new year": {
			atomOf("2026-01-01T00:10:30Z", "2026-01-05T00:00:00Z", stamp("Jan", " 1", "00:10")+"UTC|Resolved|b", stamp("Dec", "31", "23:50")+"UTC|Investigating|a"),
			[]string{"2026-01-01T00:10Z", "2025-12-31T23:50Z"},
		},
		"zone behind": {
			atomOf("2026-01-01T03:10:30Z", "2026-01-01T03:10:30Z", stamp("Dec", "31", "22:10")+"EST|Resolved|b", stamp("Dec", "31", "21:50")+"EST|Investigating|a"),
			[]string{"2026-01-01T03:10Z", "2026-01-01T02:50Z"},
		},
		"zone ahead": {
			atomOf("2025-12-31T23:30:00Z", "2025-12-31T23:30:00Z", stamp("Jan", " 1", "00:30")+"CET|Resolved|b", stamp("Dec", "31", "23:30")+"CET|Investigating|a"),
			[]string{"2025-12-31T23:30Z", "2025-12-31T22:30Z"},
		},
		"summer time ends": {
			atomOf("2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z", stamp("Oct", "25", "02:30")+"CET|Resolved|b", stamp("Oct", "25", "02:45")+"CEST|Investigating|a"),
			[]string{"2026-10-25T01:30Z", "2026-10-25T00:45Z"},
		},
		"unknown zone": {
			atomOf("2026-05-05T10:00:20Z", "2026-05-05T10:00:20Z", stamp("May", " 5", "15:45")+"NPT|Resolved|b", stamp("May", " 5", "00:45")+"NPT|Identified|a"),
			[]string{"2026-05-05T10:00Z", "2026-05-04T19:00Z"},
		},
		"numbered zone": {
			atomOf("2026-05-05T10:00:20Z", "2026-05-05T10:00:20Z", stamp("May", " 5", "07:00")+"-03|Resolved|b"),
			[]string{"2026-05-05T10:00Z"},
		},
		"leap day": {
			atomOf("2026-05-05T10:00:20Z", "2026-05-05T10:00:20Z", stamp("May", " 5", "10:00")+"UTC|Resolved|b", stamp("Feb", "29", "10:00")+"UTC|Investigating|a"),
			[]string{"2026-05-05T10:00Z", "2024-02-29T10:00Z"},
		},
		"with year": {
			atomOf("2023-03-01T00:00:00Z", "2026-05-05T10:00:20Z", "May <var>5</var>, 2026, <var>10:00</var> UTC|Resolved|b", "Mar <var>1</var>, 2023, <var>00:00</var> UTC|Investigating|a"),
			[]string{"2026-05-05T10:00Z", "2023-03-01T00:00Z"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := read(t, "history.atom", test.data).Incidents[0]
			var got []string
			for _, u := range n.Updates {
				got = append(got, u.DisplayAt.Format("2006-01-02T15:04Z07:00"))
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("times %v, want %v", got, test.want)
			}
		})
	}
}

func TestFeedEntry(t *testing.T) {
	n := read(t, "history.atom", atomOf("2026-05-05T10:00:20Z", "2026-05-06T10:00:20Z",
		stamp("May", " 5", "10:00")+"UTC|Resolved|<a href=\"https://x.example\">done</a> & dusted<br />really",
		stamp("May", " 5", "09:30")+"UTC|Update|still", stamp("May", " 5", "09:00")+"UTC|Monitoring|mended", stamp("May", " 5", "08:00")+"UTC|Update|first")).Incidents[0]
	if n.ID != "abc123" || n.Name != "Trouble & strife" || n.Kind != status.Problem || n.Stage != status.Resolved {
		t.Errorf("incident = %+v", n)
	}
	var stages, ids []string
	for _, u := range n.Updates {
		stages = append(stages, string(u.Stage))
		ids = append(ids, u.ID)
		if !status.ValidID(u.ID) || u.IncidentID != n.ID {
			t.Errorf("update = %+v", u)
		}
	}
	if fmt.Sprint(stages) != "[resolved monitoring monitoring investigating]" {
		t.Errorf("stages = %v", stages)
	}
	if n.Updates[0].Body != `<a href="https://x.example">done</a> & dusted<br />really` {
		t.Errorf("body = %q", n.Updates[0].Body)
	}
	if n.MonitoringAt.Hour() != 9 || n.MonitoringAt.Minute() != 0 || n.ResolvedAt.Hour() != 10 || n.StartedAt.Hour() != 8 || n.UpdatedAt.Day() != 6 {
		t.Errorf("times: %v, %v, %v, %v", n.MonitoringAt, n.ResolvedAt, n.StartedAt, n.UpdatedAt)
	}
	longer := read(t, "history.atom", atomOf("2026-05-05T11:00:20Z", "2026-05-06T10:00:20Z", stamp("May", " 5", "11:00")+"UTC|Postmortem|why",
		stamp("May", " 5", "10:00")+"UTC|Resolved|x", stamp("May", " 5", "09:30")+"UTC|Update|still", stamp("May", " 5", "09:00")+"UTC|Monitoring|mended",
		stamp("May", " 5", "08:00")+"UTC|Update|first")).Incidents[0]
	for i, id := range ids {
		if longer.Updates[i+1].ID != id {
			t.Errorf("the id of update %d moved from %s to %s with a newer update", i, id, longer.Updates[i+1].ID)
		}
	}
}

func TestFeedMaintenance(t *testing.T) {
	n := read(t, "history.atom", atomOf("2026-05-05T10:00:20Z", "2026-05-05T10:00:20Z", stamp("May", " 5", "10:00")+"UTC|Completed|b",
		stamp("May", " 5", "08:00")+"UTC|In progress|b", stamp("May", " 1", "08:00")+"UTC|Scheduled|a")).Incidents[0]
	if n.Kind != status.Maintenance || n.Impact != status.ImpactMaintenance || n.Stage != status.Completed {
		t.Errorf("notice = %s %s %s", n.Kind, n.Impact, n.Stage)
	}
	if n.ScheduledFor.Hour() != 8 || n.ScheduledFor.Day() != 5 || n.ScheduledUntil.Hour() != 10 {
		t.Errorf("window = %v to %v", n.ScheduledFor, n.ScheduledUntil)
	}
	v := viewOf(status.Import{Incidents: []status.Incident{n}})
	e := statuspage.NewEncoder(&v.Page, nil, links)
	var keys map[string]any
	if err := json.Unmarshal(encoded(t, e.Maintenance(&v.Maintenances[0])), &keys); err != nil || keys["scheduled_for"] == nil {
		t.Errorf("encoded: %v, %v", keys["scheduled_for"], err)
	}
}
