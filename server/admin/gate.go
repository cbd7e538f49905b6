package admin

import (
	"net/http"
	"net/url"
	"strings"

	"allclear/status"

	"github.com/labstack/echo/v4"
)

// policy is the public pages' one and what staff pages need besides.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// gate is what every request of the staff side passes before its handler: headers, the
// origin of writes, the session, the role.
func (d *desk) gate(role status.Role, do func(*visit) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		d.headers(c)
		if err := d.sameOrigin(c); err != nil {
			return err
		}
		v, err := d.visit(c)
		if err != nil {
			return err
		}
		if role == "" {
			return do(v)
		}
		if !v.signedIn() {
			return d.turnAway(c)
		}
		if !v.account.Role.May(role) {
			return status.NewFault(status.CodeForbidden, "", "Your account has the role %s; this needs the role %s.", v.account.Role, role)
		}
		if sensitive(c.Path()) && !v.proven() {
			return d.prove(v, do)
		}
		return do(v)
	}
}

// headers keep staff pages out of caches, frames and other sites' hands.
func (d *desk) headers(c echo.Context) {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	// Stricter than this and browsers hide the origin of our own forms from us.
	h.Set("Referrer-Policy", "same-origin")
	if isSetup(c) {
		h.Set("Referrer-Policy", "no-referrer")
	}
	if d.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// sameOrigin refuses writes that another site makes a browser send. Browsers name the
// origin of every write, so a request that names none is not from our forms either.
func (d *desk) sameOrigin(c echo.Context) error {
	r := c.Request()
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	if isSetup(c) && r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
		return nil // a page that sends no referrer sends no origin; the secret in its address is the right
	}
	stated := r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
	if err := d.origins.Check(r); err != nil || !stated {
		return status.NewFault(status.CodeForbidden, "", "This request did not come from a form of this site; open the page here and send it again.")
	}
	return nil
}

// turnAway sends a reader to the sign-in page. A write is not repeated after signing in,
// so its sender is told how to keep the text.
func (d *desk) turnAway(c echo.Context) error {
	r := c.Request()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return status.NewFault(status.CodeUnauthenticated, "", "You are signed out. Open the sign-in page in another window, then come back to this form and send it again.")
	}
	return c.Redirect(http.StatusSeeOther, "/admin/login?next="+url.QueryEscape(r.URL.RequestURI()))
}

// localPath is next when it is a page of the staff side, else the overview.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || strings.ContainsAny(next, "\\\r\n\t") {
		return "/admin"
	}
	if u.Path != "/admin" && !strings.HasPrefix(u.Path, "/admin/") || strings.HasPrefix(u.Path, "/admin/log") || strings.Contains(u.Path, "..") {
		return "/admin"
	}
	return next
}
