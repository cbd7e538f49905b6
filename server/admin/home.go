package admin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

const (
	lately     = 5                   // closed notices that the overview recalls
	soon       = 10 * time.Minute    // a promise that falls due within it is urgent
	windowSoon = 48 * time.Hour      // maintenance that the overview looks at
	troubledBy = 24 * time.Hour      // how long failed messages are a matter of today
	silencedBy = 7 * 24 * time.Hour  // and webhooks that were switched off
	owedFor    = 90 * 24 * time.Hour // how long a promised report is asked for
	partsFor   = 14 * 24 * time.Hour // how long a short closing message is
	inflowsTop = 6
)

// home shows what needs attention, the most urgent first.
func (d *desk) home(v *visit) error {
	p := templates.HomePage{}
	for _, look := range []func(*templates.HomePage) error{v.openNotices, v.otherNotices, v.inflow, v.deliveryTrouble, v.owed, v.atHand} {
		if err := look(&p); err != nil {
			return err
		}
	}
	if d.Health != nil {
		p.Health = new(d.Health())
	}
	overdue := 0
	for _, r := range p.Due {
		if r.Overdue {
			overdue++
		}
	}
	p.Office = v.titled("home", v.headline(len(p.Due)+len(p.Open), len(p.Active), overdue))
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

// openNotices shares the open notices out: incidents by their promise, the earliest
// first, so that what is overdue leads; maintenance by its window.
func (v *visit) openNotices(p *templates.HomePage) error {
	open, err := v.Store.Incidents(v.ctx(), store.Filter{Open: new(true), Drafts: new(false)})
	if err != nil {
		return err
	}
	for _, r := range v.rows(open) {
		switch {
		case !r.Maintenance() && r.Promised() && r.PromisedAt.Before(v.now.Add(soon)):
			p.Due = append(p.Due, r)
		case !r.Maintenance():
			p.Open = append(p.Open, r)
		case r.N.Stage != status.Scheduled:
			p.Active = append(p.Active, r)
		case r.N.ScheduledFor.Before(v.now.Add(windowSoon)):
			p.Upcoming = append(p.Upcoming, window(r))
		default:
			p.Later++
		}
	}
	for _, list := range [][]templates.NoticeRow{p.Due, p.Open} {
		slices.SortStableFunc(list, byPromise)
	}
	slices.SortStableFunc(p.Upcoming, func(a, b templates.WindowRow) int { return a.N.ScheduledFor.Compare(*b.N.ScheduledFor) })
	return nil
}

// byPromise puts the earliest first; an imported notice owes none.
func byPromise(a, b templates.NoticeRow) int {
	if a.Promised() != b.Promised() {
		return cmp.Compare(b.PromisedAt.Unix(), a.PromisedAt.Unix())
	}
	return a.PromisedAt.Compare(b.PromisedAt)
}

// window says who knows of a planned maintenance.
func window(r templates.NoticeRow) templates.WindowRow {
	w := templates.WindowRow{NoticeRow: r, Reminds: r.N.Auto.RemindPrior}
	w.Announced = slices.ContainsFunc(r.N.Updates, func(u status.Update) bool { return u.Notify && !u.Deleted })
	if at := r.N.Auto.RemindedAt; at != nil {
		w.RemindedAt = *at
	}
	return w
}

func (v *visit) otherNotices(p *templates.HomePage) error {
	drafts, err := v.Store.Incidents(v.ctx(), store.Filter{Drafts: new(true)})
	if err != nil {
		return err
	}
	closed, err := v.Store.Incidents(v.ctx(), store.Filter{Open: new(false), Drafts: new(false), Limit: lately})
	p.Drafts, p.Closed = v.rows(drafts), v.rows(closed)
	return err
}

// inflow compares the problem reports of the last minutes with what is usual.
func (v *visit) inflow(p *templates.HomePage) error {
	reports, err := v.Store.ReportsIn(v.ctx(), status.InflowPeriods(v.now, v.zone))
	if err != nil {
		return err
	}
	for _, i := range status.Inflows(reports) {
		row := templates.InflowRow{Inflow: i, Name: v.nameOf(i.ComponentID), Path: "/admin/new?" + url.Values{"c": {i.ComponentID}}.Encode()}
		if i.ComponentID == "" {
			row.Name, row.Path = v.voice.T("admin.inflow.general"), "/admin/new"
		}
		if row.Name == "" || len(p.Inflows) == inflowsTop {
			continue // it is gone from the page, or others press more
		}
		p.Inflows = append(p.Inflows, row)
	}
	return nil
}

// deliveryTrouble finds notices of which too many messages failed, and webhooks that were
// switched off.
func (v *visit) deliveryTrouble(p *templates.HomePage) error {
	list, err := v.Store.Troubles(v.ctx(), v.now.Add(-troubledBy))
	if err != nil {
		return err
	}
	for _, t := range list {
		if !t.Troubled() {
			continue
		}
		n, err := v.Store.Incident(v.ctx(), t.Incident)
		if status.FaultCode(err) == status.CodeNotFound || err == nil && n.Draft {
			continue
		}
		if err != nil {
			return err
		}
		p.Failing = append(p.Failing, templates.FailingRow{Name: n.Name, Path: staffPath(&n) + "/deliveries?state=failed", Tally: t.Tally})
	}
	slices.SortStableFunc(p.Failing, func(a, b templates.FailingRow) int { return cmp.Compare(b.Failed, a.Failed) })
	hooks, err := v.Store.SilencedHooks(v.ctx(), v.now.Add(-silencedBy))
	for _, h := range hooks {
		p.Silenced = append(p.Silenced, templates.SilencedRow{Endpoint: status.VeilEndpoint(h.Endpoint), Since: *h.EndedAt})
	}
	return err
}

// owed lists the problems that are over and of which a report was promised, or whose
// closing message lacks parts.
func (v *visit) owed(p *templates.HomePage) error {
	cases, err := v.cases(v.ctx(), v.page(), v.now.Add(-owedFor))
	if err != nil {
		return err
	}
	today := v.now.In(v.zone).Format(time.DateOnly)
	for i := range cases {
		c := &cases[i]
		row := templates.OwedRow{Name: c.Name, Path: "/admin/incidents/" + c.ID}
		if c.Owes(today) {
			row.Report = c.FollowUpBy
		}
		if !c.ResolvedAt.IsZero() && v.now.Sub(c.ResolvedAt) < partsFor {
			for _, part := range c.missing {
				row.Missing = append(row.Missing, "admin.field.resolution."+string(part))
			}
		}
		if row.Report != "" || len(row.Missing) > 0 {
			p.Owed = append(p.Owed, row)
		}
	}
	slices.SortStableFunc(p.Owed, func(a, b templates.OwedRow) int { return cmp.Compare(b.Report, a.Report) })
	return nil
}

// atHand are the components: those in trouble, and those to begin a notice with.
func (v *visit) atHand(p *templates.HomePage) (err error) {
	for _, c := range v.site.Components {
		if !c.Group && c.Level != status.Operational {
			p.Troubled = append(p.Troubled, levelRow(c))
		}
	}
	p.Tiles, err = v.firstTiles()
	return err
}
