package status

import (
	"slices"
	"testing"
	"time"
)

// proposals is a page with two groups and two components of their own.
func proposals() *Site {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) // Monday, 10:00 in Berlin
	page := NewPage("p", "Example", at)
	page.TimeZone = "Europe/Berlin"
	c := func(id, group string, l Level, k Criticality, audience int64) Component {
		return Component{ID: id, Name: id, GroupID: group, Level: l, Criticality: k, Audience: audience}
	}
	return &Site{Now: at, Page: page, Components: []Component{
		{ID: "pay", Name: "Payments", Group: true, Level: Operational},
		c("cards", "pay", Operational, Core, 1000), c("debits", "pay", Operational, Normal, 400), c("slips", "pay", DegradedPerformance, "", 0),
		{ID: "big", Name: "Big", Group: true, Level: Operational},
		c("b1", "big", Operational, Normal, 10), c("b2", "big", Operational, Normal, 20), c("b3", "big", Operational, Normal, 30),
		c("b4", "big", Operational, Normal, 40), c("b5", "big", Operational, Normal, 50), c("b6", "big", Operational, Normal, 60),
		c("web", "", Operational, Core, 5000), c("api", "", Operational, Normal, 50),
	}}
}

func TestProposedLevels(t *testing.T) {
	const d, p, m = DegradedPerformance, PartialOutage, MajorOutage
	reaches := []Reach{ReachUnknown, ReachFew, ReachSome, ReachMany, ReachMost}
	table := map[Symptom][]Level{
		"unreachable":   {m, p, p, m, m},
		"sign_in":       {p, p, p, m, m},
		"errors":        {p, d, p, p, p},
		"wrong_data":    {p, d, p, p, p},
		"not_delivered": {p, d, p, p, p},
		"slow":          {d, d, d, d, p},
		"other":         {d, d, d, d, p},
	}
	for _, s := range Symptoms() {
		if len(table[s]) != len(reaches) {
			t.Fatalf("the symptom %s is not in the table", s)
		}
		for i, r := range reaches {
			site := proposals()
			got := Propose(site, []string{"web", "slips"}, s, r, UrgencyNormal).Levels
			if got["web"] != table[s][i] {
				t.Errorf("%s for %q: %s, want %s", s, r, got["web"], table[s][i])
			}
			if site.Find("web").Level != Operational {
				t.Errorf("%s for %q: proposing moved a component", s, r)
			}
		}
	}
	site := proposals()
	site.Find("web").Level = MajorOutage
	if got := Propose(site, []string{"web"}, "slow", ReachFew, UrgencyNormal).Levels["web"]; got != MajorOutage {
		t.Errorf("a proposal made a component better: %s", got)
	}
}

// TestProposedSeverity: the matrix is read with the loss of the symptom; an unknown
// reach counts as some on core components, else as few.
func TestProposedSeverity(t *testing.T) {
	for _, c := range []struct {
		ids      []string
		symptom  Symptom
		reach    Reach
		urgency  Urgency
		severity Severity
		priority Priority
		wait     time.Duration
	}{
		{[]string{"cards"}, "slow", ReachUnknown, UrgencyNormal, Moderate, P3, 4 * time.Hour},
		{[]string{"debits"}, "slow", ReachUnknown, UrgencyNormal, Minor, P4, 23 * time.Hour},
		{[]string{"debits", "cards"}, "slow", ReachUnknown, UrgencyNormal, Moderate, P3, 4 * time.Hour},
		{[]string{"slips"}, "errors", ReachMost, UrgencyNormal, Serious, P2, 30 * time.Minute},
		{[]string{"cards"}, "sign_in", ReachUnknown, UrgencyNormal, Serious, P2, 30 * time.Minute},
		{[]string{"debits"}, "not_delivered", ReachFew, UrgencyNormal, Moderate, P3, 4 * time.Hour},
		{[]string{"debits"}, "wrong_data", ReachMost, UrgencyLow, Critical, P2, 30 * time.Minute},
		{[]string{"debits"}, "unreachable", ReachUnknown, UrgencyHigh, Serious, P1, 10 * time.Minute},
		{[]string{"debits"}, "unreachable", ReachMany, UrgencyNormal, Critical, P1, 10 * time.Minute},
		{[]string{"debits"}, "other", ReachSome, UrgencyNormal, Moderate, P3, 4 * time.Hour},
	} {
		site := proposals()
		p := Propose(site, c.ids, c.symptom, c.reach, c.urgency)
		if p.Severity != c.severity || p.Priority != c.priority {
			t.Errorf("%v %s for %q, %s: %s %s, want %s %s", c.ids, c.symptom, c.reach, c.urgency, p.Severity, p.Priority, c.severity, c.priority)
		}
		if got := p.NextUpdateAt.Sub(site.Now); got != c.wait {
			t.Errorf("%v %s for %q: next update in %v, want %v", c.ids, c.symptom, c.reach, got, c.wait)
		}
	}
}

