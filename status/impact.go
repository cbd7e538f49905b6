package status

import (
	"math"
	"time"
)

// Severity is loss of function × reach.
type Severity string

// The severities, from least to worst.
const (
	Minor    Severity = "minor"
	Moderate Severity = "moderate"
	Serious  Severity = "serious"
	Critical Severity = "critical"
)

// Severities lists them from least to worst.
func Severities() []Severity { return []Severity{Minor, Moderate, Serious, Critical} }

// Rank orders severities from 0 (minor); -1 is no severity.
func (s Severity) Rank() int { return index(Severities(), s) }

// Urgency says how fast waiting makes it worse. Internal.
type Urgency string

// The urgencies, from least to most.
const (
	UrgencyLow       Urgency = "low"
	UrgencyNormal    Urgency = "normal"
	UrgencyHigh      Urgency = "high"
	UrgencyImmediate Urgency = "immediate"
)

// Urgencies lists them from least to most.
func Urgencies() []Urgency {
	return []Urgency{UrgencyLow, UrgencyNormal, UrgencyHigh, UrgencyImmediate}
}

// Priority is severity × urgency, P1 (most) to P4. Internal.
type Priority string

// The priorities.
const (
	P1 Priority = "P1"
	P2 Priority = "P2"
	P3 Priority = "P3"
	P4 Priority = "P4"
)

// PriorityMatrix gives the priority by severity and urgency.
type PriorityMatrix map[Severity]map[Urgency]Priority

// Priorities lists them, the most pressing first.
func Priorities() []Priority { return []Priority{P1, P2, P3, P4} }

// DefaultPriorities is the matrix that a new page starts with.
func DefaultPriorities() PriorityMatrix {
	row := func(p ...Priority) map[Urgency]Priority {
		m := map[Urgency]Priority{}
		for i, u := range Urgencies() {
			m[u] = p[i]
		}
		return m
	}
	return PriorityMatrix{
		Minor:    row(P4, P4, P3, P2),
		Moderate: row(P4, P3, P2, P2),
		Serious:  row(P3, P2, P1, P1),
		Critical: row(P2, P1, P1, P1),
	}
}

// Impact is Statuspage's word for severity.
type Impact string

// The impacts of the compatible API.
const (
	ImpactNone        Impact = "none"
	ImpactMinor       Impact = "minor"
	ImpactMajor       Impact = "major"
	ImpactCritical    Impact = "critical"
	ImpactMaintenance Impact = "maintenance"
)

// Impacts lists them.
func Impacts() []Impact {
	return []Impact{ImpactNone, ImpactMinor, ImpactMajor, ImpactCritical, ImpactMaintenance}
}

// ImpactOf translates a severity.
func ImpactOf(s Severity) Impact {
	switch s {
	case Serious:
		return ImpactMajor
	case Critical:
		return ImpactCritical
	}
	return ImpactMinor
}

// SeverityOf proposes a severity for an imported impact.
func SeverityOf(i Impact) Severity {
	switch i {
	case ImpactMajor:
		return Serious
	case ImpactCritical:
		return Critical
	case ImpactMinor, ImpactMaintenance:
		return Moderate
	}
	return Minor
}

// severityOfLevel proposes a severity from the worst component of a notice.
func severityOfLevel(l Level) Severity {
	switch l {
	case DegradedPerformance:
		return Minor
	case MajorOutage:
		return Serious
	}
	return Moderate
}

// Category is where a problem came from.
type Category string

// Categories lists the origins of a problem.
func Categories() []Category {
	return []Category{"hardware", "standard_software", "custom_software", "server_cloud", "network", "third_party", "change", "overload", "security", "unknown"}
}

// Symptom is what customers notice first; notices and problem reports share the list.
type Symptom string

// Symptoms lists them.
func Symptoms() []Symptom {
	return []Symptom{"unreachable", "slow", "errors", "wrong_data", "sign_in", "not_delivered", "other"}
}

