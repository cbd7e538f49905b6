package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"allclear/publish"
	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// hugePage is a page of 1,000 components in 20 groups, each of which was down on several
// of the last 90 days, and so many incidents of the last three years, all resolved.
func hugePage(b *testing.B, incidents int) map[string][]byte {
	b.Helper()
	now := time.Now().UTC()
	const format = "2006-01-02T15:04:05.000Z"
	stamp := func(t time.Time) string { return t.Format(format) }
	began := now.AddDate(-3, 0, 0)
	var components, notices []map[string]any
	component := func(id, name string, group any, whole bool) {
		components = append(components, map[string]any{
			"id": id, "name": name, "status": "operational", "created_at": stamp(began), "updated_at": stamp(began), "position": len(components) + 1,
			"description": nil, "showcase": false, "start_date": began.Format(time.DateOnly), "group_id": group, "page_id": "hugehugehuge",
			"group": whole, "only_show_if_degraded": false,
		})
	}
	for g := range 20 {
		group := fmt.Sprintf("group%07d", g)
		component(group, fmt.Sprintf("Region %d", g+1), nil, true)
		for c := range 50 {
			component(fmt.Sprintf("part%08d", g*50+c), fmt.Sprintf("Service %d.%d", g+1, c+1), group, false)
		}
	}
	for i := range incidents {
		// The newest ones lie close together, so that every bar has days of its own.
		age := time.Duration(i) * 26 * time.Hour / 10
		at, id := now.Add(-age-3*time.Hour), fmt.Sprintf("notice%06d", i)
		part := fmt.Sprintf("part%08d", i*7%1000)
		entry := func(n int, stage, level string, after time.Duration) map[string]any {
			return map[string]any{
				"id": fmt.Sprintf("entry%06d%d", i, n), "status": stage, "body": "We are looking into it, and you will hear from us again.", "incident_id": id,
				"created_at": stamp(at.Add(after)), "updated_at": stamp(at.Add(after)), "display_at": stamp(at.Add(after)), "deliver_notifications": true,
				"affected_components": []any{map[string]any{"code": part, "name": "Service", "old_status": "operational", "new_status": level}}, "custom_tweet": nil, "tweet_id": nil,
			}
		}
		notices = append(notices, map[string]any{
			"id": id, "name": fmt.Sprintf("Requests fail (%d)", i), "status": "resolved", "created_at": stamp(at), "updated_at": stamp(at.Add(2 * time.Hour)),
			"monitoring_at": nil, "resolved_at": stamp(at.Add(2 * time.Hour)), "impact": "major", "shortlink": "https://status.example/" + id, "started_at": stamp(at),
			"page_id": "hugehugehuge", "incident_updates": []any{entry(2, "resolved", "operational", 2*time.Hour), entry(1, "investigating", "partial_outage", 0)},
			"components": []any{}, "reminder_intervals": nil,
		})
	}
	page := map[string]any{"id": "hugehugehuge", "name": "Huge", "url": "https://status.example", "time_zone": "Etc/UTC", "updated_at": stamp(now)}
	encode := func(v any) []byte {
		out, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		return out
	}
	return map[string][]byte{
		"components.json": encode(map[string]any{"page": page, "components": components}),
		"incidents.json":  encode(map[string]any{"page": page, "incidents": notices}),
	}
}

// BenchmarkOneMoreUpdate is the time from the commit of an update to the snapshot that
// shows it, on 1,000 components × 90 days, with a small archive and a large one: it must
// grow with what changed, not with the archive.
func BenchmarkOneMoreUpdate(b *testing.B) {
	for _, archive := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("incidents=%d", archive), func(b *testing.B) {
			n := newBenchNode(b, hugePage(b, archive))
			n.update(b, false)
		})
	}
	b.Run("component moves", func(b *testing.B) { newBenchNode(b, hugePage(b, 10_000)).update(b, true) })
}

// update posts updates to one open incident; each moves its component when move is set.
func (n *benchNode) update(b *testing.B, move bool) {
	by := store.By{Actor: "bench"}
	opened, err := n.store.AddIncident(b.Context(), by, func(site *status.Site) (*status.Incident, error) {
		name, body, ids := "Requests fail", "We are looking for the cause.", []string{site.Components[1].ID}
		return status.OpenIncident(site, status.NewID(), status.NewID(), status.Change{Name: &name, Body: &body, ComponentIDs: &ids})
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := n.live.Wait(b.Context(), opened.Revision); err != nil {
		b.Fatal(err)
	}
	body, levels := "There is nothing new. We are still working on it.", []status.Level{status.PartialOutage, status.MajorOutage}
	b.ResetTimer()
	for round := 0; b.Loop(); round++ {
		b.StopTimer()
		got, err := n.store.EditIncident(b.Context(), by, opened.ObjectID, 0, func(i *status.Incident, site *status.Site) error {
			c := status.Change{Body: &body}
			if move {
				c.Components = map[string]status.Level{i.ComponentIDs[0]: levels[round%2]}
			}
			return i.Apply(site, status.NewID(), c)
		})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := n.live.Wait(b.Context(), got.Revision); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstSnapshot reads the view of that page and builds everything from nothing.
func BenchmarkFirstSnapshot(b *testing.B) {
	for _, archive := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("incidents=%d", archive), func(b *testing.B) {
			n := newBenchNode(b, hugePage(b, archive))
			set, err := templates.New(templates.Options{BaseURL: "http://localhost:8080"})
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for b.Loop() {
				v, err := n.store.Public(b.Context(), 0)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := publish.NewBuilder("http://localhost:8080", set).Build(&v, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
