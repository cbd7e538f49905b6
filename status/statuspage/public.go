package statuspage

import (
	"time"

	"allclear/status"
)

// PublicComponent is a component with what only we know of it.
type PublicComponent struct {
	Component
	Audience    *int64 `json:"audience"` // number of users; null when unknown
	Criticality string `json:"criticality"`
}

// PublicUpdate is an entry with its translations and the facts as they stood after it.
type PublicUpdate struct {
	Update
	EditedAt     *Stamp                  `json:"edited_at"`
	Deleted      bool                    `json:"deleted"` // taken back after it was sent; the text is gone
	Facts        *Facts                  `json:"facts"`
	Translations map[string]status.Texts `json:"translations"`
}

// Facts are those parts of a notice that its entries move.
type Facts struct {
	Severity             string        `json:"severity"`
	AffectedUsers        AffectedUsers `json:"affected_users"`
	Workaround           Workaround    `json:"workaround"`
	NextUpdateAt         *Stamp        `json:"next_update_at"`
	ExpectedResolutionAt *Stamp        `json:"expected_resolution_at"`
}

// AffectedUsers is the estimate of how many people a notice concerns; which numbers
// are there depends on the mode.
type AffectedUsers struct {
	Mode         string   `json:"mode"`
	Count        *int64   `json:"count,omitempty"`
	Low          *int64   `json:"low,omitempty"`
	High         *int64   `json:"high,omitempty"`
	SharePercent *float64 `json:"share_percent,omitempty"`
	Confidence   string   `json:"confidence,omitempty"`
	Basis        string   `json:"basis,omitempty"`
	AsOf         *Stamp   `json:"as_of,omitempty"`
}

// Workaround is what customers can do meanwhile.
type Workaround struct {
	State     string `json:"state"`
	Text      string `json:"text,omitempty"`
	CheckedAt *Stamp `json:"checked_at,omitempty"`
}

// Resolution is the closing message in its parts.
type Resolution struct {
	WhatHappened   string `json:"what_happened"`
	FullyFixed     string `json:"fully_fixed"`
	Limits         string `json:"limits"`
	DataLoss       string `json:"data_loss"`
	CanRecur       string `json:"can_recur"`
	Prevention     string `json:"prevention"`
	CustomerAction string `json:"customer_action"`
	EndedAt        *Stamp `json:"ended_at"`
	FollowUpBy     string `json:"follow_up_by"`
}

// Common are the public fields that notices of both kinds have.
type Common struct {
	CustomerImpact    string                  `json:"customer_impact"`
	NotAffected       string                  `json:"not_affected"`
	AffectedUsers     AffectedUsers           `json:"affected_users"`
	Workaround        Workaround              `json:"workaround"`
	NextUpdateAt      *Stamp                  `json:"next_update_at"`
	NextUpdateOverdue bool                    `json:"next_update_overdue"`
	Translations      map[string]status.Texts `json:"translations"`
}

// Problem are the public fields that only an incident has.
type Problem struct {
	Severity string `json:"severity"`
	// Category is null while the incident is marked as a matter of security.
	Category             *string           `json:"category"`
	Symptom              *string           `json:"symptom"`
	DetectedAt           *Stamp            `json:"detected_at"`
	ThirdParty           status.ThirdParty `json:"third_party"`
	ExpectedResolutionAt *Stamp            `json:"expected_resolution_at"`
	Resolution           *Resolution       `json:"resolution"`
}

// PublicIncident is an incident with all its public fields.
type PublicIncident struct {
	Notice[PublicUpdate, PublicComponent]
	ReminderIntervals *string `json:"reminder_intervals"`
	Long
	Common
	Problem
}

// PublicMaintenance is a maintenance with all its public fields; its status may be
// cancelled.
type PublicMaintenance struct {
	Notice[PublicUpdate, PublicComponent]
	Long
	Common
	Repeating
}

// Repeating is the public field that only a maintenance has.
type Repeating struct {
	Recurrence *string `json:"recurrence"` // a rule of RFC 5545, null when it does not repeat (any more)
}

// Repeating says when a maintenance comes again.
func (e *Encoder) Repeating(n *status.Incident) Repeating { return Repeating{set(n.Recurrence)} }

// PublicComponent is a component with what only we know of it.
func (e *Encoder) PublicComponent(c *status.Component) PublicComponent {
	out := PublicComponent{Component: e.Component(c), Criticality: string(c.Criticality)}
	if c.Audience > 0 {
		out.Audience = &c.Audience
	}
	if out.Criticality == "" {
		out.Criticality = string(status.Normal)
	}
	return out
}

func (e *Encoder) publicComponentsOf(n *status.Incident) []PublicComponent {
	out := []PublicComponent{}
	for _, c := range e.named(n) {
		out = append(out, e.PublicComponent(c))
	}
	return out
}

// PublicUpdate is an entry with all its public fields. Of one that was taken back only
// the fact remains.
func (e *Encoder) PublicUpdate(u *status.Update) PublicUpdate {
	out := PublicUpdate{Update: e.Update(u), EditedAt: e.maybe(u.EditedAt), Deleted: u.Deleted, Translations: map[string]status.Texts{}}
	out.Status = string(u.Stage)
	if u.Deleted {
		out.Body, out.AffectedComponents = "", nil
		return out
	}
	if u.Facts != nil {
		out.Facts = e.facts(u.Facts)
	}
	for locale, body := range u.Translations {
		out.Translations[locale] = status.Texts{Body: &body}
	}
	return out
}

