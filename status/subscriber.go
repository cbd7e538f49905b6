package status

import (
	"slices"
	"time"
)

// Channel is how a subscriber is told.
type Channel string

// The channels.
const (
	Email   Channel = "email"
	Webhook Channel = "webhook"
)

// SubscriberState is where a subscription stands.
type SubscriberState string

// The states: pending until confirmed; ended by its owner; suppressed when the
// address does not exist or complained.
const (
	Pending    SubscriberState = "pending"
	Active     SubscriberState = "active"
	Ended      SubscriberState = "ended"
	Suppressed SubscriberState = "suppressed"
)

// Subscriber is an address or an endpoint with its choices.
type Subscriber struct {
	ID       string
	Channel  Channel
	Address  string // mail address; of a webhook: the contact
	Endpoint string // webhook only
	Format   string // webhook only: statuspage, slack, teams, discord
	State    SubscriberState
	Locale   string
	Scope    Scope
	// Generation rises when links given out before must stop working.
	Generation  int64
	Secrets     []string // webhook signing secrets, newest first (stored encrypted)
	Consent     Consent
	CreatedAt   time.Time
	ConfirmedAt *time.Time
	EndedAt     *time.Time
}

// Scope says what a subscriber wants to hear. Empty lists mean everything.
type Scope struct {
	ComponentIDs    []string   `json:"component_ids,omitempty"`
	GroupIDs        []string   `json:"group_ids,omitempty"` // later members join
	IncidentID      string     `json:"incident_id,omitempty"`
	Kinds           []Kind     `json:"kinds,omitempty"`
	Level           string     `json:"level,omitempty"` // all (default), start_and_end
	MinimumSeverity Severity   `json:"minimum_severity,omitempty"`
	PausedUntil     *time.Time `json:"paused_until,omitempty"`
}

// Consent proves how the subscription came about.
type Consent struct {
	Source      string    `json:"source"` // page, api, import: TEXT
	URL         string    `json:"url,omitempty"`
	TextVersion string    `json:"text_version,omitempty"`
	AskedAt     time.Time `json:"asked_at"`
}

// Covers says whether the scope holds a notice, given the groups of its components.
func (s *Scope) Covers(n *Incident, groupOf map[string]string) bool {
	if s.IncidentID != "" {
		return s.IncidentID == n.ID
	}
	if len(s.Kinds) > 0 && !slices.Contains(s.Kinds, n.Kind) {
		return false
	}
	if n.Kind == Problem && s.MinimumSeverity != "" && n.Severity.Rank() < s.MinimumSeverity.Rank() {
		return false
	}
	if len(s.ComponentIDs) == 0 && len(s.GroupIDs) == 0 {
		return true
	}
	return slices.ContainsFunc(n.ComponentIDs, func(id string) bool { return s.HoldsComponent(id, groupOf) })
}

// HoldsComponent says whether the scope names the component or its group.
func (s *Scope) HoldsComponent(id string, groupOf map[string]string) bool {
	return slices.Contains(s.ComponentIDs, id) || groupOf[id] != "" && slices.Contains(s.GroupIDs, groupOf[id])
}

// Wants says whether this subscriber is to be told of an event. told says whether a
// start of the same notice was told before, so that its end is told too.
func (s *Subscriber) Wants(e Event, n *Incident, groupOf map[string]string, told bool, now time.Time) bool {
	if s.State != Active || !e.Notify || s.Scope.PausedUntil != nil && now.Before(*s.Scope.PausedUntil) {
		return false
	}
	if e.Type == ComponentUpdated {
		return s.wantsComponent(e.ComponentID, groupOf)
	}
	switch {
	case n == nil:
		return false
	case e.Type.Ends() && told:
		return true
	case !s.Scope.Covers(n, groupOf):
		return false
	}
	return s.Scope.Level != "start_and_end" || e.Type.Starts() || e.Type.Ends() || !told
}

// wantsComponent: changes of components are for machines only, never for mail.
func (s *Subscriber) wantsComponent(id string, groupOf map[string]string) bool {
	everything := len(s.Scope.ComponentIDs) == 0 && len(s.Scope.GroupIDs) == 0 && s.Scope.IncidentID == ""
	return s.Channel == Webhook && (everything || s.Scope.HoldsComponent(id, groupOf))
}

// Confirm makes a pending subscription active; a repeated confirmation changes nothing.
func (s *Subscriber) Confirm(now time.Time) error {
	switch s.State {
	case Active:
		return nil
	case Pending:
		s.State, s.ConfirmedAt = Active, &now
		return nil
	}
	return NewFault(CodeNotFound, "", "This subscription has ended; please subscribe again.")
}

// End ends the subscription; ending twice changes nothing.
func (s *Subscriber) End(now time.Time) {
	if s.State == Ended {
		return
	}
	s.State, s.EndedAt = Ended, &now
}

// Check refuses choices that make no sense; components and groups are looked up in site.
func (s *Subscriber) Check(site *Site) error {
	for _, id := range s.Scope.ComponentIDs {
		if err := checkComponent(site, "subscriber.component_ids", id); err != nil {
			return err
		}
	}
	for _, id := range s.Scope.GroupIDs {
		if c := site.Find(id); c == nil || !c.Group {
			return Invalid("subscriber.group_ids", "There is no component group %q on this page.", id)
		}
	}
	for _, k := range s.Scope.Kinds {
		if err := oneOf("subscriber.kinds", k, Problem, Maintenance); err != nil {
			return err
		}
	}
	if err := oneOf("subscriber.level", s.Scope.Level, "", "all", "start_and_end"); err != nil {
		return err
	}
	if err := oneOf("subscriber.minimum_severity", s.Scope.MinimumSeverity, append(Severities(), "")...); err != nil {
		return err
	}
	if !slices.Contains(site.Page.Locales, s.Locale) {
		return Invalid("subscriber.locale", "This page has no language %q.", s.Locale)
	}
	if s.Channel == Webhook {
		if err := checkLink("subscriber.endpoint", s.Endpoint); err != nil {
			return err
		}
		return oneOf("subscriber.format", s.Format, "statuspage", "slack", "teams", "discord")
	}
	return nil
}
