package status_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"allclear/status"
)

// TestLife leads notices through random lives – open, post, draft, publish, resolve,
// reopen, correct, wait, and much that is refused – and checks after every step that the
// laws of the package hold.
func TestLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{desk: desk{t: t, site: shop(noon)}, fresh: true}
		l.begin(t)
		t.Repeat(map[string]func(*rapid.T){
			"":             l.laws,
			"change":       l.change,
			"change again": l.change, // what happens most
			"and again":    l.change,
			"correct":      l.correct,
			"take back":    l.takeBack,
			"withdraw":     l.withdraw,
			"wait":         l.wait,
			"by hand":      l.byHand,
			"clock":        l.clock,
		})
	})
}

// life is one notice on its way.
type life struct {
	desk
	// fresh: nobody moved a component by hand since the notice listed their levels.
	fresh bool
}

func maybe[T any](t *rapid.T, name string, g *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, name+" given") {
		return nil
	}
	return new(g.Draw(t, name))
}

func anyOf[T any](values ...T) *rapid.Generator[T] { return rapid.SampledFrom(values) }

func (l *life) moment(t *rapid.T, name string) time.Time {
	return l.site.Now.Add(time.Duration(rapid.IntRange(-3*1440, 3*1440).Draw(t, name)) * time.Minute)
}

// mostly draws a good value, now and then a bad one.
func mostly[T any](good []T, bad ...T) *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) T {
		if rapid.IntRange(0, 19).Draw(t, "twentieth") == 0 {
			return rapid.SampledFrom(bad).Draw(t, "bad")
		}
		return rapid.SampledFrom(good).Draw(t, "good")
	})
}

// request is any request about a kind of notice, mostly a sensible one.
func (l *life) request(t *rapid.T, kind, other status.Kind) status.Change {
	level := mostly(status.Levels(), "broken")
	part := mostly([]string{"web", "card", "bank", "api"}, "pay", "nowhere")
	text := mostly([]string{"Text.", "", "More\ntext."}, "a\x00b", "\xff")
	c := status.Change{
		Name:           maybe(t, "name", mostly([]string{"Payments fail", "Cards fail"}, "", "two\nlines")),
		Body:           maybe(t, "body", text),
		Stage:          maybe(t, "stage", mostly(status.Stages(kind), append(status.Stages(other), "broken")...)),
		Notify:         maybe(t, "notify", rapid.Bool()),
		Severity:       maybe(t, "severity", mostly(status.Severities(), "bad")),
		Urgency:        maybe(t, "urgency", mostly(status.Urgencies(), "soon")),
		CustomerImpact: maybe(t, "impact", text),
	}
	if rapid.Bool().Draw(t, "moves") {
		c.Components = rapid.MapOfN(part, level, 0, 3).Draw(t, "levels")
	}
	if rapid.IntRange(0, 3).Draw(t, "names") == 0 {
		c.ComponentIDs = new(rapid.SliceOfN(part, 0, 3).Draw(t, "named"))
	}
	if rapid.IntRange(0, 5).Draw(t, "facts") == 0 {
		c.Workaround = &status.Workaround{State: mostly([]string{"unknown", "available"}, "some").Draw(t, "workaround"), Text: "Wait."}
		c.AffectedUsers = &status.AffectedUsers{Mode: mostly([]string{"unknown", "count"}, "many").Draw(t, "mode"), Count: 7}
		c.Translations = map[string]status.Texts{mostly([]string{"de"}, "xx").Draw(t, "locale"): {Name: new("Titel"), Body: new("Text.")}}
	}
	if rapid.IntRange(0, 5).Draw(t, "repeats") == 0 {
		c.Recurrence = status.Some(mostly([]string{"FREQ=DAILY", "FREQ=WEEKLY;COUNT=2", ""}, "FREQ=WEEKLY;BYDAY=SU", "often").Draw(t, "rule"))
		c.RemindPrior = maybe(t, "reminds", rapid.Bool())
	}
	if rapid.IntRange(0, 5).Draw(t, "explains") == 0 {
		c.Resolution = &status.Resolution{FullyFixed: mostly([]string{"yes"}, "no").Draw(t, "fixed")}
	}
	if rapid.IntRange(0, 3).Draw(t, "promises") == 0 {
		c.NextUpdateAt = status.Maybe[time.Time]{Set: true}
		if rapid.IntRange(0, 3).Draw(t, "promise") > 0 {
			c.NextUpdateAt.Value = new(l.moment(t, "next update"))
		}
	}
	if rapid.IntRange(0, 5).Draw(t, "publishes") == 0 {
		c.Draft = new(rapid.IntRange(0, 3).Draw(t, "draft") == 0)
	}
	return c
}

