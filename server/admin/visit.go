package admin

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"

	"github.com/labstack/echo/v4"
)

// visit is one request with what every handler asks for.
type visit struct {
	*desk
	c       echo.Context
	account status.Account // the zero account before signing in
	session status.Session
	site    status.Site
	locale  string // of the words on the screen
	zone    *time.Location
	voice   *templates.Voice
	now     time.Time
	scratch map[string]store.Scratch // see unsentTexts
}

func (d *desk) visit(c echo.Context) (*visit, error) {
	ctx := c.Request().Context()
	session, account, err := d.who(c)
	if err != nil {
		return nil, err
	}
	site, err := d.Store.Site(ctx)
	if err != nil {
		return nil, err
	}
	v := &visit{desk: d, c: c, account: account, session: session, site: site, zone: site.Page.Zone(), now: d.Now()}
	v.locale = account.Locale
	if !d.Pages.HasAdminLocale(v.locale) {
		v.locale = site.Page.DefaultLocale
	}
	if !d.Pages.HasAdminLocale(v.locale) {
		v.locale = "en"
	}
	v.voice = d.Pages.Voice(v.locale, site.Page.TimeZone)
	return v, nil
}

// ctx ends with the request.
func (v *visit) ctx() context.Context { return v.c.Request().Context() }

func (v *visit) signedIn() bool { return v.account.ID != "" }

// page is the page's settings.
func (v *visit) page() *status.Page { return &v.site.Page }

// by says who writes.
func (v *visit) by() store.By { return store.By{Actor: v.account.Email} }

// office is what surrounds a page: where it lies in the navigation and its heading.
func (v *visit) office(here, title string, args ...any) templates.Office {
	return v.titled(here, v.voice.T("admin.title."+title, args...))
}

func (v *visit) titled(here, title string) templates.Office {
	return templates.Office{
		Locale: v.locale, Zone: v.page().TimeZone, PageName: v.page().Name,
		Email: v.account.Email, Role: v.account.Role, Keys: v.signedIn() && !v.account.NoShortcuts, Here: here, Title: title, Now: v.now, Flash: v.flash(),
	}
}

// show renders into memory first: a page that fails is not half sent.
func (v *visit) show(code int, p templates.AdminPage) error {
	var buf bytes.Buffer
	if err := v.Pages.Admin(&buf, p); err != nil {
		return err
	}
	return v.send(code, buf.Bytes())
}

// send answers with a page, compressed where the browser can read it: at three in the
// morning the line may be a slow one. No page holds a secret next to what somebody else
// may have put into its address, which compression would help to guess.
func (v *visit) send(code int, page []byte) error {
	h := v.c.Response().Header()
	h.Add("Vary", "Accept-Encoding")
	if !strings.Contains(v.c.Request().Header.Get("Accept-Encoding"), "gzip") {
		return v.c.HTMLBlob(code, page)
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, err := z.Write(page)
	if err = errors.Join(err, z.Close()); err != nil {
		return fmt.Errorf("admin: compress a page: %w", err)
	}
	h.Set("Content-Encoding", "gzip")
	return v.c.HTMLBlob(code, buf.Bytes())
}

// flashes are the sentences that may follow a write.
func flashes() []string {
	return []string{"published", "visible", "shown", "late", "draft", "saved", "undone", "withdrawn", "deleted", "revoked", "password", "welcome", "asked", "returned", "retried", "suppressed"}
}

// done ends a write: to a page that says what has happened.
func (v *visit) done(path, flash string, n int) error {
	v.setCookie(v.c, "flash", flash+"."+strconv.Itoa(n)+"."+v.sent(), time.Minute)
	return v.c.Redirect(http.StatusSeeOther, path)
}

// flash takes the sentence of the write before.
func (v *visit) flash() templates.Flash {
	value := v.getCookie(v.c, "flash")
	if value == "" {
		return templates.Flash{}
	}
	v.setCookie(v.c, "flash", "", 0)
	key, rest, _ := strings.Cut(value, ".")
	number, sent, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if err != nil || !slices.Contains(flashes(), key) {
		return templates.Flash{}
	}
	return templates.Flash{Key: key, N: n, Sent: sent}
}

// publishPatience is how long a form waits for the public page.
const publishPatience = 2 * time.Second

// live says whether the public page shows the write by now.
func (v *visit) live(r store.Receipt) bool {
	ctx, cancel := context.WithTimeout(v.ctx(), publishPatience)
	defer cancel()
	return v.Live.Wait(ctx, r.Revision) == nil
}

// saved ends a write that nobody is told of.
func (v *visit) saved(path string, r store.Receipt) error {
	if !v.live(r) {
		return v.done(path, "late", 0)
	}
	return v.done(path, "saved", 0)
}

// published ends a write about a notice: it says whether customers see it and how many
// are told.
func (v *visit) published(path string, r store.Receipt, told bool) error {
	if !v.live(r) {
		return v.done(path, "late", 0)
	}
	if !told {
		return v.done(path, "visible", 0)
	}
	if v.Audience == nil {
		return v.done(path, "shown", 0)
	}
	n, err := v.Store.Incident(v.ctx(), r.ObjectID)
	if err != nil {
		return err
	}
	audience, err := v.Audience(v.ctx(), &n)
	if err != nil {
		v.Log.Warn("the audience could not be counted", "error", err)
		return v.done(path, "shown", 0)
	}
	return v.done(path, "published", audience.Told())
}
