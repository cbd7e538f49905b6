package subscribers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/templates"
)

// letter is what a message says to everybody who gets it in one language or format. It
// is stored: from the first attempt on it does not change. Marks stand where a link of
// one's own belongs; links are never stored.
type letter struct {
	Update   string `json:"update,omitempty"`   // newest entry in it
	Incident string `json:"incident,omitempty"` // the thread it belongs to
	Subject  string `json:"subject,omitempty"`
	Text     string `json:"text,omitempty"`
	HTML     string `json:"html,omitempty"`
	Body     string `json:"body,omitempty"` // webhook
}

// Marks for the signed part of links.
const (
	confirmMark     = "x0-confirm-0x"
	manageMark      = "x0-manage-0x"
	unsubscribeMark = "x0-unsubscribe-0x"
	ownDataMark     = "x0-own-data-0x"
)

// write renders the message of a delivery from the newest state.
func (e *Engine) write(ctx context.Context, v *status.View, d *status.Delivery, sub *status.Subscriber) ([]byte, error) {
	var l letter
	var err error
	switch {
	case d.Kind == status.ConfirmMessage:
		err = l.fill(e.pages.ConfirmMail(templates.ConfirmMail{
			Letter: e.head(&v.Page, sub.Locale, false), ValidDays: int(ConfirmFor / (24 * time.Hour)),
			ConfirmURL: e.base + path(&v.Page, sub.Locale, confirmMark, "/confirm"),
		}))
	case d.Kind == status.DisabledMessage:
		err = e.disabled(ctx, &l, v, sub)
	case d.Kind == status.OwnDataMessage:
		err = l.fill(e.pages.OwnDataMail(templates.OwnDataMail{
			Letter: e.head(&v.Page, sub.Locale, false), ValidHours: int(OwnDataFor / time.Hour),
			URL: e.base + path(&v.Page, sub.Locale, ownDataMark, "/data"),
		}))
	case len(v.Events) == 0:
		err = fmt.Errorf("no event belongs to the message %s", d.ID)
	case d.Channel == status.Webhook:
		l.Body, err = e.envelope(v, sub.Locale)
	default:
		err = e.notice(&l, v, d, sub.Locale)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(l)
}

func (l *letter) fill(m templates.Message, err error) error {
	l.Subject, l.Text, l.HTML = literal(m.Subject), m.Text, m.HTML
	return err
}

// literal keeps mail programs from decoding a title that looks like an encoded word
// (RFC 2047): what staff typed is what is shown. A title with other than ASCII characters
// is encoded as a whole anyway.
func literal(subject string) string {
	for _, r := range subject {
		if r > unicode.MaxASCII {
			return subject
		}
	}
	return strings.ReplaceAll(subject, "=?", "= ?")
}

// disabled tells the owner of a webhook that it was switched off. To switch it on again
// is to ask for it again.
func (e *Engine) disabled(ctx context.Context, l *letter, v *status.View, sub *status.Subscriber) error {
	since, last, err := e.store.Failure(ctx, sub.ID)
	if err != nil {
		return err
	}
	m := templates.WebhookMail{Letter: e.head(&v.Page, sub.Locale, false), Endpoint: sub.Endpoint, Since: since, LastFail: last}
	m.ManageURL = e.base + prefix(&v.Page, sub.Locale) + "/subscribe"
	return l.fill(e.pages.WebhookMail(m))
}

// notice tells what a notice says now.
func (e *Engine) notice(l *letter, v *status.View, d *status.Delivery, locale string) error {
	n := v.Incident(d.IncidentID)
	if n == nil {
		return status.NotFound("notice", d.IncidentID)
	}
	l.Incident, l.Update = n.ID, v.Events[0].ID
	if u := n.Newest(); u != nil && v.Events[0].Type != status.MaintenanceReminder { // it has no entry: the announcement's id is taken
		l.Update = u.ID
	}
	return l.fill(e.pages.NoticeMail(templates.NoticeMail{
		Letter: e.head(&v.Page, locale, true), Event: wordOf(v.Events[0].Type),
		Notice: templates.NoticeOf(n, &v.Page, locale, v.Component, v.At),
	}))
}

func wordOf(t status.EventType) string {
	switch t {
	case status.IncidentCreated, status.MaintenanceScheduled:
		return templates.EventCreated
	case status.IncidentReopened:
		return templates.EventReopened
	case status.MaintenanceReminder:
		return templates.EventReminder
	}
	return templates.EventUpdated
}

// envelope is the body of a webhook.
func (e *Engine) envelope(v *status.View, locale string) (string, error) {
	return Envelope(v, e.base, e.base+path(&v.Page, locale, unsubscribeMark, "/unsubscribe"))
}

// Envelope is the body of a webhook that tells the first event of a view; unsubscribe is
// the recipient's own link.
func Envelope(v *status.View, base, unsubscribe string) (string, error) {
	event := v.Events[0]
	t := statuspage.Telling{
		Page: &v.Page, Components: v.Components, Event: event, Links: statuspage.Links{Base: base}, GeneratedAt: v.At,
		Unsubscribe: unsubscribe,
	}
	if event.IncidentID != "" {
		if t.Incident = v.Incident(event.IncidentID); t.Incident == nil {
			return "", status.NotFound("notice", event.IncidentID)
		}
	}
	body, err := statuspage.JSON(t.Envelope())
	return string(body), err
}

// head is what every mail knows; only subscribers have something to manage.
func (e *Engine) head(p *status.Page, locale string, subscribed bool) templates.Letter {
	l := templates.Letter{
		Locale: locale, DefaultLocale: p.DefaultLocale, Zone: p.TimeZone, PageName: p.Name, Organisation: p.Organization,
	}
	if subscribed {
		l.ManageURL = e.base + path(p, locale, manageMark, "")
		l.UnsubscribeURL = e.base + path(p, locale, unsubscribeMark, "/unsubscribe")
	}
	return l
}

// personal puts the recipient's own links in.
func (e *Engine) personal(d *status.Delivery, sub *status.Subscriber) *strings.Replacer {
	token := func(p Purpose, expires time.Time) string {
		return e.keys.Token(Claim{Purpose: p, Subscriber: sub.ID, Generation: sub.Generation, Expires: expires})
	}
	return strings.NewReplacer(
		confirmMark, token(ForConfirm, d.CreatedAt.Add(ConfirmFor)),
		manageMark, token(ForManage, time.Time{}),
		unsubscribeMark, token(ForUnsubscribe, time.Time{}),
		ownDataMark, token(ForOwnData, d.CreatedAt.Add(OwnDataFor)),
	)
}
