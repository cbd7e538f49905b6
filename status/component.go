package status

import (
	"cmp"
	"slices"
	"time"
)

// Level says how well a component works. The values are Statuspage's.
type Level string

// The levels, from best to worst in the order of Rank.
const (
	Operational         Level = "operational"
	UnderMaintenance    Level = "under_maintenance"
	DegradedPerformance Level = "degraded_performance"
	PartialOutage       Level = "partial_outage"
	MajorOutage         Level = "major_outage"
)

// Levels lists every level from best to worst.
func Levels() []Level {
	return []Level{Operational, UnderMaintenance, DegradedPerformance, PartialOutage, MajorOutage}
}

// Rank orders levels: 0 is operational, 4 is a major outage; -1 is no level at all.
func (l Level) Rank() int { return slices.Index(Levels(), l) }

// Valid says whether l is one of the five levels.
func (l Level) Valid() bool { return l.Rank() >= 0 }

// Worst returns the worst of the levels; operational when there is none.
func Worst(levels ...Level) Level {
	worst := Operational
	for _, l := range levels {
		if l.Rank() > worst.Rank() {
			worst = l
		}
	}
	return worst
}

// Component is something customers use, or a group of such things.
// A group's level is derived from its children.
type Component struct {
	ID          string  `json:"id"`
	PageID      string  `json:"page_id"`
	Name        string  `json:"name"`
	Description *string `json:"description"` // nil and "" differ in the API
	Group       bool    `json:"group"`
	GroupID     string  `json:"group_id"`
	Level       Level   `json:"status"`
	Position    int     `json:"position"` // from 1, within its parent
	Order       int64   `json:"order"`    // breaks ties of Position: source order
	Showcase    bool    `json:"showcase"`
	StartDate   string  `json:"start_date"` // YYYY-MM-DD or ""
	// OnlyShowIfDegraded hides the component from the public while it is operational.
	OnlyShowIfDegraded bool `json:"only_show_if_degraded"`
	// Audience is the number of users, for estimates; 0 is unknown.
	Audience    int64       `json:"audience"`
	Criticality Criticality `json:"criticality"`
	CreatedAt   time.Time   `json:"created_at"`
	UpdatedAt   time.Time   `json:"updated_at"`
	Version     int64       `json:"version"`
	Revision    int64       `json:"revision"` // site revision of the last change
}

// Criticality says whether a component belongs to the core of what customers do.
type Criticality string

// The criticalities.
const (
	Core   Criticality = "core"
	Normal Criticality = "normal"
)

// Set gives the component another level; it reports whether that was a change.
func (c *Component) Set(l Level, now time.Time) bool {
	if c.Level == l {
		return false
	}
	c.Level, c.UpdatedAt = l, now
	return true
}

// Check refuses what no component may be; prefix is the API's name of the object.
func (c *Component) Check(prefix string) error {
	if err := checkName(prefix+".name", c.Name); err != nil {
		return err
	}
	if !c.Level.Valid() {
		return Invalid(prefix+".status", "%q is not a component status; use operational, under_maintenance, degraded_performance, partial_outage or major_outage.", brief(string(c.Level)))
	}
	if c.Description != nil {
		if err := checkText(prefix+".description", *c.Description, MaxBody); err != nil {
			return err
		}
	}
	if c.StartDate != "" {
		if _, err := time.Parse(time.DateOnly, c.StartDate); err != nil {
			return Invalid(prefix+".start_date", "%q is not a date; write it as 2026-11-22.", brief(c.StartDate))
		}
	}
	if c.Criticality != Core && c.Criticality != Normal && c.Criticality != "" {
		return Invalid(prefix+".criticality", "%q is not a criticality; use core or normal.", brief(string(c.Criticality)))
	}
	if c.Audience < 0 {
		return Invalid(prefix+".audience", "The number of users cannot be negative.")
	}
	return nil
}

// SortComponents orders a flat list as the API does: by position, then source order.
func SortComponents(list []Component) {
	slices.SortStableFunc(list, func(a, b Component) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Order, b.Order))
	})
}

// ChildIDs lists the ids of a group's children in order.
func ChildIDs(list []Component, group string) []string {
	ids := []string{}
	for i := range list {
		if list[i].GroupID == group {
			ids = append(ids, list[i].ID)
		}
	}
	return ids
}
