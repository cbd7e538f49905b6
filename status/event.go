package status

import "time"

// EventType names what happened, as every channel spells it.
type EventType string

// The events.
const (
	IncidentCreated      EventType = "incident.created"
	IncidentUpdated      EventType = "incident.updated"
	IncidentResolved     EventType = "incident.resolved"
	IncidentReopened     EventType = "incident.reopened"
	IncidentWithdrawn    EventType = "incident.withdrawn" // live stream only
	MaintenanceScheduled EventType = "maintenance.scheduled"
	MaintenanceUpdated   EventType = "maintenance.updated"
	MaintenanceReminder  EventType = "maintenance.reminder"
	MaintenanceStarted   EventType = "maintenance.started"
	MaintenanceCompleted EventType = "maintenance.completed"
	MaintenanceCancelled EventType = "maintenance.cancelled"
	MaintenanceWithdrawn EventType = "maintenance.withdrawn" // live stream only
	ComponentUpdated     EventType = "component.updated"
	SubscriptionTest     EventType = "subscription.test"
)

// Event asks that something be told. It is a row written in the transaction of the
// change itself; what is told is rendered later, from the newest state.
type Event struct {
	ID       string    `json:"id"`
	Type     EventType `json:"type"`
	At       time.Time `json:"at"`
	Revision int64     `json:"revision"` // given by the store

	IncidentID string `json:"incident_id,omitempty"`
	UpdateID   string `json:"update_id,omitempty"`
	// Sequence rises with every event of one incident.
	Sequence int64 `json:"sequence,omitempty"`

	ComponentID string `json:"component_id,omitempty"`
	OldLevel    Level  `json:"old_status,omitempty"`
	NewLevel    Level  `json:"new_status,omitempty"`

	// Notify: mail and webhooks are told. The live stream hears every event.
	Notify bool `json:"notify"`
}

// Starts says whether a subscriber who wants only start and end hears this as start.
func (t EventType) Starts() bool {
	switch t {
	case IncidentCreated, IncidentReopened, MaintenanceScheduled:
		return true
	}
	return false
}

// Ends says whether this event closes its notice.
func (t EventType) Ends() bool {
	switch t {
	case IncidentResolved, MaintenanceCompleted, MaintenanceCancelled:
		return true
	}
	return false
}
