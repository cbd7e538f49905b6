package status

import "time"

// DeliveryState is where one message to one subscriber stands.
type DeliveryState string

// The states of a delivery.
const (
	Waiting    DeliveryState = "waiting"   // to be sent at NextAt
	Sending    DeliveryState = "sending"   // claimed by a worker, until the lease ends
	Sent       DeliveryState = "sent"      // the receiver took it
	Failed     DeliveryState = "failed"    // given up
	Withdrawn  DeliveryState = "cancelled" // subscriber left or the entry was undone
	Superseded DeliveryState = "superseded"
)

// DeliveryKind says what the message is.
type DeliveryKind string

// The kinds of message.
const (
	NoticeMessage   DeliveryKind = "notice"
	ConfirmMessage  DeliveryKind = "confirm"
	TestMessage     DeliveryKind = "test"
	DisabledMessage DeliveryKind = "disabled"
	OwnDataMessage  DeliveryKind = "own_data" // the link to what is kept of a subscriber
	CallMessage     DeliveryKind = "call"     // to whoever is on duty, see Call
)

// Delivery is one message to one subscriber, with its attempts.
type Delivery struct {
	ID           string
	Kind         DeliveryKind
	EventID      string
	IncidentID   string
	SubscriberID string
	Channel      Channel
	State        DeliveryState
	Attempts     int
	NextAt       time.Time
	FirstAt      *time.Time // first attempt; the bytes are fixed from then on
	CreatedAt    time.Time
	DoneAt       *time.Time
	// Ambiguous: the connection broke after the final dot; it may have arrived.
	Ambiguous  bool
	Answer     string // the receiver's last answer, or why we gave up
	Redelivery bool   // staff asked for it again
}

var (
	mailWaits    = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour}
	webhookWaits = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
)

// MailPatience is how long a mail is tried.
const MailPatience = 24 * time.Hour

// NextAttempt is when a failed attempt is tried again; false when it is given up.
// spread (0 to 1) is the jitter: ±20 % of the wait.
func (d *Delivery) NextAttempt(now time.Time, retryAfter time.Duration, spread float64) (time.Time, bool) {
	waits := mailWaits
	if d.Channel == Webhook {
		waits = webhookWaits
	}
	n := d.Attempts - 1
	if n >= len(waits) {
		if d.Channel == Webhook || d.FirstAt == nil || now.Sub(*d.FirstAt) >= MailPatience {
			return time.Time{}, false
		}
		n = len(waits) - 1
	}
	wait := time.Duration(float64(waits[max(n, 0)]) * (0.8 + 0.4*spread))
	at := now.Add(max(wait, min(retryAfter, 24*time.Hour)))
	if d.Channel == Email && d.FirstAt != nil && at.Sub(*d.FirstAt) > MailPatience {
		return time.Time{}, false
	}
	return at, true
}

// MayRetry refuses to send again what is under way or nobody's any more, and a mail that
// arrived: people would read it twice.
func (d *Delivery) MayRetry() error {
	switch {
	case d.State == Failed, d.State == Waiting, d.State == Sent && d.Channel == Webhook:
		return nil
	case d.State == Sent:
		return NewFault(CodeConflict, "", "This mail has arrived; it is not sent twice.")
	case d.State == Sending:
		return NewFault(CodeConflict, "", "This message is being sent now.")
	}
	return NewFault(CodeConflict, "", "This message was taken back or replaced by a newer one.")
}
