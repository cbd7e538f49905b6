package public

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/subscribers"
	"allclear/templates"
)

// askData shows what the mailed link can do; only its buttons act.
func (s *Subscriptions) askData(c echo.Context, chrome templates.Chrome) error {
	sub, err := s.Service.Look(c.Request().Context(), subscribers.ForOwnData, c.Param("token"))
	if err != nil {
		return s.expired(c, chrome, err)
	}
	p := templates.OwnDataPage{Chrome: chrome, Action: chrome.Prefix() + chrome.Path, Address: sub.Address}
	if sub.Channel == status.Webhook {
		p.Address = sub.Endpoint
	}
	return s.showData(c, p)
}

func (s *Subscriptions) showData(c echo.Context, p templates.OwnDataPage) error {
	return show(c, http.StatusOK, p, func(b *bytes.Buffer, p templates.OwnDataPage) error { return s.Pages.OwnDataPage(b, p) })
}

// data mails the link when it comes from the page of choices. With the mailed link it
// gives or deletes what is kept.
func (s *Subscriptions) data(c echo.Context, chrome templates.Chrome) error {
	ctx, token := c.Request().Context(), c.Param("token")
	if sub, err := s.Service.Look(ctx, subscribers.ForManage, token); err == nil {
		if err := s.Service.MailOwnData(ctx, token); err != nil {
			return err
		}
		chrome.Path = chrome.Path[:len(chrome.Path)-len("/data")]
		return answer(c, chrome.Prefix()+chrome.Path+"?sent", func() error {
			return s.showManage(c, http.StatusOK, chrome, &sub, func(p *templates.ManagePage) { p.DataSent = true })
		})
	} else if !errors.Is(err, subscribers.ErrExpired) && status.FaultCode(err) != status.CodeNotFound {
		return err
	}
	switch c.FormValue("do") {
	case "download":
		body, err := s.Service.OwnData(ctx, token)
		if err != nil {
			return s.expired(c, chrome, err)
		}
		c.Response().Header().Set("Content-Disposition", `attachment; filename="subscription.json"`)
		return c.Blob(http.StatusOK, "application/json; charset=utf-8", body)
	case "delete":
		if err := s.Service.Erase(ctx, token); err != nil {
			return s.expired(c, chrome, err)
		}
		return s.showData(c, templates.OwnDataPage{Chrome: chrome, Deleted: true})
	}
	return s.askData(c, chrome)
}
