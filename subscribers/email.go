package subscribers

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/wneessen/go-mail"

	"allclear/status"
)

// mail makes the bytes of one person's mail. Everything in them follows from the letter,
// the delivery and the subscriber, so a repeated attempt sends the same bytes.
func (e *Engine) mail(l *letter, d *status.Delivery, sub *status.Subscriber) (Parcel, error) {
	own := e.personal(d, sub)
	recipient := e.keys.hash("recipient", sub.Address)[:16]
	what := l.Update
	if what == "" {
		what = d.ID
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP), mail.WithBoundary("part-"+d.ID+"-"+recipient))
	m.FromMailAddress(&e.from)
	if err := m.To(sub.Address); err != nil {
		return Parcel{}, fmt.Errorf("address a mail: %w", err)
	}
	if e.replyTo != "" {
		if err := m.ReplyTo(e.replyTo); err != nil {
			return Parcel{}, fmt.Errorf("address the reply: %w", err)
		}
	}
	id := what + "." + recipient + "@" + e.mailDomain()
	m.SetMessageIDWithValue(id)
	m.SetDateWithValue(firstAt(d).UTC())
	m.Subject(l.Subject)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if l.Incident != "" {
		e.listHeaders(m, own, l.Incident+"."+recipient+"@"+e.mailDomain())
	}
	m.SetBodyString(mail.TypeTextPlain, own.Replace(l.Text))
	m.AddAlternativeString(mail.TypeTextHTML, own.Replace(l.HTML))
	var body bytes.Buffer
	if _, err := m.WriteTo(&body); err != nil {
		return Parcel{}, fmt.Errorf("compose a mail: %w", err)
	}
	return Parcel{ID: id, From: e.from.Address, To: sub.Address, Body: body.Bytes(), At: firstAt(d)}, nil
}

// listHeaders belong to what somebody subscribed to: the thread of its notice, and how
// to leave. A confirmation has none.
func (e *Engine) listHeaders(m *mail.Msg, own *strings.Replacer, root string) {
	host := e.host()
	m.SetGenHeader("In-Reply-To", "<"+root+">")
	m.SetGenHeader("References", "<"+root+">")
	m.SetGenHeader("List-Id", "<"+host+">")
	m.SetGenHeader("List-Unsubscribe", "<"+own.Replace(e.base+"/subscriptions/"+unsubscribeMark+"/unsubscribe")+">")
	m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	m.SetGenHeader("Feedback-ID", "notice:"+host)
}

// mailDomain is the sender's domain: it stands in every Message-ID.
func (e *Engine) mailDomain() string {
	_, domain, _ := strings.Cut(e.from.Address, "@")
	return domain
}

func (e *Engine) host() string {
	u, err := url.Parse(e.base)
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return u.Hostname()
}
