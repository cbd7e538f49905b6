package public

import (
	"bytes"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/subscribers"
	"allclear/templates"
)

// startAndEnd is the level of those who want to hear little.
const startAndEnd = "start_and_end"

// manage shows what a subscriber chose.
func (s *Subscriptions) manage(c echo.Context, chrome templates.Chrome) error {
	sub, err := s.Service.Look(c.Request().Context(), subscribers.ForManage, c.Param("token"))
	if err != nil {
		return s.expired(c, chrome, err)
	}
	return s.showManage(c, http.StatusOK, chrome, &sub, func(p *templates.ManagePage) {
		p.Saved, p.DataSent = c.QueryParams().Has("saved"), c.QueryParams().Has("sent")
		p.OfferEnds = c.QueryParam("level") == startAndEnd && sub.Scope.Level != startAndEnd
	})
}

// showManage renders the page; edit may put in what was typed.
func (s *Subscriptions) showManage(c echo.Context, code int, chrome templates.Chrome, sub *status.Subscriber, edit func(*templates.ManagePage)) error {
	site, err := s.Service.Site(c.Request().Context())
	if err != nil {
		return err
	}
	p := templates.ManagePage{
		Chrome: chrome, Action: chrome.Prefix() + chrome.Path, UnsubscribeURL: s.Service.UnsubscribePath(&site.Page, sub),
		Address: sub.Address, Webhook: sub.Channel == status.Webhook, Choices: chosen(sub, chrome.Zone), Groups: templates.GroupsOf(s.Components()),
	}
	if p.Webhook {
		p.Address = sub.Endpoint
	}
	if id := sub.Scope.IncidentID; id != "" {
		p.IncidentTitle = id
		if n, err := s.Service.Incident(c.Request().Context(), id); err == nil {
			p.IncidentTitle = titleIn(&n, chrome.Locale)
		}
	}
	if edit != nil {
		edit(&p)
	}
	return show(c, code, p, func(b *bytes.Buffer, p templates.ManagePage) error { return s.Pages.ManagePage(b, p) })
}

// chosen spells a subscriber's choices as the form has them.
func chosen(sub *status.Subscriber, zone string) templates.Choices {
	d := templates.Choices{
		ComponentIDs: sub.Scope.ComponentIDs, GroupIDs: sub.Scope.GroupIDs, Level: sub.Scope.Level,
		Locale: sub.Locale, MinimumSeverity: string(sub.Scope.MinimumSeverity),
	}
	for _, k := range sub.Scope.Kinds {
		d.Kinds = append(d.Kinds, string(k))
	}
	if until := sub.Scope.PausedUntil; until != nil {
		location, err := time.LoadLocation(zone)
		if err != nil {
			location = time.UTC
		}
		d.PausedUntil = until.In(location).Add(-time.Second).Format(time.DateOnly)
	}
	return d
}

// change saves the form.
func (s *Subscriptions) change(c echo.Context, chrome templates.Chrome) error {
	ctx := c.Request().Context()
	form, err := c.FormParams()
	if err != nil {
		return status.NewFault(status.CodeMalformed, "", "The form could not be read.")
	}
	choices := choicesOf(form)
	if form.Get("do") == "ends" {
		now, err := s.Service.Look(ctx, subscribers.ForManage, c.Param("token"))
		if err != nil {
			return s.expired(c, chrome, err)
		}
		choices = chosen(&now, chrome.Zone)
		choices.Level = startAndEnd
	}
	scope, err := scopeOf(choices, chrome.Zone)
	var sub status.Subscriber
	if err == nil {
		sub, err = s.Service.Change(ctx, c.Param("token"), scope, choices.Locale)
	}
	if err == nil {
		return answer(c, chrome.Prefix()+chrome.Path+"?saved", func() error {
			return s.showManage(c, http.StatusOK, chrome, &sub, func(p *templates.ManagePage) { p.Saved = true })
		})
	}
	code, fault := formFault(s.Pages, chrome.Locale, err)
	if fault == nil {
		return s.expired(c, chrome, err)
	}
	if sub, err = s.Service.Look(ctx, subscribers.ForManage, c.Param("token")); err != nil {
		return s.expired(c, chrome, err)
	}
	return s.showManage(c, code, chrome, &sub, func(p *templates.ManagePage) { p.Choices, p.Fault = choices, *fault })
}

// askConfirm shows the button. Mail scanners may fetch it freely.
func (s *Subscriptions) askConfirm(c echo.Context, chrome templates.Chrome) error {
	if _, err := s.Service.Look(c.Request().Context(), subscribers.ForConfirm, c.Param("token")); err != nil {
		return s.expired(c, chrome, err)
	}
	return s.showConfirm(c, http.StatusOK, templates.ConfirmPage{Chrome: chrome, Action: chrome.Prefix() + chrome.Path})
}

func (s *Subscriptions) showConfirm(c echo.Context, code int, p templates.ConfirmPage) error {
	return show(c, code, p, func(b *bytes.Buffer, p templates.ConfirmPage) error { return s.Pages.ConfirmPage(b, p) })
}

// expired explains a link that was good once, and how to go on; anything else is an error.
func (s *Subscriptions) expired(c echo.Context, chrome templates.Chrome, err error) error {
	if !errors.Is(err, subscribers.ErrExpired) {
		return err
	}
	return s.showConfirm(c, http.StatusNotFound, templates.ConfirmPage{Chrome: chrome, Expired: true})
}

// confirm makes the subscription active; only here a webhook's secret is shown.
func (s *Subscriptions) confirm(c echo.Context, chrome templates.Chrome) error {
	ctx := c.Request().Context()
	done, err := s.Service.Confirm(ctx, c.Param("token"))
	if err != nil {
		return s.expired(c, chrome, err)
	}
	site, err := s.Service.Site(ctx)
	if err != nil {
		return err
	}
	return s.showConfirm(c, http.StatusOK, templates.ConfirmPage{
		Chrome: chrome, Done: true, Secret: done.Secret, ManageURL: s.Service.ManagePath(&site.Page, &done.Subscriber),
	})
}

// askLeave shows the button: a link that is only followed ends nothing.
func (s *Subscriptions) askLeave(c echo.Context, chrome templates.Chrome) error {
	ctx := c.Request().Context()
	sub, err := s.Service.Look(ctx, subscribers.ForUnsubscribe, c.Param("token"))
	if err != nil {
		if errors.Is(err, subscribers.ErrExpired) { // nobody is left to unsubscribe
			return s.showLeave(c, templates.UnsubscribePage{Chrome: chrome, Done: true})
		}
		return err
	}
	p := templates.UnsubscribePage{Chrome: chrome, Action: chrome.Prefix() + chrome.Path, Done: sub.State == status.Ended}
	if sub.State == status.Active {
		site, err := s.Service.Site(ctx)
		if err != nil {
			return err
		}
		p.ManageURL = s.Service.ManagePath(&site.Page, &sub)
	}
	return s.showLeave(c, p)
}

func (s *Subscriptions) showLeave(c echo.Context, p templates.UnsubscribePage) error {
	return show(c, http.StatusOK, p, func(b *bytes.Buffer, p templates.UnsubscribePage) error { return s.Pages.UnsubscribePage(b, p) })
}

// leave ends the subscription: for the button, and for mail programs that post here by
// themselves (RFC 8058). Neither has a cookie or needs one.
func (s *Subscriptions) leave(c echo.Context, chrome templates.Chrome) error {
	if err := s.Service.End(c.Request().Context(), c.Param("token")); err != nil {
		return err
	}
	return s.showLeave(c, templates.UnsubscribePage{Chrome: chrome, Done: true})
}
