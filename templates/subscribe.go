package templates

import (
	"cmp"
	"io"
	"slices"
	"time"
)

// Choices are what a subscriber wants to hear. The form fields have the JSON
// names of the API: component_ids, group_ids, incident_id, kinds, level,
// locale, minimum_severity, scope (all|some), paused_until (date).
type Choices struct {
	ComponentIDs    []string
	GroupIDs        []string
	Kinds           []string // incident, maintenance; empty counts as both
	Level           string   // all|start_and_end; empty counts as all
	Locale          string
	MinimumSeverity string // minor|moderate|serious|critical; empty counts as minor
	PausedUntil     string // 2006-01-02 or ""
}

// Everything tells whether no component is singled out.
func (c Choices) Everything() bool { return len(c.ComponentIDs)+len(c.GroupIDs) == 0 }

// HasComponent tells whether the component is chosen.
func (c Choices) HasComponent(id string) bool { return slices.Contains(c.ComponentIDs, id) }

// HasGroup tells whether the group is chosen.
func (c Choices) HasGroup(id string) bool { return slices.Contains(c.GroupIDs, id) }

// HasAny tells whether any member of the group is chosen.
func (c Choices) HasAny(g Group) bool {
	return slices.ContainsFunc(g.Components, func(x Component) bool { return c.HasComponent(x.ID) })
}

// HasKind tells whether notices of this kind are wanted.
func (c Choices) HasKind(kind string) bool {
	return len(c.Kinds) == 0 || slices.Contains(c.Kinds, kind)
}

// FieldFault is what is wrong with a form: the sentence and the field it is about.
type FieldFault struct {
	Field   string // name of the form field; may be empty
	Message string // one plain sentence; empty: the form is fine
}

// SubscribePage is the form that asks for notifications. It posts to /subscribe
// (in the language's path): channel (email|webhook), email, endpoint
// and the fields of Choices; "website" is a trap that stays empty.
type SubscribePage struct {
	Chrome
	Channel       string // email|webhook; empty counts as email
	Email         string // as typed
	Endpoint      string // as typed
	Choices       Choices
	Groups        []Group // everything that can be chosen
	IncidentID    string  // set: follow this incident only
	IncidentTitle string
	Fault         FieldFault
}

// Fault words a fault for readers of a language. English readers get the domain's own
// sentence, which knows more.
func (s *Set) Fault(locale string, f FieldFault) FieldFault {
	if locale == fallbackLocale {
		return f
	}
	key := "fault.other"
	switch f.Field {
	case "email":
		key = "fault.email"
	case "endpoint":
		key = "fault.endpoint"
	case "paused_until":
		key = "fault.paused_until"
	case "text":
		key = "fault.text"
	case "many":
		key = "fault.many"
	}
	f.Message = s.Voice(locale, "UTC").T(key)
	return f
}

// ChosenLocale is the language of the messages, first that of the page.
func (d SubscribePage) ChosenLocale() string { return cmp.Or(d.Choices.Locale, d.Locale) }

// SubscribePage writes /subscribe.
func (s *Set) SubscribePage(w io.Writer, d SubscribePage) error {
	v := s.Voice(d.Locale, d.Zone)
	return v.page(w, "public/subscribe.html", d, head{title: v.T("subscribe.title"), description: v.T("subscribe.lead"), feed: "/"})
}

// CheckMailPage answers every subscription request alike, known or not.
type CheckMailPage struct{ Chrome }

// CheckMailPage writes the answer to a subscription request.
func (s *Set) CheckMailPage(w io.Writer, d CheckMailPage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "public/checkmail.html", d, head{title: v.T("checkmail.title")})
}

// ConfirmPage asks for one press of a button, and thanks for it.
type ConfirmPage struct {
	Chrome
	Action    string // path that the button posts to
	Done      bool   // confirmed just now or before
	Expired   bool   // the link is too old
	ManageURL string // path of the choices, once Done
	Secret    string // webhook secret, shown once, once Done
}

// ConfirmPage writes /subscriptions/TOKEN/confirm.
func (s *Set) ConfirmPage(w io.Writer, d ConfirmPage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "public/confirm.html", d, head{title: v.T("confirm.title"), private: true})
}

// ManagePage lets a subscriber change the choices. It posts to Action.
type ManagePage struct {
	Chrome
	Action         string // path of this page
	UnsubscribeURL string // path of the unsubscribe page
	Address        string // mail address or endpoint
	Webhook        bool
	Choices        Choices
	Groups         []Group
	IncidentTitle  string // set: the subscription follows one incident only
	Saved          bool
	DataSent       bool // the link to the own data is on its way
	OfferEnds      bool // a mail's link asked for fewer messages: one button does it
	Fault          FieldFault
}

// ChosenLocale is the language of the messages.
func (d ManagePage) ChosenLocale() string { return cmp.Or(d.Choices.Locale, d.Locale) }

// ManagePage writes /subscriptions/TOKEN.
func (s *Set) ManagePage(w io.Writer, d ManagePage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "public/manage.html", d, head{title: v.T("manage.title"), private: true})
}

// UnsubscribePage asks for one press of a button, and confirms it.
type UnsubscribePage struct {
	Chrome
	Action    string // path that the button posts to
	ManageURL string // path of the gentler choices; may be empty
	Done      bool
}

// UnsubscribePage writes /subscriptions/TOKEN/unsubscribe.
func (s *Set) UnsubscribePage(w io.Writer, d UnsubscribePage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "public/unsubscribe.html", d, head{title: v.T("unsubscribe.title"), private: true})
}

// OwnDataPage offers what is kept about a subscription, to have or to delete.
type OwnDataPage struct {
	Chrome
	Action  string // path that the buttons post to: do = download or delete
	Address string // mail address or endpoint
	Deleted bool
}

// OwnDataPage writes /subscriptions/TOKEN/data.
func (s *Set) OwnDataPage(w io.Writer, d OwnDataPage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "public/owndata.html", d, head{title: v.T("owndata.title"), private: true})
}

// ReportPage is the form for a customer's problem report. It posts to /report:
// component_ids, symptom, text, email; "website" is a trap that stays empty.
type ReportPage struct {
	Chrome
	Groups       []Group
	ComponentIDs []string // chosen
	Symptom      string
	Text         string
	Email        string
	Fault        FieldFault
}

// Chosen tells whether the component is ticked.
func (d ReportPage) Chosen(id string) bool { return slices.Contains(d.ComponentIDs, id) }

// Length is how much of the text is written; a script counts on.
func (d ReportPage) Length() int { return len([]rune(d.Text)) }

// Symptoms lists what can be wrong, in order of display.
func (d ReportPage) Symptoms() []string {
	return []string{"unreachable", "slow", "errors", "wrong_data", "sign_in", "not_delivered", "other"}
}

// ReportPage writes /report.
func (s *Set) ReportPage(w io.Writer, d ReportPage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "public/report.html", d, head{title: v.T("report.title")})
}

// ReportThanksPage answers a report.
type ReportThanksPage struct {
	Chrome
	Reference string
	At        time.Time
}

// ReportThanksPage writes the answer to a report.
func (s *Set) ReportThanksPage(w io.Writer, d ReportThanksPage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "public/reported.html", d, head{title: v.T("reported.title")})
}
