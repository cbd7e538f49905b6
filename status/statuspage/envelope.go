package statuspage

import (
	"bytes"
	"time"

	"allclear/status"
)

// Envelope is the body of every webhook and of every event for programs: Statuspage's
// webhook with our identification of the message.
type Envelope struct {
	Meta            Meta             `json:"meta"`
	Page            EnvelopePage     `json:"page"`
	Incident        any              `json:"incident,omitempty"`
	Component       *MovedComponent  `json:"component,omitempty"`
	ComponentUpdate *ComponentUpdate `json:"component_update,omitempty"`

	ID         string `json:"id"`
	Type       string `json:"type"`
	Revision   int64  `json:"revision"`
	Sequence   int64  `json:"sequence"`
	Timestamp  Stamp  `json:"timestamp"`
	Truncated  bool   `json:"truncated,omitempty"`  // only the newest update is in it
	Redelivery bool   `json:"redelivery,omitempty"` // sent again on request
}

// Meta tells where a message comes from and how to end it.
type Meta struct {
	Unsubscribe   *string `json:"unsubscribe"` // null on the live stream
	Documentation string  `json:"documentation"`
	GeneratedAt   Stamp   `json:"generated_at"`
}

// EnvelopePage is the page's state in a message.
type EnvelopePage struct {
	ID                string `json:"id"`
	StatusIndicator   string `json:"status_indicator"`
	StatusDescription string `json:"status_description"`
}

// MovedComponent is a component as webhooks have it.
type MovedComponent struct {
	Status      string  `json:"status"`
	Name        string  `json:"name"`
	CreatedAt   Stamp   `json:"created_at"`
	UpdatedAt   Stamp   `json:"updated_at"`
	Position    int     `json:"position"`
	Description *string `json:"description"`
	Showcase    bool    `json:"showcase"`
	ID          string  `json:"id"`
	PageID      string  `json:"page_id"`
	GroupID     *string `json:"group_id"`
}

// ComponentUpdate is a component's change of status.
type ComponentUpdate struct {
	OldStatus     string `json:"old_status"`
	NewStatus     string `json:"new_status"`
	CreatedAt     Stamp  `json:"created_at"`
	ComponentType string `json:"component_type"`
	ID            string `json:"id"`
	ComponentID   string `json:"component_id"`
}

// SentUpdate is an entry as webhooks have it.
type SentUpdate struct {
	PublicUpdate
	WantsTwitterUpdate bool   `json:"wants_twitter_update"`
	TwitterUpdatedAt   *Stamp `json:"twitter_updated_at"`
}

// SentIncident is a notice of either kind as webhooks have it, with our public fields.
type SentIncident struct {
	Notice[SentUpdate, Component]
	ReminderIntervals *string `json:"reminder_intervals"`
	Long
	Common
	*Problem   // incidents only
	*Repeating // maintenances only
}

// withdrawn is all that is said of a notice that is public no more.
type withdrawn struct {
	ID     string `json:"id"`
	PageID string `json:"page_id"`
}

// Telling is what an envelope is made of.
type Telling struct {
	Page       *status.Page
	Components []status.Component // visible ones in API order
	// Incident is the notice in its newest state; nil for component events, tests and
	// notices that were withdrawn.
	Incident    *status.Incident
	Event       status.Event
	Links       Links
	Unsubscribe string    // address that ends the subscription; "" on the live stream
	GeneratedAt time.Time // zero: the moment of the event
	Redelivery  bool
}

// Envelope makes the message of an event.
func (t Telling) Envelope() Envelope {
	e := NewEncoder(t.Page, t.Components, t.Links)
	roll := status.RollUp(t.Components)
	generated := t.GeneratedAt
	if generated.IsZero() {
		generated = t.Event.At
	}
	out := Envelope{
		Meta: Meta{Unsubscribe: set(t.Unsubscribe), Documentation: t.Links.Base + "/feeds", GeneratedAt: e.Stamp(generated)},
		Page: EnvelopePage{ID: t.Page.ID, StatusIndicator: roll.Indicator, StatusDescription: roll.Description},
		ID:   t.Event.ID, Type: string(t.Event.Type), Revision: t.Event.Revision, Sequence: t.Event.Sequence,
		Timestamp: e.Stamp(t.Event.At), Redelivery: t.Redelivery,
	}
	switch {
	case t.Event.ComponentID != "":
		out.Component, out.ComponentUpdate = e.moved(t.Event)
	case t.Incident != nil:
		out.Incident = e.sent(t.Incident, t.Event.At)
	case t.Event.IncidentID != "":
		out.Incident = withdrawn{ID: t.Event.IncidentID, PageID: t.Page.ID}
	}
	return out
}

// moved tells of a component that changed its status. The event says what it was and
// became; the object is as it is now, and left out when it is gone.
func (e *Encoder) moved(event status.Event) (*MovedComponent, *ComponentUpdate) {
	update := &ComponentUpdate{
		OldStatus: string(event.OldLevel), NewStatus: string(event.NewLevel), CreatedAt: e.Stamp(event.At),
		ComponentType: "Component", ID: event.ID, ComponentID: event.ComponentID,
	}
	i, ok := e.byID[event.ComponentID]
	if !ok {
		return nil, update
	}
	c := e.Component(&e.components[i])
	return &MovedComponent{
		Status: c.Status, Name: c.Name, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Position: c.Position,
		Description: c.Description, Showcase: c.Showcase, ID: c.ID, PageID: c.PageID, GroupID: c.GroupID,
	}, update
}

// sent is a notice in Statuspage's words: a cancelled maintenance is completed, and what
// was taken back is not there.
func (e *Encoder) sent(n *status.Incident, at time.Time) SentIncident {
	updates := []SentUpdate{}
	for i := range n.Updates {
		if u := &n.Updates[i]; !u.Deleted {
			shape := e.PublicUpdate(u)
			shape.Status = stageOf(u.Stage)
			updates = append(updates, SentUpdate{PublicUpdate: shape})
		}
	}
	out := SentIncident{
		Notice: notice(e, n, stageOf(n.Stage), updates, e.componentsOf(n)), ReminderIntervals: n.ReminderIntervals,
		Long: e.long(n), Common: e.Common(n, at),
	}
	if n.Kind == status.Problem {
		p := e.Problem(n)
		out.Problem = &p
	} else {
		r := e.Repeating(n)
		out.Repeating = &r
	}
	return out
}

// MaxEvent is the largest envelope that the live stream carries whole, in bytes.
const MaxEvent = 16 << 10

// EventJSON is the envelope as the live stream carries it: when it is too large, only the
// newest update stays in it.
func (t Telling) EventJSON() ([]byte, error) {
	envelope := t.Envelope()
	body, err := JSON(envelope)
	incident, ok := envelope.Incident.(SentIncident)
	if err != nil || len(body) <= MaxEvent || !ok {
		return body, err
	}
	incident.Updates = incident.Updates[:min(1, len(incident.Updates))]
	envelope.Incident, envelope.Truncated = incident, true
	return JSON(envelope)
}

// Redelivered marks the body of a webhook that is sent again on request. Everything else
// in it stays as it was.
func Redelivered(body []byte) []byte {
	inner, ok := bytes.CutPrefix(body, []byte("{"))
	if !ok {
		return body
	}
	return append([]byte(`{"redelivery":true,`), inner...)
}
