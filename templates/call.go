package templates

import (
	"time"

	"allclear/status"
)

// CallMail reminds whoever is on duty of a promise, or of a problem that was watched for
// as long as planned.
type CallMail struct {
	Letter
	Call     status.CallType
	Notice   Notice
	Priority string
	Time     time.Time // the promised moment, or since when the problem is watched
	Resolve  bool      // asks whether the problem can be closed
	StaffURL string    // absolute; where the next step is taken
}

// CallMail renders the reminder.
func (s *Set) CallMail(m CallMail) (Message, error) {
	v := s.Voice(m.Locale, m.Zone)
	m.ManageURL, m.UnsubscribeURL = "", "" // nobody subscribed
	word := callWord(m.Call)
	subject := v.T("subject.call_"+word, "time", clock(m.Time))
	model := letterModel{
		Letter: m.Letter, Notice: m.Notice, URL: m.StaffURL, Since: m.Time, Priority: m.Priority,
		Lead: "mail_call." + word, Do: "mail_call.post", Resolve: m.Resolve,
		Subject: v.T("subject.form", "word", subject, "title", shorten(oneLine(m.Notice.Title), max(subjectLimit-len([]rune(subject))-2, 12)), "page", oneLine(m.PageName)),
	}
	model.Preheader = v.T(model.Lead, "time", full(m.Time))
	if m.Call == status.WatchOver {
		model.Do = "mail_call.close"
	}
	return v.mail("call", model)
}

// callWord is the part of a message key that stands for a reminder.
func callWord(c status.CallType) string {
	switch c {
	case status.PromiseDueSoon:
		return "due_soon"
	case status.PromiseDue:
		return "due"
	case status.WatchOver:
		return "watch"
	case status.PromiseOverdue:
	}
	return "overdue"
}