func TestTheMatrixOfThePageDecides(t *testing.T) {
	site := proposals()
	site.Page.SeverityMatrix = SeverityMatrix{"partly": {"few": Critical}}
	if got := Propose(site, []string{"debits"}, "slow", ReachUnknown, UrgencyNormal).Severity; got != Critical {
		t.Errorf("got %s", got)
	}
	if got := Propose(site, []string{"debits"}, "slow", ReachMost, UrgencyNormal).Severity; got != Serious {
		t.Errorf("what the page leaves out comes from the defaults, not %s", got)
	}
}

func TestNotAffected(t *testing.T) {
	for _, c := range []struct {
		name  string
		ids   []string
		works []string
		rest  string
	}{
		{"a neighbour in trouble is not called fine", []string{"cards"}, []string{"debits"}, ""},
		{"the whole group", []string{"cards", "debits", "slips"}, nil, ""},
		{"too many to be named", []string{"b2"}, nil, "big"},
		{"few enough", []string{"b1", "b2"}, []string{"b3", "b4", "b5", "b6"}, ""},
		{"two groups", []string{"cards", "b1", "b2"}, nil, ""},
		{"no group", []string{"web"}, []string{"api"}, ""},
		{"order of the page", []string{"b6", "b1"}, []string{"b2", "b3", "b4", "b5"}, ""},
	} {
		p := Propose(proposals(), c.ids, "slow", ReachUnknown, UrgencyNormal)
		if !slices.Equal(p.Works, c.works) || p.Rest != c.rest {
			t.Errorf("%s: %v %q, want %v %q", c.name, p.Works, p.Rest, c.works, c.rest)
		}
	}
	site := proposals()
	site.Find("b6").Level = PartialOutage
	if p := Propose(site, []string{"b1"}, "slow", ReachUnknown, UrgencyNormal); len(p.Works) != 4 || p.Rest != "" {
		t.Errorf("with one in trouble: %v %q", p.Works, p.Rest)
	}
	site = proposals()
	site.Find("debits").OnlyShowIfDegraded = true
	if p := Propose(site, []string{"cards"}, "slow", ReachUnknown, UrgencyNormal); p.Works != nil {
		t.Errorf("a hidden component was named: %v", p.Works)
	}
}

// TestProposedUsers: at least the largest audience, at most the sum, times the share.
func TestProposedUsers(t *testing.T) {
	count := func(n int64) AffectedUsers {
		return AffectedUsers{Mode: "count", Count: n, Confidence: "first_look", Basis: "staff"}
	}
	between := func(low, high int64) AffectedUsers {
		return AffectedUsers{Mode: "range", Low: low, High: high, Confidence: "first_look", Basis: "staff"}
	}
	for _, c := range []struct {
		ids   []string
		reach Reach
		want  AffectedUsers
	}{
		{[]string{"cards"}, ReachUnknown, count(1000)},
		{[]string{"cards", "debits"}, ReachUnknown, between(1000, 1400)},
		{[]string{"cards", "debits"}, ReachFew, between(1, 14)},
		{[]string{"cards", "debits"}, ReachSome, between(10, 140)},
		{[]string{"cards"}, ReachMany, between(100, 500)},
		{[]string{"cards"}, ReachMost, between(500, 1000)},
		{[]string{"b1"}, ReachFew, count(1)},
		{[]string{"cards", "slips"}, ReachMost, UnknownUsers()},
		{nil, ReachMost, UnknownUsers()},
	} {
		p := Propose(proposals(), c.ids, "slow", c.reach, UrgencyNormal)
		if p.Users != c.want {
			t.Errorf("%v for %q: %+v, want %+v", c.ids, c.reach, p.Users, c.want)
		}
		if _, err := p.Users.normalise(time.Now()); err != nil {
			t.Errorf("%v for %q would be refused: %v", c.ids, c.reach, err)
		}
	}
}