// begin opens a notice of any kind, or takes over an imported one.
func (l *life) begin(t *rapid.T) {
	if kind := rapid.IntRange(0, 4).Draw(t, "kind"); kind == 0 {
		l.n = &status.Incident{
			ID: "notice000001", Kind: status.Problem, Stage: anyOf(status.Identified, status.Resolved).Draw(t, "imported in"), Imported: true,
			Impact: status.ImpactNone, Severity: status.Moderate, Urgency: status.UrgencyNormal, CreatedAt: noon, StartedAt: noon, UpdatedAt: noon,
		}
		if l.n.Stage.Closed() {
			l.n.ResolvedAt = &noon
		}
		return
	}
	for l.n == nil {
		planned := rapid.Bool().Draw(t, "planned")
		kind, other := status.Problem, status.Maintenance
		if planned {
			kind, other = other, kind
		}
		c := l.request(t, kind, other)
		c.Draft = maybe(t, "draft", rapid.Bool())
		if planned {
			c.ScheduledFor, c.ScheduledUntil = status.Some(l.moment(t, "from")), status.Some(l.moment(t, "until"))
			c.AutoInProgress, c.AutoCompleted = maybe(t, "starts", rapid.Bool()), maybe(t, "ends", rapid.Bool())
		}
		if rapid.IntRange(0, 4).Draw(t, "backfilled") == 0 {
			c.Backfilled, c.BackfillDate = new(true), new(l.moment(t, "backfilled at"))
			c.Components, c.ComponentIDs = nil, nil
		}
		before := copySite(l.site)
		l.step(t, before, c, func(_ *status.Incident, site *status.Site) (*status.Incident, error) {
			return status.OpenIncident(site, "notice000001", "update0", c)
		})
	}
}

func (l *life) change(t *rapid.T) {
	other := status.Maintenance
	if l.n.Kind == other {
		other = status.Problem
	}
	c := l.request(t, l.n.Kind, other)
	if rapid.Bool().Draw(t, "another holds") {
		l.site.Held = map[string]bool{anyOf("web", "card").Draw(t, "held"): true}
	}
	id := rapid.StringMatching(`[a-z]{12}`).Draw(t, "entry")
	before := copySite(l.site)
	l.step(t, before, c, func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		return n, n.Apply(site, id, c)
	})
}

func (l *life) correct(t *rapid.T) {
	texts := slices.DeleteFunc(slices.Clone(l.n.Updates), func(u status.Update) bool { return u.Deleted })
	if len(texts) == 0 {
		t.Skip("nothing to correct")
	}
	u := rapid.SampledFrom(texts).Draw(t, "entry")
	body, notify := maybe(t, "body", anyOf("Corrected.", "\x1b")), maybe(t, "notify", rapid.Bool())
	var at *time.Time
	if rapid.Bool().Draw(t, "dated") {
		at = new(l.moment(t, "at"))
	}
	l.step(t, copySite(l.site), status.Change{}, func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		return n, n.EditUpdate(site, u.ID, body, at, notify)
	})
}

func (l *life) wait(t *rapid.T) {
	l.later(time.Duration(rapid.IntRange(1, 9*1440).Draw(t, "minutes")) * time.Minute)
}

// byHand: somebody moves a component that the notice may name.
func (l *life) byHand(t *rapid.T) {
	site := copySite(l.site)
	site.Move(anyOf("web", "card", "bank").Draw(t, "component"), rapid.SampledFrom(status.Levels()).Draw(t, "level"))
	l.site, l.fresh = copySite(site), false
}

