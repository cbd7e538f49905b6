package status

// Indicator is Statuspage's roll-up of a page: status.indicator and status.description.
type Indicator struct {
	Indicator   string // none, minor, major, critical or maintenance
	Description string
}

// RollUp derives the indicator from components only, never from incidents: the rule
// that explains every capture of real pages. Groups are not counted, their children are.
func RollUp(components []Component) Indicator {
	count := map[Level]int{}
	total := 0
	for i := range components {
		if !components[i].Group {
			count[components[i].Level]++
			total++
		}
	}
	all := func(l Level) bool { return total > 0 && count[l] == total }
	switch {
	case all(MajorOutage):
		return Indicator{"critical", "Major System Outage"}
	case count[MajorOutage] > 0, all(PartialOutage):
		return Indicator{"major", "Partial System Outage"}
	case count[PartialOutage] > 0:
		return Indicator{"minor", "Minor Service Outage"}
	case all(DegradedPerformance):
		return Indicator{"minor", "Degraded System Service"}
	case count[DegradedPerformance] > 0:
		return Indicator{"minor", "Partially Degraded Service"}
	case count[UnderMaintenance] > 0:
		return Indicator{"maintenance", "Service Under Maintenance"}
	}
	return Indicator{"none", "All Systems Operational"}
}

// SetGroupLevels gives every group the worst level of its children.
func SetGroupLevels(components []Component) {
	worst := map[string]Level{}
	for i := range components {
		if c := &components[i]; c.GroupID != "" {
			worst[c.GroupID] = Worst(worst[c.GroupID], c.Level)
		}
	}
	for i := range components {
		if c := &components[i]; c.Group {
			if l, ok := worst[c.ID]; ok {
				c.Level = l
			}
		}
	}
}

// State is how the page as a whole is doing, counting open notices too.
type State string

// The page states.
const (
	StateOperational State = "operational"
	StateMaintenance State = "maintenance"
	StateDegraded    State = "degraded"
	StatePartial     State = "partial"
	StateMajor       State = "major"
)

// StateOf is the page state that a component's level amounts to.
func StateOf(l Level) State {
	switch l {
	case UnderMaintenance:
		return StateMaintenance
	case DegradedPerformance:
		return StateDegraded
	case PartialOutage:
		return StatePartial
	case MajorOutage:
		return StateMajor
	}
	return StateOperational
}

func levelOfSeverity(s Severity) Level {
	switch s {
	case Serious:
		return PartialOutage
	case Critical:
		return MajorOutage
	}
	return DegradedPerformance
}

// PageState is the worst of the component levels and of every open notice that is not
// in monitoring: its components' worst level or, when it names none or all of them are
// operational, what its severity says. Maintenance in progress counts as maintenance.
func PageState(components []Component, open []Incident) State {
	worst := Operational
	level := make(map[string]Level, len(components))
	for i := range components {
		level[components[i].ID] = components[i].Level
		worst = Worst(worst, components[i].Level)
	}
	for i := range open {
		worst = Worst(worst, open[i].Claims(func(id string) Level { return level[id] }))
	}
	return StateOf(worst)
}

// Claims is the level that the notice gives the page, the levels of components being
// looked up in level: operational when it is over or only being watched.
func (n *Incident) Claims(level func(id string) Level) Level {
	if !n.Open() || n.Draft {
		return Operational
	}
	if n.Kind == Maintenance {
		if n.Stage == InProgress || n.Stage == Verifying {
			return UnderMaintenance
		}
		return Operational
	}
	if n.Stage == Monitoring {
		return Operational
	}
	worst := Operational
	for _, id := range n.ComponentIDs {
		worst = Worst(worst, level(id))
	}
	if worst == Operational {
		return levelOfSeverity(n.Severity)
	}
	return worst
}
