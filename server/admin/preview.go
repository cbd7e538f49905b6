package admin

import (
	"net/http"
	"slices"

	"allclear/status/lint"
)

// letterPolicy is that of a mail in its frame: nothing runs, nothing is loaded, and only
// the style that a mail has to carry in itself is allowed.
const letterPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

// preview answers a review's form with the mail that would be sent, as mail programs show
// it: a document of its own for the frame on the page.
func (d *desk) preview(v *visit) error {
	in, err := v.answered()
	if err != nil {
		return err
	}
	locale := in.value("letter")
	if !slices.Contains(v.page().Locales, locale) {
		locale = v.page().DefaultLocale
	}
	html, err := v.letter(in, locale)
	if in.fault(err) || len(in.faults) > 0 {
		html, err = v.Pages.NoLetter(v.locale), nil
	}
	if err != nil {
		return err
	}
	h := v.c.Response().Header()
	h.Set("Content-Security-Policy", letterPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	return v.send(http.StatusOK, []byte(html))
}

// letter is the mail about the notice that the form describes; nothing is saved.
func (v *visit) letter(in *input, locale string) (string, error) {
	if in.unanswered() {
		return "", nil
	}
	c := in.firstNotice()
	if len(in.faults) > 0 {
		return "", nil
	}
	n, site, err := v.opening(c)
	if err != nil {
		return "", err
	}
	shown, err := v.Pages.Preview(lint.Clean(n), v.page(), locale, site.Find, v.now)
	return shown.Letter, err
}
