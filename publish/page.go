package publish

import (
	"fmt"
	"slices"
	"time"

	"allclear/static"
	"allclear/status"
	"allclear/templates"
)

// barDays is how many days an uptime bar shows.
const barDays = 90

// recentDays is how many days the start page lists below the components.
const recentDays = 7

// pageDocs makes the HTML documents of a language, and the sections of its start page
// that listeners are sent.
func (b *Builder) pageDocs(v *status.View, s, prev *Snapshot, locale string, bars map[string]*bar) ([]doc, error) {
	p := newPages(b, v, locale)
	p.bars = bars
	start, err := p.start(s, prev)
	if err != nil {
		return nil, err
	}
	docs := []doc{start}
	for _, maker := range []func() ([]doc, error){p.history, p.fixed, p.frames} {
		made, err := maker()
		if err != nil {
			return nil, err
		}
		docs = append(docs, made...)
	}
	p.notices(s)
	p.components(s)
	return docs, nil
}

// pages makes the documents of one language.
type pages struct {
	b      *Builder
	v      *status.View
	locale string
	prefix string // of every path in this language
	state  status.State
	bars   map[string]*bar
	find   finder
}

// finder finds a visible component by its id; nil when there is none.
type finder func(id string) *status.Component

// finderOf is for those who look up hundreds: the view itself searches its list.
func finderOf(v *status.View) finder {
	byID := make(map[string]*status.Component, len(v.Components))
	for i := range v.Components {
		byID[v.Components[i].ID] = &v.Components[i]
	}
	return func(id string) *status.Component { return byID[id] }
}

func newPages(b *Builder, v *status.View, locale string) pages {
	p := pages{b: b, v: v, locale: locale, state: v.State(), find: finderOf(v)}
	p.prefix = p.chrome("/").Prefix()
	return p
}

func chromeOf(p *status.Page, state status.State, locale, path string) templates.Chrome {
	c := templates.Chrome{
		Locale: locale, DefaultLocale: p.DefaultLocale, Locales: p.Locales, Path: path,
		PageName: p.Name, Organisation: p.Organization, Zone: p.TimeZone, State: string(state),
	}
	if own := brandOf(p.BrandColor); own != nil {
		c.Brand = own.path
	}
	for _, l := range p.FooterLinks {
		title := l.Label[locale]
		if title == "" {
			title = l.Label[""]
		}
		if title == "" {
			title = l.Label[p.DefaultLocale]
		}
		if title != "" {
			c.FooterLinks = append(c.FooterLinks, templates.Link{Title: title, URL: l.URL})
		}
	}
	return c
}

func (p pages) chrome(path string) templates.Chrome {
	return chromeOf(&p.v.Page, p.state, p.locale, path)
}

// path puts the language before a path.
func (p pages) path(path string) string {
	return p.prefix + path
}

func (p pages) notice(n *status.Incident) templates.Notice {
	return templates.NoticeOf(n, &p.v.Page, p.locale, p.find, p.v.At)
}

func (p pages) noticesOf(list []status.Incident) []templates.Notice {
	var out []templates.Notice
	for i := range list {
		out = append(out, p.notice(&list[i]))
	}
	return out
}

func (p pages) start(s, prev *Snapshot) (doc, error) {
	v := p.v
	d := templates.StartPage{
		Chrome: p.chrome("/"), Banner: p.banner(), Incidents: p.noticesOf(bySeverity(v.Unresolved())),
		ActiveMaintenance: p.noticesOf(v.Active()), Groups: p.groups(), Recent: p.recent(), BarDays: barDays,
	}
	d.Soon, d.Scheduled = p.planned()
	sections, err := p.sections(d)
	if err != nil {
		return doc{}, err
	}
	d.Sections = sections
	title := p.b.Pages.DocumentTitle(d.Chrome, p.b.Pages.Voice(p.locale, v.Page.TimeZone).BannerTitle(d.Banner))
	s.show(p.locale, title, aged(sections, p.locale, v.Revision, prev))
	return rendered(p.path("/"), d, v.At, p.b.Pages.StartPage)
}

// planned are the maintenances of the next 14 days, those within a day apart. A cancelled
// one stays in the list until its window is over: readers had arranged for it.
func (p pages) planned() (soon, later []templates.Notice) {
	list := p.v.Upcoming()
	for _, n := range p.v.Maintenances {
		if n.Stage == status.Cancelled && n.ScheduledFor != nil && n.ScheduledUntil != nil && n.ScheduledUntil.After(p.v.At) {
			list = append(list, n)
		}
	}
	slices.SortStableFunc(list, func(a, b status.Incident) int { return a.ScheduledFor.Compare(*b.ScheduledFor) })
	for _, n := range list {
		switch until := n.ScheduledFor.Sub(p.v.At); {
		case until > status.ListHorizon:
		case until <= status.SoonHorizon && n.Stage != status.Cancelled:
			soon = append(soon, p.notice(&n))
		default:
			later = append(later, p.notice(&n))
		}
	}
	return soon, later
}

// aged notes for each section the revision at which it last changed.
func aged(sections []templates.Section, locale string, revision int64, prev *Snapshot) []Section {
	out := make([]Section, len(sections))
	for i, s := range sections {
		out[i] = Section{Section: s, Changed: revision}
		if prev == nil {
			continue
		}
		for _, old := range prev.sections[locale] {
			if old.ID == s.ID && old.Hash == s.Hash {
				out[i].Changed = old.Changed
			}
		}
	}
	return out
}

// bySeverity orders open incidents: most severe first, then newest.
func bySeverity(list []status.Incident) []status.Incident {
	slices.SortStableFunc(list, func(a, b status.Incident) int {
		if d := b.Severity.Rank() - a.Severity.Rank(); d != 0 {
			return d
		}
		return b.StartedAt.Compare(a.StartedAt)
	})
	return list
}

