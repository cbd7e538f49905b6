package status_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"allclear/status"
)

// office is a page with several notices, as the store holds them: before a notice
// changes, what the other open ones hold is looked up.
type office struct {
	t     tb
	desks []*desk
	site  *status.Site
}

func (o *office) held(except *desk) map[string]bool {
	held := map[string]bool{}
	for _, d := range o.desks {
		if d != except && d.n.Open() && !d.n.Draft {
			for _, id := range d.n.Holding() {
				held[id] = true
			}
		}
	}
	return held
}

func (o *office) open(c status.Change) *desk {
	o.t.Helper()
	d := &desk{t: o.t, site: copySite(o.site)}
	d.site.Held = o.held(d)
	d.open(c)
	o.desks, o.site = append(o.desks, d), d.site
	return d
}

func (o *office) apply(d *desk, c status.Change) {
	o.t.Helper()
	d.site = copySite(o.site)
	d.site.Now, d.site.Held = d.n.UpdatedAt.Add(time.Minute), o.held(d)
	d.apply(c)
	o.site = d.site
}

func set(id string, l status.Level) map[string]status.Level { return map[string]status.Level{id: l} }

// Two notices on one component: it comes back when the last of them ends.
func TestTwoNoticesOnOneComponent(t *testing.T) {
	o := &office{t: t, site: shop(noon)}
	first := o.open(status.Change{Components: set("web", major)})
	second := o.open(status.Change{Components: set("web", degraded)})
	same(t, "the newer word counts", o.site.Find("web").Level, degraded)
	o.apply(first, status.Change{Stage: new(status.Resolved)})
	same(t, "still held", o.site.Find("web").Level, degraded)
	o.apply(second, status.Change{Stage: new(status.Resolved)})
	same(t, "released", o.site.Find("web").Level, ok)
}

// A notice that merely names a component holds nothing back.
func TestNamingHoldsNothing(t *testing.T) {
	o := &office{t: t, site: shop(noon)}
	first := o.open(status.Change{Components: set("web", major)})
	o.open(status.Change{ComponentIDs: &[]string{"web"}})
	o.apply(first, status.Change{Stage: new(status.Resolved)})
	same(t, "released", o.site.Find("web").Level, ok)
}

// An incident during a window: the window's end does not hide it, and its own end leaves
// the component to the window.
func TestIncidentDuringMaintenance(t *testing.T) {
	for _, incidentFirst := range []bool{true, false} {
		o := &office{t: t, site: shop(noon)}
		work := o.open(planned())
		o.apply(work, status.Change{Stage: new(status.InProgress)})
		trouble := o.open(status.Change{Components: set("web", major)})
		ends := []*desk{work, trouble}
		stages := []status.Stage{status.Completed, status.Resolved}
		if incidentFirst {
			slices.Reverse(ends)
			slices.Reverse(stages)
		}
		o.apply(ends[0], status.Change{Stage: &stages[0]})
		same(t, "while one is open", o.site.Find("web").Level, major)
		o.apply(ends[1], status.Change{Stage: &stages[1]})
		same(t, "when both are over", o.site.Find("web").Level, ok)
	}
}

// When everything is resolved, everything that notices moved works again, in whatever
// order they came and went.
func TestNothingStaysDown(t *testing.T) {
	parts := []string{"web", "card", "bank", "api", "mail"}
	rapid.Check(t, func(t *rapid.T) {
		o := &office{t: t, site: shop(noon)}
		levels := rapid.MapOfN(rapid.SampledFrom(parts), rapid.SampledFrom(status.Levels()), 0, 3)
		t.Repeat(map[string]func(*rapid.T){
			"open": func(t *rapid.T) {
				o.open(status.Change{Components: levels.Draw(t, "levels"), ComponentIDs: &[]string{rapid.SampledFrom(parts).Draw(t, "named")}})
			},
			"post": func(t *rapid.T) {
				if len(o.desks) == 0 {
					t.Skip("no notice yet")
				}
				d := rapid.SampledFrom(o.desks).Draw(t, "notice")
				if d.n.Open() {
					o.apply(d, status.Change{Body: new("More."), Components: levels.Draw(t, "levels")})
				}
			},
			"resolve": func(t *rapid.T) {
				if len(o.desks) == 0 {
					t.Skip("no notice yet")
				}
				o.apply(rapid.SampledFrom(o.desks).Draw(t, "notice"), status.Change{Stage: new(status.Resolved)})
			},
			"": func(t *rapid.T) {
				held := o.held(nil)
				for _, c := range o.site.Components {
					if c.Level != ok && !held[c.ID] {
						t.Fatalf("%s is %s, but no open notice holds it: %v", c.ID, c.Level, slices.Sorted(maps.Keys(held)))
					}
				}
			},
		})
	})
}
