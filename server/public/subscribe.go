package public

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/subscribers"
	"allclear/templates"
)

// Subscriptions are the pages and the API on which people ask to be told, and leave.
// None of them has a cookie: the right to act is in the link.
type Subscriptions struct {
	Service *subscribers.Service
	Pages   *templates.Set
	// Chrome is what surrounds a page; path is without language, locale "" is the default one.
	Chrome func(locale, path string) templates.Chrome
	// Components are those that visitors may choose from, in API order.
	Components func() []status.Component
	Now        func() time.Time // nil is the system's clock

	asked limit
}

// Register mounts the routes: each page for the default language, and under /LOCALE/ for
// the others.
func (s *Subscriptions) Register(e *echo.Echo) {
	if s.Now == nil {
		s.Now = time.Now
	}
	f := forms{s.Chrome}
	f.mount(e, "/subscribe", s.ask, s.begin)
	f.mount(e, "/subscriptions/:token", s.manage, s.change)
	f.mount(e, "/subscriptions/:token/confirm", s.askConfirm, s.confirm)
	f.mount(e, "/subscriptions/:token/data", s.askData, s.data)
	f.mount(e, "/subscriptions/:token/unsubscribe", s.askLeave, s.leave)
	e.POST("/api/v2/subscribers.json", s.create)
	e.DELETE("/api/v2/subscribers/:id", s.takeBack)
	e.OPTIONS("/api/v2/subscribers.json", preflight)
	e.OPTIONS("/api/v2/subscribers/:id", preflight)
}

// ask shows the form. A link to it may choose a notice or components beforehand.
func (s *Subscriptions) ask(c echo.Context, chrome templates.Chrome) error {
	if c.QueryParams().Has("sent") {
		return s.checkMail(c, chrome)
	}
	p := templates.SubscribePage{Chrome: chrome, Channel: string(status.Email)}
	p.Choices.ComponentIDs = c.QueryParams()["component"]
	p.IncidentID = c.QueryParam("incident")
	return s.showForm(c, http.StatusOK, p)
}

func (s *Subscriptions) showForm(c echo.Context, code int, p templates.SubscribePage) error {
	p.Groups = templates.GroupsOf(s.Components())
	if p.IncidentID != "" {
		n, err := s.Service.Incident(c.Request().Context(), p.IncidentID)
		if err != nil {
			return err
		}
		p.IncidentTitle = titleIn(&n, p.Locale)
	}
	return show(c, code, p, func(b *bytes.Buffer, p templates.SubscribePage) error { return s.Pages.SubscribePage(b, p) })
}

func titleIn(n *status.Incident, locale string) string {
	if t := n.Translations[locale].Name; t != nil && *t != "" {
		return *t
	}
	return n.Name
}

// begin takes the form. The answer is the same whether the address is known or not.
func (s *Subscriptions) begin(c echo.Context, chrome templates.Chrome) error {
	form, err := c.FormParams()
	if err != nil {
		return status.NewFault(status.CodeMalformed, "", "The form could not be read.")
	}
	if form.Get("website") != "" { // only a program fills in what nobody sees
		return s.taken(c, chrome)
	}
	choices := choicesOf(form)
	r := subscribers.Request{
		Channel: status.Channel(form.Get("channel")), Email: form.Get("email"), Endpoint: form.Get("endpoint"), Format: form.Get("format"),
		Locale: choices.Locale, Source: "page", Path: c.Request().URL.Path,
	}
	if r.Channel == "" {
		r.Channel = status.Email
	}
	if r.Scope, err = scopeOf(choices, chrome.Zone); err == nil {
		r.Scope.IncidentID = form.Get("incident_id")
		err = s.admit(c, r)
	}
	code, fault := formFault(s.Pages, chrome.Locale, err)
	if fault == nil {
		if err != nil {
			return err
		}
		return s.taken(c, chrome)
	}
	p := templates.SubscribePage{
		Chrome: chrome, Channel: string(r.Channel), Email: r.Email, Endpoint: r.Endpoint,
		Choices: choices, IncidentID: r.Scope.IncidentID, Fault: *fault,
	}
	if fault.Field == "incident_id" {
		return err
	}
	return s.showForm(c, code, p)
}

// admit hands a request to the service if the client's network has not asked too often.
func (s *Subscriptions) admit(c echo.Context, r subscribers.Request) error {
	if !s.asked.allow(c.RealIP(), s.Now()) {
		return tooMany()
	}
	_, err := s.Service.Begin(c.Request().Context(), r)
	return err
}

func tooMany() error {
	return status.NewFault(status.CodeLimited, "", "There were many requests from your network; please try again in a few minutes.")
}

// taken answers every request alike.
func (s *Subscriptions) taken(c echo.Context, chrome templates.Chrome) error {
	return answer(c, chrome.Prefix()+chrome.Path+"?sent", func() error { return s.checkMail(c, chrome) })
}

func (s *Subscriptions) checkMail(c echo.Context, chrome templates.Chrome) error {
	return show(c, http.StatusOK, templates.CheckMailPage{Chrome: chrome}, func(b *bytes.Buffer, p templates.CheckMailPage) error { return s.Pages.CheckMailPage(b, p) })
}

// formFault is what a form shows beside the text that was typed; nil when the error is
// none of the visitor's.
func formFault(pages *templates.Set, locale string, err error) (code int, _ *templates.FieldFault) {
	f, ok := status.FaultOf(err)
	if !ok {
		return 0, nil
	}
	out := templates.FieldFault{Field: strings.TrimPrefix(f.Field, "subscriber."), Message: f.Message}
	switch f.Code {
	case status.CodeInvalid:
		code = http.StatusUnprocessableEntity
	case status.CodeLimited:
		code, out.Field = http.StatusTooManyRequests, "many"
	default:
		return 0, nil
	}
	out = pages.Fault(locale, out)
	return code, &out
}

// choicesOf reads the fields that the forms for asking and for changing share.
func choicesOf(form url.Values) templates.Choices {
	d := templates.Choices{
		Kinds: form["kinds"], Level: form.Get("level"), Locale: form.Get("locale"),
		MinimumSeverity: form.Get("minimum_severity"), PausedUntil: form.Get("paused_until"),
	}
	if form.Get("scope") != "all" {
		d.ComponentIDs, d.GroupIDs = form["component_ids"], form["group_ids"]
	}
	return d
}

var errDate = errors.New("not a date")

// scopeOf turns choices into what the service understands; a pause ends with the day.
func scopeOf(d templates.Choices, zone string) (status.Scope, error) {
	scope := status.Scope{
		ComponentIDs: d.ComponentIDs, GroupIDs: d.GroupIDs, Level: d.Level, MinimumSeverity: status.Severity(d.MinimumSeverity),
	}
	for _, k := range d.Kinds {
		scope.Kinds = append(scope.Kinds, status.Kind(k))
	}
	if d.PausedUntil == "" {
		return scope, nil
	}
	until, err := dayEnd(d.PausedUntil, zone)
	if err != nil {
		return scope, status.Invalid("paused_until", "%q is not a date; write it as 2026-11-22.", d.PausedUntil)
	}
	scope.PausedUntil = &until
	return scope, nil
}

func dayEnd(date, zone string) (time.Time, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		location = time.UTC
	}
	day, err := time.ParseInLocation(time.DateOnly, date, location)
	if err != nil || day.Year() < 2000 || day.Year() > 2100 {
		return time.Time{}, errDate
	}
	return day.AddDate(0, 0, 1).UTC(), nil
}