func (p pages) groups() []templates.Group {
	groups := templates.GroupsOf(p.v.Components)
	if !(templates.StartPage{Groups: groups}).Bars() {
		return groups
	}
	for g := range groups {
		for c := range groups[g].Components {
			p.dress(&groups[g].Components[c])
		}
	}
	return groups
}

// dress gives a component its bar and its figure.
func (p pages) dress(c *templates.Component) {
	if b := p.bars[c.ID]; b != nil {
		d := b.folded()
		c.Days, c.Uptime = d.worst, d.uptime
	}
}

// recent lists the last days with the notices that touched them.
func (p pages) recent() []templates.Day {
	zone := p.v.Page.Zone()
	local := p.v.At.In(zone)
	var out []templates.Day
	for back := range recentDays {
		from := status.Midnight(local, -back)
		to := status.Midnight(local, 1-back)
		day := templates.Day{Date: from.Format(time.DateOnly)}
		for _, list := range [][]status.Incident{p.v.Incidents, p.v.Maintenances} {
			for i := range list {
				if touches(&list[i], from, to) {
					day.Notices = append(day.Notices, p.notice(&list[i]))
				}
			}
		}
		out = append(out, day)
	}
	return out
}

// touches says whether a closed notice ended, or an entry of an open one falls, on a day.
func touches(n *status.Incident, from, to time.Time) bool {
	if n.Stage == status.Scheduled {
		return false
	}
	for i := range n.Updates {
		if at := n.Updates[i].DisplayAt; n.Updates[i].Stage != status.Scheduled && !at.Before(from) && at.Before(to) {
			return true
		}
	}
	return false
}

func (p pages) history() ([]doc, error) {
	page, err := p.kept("/history", fmt.Sprint(p.v.Months), func(path string) (doc, error) {
		d := templates.HistoryPage{Chrome: p.chrome("/history"), Months: monthsOf(p.v.Months)}
		return rendered(path, d, p.v.At, p.b.Pages.HistoryPage)
	})
	return []doc{page}, err
}

// kept makes a page anew only when the settings, the page's state or what it says changed.
func (p pages) kept(path, says string, maker func(path string) (doc, error)) (doc, error) {
	path = p.path(path)
	key := fmt.Sprint(p.v.Epoch, p.v.Page.Version, p.state, says)
	return p.b.fixed.of(path, key, func() (doc, error) { return maker(path) })
}

func monthsOf(list []status.Month) []templates.Month {
	var out []templates.Month
	for _, m := range list {
		out = append(out, templates.Month{Month: monthKey(m), Incidents: m.Incidents, Maintenances: m.Maintenances})
	}
	return out
}

func monthKey(m status.Month) string {
	return time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

// fixed makes the pages that no notice changes.
func (p pages) fixed() ([]doc, error) {
	feeds, err := p.kept("/feeds", "", func(path string) (doc, error) {
		return rendered(path, templates.FeedsPage{Chrome: p.chrome("/feeds")}, p.v.At, p.b.Pages.FeedsPage)
	})
	if err != nil {
		return nil, err
	}
	access, err := p.kept("/accessibility", "", func(path string) (doc, error) {
		statement := templates.AccessibilityPage{Chrome: p.chrome("/accessibility"), Contact: p.v.Page.SupportURL, Updated: statementDate()}
		return rendered(path, statement, p.v.At, p.b.Pages.AccessibilityPage)
	})
	return []doc{feeds, access}, err
}

// statementDate is when the words of the statement on accessibility last changed.
func statementDate() time.Time { return time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC) }

// frames makes what other sites show of this one.
func (p pages) frames() ([]doc, error) {
	d := templates.EmbedPage{Chrome: p.chrome("/embed"), Banner: p.banner()}
	card, err := rendered(p.path("/embed"), d, p.v.At, p.b.Pages.EmbedPage)
	if err != nil {
		return nil, err
	}
	strip, err := rendered(p.path("/embed/banner"), d, p.v.At, p.b.Pages.EmbedBanner)
	card.framed, strip.framed = true, true
	return []doc{card, strip}, err
}

// faultCodes are the errors that have a page of their own; Snapshot.Fault shows 500 for
// any other.
func faultCodes() []int { return []int{400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503} }

func (b *Builder) faultDocs(v *status.View, s, prev *Snapshot) error {
	for _, locale := range v.Page.Locales {
		for _, code := range faultCodes() {
			key := fault{locale, code}
			if prev != nil && prev.Page.Version == v.Page.Version && prev.faults[key] != nil {
				s.faults[key] = prev.faults[key]
				continue
			}
			d := templates.ErrorPage{Chrome: chromeOf(&v.Page, "", locale, "/"), Code: code}
			made, err := rendered("", d, v.At, b.Pages.ErrorPage)
			if err != nil {
				return err
			}
			s.faults[key] = newDocument(made)
		}
	}
	return nil
}

// textDocs are the small plain files that crawlers ask for.
func (b *Builder) textDocs(v *status.View) ([]doc, error) {
	body := "User-agent: *\nDisallow: /admin\nDisallow: /subscriptions/\n"
	robots := doc{path: "/robots.txt", contentType: typePlain, body: []byte(body), changed: v.Page.CreatedAt}
	description, err := b.describe(v.Page.CreatedAt)
	return []doc{robots, description, favicon(v)}, err
}

// favicon is the icon of the page's state for browsers that know no SVG.
func favicon(v *status.View) doc {
	icon, _ := static.Get("icons/" + string(v.State()) + ".ico")
	return doc{path: "/favicon.ico", contentType: icon.ContentType, body: icon.Body, changed: v.UpdatedAt()}
}