// AffectedUsers is the estimate of how many people a notice concerns.
type AffectedUsers struct {
	Mode         string    `json:"mode"` // unknown, none, count, range, share
	Count        int64     `json:"count,omitempty"`
	Low          int64     `json:"low,omitempty"`
	High         int64     `json:"high,omitempty"`
	SharePercent float64   `json:"share_percent,omitempty"`
	Confidence   string    `json:"confidence,omitempty"` // first_look, measured, final
	Basis        string    `json:"basis,omitempty"`      // staff, reports, monitoring
	AsOf         time.Time `json:"as_of,omitzero"`
}

// UnknownUsers is the estimate before anybody looked.
func UnknownUsers() AffectedUsers { return AffectedUsers{Mode: "unknown"} }

// normalise fills what is left out and refuses numbers that contradict the mode.
func (a AffectedUsers) normalise(now time.Time) (AffectedUsers, error) {
	const f = "incident.affected_users"
	if err := oneOf(f+".mode", a.Mode, "unknown", "none", "count", "range", "share"); err != nil {
		return a, err
	}
	if a.Mode == "unknown" {
		return UnknownUsers(), nil
	}
	out := AffectedUsers{Mode: a.Mode, Confidence: or(a.Confidence, "first_look"), Basis: or(a.Basis, "staff"), AsOf: a.AsOf}
	if out.AsOf.IsZero() {
		out.AsOf = now
	}
	if out.AsOf.After(now) || !plausible(out.AsOf) {
		return a, Invalid(f+".as_of", "The time of the estimate cannot lie in the future.")
	}
	if err := oneOf(f+".confidence", out.Confidence, "first_look", "measured", "final"); err != nil {
		return a, err
	}
	if err := oneOf(f+".basis", out.Basis, "staff", "reports", "monitoring"); err != nil {
		return a, err
	}
	return out.withNumbers(f, a)
}

// withNumbers takes over the numbers that belong to the mode.
func (a AffectedUsers) withNumbers(f string, given AffectedUsers) (AffectedUsers, error) {
	switch a.Mode {
	case "count":
		if given.Count < 0 {
			return a, Invalid(f+".count", "The number of affected users cannot be negative.")
		}
		a.Count = given.Count
	case "range":
		if given.Low < 0 || given.High < given.Low {
			return a, Invalid(f+".high", "The range of affected users must run from a lower to a higher number, both 0 or more.")
		}
		a.Low, a.High = given.Low, given.High
	}
	if math.IsNaN(given.SharePercent) || given.SharePercent < 0 || given.SharePercent > 100 {
		return a, Invalid(f+".share_percent", "The share of affected users must be between 0 and 100 percent.")
	}
	if a.Mode == "share" && given.SharePercent == 0 {
		return a, Invalid(f+".share_percent", "Give the share of affected users in percent.")
	}
	if a.Mode != "none" {
		a.SharePercent = given.SharePercent
	}
	return a, nil
}

// ThirdParty says whether the cause lies with somebody else.
type ThirdParty struct {
	State  string `json:"state"` // none, unnamed, named
	Vendor string `json:"vendor,omitempty"`
	URL    string `json:"url,omitempty"`
}

func (t ThirdParty) normalise(allowed []string) (ThirdParty, error) {
	const f = "incident.third_party"
	if err := oneOf(f+".state", t.State, "none", "unnamed", "named"); err != nil {
		return t, err
	}
	if t.State != "named" {
		return ThirdParty{State: t.State}, nil
	}
	if index(allowed, t.Vendor) < 0 {
		return t, Invalid(f+".vendor", "The vendor %q is not on the allow list of this page; choose \"unnamed\" or add the vendor in the settings.", brief(t.Vendor))
	}
	if t.URL != "" {
		if err := checkLink(f+".url", t.URL); err != nil {
			return t, err
		}
	}
	return t, nil
}
