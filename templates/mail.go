package templates

import "time"

// Letter is what every mail knows of its sender and reader.
//
// ManageURL and UnsubscribeURL may hold a fixed token that the caller replaces
// per recipient after rendering: as long as they consist of letters, digits and
// the characters "-._/:" they come out byte for byte in both parts.
type Letter struct {
	Locale         string
	DefaultLocale  string
	Zone           string
	PageName       string
	Organisation   string
	ManageURL      string // absolute
	UnsubscribeURL string // absolute
}

// Message is a rendered mail.
type Message struct {
	Subject string
	Text    string
	HTML    string
}

// Events of a notice that word its mail.
const (
	EventCreated  = "created"
	EventUpdated  = "updated"
	EventReopened = "reopened"
	EventReminder = "reminder"
)

// NoticeMail tells a subscriber what a notice says now.
type NoticeMail struct {
	Letter
	Notice Notice
	Event  string // one of the Event constants; the stage words the rest
}

// ConfirmMail asks the owner of an address to confirm. It carries nothing that
// a visitor typed.
type ConfirmMail struct {
	Letter
	ConfirmURL string // absolute
	ValidDays  int
}

// WebhookMail tells the owner of a webhook that it was switched off.
type WebhookMail struct {
	Letter
	Endpoint string // the webhook's address
	Since    time.Time
	LastFail string // one sentence about the last failure; may be empty
}

// OwnDataMail leads a subscriber to what is kept about the subscription.
type OwnDataMail struct {
	Letter
	URL        string // absolute
	ValidHours int
}
