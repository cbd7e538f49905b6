package manage

import (
	"net/http"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/store"
)

// deliveryShape is one message to one subscriber. In full the recipient is for admins:
// an address is its owner's own matter, an endpoint may hold a secret.
type deliveryShape struct {
	ID             string               `json:"id"`
	IncidentID     string               `json:"incident_id"`
	EventID        string               `json:"event_id"`
	SubscriberID   string               `json:"subscriber_id"`
	Channel        status.Channel       `json:"channel"`
	Recipient      string               `json:"recipient"`
	State          status.DeliveryState `json:"state"`
	Attempts       int                  `json:"attempts"`
	CreatedAt      statuspage.Stamp     `json:"created_at"`
	FirstAttemptAt *statuspage.Stamp    `json:"first_attempt_at"`
	NextAttemptAt  *statuspage.Stamp    `json:"next_attempt_at"`
	DoneAt         *statuspage.Stamp    `json:"done_at"`
	Reason         *status.Reason       `json:"reason"` // why it did not arrive, in one word
	Code           *string              `json:"code"`   // of the server's answer
	Answer         string               `json:"answer"`
	Ambiguous      bool                 `json:"ambiguous"`
	Redelivery     bool                 `json:"redelivery"`
}

// countsShape counts messages by state.
type countsShape struct {
	Total      int `json:"total"`
	Waiting    int `json:"waiting"`
	Sending    int `json:"sending"`
	Sent       int `json:"sent"`
	Failed     int `json:"failed"`
	Cancelled  int `json:"cancelled"`
	Superseded int `json:"superseded"`
}

func counts(t status.Tally) countsShape {
	return countsShape{t.Total(), t.Waiting, t.Sending, t.Sent, t.Failed, t.Cancelled, t.Superseded}
}

// tellingShape is how far one event of the notice was told.
type tellingShape struct {
	EventID   string                         `json:"event_id"`
	UpdateID  string                         `json:"incident_update_id"`
	Type      status.EventType               `json:"type"`
	At        statuspage.Stamp               `json:"at"`
	HeldUntil *statuspage.Stamp              `json:"held_until"`
	Finished  bool                           `json:"finished"`
	Counts    map[status.Channel]countsShape `json:"counts"`
}

// deliveriesShape answers who was told of a notice.
type deliveriesShape struct {
	Counts     countsShape     `json:"counts"`
	Events     []tellingShape  `json:"events"` // newest first
	Deliveries []deliveryShape `json:"deliveries"`
	Next       *string         `json:"next"` // for the parameter after
}

// mostDeliveries is the largest page of them.
const mostDeliveries = 1000

// listDeliveries counts the messages of a notice and lists them, failed ones first.
func listDeliveries(x *call) error {
	f, err := x.deliveryFilter()
	if err != nil {
		return err
	}
	if _, err := x.desk.Store.Incident(x.ctx(), f.Incident); err != nil {
		return err
	}
	tellings, err := x.desk.Store.Tellings(x.ctx(), f.Incident)
	if err != nil {
		return err
	}
	list, next, err := x.desk.Store.Messages(x.ctx(), f)
	if err != nil {
		return err
	}
	s := x.shaper(&x.site)
	out := deliveriesShape{Events: []tellingShape{}, Deliveries: []deliveryShape{}}
	var sum status.Tally
	for i := range tellings {
		out.Events = append(out.Events, s.telling(&tellings[i]))
		sum = sum.Plus(tellings[i].All())
	}
	out.Counts = counts(sum)
	for i := range list {
		out.Deliveries = append(out.Deliveries, s.delivery(&list[i]))
	}
	if next != "" {
		out.Next = &next
	}
	return x.json(http.StatusOK, out)
}

// deliveryFilter reads the query.
func (x *call) deliveryFilter() (store.MessageFilter, error) {
	f := store.MessageFilter{Incident: x.c.QueryParam("incident_id"), State: status.DeliveryState(x.c.QueryParam("state")), After: x.c.QueryParam("after")}
	if !status.ValidID(f.Incident) {
		return f, status.Invalid("incident_id", "Name the incident or maintenance in incident_id.")
	}
	switch f.State {
	case "", status.Waiting, status.Sending, status.Sent, status.Failed, status.Withdrawn, status.Superseded:
	default:
		return f, status.Invalid("state", "%q is no state; use waiting, sending, sent, failed, cancelled or superseded.", shorten(string(f.State)))
	}
	limit, err := x.number("limit", 100)
	f.Limit = min(limit, mostDeliveries)
	return f, err
}

func getDelivery(x *call) error {
	id, err := x.id("delivery")
	if err != nil {
		return err
	}
	return x.ok(x.showDelivery(id))
}

func (x *call) showDelivery(id string) (any, error) {
	m, err := x.desk.Store.Message(x.ctx(), "", id)
	if err != nil {
		return nil, err
	}
	return x.shaper(&x.site).delivery(&m), nil
}

// retryDelivery lets a message leave now. It is no revision: the page stays as it is.
func retryDelivery(x *call) error {
	id, err := x.id("delivery")
	if err != nil {
		return err
	}
	return x.repeatable(http.StatusOK, func(by store.By) ([]byte, error) {
		m, err := x.desk.Store.RetryMessage(x.ctx(), by, "", id)
		if err != nil {
			return nil, err
		}
		x.desk.Wake()
		return statuspage.JSON(x.shaper(&x.site).delivery(&m))
	})
}

func (s shaper) stampOf(t *time.Time) *statuspage.Stamp {
	if t == nil {
		return nil
	}
	stamp := s.Stamp(*t)
	return &stamp
}

func (s shaper) telling(t *status.Telling) tellingShape {
	out := tellingShape{EventID: t.EventID, UpdateID: t.UpdateID, Type: t.Type, At: s.Stamp(t.At), Finished: t.Finished(), Counts: map[status.Channel]countsShape{}}
	if !t.Held.IsZero() {
		out.HeldUntil = s.stampOf(&t.Held)
	}
	for channel, tally := range t.Channels {
		out.Counts[channel] = counts(tally)
	}
	return out
}

func (s shaper) delivery(m *store.Message) deliveryShape {
	out := deliveryShape{
		ID: m.ID, IncidentID: m.IncidentID, EventID: m.EventID, SubscriberID: m.SubscriberID, Channel: m.Channel, State: m.State,
		Attempts: m.Attempts, CreatedAt: s.Stamp(m.CreatedAt), FirstAttemptAt: s.stampOf(m.FirstAt), DoneAt: s.stampOf(m.DoneAt),
		Answer: m.Answer, Ambiguous: m.Ambiguous, Redelivery: m.Redelivery, Recipient: m.Recipient(s.call.token.Role.May(status.Admin)),
	}
	if m.State == status.Waiting {
		out.NextAttemptAt = s.stampOf(&m.NextAt)
	}
	if m.State != status.Sent && m.Answer != "" {
		why, code := status.ReasonOf(m.Channel, m.Answer)
		out.Reason = &why
		if code != "" {
			out.Code = &code
		}
	}
	return out
}
