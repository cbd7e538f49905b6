package publish

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/feeds"

	"allclear/templates"
)

// format is a feed's format, spelled as its file name extension.
type format string

const (
	rss      format = "rss"
	atom     format = "atom"
	jsonFeed format = "json"
)

// as writes the feed in a format.
func (f feed) as(to format, base string) (doc, error) {
	d := doc{path: f.path + "." + string(to) + f.query, changed: f.updated}
	self := base + d.path
	var err error
	switch to {
	case atom:
		d.contentType = typeAtom
		d.body, err = markup(f.atom(self))
	case jsonFeed:
		d.contentType = typeFeed
		d.body, err = f.json(self)
	default:
		d.contentType = typeRSS
		d.body, err = markup(f.rss(self))
	}
	if err != nil {
		return d, fmt.Errorf("publish: %s: %w", d.path, err)
	}
	return d, nil
}

func markup(root any) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteString(xml.Header)
	if err := xml.NewEncoder(&buf).Encode(root); err != nil {
		return nil, err //nolint:wrapcheck // as names the document
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// rssRoot is the library's channel inside our own root, which can name the feed itself.
type rssRoot struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Channel rssChannel
}

type rssChannel struct {
	XMLName xml.Name `xml:"channel"`
	Self    selfLink `xml:"atom:link"`
	*feeds.RssFeed
}

type selfLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

func (f feed) rss(self string) rssRoot {
	channel := &feeds.RssFeed{
		Title: plain(f.title), Link: f.home, Description: plain(f.about), Language: f.locale, Generator: "All Clear",
		LastBuildDate: f.updated.UTC().Format(time.RFC1123Z),
	}
	if len(f.entries) > 0 {
		channel.PubDate = f.entries[0].latest.UTC().Format(time.RFC1123Z)
	}
	for _, e := range f.entries {
		channel.Items = append(channel.Items, e.rss())
	}
	return rssRoot{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom",
		Channel: rssChannel{RssFeed: channel, Self: selfLink{Href: self, Rel: "self", Type: "application/rss+xml"}},
	}
}

func (e entry) rss() *feeds.RssItem {
	guid := &feeds.RssGuid{Id: e.id, IsPermaLink: "false"}
	if e.permalink {
		guid = &feeds.RssGuid{Id: e.link, IsPermaLink: "true"}
	}
	return &feeds.RssItem{
		Title: plain(e.title), Link: e.link, Description: plain(e.html), Category: e.tag, Guid: guid,
		PubDate: e.latest.UTC().Format(time.RFC1123Z),
	}
}

// atomRoot adds to the library's feed what it cannot say: its language, its own address
// and what made it.
type atomRoot struct {
	XMLName xml.Name         `xml:"feed"`
	Lang    string           `xml:"xml:lang,attr"`
	Links   []feeds.AtomLink // instead of the library's one
	*feeds.AtomFeed
	Generator string `xml:"generator"`
}

func (f feed) atom(self string) atomRoot {
	out := &feeds.AtomFeed{
		Xmlns: "http://www.w3.org/2005/Atom", Title: plain(f.title), Id: f.id, Updated: atomTime(f.updated), Subtitle: plain(f.about),
		Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: plain(f.author)}},
	}
	for _, e := range f.entries {
		out.Entries = append(out.Entries, &feeds.AtomEntry{
			Title: plain(e.title), Id: e.id, Published: atomTime(e.published), Updated: atomTime(e.updated),
			Links:   []feeds.AtomLink{{Href: e.link, Rel: "alternate", Type: "text/html"}},
			Content: &feeds.AtomContent{Content: plain(e.html), Type: "html"},
		})
	}
	return atomRoot{
		Lang: f.locale, AtomFeed: out, Generator: "All Clear",
		Links: []feeds.AtomLink{
			{Href: f.home, Rel: "alternate", Type: "text/html"},
			{Href: self, Rel: "self", Type: "application/atom+xml"},
		},
	}
}

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// jsonRoot keeps the list of items in an empty feed, which the format asks for.
type jsonRoot struct {
	*feeds.JSONFeed
	Items []*feeds.JSONItem `json:"items"`
}

func (f feed) json(self string) ([]byte, error) {
	root := jsonRoot{
		JSONFeed: &feeds.JSONFeed{
			Version: "https://jsonfeed.org/version/1.1", Title: plain(f.title), Language: f.locale, HomePageUrl: f.home,
			FeedUrl: self, Description: plain(f.about), Authors: []*feeds.JSONAuthor{{Name: plain(f.author)}},
		},
		Items: []*feeds.JSONItem{},
	}
	for _, e := range f.entries {
		published, updated := e.published.UTC(), e.updated.UTC()
		root.Items = append(root.Items, &feeds.JSONItem{
			Id: e.id, Url: e.link, Title: plain(e.title), ContentHTML: plain(e.html), Tags: []string{e.tag},
			PublishedDate: &published, ModifiedDate: &updated,
		})
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(root)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err //nolint:wrapcheck // as names the document
}

// plain drops what XML 1.0 cannot hold, as one such character would make a whole feed
// unreadable, and the marks that make a text read differently from what it says.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000:
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// textCache keeps rendered texts: the same update stands in many feeds of many builds.
// It forgets what was not used since the turn before the last.
type textCache struct {
	mu          sync.Mutex
	fresh, last map[string]string
}

func (c *textCache) turn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.fresh = c.fresh, map[string]string{}
}

// inline renders a body so that it can stand inside a paragraph: the first and the last
// paragraph lose their own tags, and what is no paragraph closes and reopens ours.
func (c *textCache) inline(body string) string {
	c.mu.Lock()
	html, ok := c.fresh[body]
	if !ok {
		html, ok = c.last[body]
	}
	c.mu.Unlock()
	if !ok {
		html = inlined(string(templates.Markdown(body)))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fresh == nil {
		c.fresh = map[string]string{}
	}
	c.fresh[body] = html
	return html
}

func inlined(html string) string {
	html = strings.ReplaceAll(html, "</p>\n<p>", "<br><br>")
	if rest, ok := strings.CutPrefix(html, "<p>"); ok {
		html = rest
	} else if html != "" {
		html = "</p>" + html
	}
	if rest, ok := strings.CutSuffix(html, "</p>"); ok {
		return rest
	} else if html != "" {
		html += "<p>"
	}
	return html
}
