package status

import (
	"cmp"
	"slices"
	"time"
)

// Reach says what part of the people who use something a problem hits: a column of the
// severity matrix.
type Reach string

// The reaches; nobody knows the reach of a problem in its first minute.
const (
	ReachUnknown Reach = ""
	ReachFew     Reach = "few"  // less than 1 percent
	ReachSome    Reach = "some" // 1 to 10 percent
	ReachMany    Reach = "many" // 10 to 50 percent
	ReachMost    Reach = "most" // more than half
)

// Proposal is what the first notice about a problem says until staff say otherwise. It
// follows from two answers – what is hit, and what customers notice – so that nobody
// has to weigh tables in the first minute.
type Proposal struct {
	Components   []string         // in page order
	Levels       map[string]Level // what each of them becomes
	Severity     Severity
	Priority     Priority
	NextUpdateAt time.Time
	// Works are neighbours of the components that work normally, few enough to be named.
	Works []string
	// Rest is instead the group whose other components all work.
	Rest string
	// Users is an estimate to be confirmed by a person; unknown when no number is known.
	Users AffectedUsers
}

// Propose works out a first notice. Ids that are no component of the page are left out.
func Propose(site *Site, ids []string, s Symptom, r Reach, u Urgency) Proposal {
	p := Proposal{Components: site.pick(ids), Levels: map[string]Level{}, Severity: Minor, Users: UnknownUsers()}
	for _, id := range p.Components {
		c := site.Find(id)
		p.Levels[id] = Worst(c.Level, levelFor(s, r))
		if sev := site.Page.SeverityFor(lossOf(s), reachOf(c, r)); sev.Rank() > p.Severity.Rank() {
			p.Severity = sev
		}
	}
	n := Incident{Severity: p.Severity, Urgency: u}
	p.Priority = n.Priority(site.Page.PriorityMatrix)
	p.NextUpdateAt = site.Page.Promise(p.Priority, Investigating, true, site.Now, site.Now)
	p.Works, p.Rest = site.unaffected(p.Components)
	p.Users = site.EstimateUsers(p.Components, r)
	return p
}

// pick keeps the ids of components, each once and in page order.
func (s *Site) pick(ids []string) []string {
	var out []string
	for i := range s.Components {
		if c := &s.Components[i]; !c.Group && slices.Contains(ids, c.ID) {
			out = append(out, c.ID)
		}
	}
	return out
}

// lossOf is how much of a component's function a symptom takes: a row of the matrix.
func lossOf(s Symptom) string {
	switch s {
	case "unreachable":
		return "all"
	case "sign_in", "not_delivered", "wrong_data":
		return "core"
	}
	return "partly" // slow, errors, other
}

// reachOf counts an unknown reach as some where the core is hit, else as few.
func reachOf(c *Component, r Reach) Reach {
	switch {
	case r != ReachUnknown:
		return r
	case c.Criticality == Core:
		return ReachSome
	}
	return ReachFew
}

// SeverityFor looks a severity up in the page's matrix.
func (p *Page) SeverityFor(loss string, r Reach) Severity {
	if s, ok := p.SeverityMatrix[loss][string(r)]; ok {
		return s
	}
	return DefaultSeverities()[loss][string(r)]
}

// levelFor proposes a level: what everybody notices less well is degraded, what some
// cannot do at all is a partial outage, what most or an unknown number cannot reach is a
// major one.
func levelFor(s Symptom, r Reach) Level {
	wide := r == ReachMany || r == ReachMost
	switch s {
	case "unreachable":
		if wide || r == ReachUnknown {
			return MajorOutage
		}
		return PartialOutage
	case "sign_in":
		if wide {
			return MajorOutage
		}
		return PartialOutage
	case "errors", "wrong_data", "not_delivered":
		if r == ReachFew {
			return DegradedPerformance
		}
		return PartialOutage
	}
	if r == ReachMost {
		return PartialOutage
	}
	return DegradedPerformance
}

