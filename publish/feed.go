package publish

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"allclear/status"
	"allclear/templates"
)

// Entries of a feed: notices, or single updates.
const (
	feedNotices = 25
	feedUpdates = 50
)

// feed is a feed before it takes a format.
type feed struct {
	path    string // of the folder and file, without extension
	query   string // "?per=update" or ""
	id      string
	title   string
	about   string // one line
	home    string // page that it belongs to
	locale  string
	author  string
	updated time.Time
	entries []entry
}

// entry is one item of a feed.
type entry struct {
	id        string
	permalink bool // the link identifies the entry in RSS
	link      string
	title     string
	html      string
	tag       string
	published time.Time // first post
	latest    time.Time // newest post
	updated   time.Time // last change of any kind
}

// feedScope says what a feed is about: everything, a component, or one notice.
type feedScope struct {
	component *status.Component
	notice    *status.Incident
}

func (s feedScope) folder() string {
	switch {
	case s.component != nil:
		return "/components/" + s.component.ID
	case s.notice != nil:
		return noticePath(s.notice)
	}
	return ""
}

func (s feedScope) wants(n *status.Incident, v *status.View) bool {
	switch {
	case s.notice != nil:
		return n.ID == s.notice.ID
	case s.component == nil || slices.Contains(n.ComponentIDs, s.component.ID):
		return true
	}
	return s.component.Group && slices.ContainsFunc(n.ComponentIDs, func(id string) bool {
		c := v.Component(id)
		return c != nil && c.GroupID == s.component.ID
	})
}

