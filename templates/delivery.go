package templates

import (
	"time"

	"allclear/status"
)

// Progress is how far the newest messages about a notice have come.
type Progress struct {
	status.Telling
	Tally    status.Tally  // over all channels
	Expected int           // recipients, estimated while they are being listed
	Left     time.Duration // until all of them have left; 0 = not measured
	Path     string        // of the delivery view
}

// Max is the end of the bar.
func (p Progress) Max() int {
	if p.Listing {
		return max(p.Tally.Total(), p.Expected, 1)
	}
	return max(p.Tally.Total(), 1)
}

// Value is how far the bar is.
func (p Progress) Value() int {
	if p.Finished() {
		return p.Max()
	}
	return p.Tally.Over()
}

// Quarter is the last quarter that was reached, in percent.
func (p Progress) Quarter() int { return status.Quarter(p.Value(), p.Max()) }

// Troubled says whether too much failed.
func (p Progress) Troubled() bool { return p.Tally.Troubled() }

// told says how far messages have come: "1,020 of 1,284 sent, 9 failed, 255 waiting,
// about 40 s left".
func (v *Voice) told(p Progress) string {
	n := p.Tally
	switch {
	case !p.Held.IsZero():
		return v.T("admin.told.held", "n", p.Expected)
	case p.Listing && n.Total() == 0:
		return v.T("admin.told.listing")
	case n.Total() == 0:
		return v.T("admin.told.nobody")
	}
	text := v.T("admin.told.sent", "n", n.Sent, "all", p.Max())
	if p.Listing {
		text = v.T("admin.told.sent_so_far", "n", n.Sent, "all", p.Max())
	}
	if n.Failed > 0 {
		text += ", " + v.T("admin.told.failed", "n", n.Failed)
	}
	if n.Open() > 0 {
		text += ", " + v.T("admin.told.waiting", "n", n.Open())
	}
	if p.Left > 0 && n.Open() > p.Later {
		text += ", " + v.T("admin.told.left", "time", v.roughly(p.Left))
	}
	if p.Later > 0 {
		text += "; " + v.T("admin.told.later", "n", p.Later, "time", v.Clock(p.Next))
	}
	return text
}

// Announcement is what is said aloud when another quarter is reached.
func (v *Voice) Announcement(p Progress) string {
	return v.T("admin.told.quarter", "share", percent(p.Quarter()), "what", v.told(p))
}

// Told says how far messages have come.
func (v *Voice) Told(p Progress) string { return v.told(p) }

// roughly says a short time in seconds, a longer one in minutes.
func (v *Voice) roughly(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	switch {
	case seconds < 10:
		return v.T("duration.seconds", "n", max(seconds, 1))
	case seconds < 90:
		return v.T("duration.seconds", "n", (seconds+2)/5*5)
	}
	return v.Duration(d)
}

// Delivered is one row of a table that counts messages.
type Delivered struct {
	Key  string // of the message that names the row; "" = Name does
	Name string
	Path string // where the row leads
	Here bool   // it is the one that is shown
	At   time.Time
	status.Tally
}

// StateChoice is a filter of the list of messages.
type StateChoice struct {
	Key  string
	N    int
	Path string
	Here bool
}

// MessageRow is one message in the list.
type MessageRow struct {
	status.Delivery
	To     string // as the account may see it
	Ended  bool   // the subscription is over
	Reason status.Reason
	Code   string // of the server's answer
	Path   string // of the message's page
	Retry  string // label of the button; "" when it cannot be sent again
}

// Waits says whether there is a next attempt to name.
func (r MessageRow) Waits(now time.Time) bool {
	return r.State == status.Waiting && r.NextAt.After(now)
}

// DeliveriesPage shows who was told of a notice, and who was not.
type DeliveriesPage struct {
	Office
	Notice   *status.Incident
	Back     string
	Path     string
	Events   string    // address of the event stream; "" when there is nothing to follow
	Progress *Progress // nil: nobody was to be told
	Updates  []Delivered
	Channels []Delivered
	Domains  []Delivered
	Count    string // address that counts the domains, when that takes long
	States   []StateChoice
	Messages []MessageRow
	More     string
	CSV      string
	Event    string // whose messages are listed
	Failed   int    // of them
}

// MessagePage shows one message with its attempts and, of a webhook, what it says.
type MessagePage struct {
	Office
	Notice  *status.Incident
	Home    string // the notice's page
	Back    string
	Row     MessageRow
	Payload string
}

func (DeliveriesPage) file() string { return "deliveries" }
func (MessagePage) file() string    { return "message" }
