package public

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/templates"
)

// forms are the pages that are made per request, because people send something with them.
type forms struct {
	chrome func(locale, path string) templates.Chrome
}

type formHandler = func(echo.Context, templates.Chrome) error

// mount adds a form in the default language and, under /LOCALE/, in the others.
func (f forms) mount(e *echo.Echo, path string, get, post formHandler) {
	for _, prefix := range []string{"", "/:locale"} {
		e.GET(prefix+path, f.in(path, get))
		e.HEAD(prefix+path, f.in(path, get))
		e.POST(prefix+path, f.in(path, post))
	}
}

// in finds the language of a page and sets the headers that all of them have. Pages
// whose address is a secret tell it to nobody.
func (f forms) in(path string, handle func(echo.Context, templates.Chrome) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		locale, token := c.Param("locale"), c.Param("token")
		path := strings.Replace(path, ":token", url.PathEscape(token), 1)
		chrome := f.chrome(locale, path)
		switch {
		case locale != "" && locale == chrome.DefaultLocale:
			return c.Redirect(http.StatusPermanentRedirect, path)
		case locale != "" && !slices.Contains(chrome.Locales, locale):
			return status.NewFault(status.CodeNotFound, "", "There is nothing at this address.")
		case locale == "":
			chrome.Locale = chrome.DefaultLocale
		}
		h := c.Response().Header()
		PageHeaders(h)
		h.Set("Cache-Control", "no-store")
		if token != "" {
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("X-Robots-Tag", "noindex")
		}
		return handle(c, chrome)
	}
}

// answer is what follows a form that was taken: a browser is led to a page that it can
// load again without sending the form once more, a program has the answer at once.
func answer(c echo.Context, to string, direct func() error) error {
	if strings.Contains(c.Request().Header.Get("Accept"), "text/html") {
		return c.Redirect(http.StatusSeeOther, to)
	}
	return direct()
}

// show renders a page wholly before anything is sent.
func show[P any](c echo.Context, code int, page P, render func(*bytes.Buffer, P) error) error {
	var body bytes.Buffer
	if err := render(&body, page); err != nil {
		return err
	}
	return c.HTMLBlob(code, body.Bytes())
}
