package status

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Maybe is a field of a request that may be absent, null or a value.
type Maybe[T any] struct {
	Set   bool
	Value *T
}

// UnmarshalJSON notes that the field was there.
func (m *Maybe[T]) UnmarshalJSON(b []byte) error {
	m.Set = true
	return json.Unmarshal(b, &m.Value) //nolint:wrapcheck // a decoder names the place itself
}

// Some is a field that was given.
func Some[T any](v T) Maybe[T] { return Maybe[T]{Set: true, Value: &v} }

// Change is what a request sets on a notice. A nil field leaves things as they are.
// Its JSON names are those of the Manage API, so that form, API and terminal fill
// the same thing.
type Change struct {
	Name           *string          `json:"name"`
	Stage          *Stage           `json:"status"`
	Body           *string          `json:"body"`
	ImpactOverride Maybe[Impact]    `json:"impact_override"`
	Components     map[string]Level `json:"components"`
	ComponentIDs   *[]string        `json:"component_ids"`
	Notify         *bool            `json:"deliver_notifications"`
	Metadata       json.RawMessage  `json:"metadata"`
	Backfilled     *bool            `json:"backfilled"`
	BackfillDate   *time.Time       `json:"backfill_date"`

	ScheduledFor    Maybe[time.Time] `json:"scheduled_for"`
	ScheduledUntil  Maybe[time.Time] `json:"scheduled_until"`
	RemindPrior     *bool            `json:"scheduled_remind_prior"`
	AutoInProgress  *bool            `json:"scheduled_auto_in_progress"`
	AutoCompleted   *bool            `json:"scheduled_auto_completed"`
	AutoTransition  *bool            `json:"scheduled_auto_transition"` // Statuspage's older name of AutoInProgress
	ToMaintenance   *bool            `json:"auto_transition_to_maintenance_state"`
	ToOperational   *bool            `json:"auto_transition_to_operational_state"`
	NotifyAtStart   *bool            `json:"auto_transition_deliver_notifications_at_start"`
	NotifyAtEnd     *bool            `json:"auto_transition_deliver_notifications_at_end"`
	Recurrence      Maybe[string]    `json:"recurrence"`                 // see RepeatRule; null or "" ends the series
	TweetBeginning  *bool            `json:"auto_tweet_at_beginning"`    // read and ignored
	TweetCompletion *bool            `json:"auto_tweet_on_completion"`   // read and ignored
	TweetCreation   *bool            `json:"auto_tweet_on_creation"`     // read and ignored
	TweetHourBefore *bool            `json:"auto_tweet_one_hour_before"` // read and ignored

	Draft                *bool            `json:"draft"`
	Severity             *Severity        `json:"severity"`
	Urgency              *Urgency         `json:"urgency"`
	Category             *Category        `json:"category"`
	Symptom              *Symptom         `json:"symptom"`
	SupportLevel         *int             `json:"support_level"`
	Assignee             *string          `json:"assignee"`
	InternalNote         *string          `json:"internal_note"`
	CustomerImpact       *string          `json:"customer_impact"`
	NotAffected          *string          `json:"not_affected"`
	DetectedAt           Maybe[time.Time] `json:"detected_at"`
	StartedAt            *time.Time       `json:"started_at"`
	AffectedUsers        *AffectedUsers   `json:"affected_users"`
	Workaround           *Workaround      `json:"workaround"`
	ThirdParty           *ThirdParty      `json:"third_party"`
	NextUpdateAt         Maybe[time.Time] `json:"next_update_at"`
	ExpectedResolutionAt Maybe[time.Time] `json:"expected_resolution_at"`
	Resolution           *Resolution      `json:"resolution"`
	Translations         map[string]Texts `json:"translations"`
	Security             *bool            `json:"security"`
	// AskApproval asks a second person to agree to the draft; ApprovalReason is why it is
	// published without one, where there is none.
	AskApproval    *bool   `json:"ask_approval"`
	ApprovalReason *string `json:"approval_reason"`
}

// Texts are a notice's texts in one further language; nil leaves a text alone.
type Texts struct {
	Name           *string `json:"name,omitempty"`
	Body           *string `json:"body,omitempty"` // belongs to the update
	CustomerImpact *string `json:"customer_impact,omitempty"`
	NotAffected    *string `json:"not_affected,omitempty"`
	WorkaroundText *string `json:"workaround_text,omitempty"`
	WhatHappened   *string `json:"what_happened,omitempty"`
	Limits         *string `json:"limits,omitempty"`
	Prevention     *string `json:"prevention,omitempty"`
	CustomerAction *string `json:"customer_action,omitempty"`
}

// fields lists pointers to every text with its API name.
func (t *Texts) fields() map[string]**string {
	return map[string]**string{
		"name": &t.Name, "body": &t.Body, "customer_impact": &t.CustomerImpact, "not_affected": &t.NotAffected,
		"workaround_text": &t.WorkaroundText, "what_happened": &t.WhatHappened, "limits": &t.Limits,
		"prevention": &t.Prevention, "customer_action": &t.CustomerAction,
	}
}

// bodies are the translations of the entry's text; nil when there are none.
func (c *Change) bodies() map[string]string {
	var out map[string]string
	for locale, texts := range c.Translations {
		if body := deref(texts.Body); body != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[locale] = body
		}
	}
	return out
}

// checkBodies refuses a translated body that no entry would hold.
func (c *Change) checkBodies() error {
	for _, locale := range slices.Sorted(maps.Keys(c.Translations)) {
		if body := c.Translations[locale].Body; body != nil && *body != "" && !c.entry() {
			return Invalid("incident.translations."+locale+".body", "This request posts no update; give its text in the field body, too.")
		}
	}
	return nil
}

// entry says whether the request adds an update to the notice.
func (c *Change) entry() bool { return c.Body != nil || c.Stage != nil }