func (e *Encoder) facts(f *status.Facts) *Facts {
	return &Facts{
		Severity: string(f.Severity), AffectedUsers: e.AffectedUsers(f.AffectedUsers), Workaround: e.Workaround(f.Workaround),
		NextUpdateAt: e.maybe(f.NextUpdateAt), ExpectedResolutionAt: e.maybe(f.ExpectedResolutionAt),
	}
}

func (e *Encoder) nonzero(t time.Time) *Stamp {
	if t.IsZero() {
		return nil
	}
	return e.maybe(&t)
}

// AffectedUsers is the estimate with the numbers that its mode has.
func (e *Encoder) AffectedUsers(a status.AffectedUsers) AffectedUsers {
	if a.Mode == "" {
		a = status.UnknownUsers()
	}
	out := AffectedUsers{Mode: a.Mode, Confidence: a.Confidence, Basis: a.Basis, AsOf: e.nonzero(a.AsOf)}
	switch a.Mode {
	case "count":
		out.Count = &a.Count
	case "range":
		out.Low, out.High = &a.Low, &a.High
	}
	if a.SharePercent > 0 {
		out.SharePercent = &a.SharePercent
	}
	return out
}

// Workaround is what customers can do meanwhile.
func (e *Encoder) Workaround(w status.Workaround) Workaround {
	if w.State == "" {
		w = status.UnknownWorkaround()
	}
	return Workaround{State: w.State, Text: w.Text, CheckedAt: e.nonzero(w.CheckedAt)}
}

// Resolution is the closing message; nil when there is none.
func (e *Encoder) Resolution(r *status.Resolution) *Resolution {
	if r == nil {
		return nil
	}
	return &Resolution{
		WhatHappened: r.WhatHappened, FullyFixed: r.FullyFixed, Limits: r.Limits, DataLoss: r.DataLoss, CanRecur: r.CanRecur,
		Prevention: r.Prevention, CustomerAction: r.CustomerAction, EndedAt: e.maybe(r.EndedAt), FollowUpBy: r.FollowUpBy,
	}
}

// Common are the public fields of both kinds of notice, at a moment.
func (e *Encoder) Common(n *status.Incident, at time.Time) Common {
	translations := map[string]status.Texts{}
	for locale, texts := range n.Translations {
		texts.Body = nil // belongs to the updates
		translations[locale] = texts
	}
	return Common{
		CustomerImpact: n.CustomerImpact, NotAffected: n.NotAffected, AffectedUsers: e.AffectedUsers(n.AffectedUsers),
		Workaround: e.Workaround(n.Workaround), NextUpdateAt: e.maybe(n.NextUpdateAt), NextUpdateOverdue: n.Overdue(at),
		Translations: translations,
	}
}

// Problem are the public fields of an incident.
func (e *Encoder) Problem(n *status.Incident) Problem {
	p := Problem{
		Severity: string(n.Severity), Symptom: set(n.Symptom), DetectedAt: e.maybe(n.DetectedAt), ThirdParty: n.ThirdParty,
		ExpectedResolutionAt: e.maybe(n.ExpectedResolutionAt), Resolution: e.Resolution(n.Resolution),
	}
	if !n.Security {
		p.Category = set(n.Category)
	}
	if p.ThirdParty.State == "" {
		p.ThirdParty.State = "none"
	}
	return p
}

func (e *Encoder) public(n *status.Incident) Notice[PublicUpdate, PublicComponent] {
	updates := make([]PublicUpdate, len(n.Updates))
	for i := range n.Updates {
		updates[i] = e.PublicUpdate(&n.Updates[i])
	}
	return notice(e, n, string(n.Stage), updates, e.publicComponentsOf(n))
}

// PublicIncident is an incident with all its public fields, at a moment.
func (e *Encoder) PublicIncident(n *status.Incident, at time.Time) PublicIncident {
	return PublicIncident{
		Notice: e.public(n), ReminderIntervals: n.ReminderIntervals, Long: e.long(n), Common: e.Common(n, at), Problem: e.Problem(n),
	}
}

// PublicMaintenance is a maintenance with all its public fields, at a moment.
func (e *Encoder) PublicMaintenance(n *status.Incident, at time.Time) PublicMaintenance {
	return PublicMaintenance{Notice: e.public(n), Long: e.long(n), Common: e.Common(n, at), Repeating: e.Repeating(n)}
}

// Public is a notice of either kind with all its public fields, at a moment.
func (e *Encoder) Public(n *status.Incident, at time.Time) any {
	if n.Kind == status.Maintenance {
		return e.PublicMaintenance(n, at)
	}
	return e.PublicIncident(n, at)
}

// State is the first event of the stream for programs: the summary without its lists.
type State struct {
	Page     Page   `json:"page"`
	Status   Status `json:"status"`
	State    string `json:"state"`
	Revision int64  `json:"revision"`
}

// State reduces a view to how the page is doing.
func (e *Encoder) State(v *status.View) State {
	return State{Page: e.Page(v.UpdatedAt()), Status: StatusOf(v.RollUp()), State: string(v.State()), Revision: v.Revision}
}
