package manage

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/status/lint"
	"allclear/status/statuspage"
)

const revisionHeader = "X-Allclear-Revision"

// call is one request with what was found out about it on the way to its handler.
type call struct {
	c     echo.Context
	desk  *Desk
	now   time.Time
	token status.Token
	site  status.Site
	old   bool   // the site is to be loaded: at first, and after a write
	body  []byte // as it came; feeds the idempotency hash
	lint  lint.Mode
	mask  bool // the answer tells of a text that holds a credential
}

func (x *call) ctx() context.Context { return x.c.Request().Context() }

// serve guards a route: token, pace, role, query and page, in this order, so that
// nobody learns about a page without a token.
func (d *Desk) serve(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := &call{c: c, desk: d, now: d.Now(), old: true}
		h := c.Response().Header()
		h.Set("Cache-Control", "no-store")
		h.Set(revisionHeader, strconv.FormatInt(d.Live.Revision(), 10))
		if err := x.authenticate(); err != nil {
			if status.FaultCode(err) == status.CodeUnauthenticated {
				h.Set("WWW-Authenticate", `OAuth realm="allclear"`)
			}
			return err
		}
		if err := x.paced(); err != nil {
			h.Set("Retry-After", "1")
			return err
		}
		if err := x.need(r.role); err != nil {
			return err
		}
		if err := x.checkQuery(r.query); err != nil {
			return err
		}
		var err error
		if x.lint, err = x.lintMode(); err != nil {
			return err
		}
		if err := x.findPage(); err != nil {
			return err
		}
		return x.refused(r.do(x), r.path)
	}
}

// findPage loads the site and compares the page id of the path, if it has one.
func (x *call) findPage() error {
	site, err := x.present()
	if err != nil {
		return err
	}
	if id := x.param("page_id"); id != "" && id != site.Page.ID {
		return status.NotFound("page", id)
	}
	return nil
}

// present is the site as it is now: loaded anew after a write, which may have moved
// more than its own object.
func (x *call) present() (*status.Site, error) {
	if x.old {
		var err error
		if x.site, err = x.desk.Store.Site(x.ctx()); err != nil {
			return nil, err
		}
		x.old = false
	}
	return &x.site, nil
}

// param reads a part of the path; clients may write it with .json behind.
func (x *call) param(name string) string { return strings.TrimSuffix(x.c.Param(name), ".json") }

// id is the object that the path names; what cannot be an id is not looked up.
func (x *call) id(noun string) (string, error) {
	id := x.param("id")
	if !status.ValidID(id) {
		return "", status.NotFound(noun, shorten(id))
	}
	return id, nil
}

func (x *call) checkQuery(known []string) error {
	for name, values := range x.c.QueryParams() {
		if !slices.Contains(known, name) {
			return status.Invalid(shorten(name), "There is no parameter %q here.", shorten(name))
		}
		if len(values) > 1 {
			return status.Invalid(name, "The parameter %q is given twice.", name)
		}
	}
	return nil
}

// number reads a whole number from 1 of the query.
func (x *call) number(name string, fallback int) (int, error) {
	given := x.c.QueryParam(name)
	if given == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, status.Invalid(name, "%s must be a whole number from 1.", name)
	}
	return n, nil
}

// paging reads which part of a list is wanted. More than the most is cut to the most,
// as Statuspage does, so that its clients go on to the next page.
func (x *call) paging(size string, most int) (offset, limit int, err error) {
	if limit, err = x.number(size, min(100, most)); err != nil {
		return 0, 0, err
	}
	limit = min(limit, most)
	page, err := x.number("page", 1)
	return (page - 1) * limit, limit, err
}

// part cuts the wanted part out of a list that is at hand as a whole.
func part[T any](list []T, offset, limit int) []T {
	from := min(offset, len(list))
	return list[from:min(from+limit, len(list))]
}

// moment reads a time of the query.
func (x *call) moment(name string) (*time.Time, error) {
	given := x.c.QueryParam(name)
	if given == "" {
		return nil, nil
	}
	var in struct {
		At *time.Time `json:"at"`
	}
	n := &node{kind: object, form: true}
	n.put("at", &node{kind: text, text: given, form: true})
	if err := (binder{zone: x.site.Page.Zone()}).bind(n, &in); err != nil {
		return nil, status.Invalid(name, "%s must be a time such as 2026-11-22T14:05:00Z, or a date.", name)
	}
	return in.At, nil
}

// decode reads the body into a struct.
func (x *call) decode(into any) error {
	return x.decodeTree(into, func(*node) {})
}

// decodeTree does so after a look at the tree, and keeps the body's bytes.
func (x *call) decodeTree(into any, look func(*node)) error {
	r := x.c.Request()
	var err error
	if x.body, err = readBody(r); err != nil {
		return err
	}
	tree, err := parseBody(r.Header.Get("Content-Type"), x.body)
	if err != nil {
		return err
	}
	look(tree)
	return binder{zone: x.site.Page.Zone()}.bind(tree, into)
}

// json answers with an object; one that has a version gets it as ETag, for If-Match.
func (x *call) json(code int, v any) error {
	body, err := statuspage.JSON(v)
	if err != nil {
		return err
	}
	if o, ok := v.(versioned); ok {
		x.c.Response().Header().Set("ETag", strconv.Quote(strconv.FormatInt(o.version(), 10)))
	}
	return x.blob(code, body)
}

func (x *call) blob(code int, body []byte) error {
	return x.c.Blob(code, "application/json; charset=utf-8", body)
}

type versioned interface{ version() int64 }

func (x *call) ok(v any, err error) error {
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, v)
}