// feedDocs makes the feeds of the whole page: the compatible history, and in every
// language one entry per notice and one per update.
func (b *Builder) feedDocs(v *status.View) ([]doc, error) {
	b.texts.turn()
	notices := recentNotices(v, feedScope{})
	history := feedMaker{b: b, v: v, locale: v.Page.DefaultLocale}.history(notices)
	docs := []doc{}
	for _, format := range []format{rss, atom} {
		d, err := history.as(format, b.Base)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	for _, locale := range v.Page.Locales {
		m := feedMaker{b: b, v: v, locale: locale}
		for _, f := range []feed{m.perNotice(feedScope{}, notices), m.perUpdate(feedScope{}, notices)} {
			for _, format := range []format{rss, atom, jsonFeed} {
				d, err := f.as(format, b.Base)
				if err != nil {
					return nil, err
				}
				docs = append(docs, d)
			}
		}
	}
	return docs, nil
}

// promiseFeeds promises the feeds of every component and of every notice that the view
// holds.
func (b *Builder) promiseFeeds(v *status.View, s *Snapshot) {
	var scopes []feedScope
	for i := range v.Components {
		scopes = append(scopes, feedScope{component: &v.Components[i]})
	}
	for i := range v.Incidents {
		scopes = append(scopes, feedScope{notice: &v.Incidents[i]})
	}
	keys := feedKeys(v)
	for _, scope := range scopes {
		key := keys(scope)
		for _, locale := range v.Page.Locales {
			m := feedMaker{b: b, v: v, locale: locale}
			path := m.prefix() + scope.folder() + "/feed."
			for _, format := range []format{rss, atom, jsonFeed} {
				for _, per := range []string{"", perUpdate} {
					s.promise(path+string(format)+per, key, func() (doc, error) { return m.scoped(scope, per).as(format, b.Base) })
				}
			}
		}
	}
}

// feedKeys tells when a feed changes: with its notices, its own name, and the page.
func feedKeys(v *status.View) func(feedScope) string {
	group := map[string]string{}
	for i := range v.Components {
		group[v.Components[i].ID] = v.Components[i].GroupID
	}
	own := map[string]string{}
	for _, list := range [][]status.Incident{v.Incidents, v.Maintenances} {
		for i := range list {
			n := &list[i]
			key := fmt.Sprint(" ", n.ID, " ", n.Revision, " ", n.UpdatedAt.UnixMilli())
			own["/"+n.ID] = key
			for _, id := range n.ComponentIDs {
				own[id] += key
				if g := group[id]; g != "" {
					own[g] += key
				}
			}
		}
	}
	return func(s feedScope) string {
		if s.notice != nil {
			return fmt.Sprint(v.Page.Version, own["/"+s.notice.ID])
		}
		return fmt.Sprint(v.Page.Version, s.component.Name, own[s.component.ID])
	}
}

// perUpdate is the query of the feeds that have one entry per update.
const perUpdate = "?per=update"

// recentNotices are the notices of a feed, newest post first.
func recentNotices(v *status.View, scope feedScope) []*status.Incident {
	var out []*status.Incident
	for _, list := range [][]status.Incident{v.Incidents, v.Maintenances} {
		for i := range list {
			if n := &list[i]; len(posts(n)) > 0 && scope.wants(n, v) {
				out = append(out, n)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *status.Incident) int {
		return cmp.Or(posts(b)[0].DisplayAt.Compare(posts(a)[0].DisplayAt), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// posts are a notice's updates without those that were taken back, newest first.
func posts(n *status.Incident) []status.Update {
	if !slices.ContainsFunc(n.Updates, func(u status.Update) bool { return u.Deleted }) {
		return n.Updates
	}
	return slices.DeleteFunc(slices.Clone(n.Updates), func(u status.Update) bool { return u.Deleted })
}

// feedMaker words the feeds of one language.
type feedMaker struct {
	b      *Builder
	v      *status.View
	locale string
}

func (m feedMaker) voice() *templates.Voice { return m.b.Pages.Voice(m.locale, m.v.Page.TimeZone) }

// prefix is the language's part of a path.
func (m feedMaker) prefix() string {
	if m.locale == m.v.Page.DefaultLocale {
		return ""
	}
	return "/" + m.locale
}

// tagged makes a permanent id: the site's name, and what the thing is in it.
func (m feedMaker) tagged(what string) string {
	return "tag:" + m.b.host() + ",2005:" + what
}

// history is the feed as Statuspage has it, except that an entry keeps the time of its
// first post and that dates have a year.
func (m feedMaker) history(notices []*status.Incident) feed {
	f := m.frame("/history", "", notices)
	f.title = m.v.Page.Name + " Status - Incident History"
	f.about = m.v.Page.Name + " Status"
	for _, n := range notices[:min(len(notices), feedNotices)] {
		f.entries = append(f.entries, m.entry(n, m.classic(n)))
	}
	return f
}

// frame is a feed without its entries. It changes only with what it holds.
func (m feedMaker) frame(path, query string, notices []*status.Incident) feed {
	f := feed{
		path: m.prefix() + path, query: query, id: m.tagged(m.prefix() + path + query), locale: m.locale,
		home: m.b.Base + m.prefix() + "/", author: m.v.Page.Organization, updated: m.v.Page.CreatedAt,
	}
	if f.author == "" {
		f.author = m.v.Page.Name
	}
	for _, n := range notices {
		f.updated = later(f.updated, n.UpdatedAt)
	}
	return f
}

func (m feedMaker) scoped(scope feedScope, per string) feed {
	return m.shaped(scope, per, recentNotices(m.v, scope))
}

func (m feedMaker) shaped(scope feedScope, per string, notices []*status.Incident) feed {
	if per == perUpdate {
		return m.perUpdate(scope, notices)
	}
	return m.perNotice(scope, notices)
}

// titled names a feed after what it is about.
func (m feedMaker) titled(f feed, scope feedScope) feed {
	topic := m.voice().T("history.title")
	switch {
	case scope.component != nil:
		topic = scope.component.Name
	case scope.notice != nil:
		topic = m.name(scope.notice)
	}
	f.title = m.v.Page.Name + " – " + topic
	f.about = f.title
	f.home = m.b.Base + m.prefix() + cmp.Or(scope.folder(), "/")
	return f
}

// perNotice has one entry per notice, with all its updates.
func (m feedMaker) perNotice(scope feedScope, notices []*status.Incident) feed {
	f := m.titled(m.frame(scope.folder()+"/feed", "", notices), scope)
	for _, n := range notices[:min(len(notices), feedNotices)] {
		f.entries = append(f.entries, m.entry(n, m.spoken(n)))
	}
	return f
}

// perUpdate has one entry per update, for readers that hide an entry once it was read.
func (m feedMaker) perUpdate(scope feedScope, notices []*status.Incident) feed {
	f := m.titled(m.frame(scope.folder()+"/feed", perUpdate, notices), scope)
	type post struct {
		n *status.Incident
		u status.Update
	}
	var all []post
	for _, n := range notices {
		for _, u := range posts(n) {
			all = append(all, post{n, u})
		}
	}
	slices.SortStableFunc(all, func(a, b post) int { return b.u.DisplayAt.Compare(a.u.DisplayAt) })
	for _, p := range all[:min(len(all), feedUpdates)] {
		e := m.entry(p.n, m.window(p.n)+m.alone(&p.u))
		e.id += "/" + p.u.ID
		e.permalink = false
		e.title = m.voice().NoticeTitle(templates.Notice{Stage: string(p.u.Stage), Title: e.title})
		e.tag = string(p.u.Stage)
		e.published, e.latest, e.updated = p.u.DisplayAt, p.u.DisplayAt, later(p.u.DisplayAt, p.u.UpdatedAt)
		f.entries = append(f.entries, e)
	}
	return f
}

func (m feedMaker) entry(n *status.Incident, content string) entry {
	list := posts(n)
	return entry{
		id: m.tagged(strings.TrimPrefix(m.prefix()+"/Incident/"+n.ID, "/")), permalink: true, link: m.b.Base + m.prefix() + noticePath(n),
		title: m.name(n), html: content, tag: string(n.Stage),
		published: list[len(list)-1].DisplayAt, latest: list[0].DisplayAt, updated: later(n.UpdatedAt, list[0].DisplayAt),
	}
}

// name is the notice's title in the feed's language, if it was translated.
func (m feedMaker) name(n *status.Incident) string {
	if name := n.Translations[m.locale].Name; name != nil && *name != "" {
		return *name
	}
	return n.Name
}

// text is an update's body as HTML of one paragraph.
func (m feedMaker) text(u *status.Update) string {
	body := u.Body
	if t := u.Translations[m.locale]; t != "" {
		body = t
	}
	return m.b.texts.inline(body)
}

// alone is an update's text as the whole content; one without text is its stage.
func (m feedMaker) alone(u *status.Update) string {
	text := m.text(u)
	if text == "" {
		text = html.EscapeString(m.voice().StageLabel(string(u.Stage)))
	}
	return strings.ReplaceAll("<p>"+text+"</p>", "<p></p>", "")
}

// classic writes a notice's updates in Statuspage's form, newest first. A stage that
// repeats the one before it is called an update.
func (m feedMaker) classic(n *status.Incident) string {
	var out strings.Builder
	list := posts(n)
	zone := m.v.Page.Zone()
	for i := range list {
		label := m.label(list[i].Stage)
		if i+1 < len(list) && list[i+1].Stage == list[i].Stage && m.locale == "en" {
			label = "Update"
		}
		at := list[i].DisplayAt.In(zone)
		fmt.Fprintf(&out, "<p> <small>%s <var data-var='date'>%2d</var>, %d, <var data-var='time'>%s</var> %s</small><br> <strong>%s</strong> - %s </p> ",
			at.Format("Jan"), at.Day(), at.Year(), at.Format("15:04"), at.Format("MST"), label, m.text(&list[i]))
	}
	return strings.TrimSpace(strings.ReplaceAll(out.String(), "<p> </p> ", ""))
}

// label is Statuspage's own word in English, which readers of its feeds know.
func (m feedMaker) label(s status.Stage) string {
	if m.locale != "en" {
		return html.EscapeString(m.voice().StageLabel(string(s)))
	}
	word := strings.ReplaceAll(string(s), "_", " ")
	return strings.ToUpper(word[:1]) + word[1:]
}

// spoken writes a notice's updates in our own words, newest first.
func (m feedMaker) spoken(n *status.Incident) string {
	var out strings.Builder
	out.WriteString(m.window(n))
	for _, u := range posts(n) {
		fmt.Fprintf(&out, "<p><small>%s</small><br><strong>%s</strong> – %s</p>",
			html.EscapeString(m.voice().Time(u.DisplayAt)), html.EscapeString(m.voice().StageLabel(string(u.Stage))), m.text(&u))
	}
	return strings.ReplaceAll(out.String(), "<p></p>", "")
}

// window says when a maintenance is planned; nothing for incidents.
func (m feedMaker) window(n *status.Incident) string {
	if n.Kind != status.Maintenance || n.ScheduledFor == nil || n.ScheduledUntil == nil {
		return ""
	}
	return "<p><strong>" + html.EscapeString(m.voice().T("kind.maintenance")) + "</strong>: " +
		html.EscapeString(m.voice().Range(*n.ScheduledFor, *n.ScheduledUntil)) + "</p>"
}
