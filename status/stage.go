package status

import (
	"maps"
	"slices"
	"time"
)

// plausible refuses dates that only a typing or unit mistake can produce.
func plausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2100 }

// checkStage guards the stage machine before anything is touched.
func (i *Incident) checkStage(c Change, now time.Time, first bool) error {
	if c.Stage == nil {
		return nil
	}
	to := *c.Stage
	if KindOf(to) == "" {
		return Invalid("incident.status", "%q is not a status; use %s.", brief(string(to)), stageList(i.Kind))
	}
	if KindOf(to) != i.Kind || to == PostmortemOut {
		return Invalid("incident.status", "%q is not possible for this %s; use %s.", string(to), i.Kind, stageList(i.Kind))
	}
	if first || i.Draft || to.Closed() == i.Stage.Closed() && i.Kind == Problem {
		return nil
	}
	if i.Kind == Maintenance {
		return i.checkWindowStage(to)
	}
	if i.Stage.Closed() && !i.Reopenable(now) {
		return Invalid("incident.status", "This incident was resolved more than 7 days ago; open a new one.")
	}
	return nil
}

func stageList(k Kind) string {
	var words []string
	for _, s := range Stages(k) {
		if s != PostmortemOut {
			words = append(words, string(s))
		}
	}
	return orList(words)
}

func (i *Incident) setStage(c Change, from Stage, now time.Time, first bool) {
	if c.Stage == nil {
		return
	}
	at := now
	if first && i.Backfilled {
		at = i.CreatedAt
	}
	i.Stage = *c.Stage
	switch {
	case i.Stage.Closed() && (!from.Closed() || first):
		i.ResolvedAt = &at
	case !i.Stage.Closed() && from.Closed():
		i.ResolvedAt, i.MonitoringAt, i.Resolution = nil, nil, nil
		if !c.ExpectedResolutionAt.Set {
			i.ExpectedResolutionAt = nil // it told of the end that did not last
		}
	}
	if i.Stage == Monitoring && (from != Monitoring || first) {
		i.MonitoringAt = &at
	}
}

// setComponents takes over which components the notice names and moves their levels.
// A draft only plans them.
func (i *Incident) setComponents(site *Site, c Change, from Stage) error {
	if i.Backfilled && (len(c.Components) > 0 || c.ComponentIDs != nil && len(*c.ComponentIDs) > 0) {
		return Invalid("incident.components", "A backfilled incident cannot name components.")
	}
	if c.ComponentIDs != nil {
		if err := i.nameComponents(site, *c.ComponentIDs); err != nil {
			return err
		}
	}
	levels, err := i.levels(site, c, from)
	if err != nil {
		return err
	}
	site.set = levels
	if i.Draft {
		i.plan(site, levels)
		return nil
	}
	for _, id := range ordered(site, levels) {
		i.include(id)
		site.Move(id, levels[id])
	}
	return nil
}

