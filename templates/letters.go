package templates

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// subjectLimit is how long the part of a subject before the page's name may be.
const subjectLimit = 60

// Subject is the subject of a notice mail: the stage first, because lock screens
// cut after about forty characters.
func (s *Set) Subject(m NoticeMail) string {
	v := s.Voice(m.Locale, m.Zone)
	word := v.subjectWord(m)
	room := max(subjectLimit-len([]rune(word))-2, 12)
	title := shorten(oneLine(m.Notice.Title), room)
	return v.T("subject.form", "word", word, "title", title, "page", oneLine(m.PageName))
}

// subjectWord is what a mail announces.
func (v *Voice) subjectWord(m NoticeMail) string {
	n := m.Notice
	switch {
	case m.reminds():
		return v.T("subject.reminder", "window", v.window(n))
	case n.Maintenance() && n.Stage == "scheduled":
		return v.T("subject.maintenance", "window", v.window(n))
	case n.Maintenance():
		return v.T("subject.maintenance_stage", "stage", v.StageLabel(n.Stage))
	case m.Event == EventReopened:
		return v.T("subject.reopened")
	case n.Stage == "investigating" && m.Event == EventCreated:
		return v.T("subject.created")
	case n.Stage == "investigating":
		return v.T("subject.updated")
	}
	return v.StageLabel(n.Stage)
}

// reminds says whether the mail reminds of a window. Once that has begun, the mail says so.
func (m NoticeMail) reminds() bool {
	return m.Event == EventReminder && m.Notice.Maintenance() && m.Notice.Stage == "scheduled"
}

// window is a maintenance window in as few characters as a subject has room for.
func (v *Voice) window(n Notice) string {
	from, to := n.From.In(v.zone), n.To.In(v.zone)
	return v.pattern("format.window", map[string]string{
		"day": v.pattern("format.day_short", v.dateValues(from)), "t": from.Format("15:04"), "t2": to.Format("15:04"),
	})
}

// oneLine keeps a header to one line: a line break in it would start another header.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(visible, s)), " ")
}

// letterModel is what a mail template sees.
type letterModel struct {
	Letter
	Notice    Notice
	Subject   string
	Preheader string
	URL       string // absolute address of what the mail is about
	Direction string
	Days      int // or hours: how long the link works
	Endpoint  string
	Since     time.Time
	LastFail  string

	Lead, Do string // message keys: why the mail is sent, what to do
	Priority string
	Resolve  bool
	Reminder bool // of a maintenance
}

// NoticeMail renders a mail about a notice.
func (s *Set) NoticeMail(m NoticeMail) (Message, error) {
	v := s.Voice(m.Locale, m.Zone)
	return v.mail("notice", letterModel{
		Letter: m.Letter, Notice: m.Notice, Subject: s.Subject(m), Preheader: v.preheader(m.Notice), Reminder: m.reminds(),
		URL: s.base + localePrefix(m.Locale, m.DefaultLocale) + m.Notice.Path(),
	})
}

// ConfirmMail renders the mail that asks to confirm a subscription.
func (s *Set) ConfirmMail(m ConfirmMail) (Message, error) {
	v := s.Voice(m.Locale, m.Zone)
	m.ManageURL, m.UnsubscribeURL = "", "" // nothing is subscribed yet
	return v.mail("confirm", letterModel{
		Letter: m.Letter, URL: m.ConfirmURL, Days: m.ValidDays,
		Subject:   v.T("mail_confirm.subject", "page", oneLine(m.PageName)),
		Preheader: v.T("mail_confirm.text", "page", m.PageName),
	})
}

// OwnDataMail renders the mail with the link to a subscriber's own data.
func (s *Set) OwnDataMail(m OwnDataMail) (Message, error) {
	v := s.Voice(m.Locale, m.Zone)
	return v.mail("owndata", letterModel{
		Letter: m.Letter, URL: m.URL, Days: m.ValidHours,
		Subject:   v.T("mail_data.subject", "page", oneLine(m.PageName)),
		Preheader: v.T("mail_data.text", "page", m.PageName),
	})
}

// WebhookMail renders the mail about a webhook that was switched off.
func (s *Set) WebhookMail(m WebhookMail) (Message, error) {
	v := s.Voice(m.Locale, m.Zone)
	return v.mail("webhook", letterModel{
		Letter: m.Letter, URL: m.ManageURL, Endpoint: m.Endpoint, Since: m.Since, LastFail: m.LastFail,
		Subject:   v.T("subject.form", "word", v.T("subject.webhook"), "title", v.T("mail_webhook.subject"), "page", oneLine(m.PageName)),
		Preheader: v.T("mail_webhook.subject"),
	})
}

// mail renders both parts. Text is filled with one line per paragraph and wrapped
// afterwards, so that no template counts columns.
func (v *Voice) mail(name string, m letterModel) (Message, error) {
	m.Direction = v.direction()
	var text strings.Builder
	if err := v.execute(&text, "mail/"+name+".txt", name+".txt", m); err != nil {
		return Message{}, fmt.Errorf("templates: %w", err)
	}
	var html strings.Builder
	if err := v.execute(&html, "mail/"+name+".html", name+".html", m); err != nil {
		return Message{}, fmt.Errorf("templates: %w", err)
	}
	return Message{
		Subject: m.Subject,
		Text:    trimText(wrap(text.String(), 72)),
		HTML:    string(squeeze([]byte(html.String()))) + "\n",
	}, nil
}

// preheaderLimit is as much as mail programs show of it.
const preheaderLimit = 100

// preheader is the line that mail programs show beside the subject: what is hit,
// and when there will be news.
func (v *Voice) preheader(n Notice) string {
	var parts []string
	if n.Open() && !n.NextUpdate.IsZero() {
		parts = append(parts, v.T("promise.description", "time", v.promiseMoment(n)))
	}
	if names := n.names(3); names != "" {
		room := preheaderLimit - len([]rune(v.T("mail.affected", "names", "")+" "+strings.Join(parts, "")))
		parts = slices.Insert(parts, 0, v.T("mail.affected", "names", shorten(names, max(room, 20))))
	}
	if len(parts) == 0 {
		return shorten(cmp.Or(n.Impact, n.Summary()), preheaderLimit)
	}
	return strings.Join(parts, " ")
}

// names joins the first names of the affected components.
func (n Notice) names(limit int) string {
	var names []string
	for _, c := range n.Components {
		if len(names) == limit {
			return strings.Join(names, ", ") + " …"
		}
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// wrap breaks lines at spaces. A line that starts with spaces or a list mark keeps
// that indentation; an address longer than a line stays whole.
func wrap(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = wrapLine(line, width)
	}
	return strings.Join(lines, "\n")
}

func wrapLine(line string, width int) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "- ") {
		indent += "  "
	}
	var out strings.Builder
	column := 0
	for i, word := range strings.Fields(line) {
		length := len([]rune(word))
		switch {
		case i == 0:
			lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
			out.WriteString(lead)
			column = len(lead)
		case column+1+length > width:
			out.WriteString("\n" + indent)
			column = len(indent)
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += length
	}
	return out.String()
}
