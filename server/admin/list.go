package admin

import (
	"net/http"
	"net/url"
	"strconv"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// pageSize is how many notices or log entries one list shows.
const pageSize = 50

// notices lists all notices, drafts included.
func (d *desk) notices(v *visit) error {
	query, kind := v.c.QueryParam("q"), v.c.QueryParam("kind")
	if kind != string(status.Problem) && kind != string(status.Maintenance) {
		kind = ""
	}
	offset, err := strconv.Atoi(v.c.QueryParam("from"))
	if err != nil || offset < 0 {
		offset = 0
	}
	list, err := d.Store.Incidents(v.ctx(), store.Filter{Kind: status.Kind(kind), Query: query, Limit: pageSize + 1, Offset: offset})
	if err != nil {
		return err
	}
	at := func(from int) string {
		return "/admin/incidents?" + url.Values{"q": {query}, "kind": {kind}, "from": {strconv.Itoa(from)}}.Encode()
	}
	p := templates.NoticesPage{Office: v.office("notices", "notices"), Query: query, Kind: kind}
	if len(list) > pageSize {
		list, p.Older = list[:pageSize], at(offset+pageSize)
	}
	if offset > 0 {
		p.Newer = at(max(0, offset-pageSize))
	}
	p.Notices = v.rows(list)
	return v.show(http.StatusOK, p)
}