// maxNamed is how many working neighbours a notice names before it says "all else".
const maxNamed = 4

// unaffected finds what customers will ask about next: the neighbours of the hit
// components that work. What hides while it works is not mentioned.
func (s *Site) unaffected(hit []string) (works []string, rest string) {
	groups, all := map[string]bool{}, true
	for _, id := range hit {
		groups[s.Find(id).GroupID] = true
		rest = s.Find(id).GroupID
	}
	for i := range s.Components {
		c := &s.Components[i]
		switch {
		case c.Group || !groups[c.GroupID] || slices.Contains(hit, c.ID) || c.OnlyShowIfDegraded && c.Level == Operational:
		case c.Level == Operational:
			works = append(works, c.ID)
		default:
			all = false
		}
	}
	switch {
	case len(works) <= maxNamed:
		return works, ""
	case all && len(groups) == 1 && rest != "":
		return nil, rest
	}
	return nil, ""
}

// share is the part of the people that a reach stands for, in percent.
func (r Reach) share() (low, high int64) {
	switch r {
	case ReachFew:
		return 0, 1
	case ReachSome:
		return 1, 10
	case ReachMany:
		return 10, 50
	case ReachMost:
		return 50, 100
	}
	return 100, 100
}

// EstimateUsers is a number of affected people that a person may confirm. It follows from
// the components' audiences: at least the largest, since one person may use several, at
// most the sum. Where an audience is unknown, the share of all users of the page is the
// most that can be said. No estimate exceeds that number of users.
func (s *Site) EstimateUsers(ids []string, r Reach) AffectedUsers {
	var largest, sum int64
	known, all := len(ids) > 0, s.Page.Users
	for _, id := range ids {
		c := s.Find(id)
		if c == nil || c.Audience == 0 {
			known = false
			continue
		}
		largest, sum = max(largest, c.Audience), sum+c.Audience
	}
	switch {
	case !known && (all == 0 || r == ReachUnknown || len(ids) == 0):
		return UnknownUsers()
	case !known && largest == 0:
		largest, sum = all, all
	case !known:
		sum = all
	}
	if all > 0 {
		largest, sum = min(largest, all), min(sum, all)
	}
	from, to := r.share()
	return between(max(1, largest*from/100), max(1, (sum*to+99)/100))
}

// between is a first look: a range, or a number where both ends meet.
func between(low, high int64) AffectedUsers {
	if low >= high {
		return AffectedUsers{Mode: "count", Count: high, Confidence: "first_look", Basis: "staff"}
	}
	return AffectedUsers{Mode: "range", Low: low, High: high, Confidence: "first_look", Basis: "staff"}
}

// Reaches lists the known reaches, from few to most.
func Reaches() []Reach { return []Reach{ReachFew, ReachSome, ReachMany, ReachMost} }

// About lists the open incidents that name one of the components: news about them
// belongs there rather than into a second notice.
func About(open []Incident, ids []string) []Incident {
	return filter(open, func(n *Incident) bool {
		return n.Kind == Problem && n.Open() && !n.Draft &&
			slices.ContainsFunc(n.ComponentIDs, func(id string) bool { return slices.Contains(ids, id) })
	})
}

// Reported counts the problem reports by component.
func Reported(reports []Report) map[string]int {
	count := map[string]int{}
	for i := range reports {
		for _, id := range reports[i].ComponentIDs {
			count[id]++
		}
	}
	return count
}

// MostTroubledFirst sorts components by their level, then by the number of reports;
// what is alike keeps its order.
func MostTroubledFirst(list []Component, reports map[string]int) {
	slices.SortStableFunc(list, func(a, b Component) int {
		return cmp.Or(cmp.Compare(b.Level.Rank(), a.Level.Rank()), cmp.Compare(reports[b.ID], reports[a.ID]))
	})
}
