package publish

import (
	"testing"
	"time"

	"allclear/status"
)

// bigView is what the view holds of a page with 463 components, 327 incidents of which
// 4 are open, and 47 maintenances.
func bigView(b *testing.B) *status.View {
	b.Helper()
	v := capturedView(b, "cloudflare/summary-4-incidents-47-maintenances.json", "cloudflare/incidents-observed.json")
	v.Incidents = v.Incidents[:status.RecentNotices+4]
	for i := range v.Incidents[4:] {
		v.Incidents[4+i].Stage, v.Incidents[4+i].ResolvedAt = status.Resolved, &v.Incidents[4+i].UpdatedAt
	}
	return v
}

// touch is what one update changes.
func touch(v *status.View, round int) {
	v.Revision++
	v.At = v.At.Add(time.Second)
	n := &v.Incidents[round%len(v.Incidents)]
	n.Revision, n.UpdatedAt = v.Revision, v.At
	for _, id := range n.ComponentIDs {
		if c := v.Component(id); c != nil {
			c.Revision, c.UpdatedAt = v.Revision, v.At
		}
	}
}

func BenchmarkAPIDocs(b *testing.B) {
	builder, v := exampleBuilder(b), bigView(b)
	if _, err := builder.apiDocs(v); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		touch(v, i)
		if _, err := builder.apiDocs(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFeedDocs(b *testing.B) {
	builder, v := exampleBuilder(b), bigView(b)
	if _, err := builder.feedDocs(v); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for i := range b.N {
		touch(v, i)
		if _, err := builder.feedDocs(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPromises(b *testing.B) {
	builder, v := exampleBuilder(b), bigView(b)
	for i := range b.N {
		touch(v, i)
		s := &Snapshot{lazy: map[string]*lazy{}}
		builder.promiseData(v, s)
		builder.promiseFeeds(v, s)
	}
}