func (l *life) clock(t *rapid.T) {
	due := l.n.NextMove()
	if due.IsZero() || l.site.Now.Before(due) {
		if l.move(nil) {
			t.Fatal("moved before its time")
		}
		return
	}
	from := l.n.Stage
	if !l.move(nil) || from == l.n.Stage || l.n.Draft || l.n.Imported {
		t.Fatalf("due since %v, but still %s", due, l.n.Stage)
	}
	l.fresh = true
}

// step runs one verb twice, on copies: a pure verb does the same both times and leaves
// the request as it was. Then it compares with what was before.
func (l *life) step(t *rapid.T, before *status.Site, c status.Change, verb func(*status.Incident, *status.Site) (*status.Incident, error)) {
	old, request := copyNotice(t, l.n), fingerprint(t, c)
	site, again := copySite(before), copySite(before)
	n, err := verb(copyNotice(t, old), site)
	n2, err2 := verb(copyNotice(t, old), again)
	if fingerprint(t, c) != request {
		t.Fatal("the request was altered")
	}
	if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
		t.Fatalf("first %v, then %v", err, err2)
	}
	if err != nil {
		if f, ok := status.FaultOf(err); !ok || f.Field == "" || f.Message == "" {
			t.Fatalf("not a fault that names its field: %v", err)
		}
		return
	}
	if diff := cmp.Diff(n, n2, cmpopts.IgnoreUnexported(status.Incident{}), anyEvents()); diff != "" {
		t.Fatalf("twice the same, two outcomes:\n%s", diff)
	}
	l.moves(t, before, site)
	l.tells(t, old, n, site)
	l.steps(t, old, n, site, c)
	l.site, l.n = copySite(site), copyNotice(t, n)
	if len(c.Components) > 0 || c.ComponentIDs != nil || c.Body != nil || c.Stage != nil {
		l.fresh = true
	}
}

