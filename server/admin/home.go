package admin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// lately is how many closed notices the overview recalls.
const lately = 5

// home shows what needs attention, the most urgent first.
func (d *desk) home(v *visit) error {
	open, err := d.Store.Incidents(v.ctx(), store.Filter{Open: new(true), Drafts: new(false)})
	if err != nil {
		return err
	}
	drafts, err := d.Store.Incidents(v.ctx(), store.Filter{Drafts: new(true)})
	if err != nil {
		return err
	}
	closed, err := d.Store.Incidents(v.ctx(), store.Filter{Open: new(false), Drafts: new(false), Limit: lately})
	if err != nil {
		return err
	}
	p := templates.HomePage{Drafts: v.rows(drafts), Closed: v.rows(closed)}
	v.sort(&p, open)
	for _, c := range v.site.Components {
		if !c.Group && c.Level != status.Operational {
			p.Troubled = append(p.Troubled, levelRow(c))
		}
	}
	if p.Tiles, err = v.firstTiles(); err != nil {
		return err
	}
	overdue := 0
	for _, r := range p.Open {
		if r.Overdue {
			overdue++
		}
	}
	p.Office = v.titled("home", v.headline(len(p.Open), len(p.Active), overdue))
	p.Overdue = overdue
	return v.show(http.StatusOK, p)
}

// headline is the overview in one sentence.
func (v *visit) headline(open, active, overdue int) string {
	switch {
	case overdue > 0:
		return v.voice.T("admin.title.home_overdue", "n", overdue)
	case open > 0:
		return v.voice.T("admin.title.home_open", "n", open)
	case active > 0:
		return v.voice.T("admin.title.home_active")
	}
	return v.voice.T("admin.title.home_quiet")
}

// sort shares the open notices out: incidents by their promise, the earliest first, so
// that what is overdue leads; maintenance by its window.
func (v *visit) sort(p *templates.HomePage, open []status.Incident) {
	for _, r := range v.rows(open) {
		switch {
		case !r.Maintenance():
			p.Open = append(p.Open, r)
		case r.N.Stage == status.Scheduled:
			p.Upcoming = append(p.Upcoming, r)
		default:
			p.Active = append(p.Active, r)
		}
	}
	slices.SortStableFunc(p.Open, func(a, b templates.NoticeRow) int {
		if a.Promised() != b.Promised() { // an imported notice owes none
			return cmp.Compare(b.PromisedAt.Unix(), a.PromisedAt.Unix())
		}
		return a.PromisedAt.Compare(b.PromisedAt)
	})
	slices.SortStableFunc(p.Upcoming, func(a, b templates.NoticeRow) int { return a.N.ScheduledFor.Compare(*b.N.ScheduledFor) })
}

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
