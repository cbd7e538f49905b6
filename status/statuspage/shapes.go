package statuspage

import (
	"bytes"
	"encoding/json"
)

// Stamp is a moment as the API spells it: RFC 3339 with three fraction digits.
type Stamp string

// Page is the page's identity.
type Page struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	URL       string `json:"url"`
	TimeZone  string `json:"time_zone"`
	UpdatedAt Stamp  `json:"updated_at"`
}

// Status is the roll-up of the page.
type Status struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

// Component is a component or a group of them.
type Component struct {
	ID                 string  `json:"id"`
	Name               string  `json:"name"`
	Status             string  `json:"status"`
	CreatedAt          Stamp   `json:"created_at"`
	UpdatedAt          Stamp   `json:"updated_at"`
	Position           int     `json:"position"`
	Description        *string `json:"description"`
	Showcase           bool    `json:"showcase"`
	StartDate          *string `json:"start_date"`
	GroupID            *string `json:"group_id"`
	PageID             string  `json:"page_id"`
	Group              bool    `json:"group"`
	OnlyShowIfDegraded bool    `json:"only_show_if_degraded"`
	// Components are the ids of a group's children; other components lack the key.
	Components *[]string `json:"components,omitempty"`
}

// Notice holds the keys that incidents and maintenances share; U is the shape of an
// update, C that of a component.
type Notice[U, C any] struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Status       string `json:"status"`
	CreatedAt    Stamp  `json:"created_at"`
	UpdatedAt    Stamp  `json:"updated_at"`
	MonitoringAt *Stamp `json:"monitoring_at"`
	ResolvedAt   *Stamp `json:"resolved_at"`
	Impact       string `json:"impact"`
	Shortlink    string `json:"shortlink"`
	StartedAt    Stamp  `json:"started_at"`
	PageID       string `json:"page_id"`
	Updates      []U    `json:"incident_updates"`
	Components   []C    `json:"components"`
}

// Incident is an unplanned problem.
type Incident struct {
	Notice[Update, Component]
	ReminderIntervals *string `json:"reminder_intervals"`
}

// Maintenance is a planned window.
type Maintenance struct {
	Notice[Update, Component]
	Window
}

// Window is when a maintenance is planned.
type Window struct {
	ScheduledFor   *Stamp `json:"scheduled_for"`
	ScheduledUntil *Stamp `json:"scheduled_until"`
}

// Update is one dated entry of a notice.
type Update struct {
	ID                   string     `json:"id"`
	Status               string     `json:"status"`
	Body                 string     `json:"body"`
	IncidentID           string     `json:"incident_id"`
	CreatedAt            Stamp      `json:"created_at"`
	UpdatedAt            Stamp      `json:"updated_at"`
	DisplayAt            Stamp      `json:"display_at"`
	AffectedComponents   []Affected `json:"affected_components"`
	DeliverNotifications bool       `json:"deliver_notifications"`
	CustomTweet          *string    `json:"custom_tweet"`
	TweetID              *int64     `json:"tweet_id"`
}

// Affected is what an update says about a component. Old pages have entries that
// consist of a name alone.
type Affected struct {
	Code      string `json:"code,omitempty"`
	Name      string `json:"name"`
	OldStatus string `json:"old_status,omitempty"`
	NewStatus string `json:"new_status,omitempty"`
}

// Long are the keys that a notice has when it stands alone: in /incidents/ID.json and
// in webhooks.
type Long struct {
	PostmortemBody                *string `json:"postmortem_body"`
	PostmortemBodyLastUpdatedAt   *Stamp  `json:"postmortem_body_last_updated_at"`
	PostmortemIgnored             bool    `json:"postmortem_ignored"`
	PostmortemNotifiedSubscribers bool    `json:"postmortem_notified_subscribers"`
	PostmortemNotifiedTwitter     bool    `json:"postmortem_notified_twitter"`
	PostmortemPublishedAt         *Stamp  `json:"postmortem_published_at"`
	Backfilled                    bool    `json:"backfilled"`
	ImpactOverride                *string `json:"impact_override"`
	Window
	ScheduledAutoInProgress bool   `json:"scheduled_auto_in_progress"`
	ScheduledAutoCompleted  bool   `json:"scheduled_auto_completed"`
	ScheduledRemindPrior    bool   `json:"scheduled_remind_prior"`
	ScheduledRemindedAt     *Stamp `json:"scheduled_reminded_at"`
}

// LongIncident is a notice of either kind standing alone.
type LongIncident struct {
	Notice[Update, Component]
	ReminderIntervals *string `json:"reminder_intervals"`
	Long
}

// Summary is /api/v2/summary.json.
type Summary struct {
	Page                  Page          `json:"page"`
	Components            []Component   `json:"components"`
	Incidents             []Incident    `json:"incidents"`
	ScheduledMaintenances []Maintenance `json:"scheduled_maintenances"`
	Status                Status        `json:"status"`
}

// ComponentList is /api/v2/components.json.
type ComponentList struct {
	Page       Page        `json:"page"`
	Components []Component `json:"components"`
}

// IncidentList is /api/v2/incidents.json and incidents/unresolved.json.
type IncidentList struct {
	Page      Page       `json:"page"`
	Incidents []Incident `json:"incidents"`
}

// MaintenanceList is /api/v2/scheduled-maintenances.json and its selections.
type MaintenanceList struct {
	Page                  Page          `json:"page"`
	ScheduledMaintenances []Maintenance `json:"scheduled_maintenances"`
}

// JSON encodes a shape compactly and without HTML escapes.
func JSON(shape any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(shape); err != nil {
		return nil, err //nolint:wrapcheck // the caller knows which object it was
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