func fingerprint(t *rapid.T, c status.Change) string {
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// moves: components change level only by events, and Moved names exactly these.
func (l *life) moves(t *rapid.T, before, after *status.Site) {
	want := copySite(before)
	for _, e := range after.Events() {
		c := want.Find(e.ComponentID)
		if c.Level != e.OldLevel || e.OldLevel == e.NewLevel || c.Group {
			t.Fatalf("%s was %s, the event says %s → %s", c.ID, c.Level, e.OldLevel, e.NewLevel)
		}
		c.Level, c.UpdatedAt = e.NewLevel, after.Now
	}
	if diff := cmp.Diff(want.Components, after.Components); diff != "" {
		t.Fatalf("moved without an event:\n%s", diff)
	}
	if len(after.Moved()) != len(after.Events()) {
		t.Fatalf("%d moved, %d told", len(after.Moved()), len(after.Events()))
	}
}

// tells: a draft tells nothing; a published change tells exactly one thing, counted on.
func (l *life) tells(t *rapid.T, old, n *status.Incident, site *status.Site) {
	if n.Draft {
		if len(n.Events())+len(site.Events()) != 0 {
			t.Fatalf("a draft tells %v %v", n.Events(), site.Events())
		}
		return
	}
	before := int64(0)
	if old != nil {
		before = old.Sequence
	}
	if len(n.Events()) != 1 || n.Sequence != before+1 || n.Events()[0].Sequence != n.Sequence {
		t.Fatalf("after %d: %+v", before, n.Events())
	}
	if n.Backfilled && (n.Events()[0].Notify || len(site.Events()) > 0) {
		t.Fatalf("a notice about the past tells %v, moves %v", n.Events(), site.Events())
	}
}

// steps: what a step may change, given what was before.
func (l *life) steps(t *rapid.T, old, n *status.Incident, site *status.Site, c status.Change) {
	if !n.UpdatedAt.Equal(site.Now) {
		t.Fatalf("changed at %v", n.UpdatedAt)
	}
	anew := n.NextUpdateAt != nil && (old == nil || old.NextUpdateAt == nil || !n.NextUpdateAt.Equal(*old.NextUpdateAt))
	if anew && !n.NextUpdateAt.After(site.Now) {
		t.Fatalf("promised %v at %v", n.NextUpdateAt, site.Now)
	}
	if old == nil {
		return
	}
	if n.ID != old.ID || n.Kind != old.Kind || n.Backfilled != old.Backfilled || !old.Draft && (n.Draft || !n.CreatedAt.Equal(old.CreatedAt)) {
		t.Fatalf("became another notice: %+v", n)
	}
	if !old.Draft && !slices.Equal(entryIDs(n), entryIDs(old)) && len(n.Updates) != len(old.Updates)+1 {
		t.Fatalf("%d entries became %d", len(old.Updates), len(n.Updates))
	}
	if closing := n.Kind == status.Problem && !old.Draft && old.Open() && !n.Open(); closing {
		for _, id := range old.Holding() {
			if _, said := c.Components[id]; !said && !site.Held[id] && site.Find(id).Level != ok {
				t.Fatalf("%s was left at %s", id, site.Find(id).Level)
			}
		}
	}
	if reopening := !old.Draft && !old.Open() && n.Open(); reopening && (n.Resolution != nil || site.Now.Sub(*old.ResolvedAt) > status.ReopenWithin) {
		t.Fatalf("reopened %v after its end, with %v", site.Now.Sub(*old.ResolvedAt), n.Resolution)
	}
}

func entryIDs(n *status.Incident) []string {
	return slices.Sorted(slices.Values(ids(n.Updates, func(u status.Update) string { return u.ID })))
}

// laws hold at any time.
func (l *life) laws(t *rapid.T) {
	n := l.n
	// An imported notice becomes ours with its first entry, until that is taken back.
	ours := len(n.Updates) > 0 && (!n.Imported || len(n.Drafts) == 0)
	switch {
	case !n.Open() && n.NextUpdateAt != nil:
		t.Fatalf("%s, but an update is promised for %v", n.Stage, n.NextUpdateAt)
	case n.Open() && n.Kind == status.Problem && ours && n.NextUpdateAt == nil:
		t.Fatalf("%s without a promise", n.Stage)
	case n.Open() == (n.ResolvedAt != nil):
		t.Fatalf("%s, ended %v", n.Stage, n.ResolvedAt)
	case status.KindOf(n.Stage) != n.Kind:
		t.Fatalf("a %s is %s", n.Kind, n.Stage)
	case n.Severity.Rank() < 0 || !slices.Contains(status.Impacts(), n.Impact):
		t.Fatalf("severity %q, impact %q", n.Severity, n.Impact)
	case !n.Draft && n.Planned != nil:
		t.Fatalf("published, but plans %v", n.Planned)
	}
	if !slices.IsSortedFunc(n.Updates, func(a, b status.Update) int { return b.DisplayAt.Compare(a.DisplayAt) }) {
		t.Fatal("entries are not newest first")
	}
	l.listed(t)
	if v := status.ViewOf(l.site.Page, l.site.Components, []status.Incident{*n}); (v.Incident(n.ID) == nil) != n.Draft {
		t.Fatalf("draft %v, visible %v", n.Draft, v.Incident(n.ID) != nil)
	}
}

// listed: the last entry says how the components are; each entry continues the one before.
func (l *life) listed(t *rapid.T) {
	made := slices.Clone(l.n.Updates)
	slices.SortStableFunc(made, func(a, b status.Update) int { return a.CreatedAt.Compare(b.CreatedAt) })
	said := map[string]status.Level{}
	gap := slices.ContainsFunc(made, func(u status.Update) bool { return u.Deleted })
	for _, u := range made {
		for _, a := range u.Affected {
			if was, there := said[a.Code]; there && !gap && u.CreatedAt.After(made[0].CreatedAt) && distinct(made) && was != a.OldLevel {
				t.Fatalf("%s was %s, the next entry says %s", a.Code, was, a.OldLevel)
			}
			said[a.Code] = a.NewLevel
		}
	}
	if l.n.Draft || !l.fresh || !distinct(made) {
		return
	}
	for id, level := range said {
		if now := l.site.Find(id).Level; now != level {
			t.Fatalf("%s is %s, the last entry says %s", id, now, level)
		}
	}
}

// distinct: no two entries were made in the same moment, so that their order is known.
func distinct(made []status.Update) bool {
	for i := 1; i < len(made); i++ {
		if made[i].CreatedAt.Equal(made[i-1].CreatedAt) {
			return false
		}
	}
	return true
}