// TestProposedUsersKeepToAllUsers: no estimate exceeds the number of all users, and their
// share is what is known where components have no number of their own.
func TestProposedUsersKeepToAllUsers(t *testing.T) {
	between := func(low, high int64) AffectedUsers {
		return AffectedUsers{Mode: "range", Low: low, High: high, Confidence: "first_look", Basis: "staff"}
	}
	count := func(n int64) AffectedUsers {
		return AffectedUsers{Mode: "count", Count: n, Confidence: "first_look", Basis: "staff"}
	}
	for _, c := range []struct {
		users int64
		ids   []string
		reach Reach
		want  AffectedUsers
	}{
		{1200, []string{"cards", "debits"}, ReachUnknown, between(1000, 1200)},
		{1200, []string{"cards", "debits"}, ReachMost, between(500, 1200)},
		{800, []string{"cards", "debits"}, ReachUnknown, count(800)},
		{800, []string{"cards", "debits"}, ReachMany, between(80, 400)},
		{9000, []string{"slips"}, ReachSome, between(90, 900)},
		{9000, []string{"slips"}, ReachMost, between(4500, 9000)},
		{9000, []string{"slips"}, ReachUnknown, UnknownUsers()},
		{9000, []string{"cards", "slips"}, ReachMany, between(100, 4500)},
		{9000, []string{"cards", "slips"}, ReachUnknown, UnknownUsers()},
		{9000, []string{"nothing"}, ReachFew, between(1, 90)},
		{9000, nil, ReachMost, UnknownUsers()},
		{50, []string{"slips"}, ReachFew, count(1)},
	} {
		site := proposals()
		site.Page.Users = c.users
		if got := site.EstimateUsers(c.ids, c.reach); got != c.want {
			t.Errorf("%d users, %v for %q: %+v, want %+v", c.users, c.ids, c.reach, got, c.want)
		}
	}
	if got := Reaches(); len(got) != 4 || got[0] != ReachFew || got[3] != ReachMost {
		t.Errorf("%v", got)
	}
}

func TestProposalKeepsToThePage(t *testing.T) {
	p := Propose(proposals(), []string{"api", "nothing", "pay", "cards", "api"}, "slow", ReachUnknown, UrgencyNormal)
	if !slices.Equal(p.Components, []string{"cards", "api"}) {
		t.Errorf("got %v", p.Components)
	}
}

func TestAbout(t *testing.T) {
	n := func(id string, k Kind, s Stage, draft bool, ids ...string) Incident {
		return Incident{ID: id, Kind: k, Stage: s, Draft: draft, ComponentIDs: ids}
	}
	list := []Incident{
		n("yes", Problem, Monitoring, false, "a", "b"), n("other", Problem, Investigating, false, "c"), n("draft", Problem, Investigating, true, "a"),
		n("over", Problem, Resolved, false, "a"), n("planned", Maintenance, InProgress, false, "a"), n("nothing", Problem, Investigating, false),
	}
	got := About(list, []string{"b", "x"})
	if len(got) != 1 || got[0].ID != "yes" {
		t.Errorf("got %+v", got)
	}
	if got := About(list, nil); got != nil {
		t.Errorf("about nothing: %+v", got)
	}
}

func TestMostTroubledFirst(t *testing.T) {
	list := []Component{{ID: "fine", Level: Operational}, {ID: "reported", Level: Operational}, {ID: "slow", Level: DegradedPerformance}, {ID: "late", Level: Operational}, {ID: "down", Level: MajorOutage}}
	reports := Reported([]Report{{ComponentIDs: []string{"reported", "slow"}}, {ComponentIDs: []string{"reported"}}, {}})
	MostTroubledFirst(list, reports)
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	if !slices.Equal(ids, []string{"down", "slow", "reported", "fine", "late"}) || reports["reported"] != 2 {
		t.Errorf("got %v (%v)", ids, reports)
	}
}