func (i *Incident) nameComponents(site *Site, ids []string) error {
	list := []string{}
	for _, id := range ids {
		if err := checkComponent(site, "incident.component_ids", id); err != nil {
			return err
		}
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	i.ComponentIDs = list
	maps.DeleteFunc(i.Planned, func(id string, _ Level) bool { return !slices.Contains(list, id) })
	return nil
}

func checkComponent(site *Site, field, id string) error {
	c := site.Find(id)
	if c == nil {
		return Invalid(field, "There is no component %q on this page.", brief(id))
	}
	if c.Group {
		return Invalid(field, "%q is a group; name its components instead.", c.Name)
	}
	return nil
}

// levels are the moves asked for, and those that the step implies.
func (i *Incident) levels(site *Site, c Change, from Stage) (map[string]Level, error) {
	to := i.Stage
	if c.Stage != nil {
		to = *c.Stage
	}
	levels := i.implied(site, from, to)
	for _, id := range slices.Sorted(maps.Keys(c.Components)) { // the same fault every time
		l := c.Components[id]
		if err := checkComponent(site, "incident.components", id); err != nil {
			return nil, err
		}
		if !l.Valid() {
			return nil, Invalid("incident.components."+id, "%q is not a component status; use operational, under_maintenance, degraded_performance, partial_outage or major_outage.", brief(string(l)))
		}
		levels[id] = l
	}
	return levels, nil
}

// begins says whether a step begins the work of a maintenance, or takes it up again. Whoever
// verifies at once has worked.
func (i *Incident) begins(from, to Stage) bool {
	return i.Kind == Maintenance && (to == InProgress && from != InProgress || to == Verifying && from == Scheduled)
}

// implied are the moves that starting, finishing or closing brings by itself.
func (i *Incident) implied(site *Site, from, to Stage) map[string]Level {
	levels := map[string]Level{}
	switch {
	case i.begins(from, to) && i.Auto.ToMaintenance:
		for _, id := range i.ComponentIDs {
			if x := site.Find(id); x != nil && x.Level == Operational {
				levels[id] = UnderMaintenance
			}
		}
	case to.Closed() && !from.Closed() && (i.Kind == Problem || i.Auto.ToOperational):
		for _, id := range i.Holding() {
			if x := site.Find(id); x != nil && !site.Held[id] {
				levels[id] = Operational
			}
		}
	}
	return levels
}

func (i *Incident) plan(site *Site, levels map[string]Level) {
	for _, id := range ordered(site, levels) {
		i.include(id)
		if i.Planned == nil {
			i.Planned = map[string]Level{}
		}
		i.Planned[id] = levels[id]
	}
}

func (i *Incident) include(id string) {
	if !slices.Contains(i.ComponentIDs, id) {
		i.ComponentIDs = append(i.ComponentIDs, id)
	}
}

// ordered lists the ids of a map in the page's component order.
func ordered(site *Site, levels map[string]Level) []string {
	ids := slices.Collect(maps.Keys(levels))
	slices.SortFunc(ids, func(a, b string) int { return site.rank(a) - site.rank(b) })
	return ids
}

func (s *Site) rank(id string) int {
	return slices.IndexFunc(s.Components, func(c Component) bool { return c.ID == id })
}

// Holding lists the components that this notice moved away from operational.
func (i *Incident) Holding() []string {
	var ids []string
	if n := i.last(); n != nil {
		for _, a := range n.Affected {
			if a.Code != "" && a.NewLevel != Operational && !a.Named {
				ids = append(ids, a.Code)
			}
		}
	}
	return ids
}

// affected is the entry's list: every component touched so far, each old level being
// the previous entry's new one. same keeps the old levels (facts changed, no new entry).
func (i *Incident) affected(site *Site, before []AffectedComponent, same bool) []AffectedComponent {
	var list []AffectedComponent
	seen := map[string]bool{}
	add := func(id string, old Level, named bool) {
		if c := site.Find(id); c != nil && !seen[id] {
			_, set := site.set[id]
			seen[id] = true
			list = append(list, AffectedComponent{
				Code: id, Name: site.FullName(c), OldLevel: old, NewLevel: i.levelOf(c), Named: named && !set,
			})
		}
	}
	for _, a := range before {
		if same {
			add(a.Code, a.OldLevel, a.Named)
		} else {
			add(a.Code, a.NewLevel, a.Named)
		}
	}
	for _, id := range i.ComponentIDs {
		add(id, site.before(id), true)
	}
	return list
}

func (i *Incident) levelOf(c *Component) Level {
	if l, ok := i.Planned[c.ID]; ok && i.Draft {
		return l
	}
	return c.Level
}

// before is a component's level before this change.
func (s *Site) before(id string) Level {
	for _, e := range s.events {
		if e.ComponentID == id {
			return e.OldLevel
		}
	}
	if c := s.Find(id); c != nil {
		return c.Level
	}
	return Operational
}

// setSeverity proposes a severity from the worst component until staff choose one,
// and derives the impact. Proposals only rise, and not with the last entry: what is bad
// then is not this notice's. An imported impact is kept.
func (i *Incident) setSeverity(site *Site, c Change) {
	if c.Severity != nil {
		i.Severity, i.SeverityGiven = *c.Severity, true
	} else if !i.SeverityGiven && !i.Imported && !(i.Severity != "" && i.closes(c)) {
		if s := i.proposal(site); s.Rank() > i.Severity.Rank() {
			i.Severity = s
		}
	}
	if c.ImpactOverride.Set {
		i.ImpactOverride = ""
		if c.ImpactOverride.Value != nil {
			i.ImpactOverride = *c.ImpactOverride.Value
		}
	}
	i.setImpact(c.Severity != nil || c.ImpactOverride.Set)
}

// closes says whether the notice is over after the change.
func (i *Incident) closes(c Change) bool {
	return Stage(or(string(deref(c.Stage)), string(i.Stage))).Closed()
}

// setImpact derives the impact; said means that staff chose what it derives from.
func (i *Incident) setImpact(said bool) {
	switch {
	case i.Kind == Maintenance:
		i.Impact = ImpactMaintenance
	case i.ImpactOverride != "":
		i.Impact = i.ImpactOverride
	case !i.Imported || said:
		i.Impact = ImpactOf(i.Severity)
	}
}

func (i *Incident) proposal(site *Site) Severity {
	worst := Operational
	for _, id := range i.ComponentIDs {
		if x := site.Find(id); x != nil {
			worst = Worst(worst, i.levelOf(x))
		}
	}
	if worst == Operational && i.Severity != "" {
		return i.Severity
	}
	return severityOfLevel(worst)
}

// setPromise keeps law 2: an open incident says when it will be updated next.
func (i *Incident) setPromise(site *Site, c Change, first bool) error {
	const f = "incident.next_update_at"
	switch {
	case i.Stage.Closed():
		i.NextUpdateAt = nil
		return nil
	case c.NextUpdateAt.Set && c.NextUpdateAt.Value == nil && i.Kind == Problem:
		return Invalid(f, "An open incident needs the time of its next update.")
	case c.NextUpdateAt.Value != nil:
		t := *c.NextUpdateAt.Value
		if !t.After(site.Now) || !plausible(t) || t.Sub(site.Now) > 366*24*time.Hour {
			return Invalid(f, "The time of the next update must lie in the future, within a year.")
		}
		i.NextUpdateAt = &t
	case c.NextUpdateAt.Set:
		i.NextUpdateAt = nil
	case i.Kind == Problem && c.entry():
		t := site.Page.Promise(i.Priority(site.Page.PriorityMatrix), i.Stage, first, i.StartedAt, site.Now)
		i.NextUpdateAt = &t
	}
	return nil
}
