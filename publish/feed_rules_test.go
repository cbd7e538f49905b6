package publish

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The rules that RFC 4287, RSS 2.0 and JSON Feed 1.1 write down, as far as a feed can
// break them.

const (
	atomSpace = "http://www.w3.org/2005/Atom"
	xmlSpace  = "http://www.w3.org/XML/1998/namespace"
)

// node is an element with its text, as a strict parser reads it.
type node struct {
	name     xml.Name
	attrs    map[xml.Name]string
	text     string
	children []*node
}

func treeOf(body []byte) (*node, error) {
	root := &node{}
	open := []*node{root}
	for decoder := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		last := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name, attrs: map[xml.Name]string{}}
			for _, a := range token.Attr {
				n.attrs[a.Name] = a.Value
			}
			last.children = append(last.children, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(token)
		}
	}
	if len(root.children) != 1 {
		return nil, errors.New("not one root")
	}
	return root.children[0], nil
}

func (n *node) attr(name string) string { return n.attrs[xml.Name{Local: name}] }

func (n *node) all(space, name string) []*node {
	var found []*node
	for _, c := range n.children {
		if c.name.Local == name && c.name.Space == space {
			found = append(found, c)
		}
	}
	return found
}

// rules collects what is wrong.
type rules struct{ faults []string }

func (r *rules) want(ok bool, format string, args ...any) {
	if !ok {
		r.faults = append(r.faults, fmt.Sprintf(format, args...))
	}
}

// once wants exactly one child for each name, most at most one.
func (r *rules) once(n *node, space string, exactly, most []string) {
	for _, name := range exactly {
		r.want(len(n.all(space, name)) == 1, "<%s> has %d <%s>, want one", n.name.Local, len(n.all(space, name)), name)
	}
	for _, name := range most {
		r.want(len(n.all(space, name)) <= 1, "<%s> has %d <%s>", n.name.Local, len(n.all(space, name)), name)
	}
	known := slices.Concat(exactly, most, []string{"author", "contributor", "category", "link", "entry", "item"})
	for _, c := range n.children {
		r.want(c.name.Space != space || slices.Contains(known, c.name.Local), "<%s> has the unknown element <%s>", n.name.Local, c.name.Local)
	}
}

func absolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs()
}

var (
	languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	atomDate    = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)
	relative    = regexp.MustCompile(`(?:href|src)="(?:/|\.|[a-z0-9_-]+")`)
)

// feedFaults says which written rules a feed breaks.
func feedFaults(to format, body []byte) []string {
	r := &rules{}
	if to == jsonFeed {
		r.jsonFeed(body)
		return r.faults
	}
	root, err := treeOf(body)
	if err != nil {
		return []string{err.Error()}
	}
	if to == atom {
		r.atomFeed(root)
	} else {
		r.rssFeed(root)
	}
	return r.faults
}

func (r *rules) atomFeed(feed *node) {
	r.want(feed.name == xml.Name{Space: atomSpace, Local: "feed"}, "the root is %v", feed.name)
	r.once(feed, atomSpace, []string{"id", "title", "updated"}, []string{"generator", "icon", "logo", "rights", "subtitle"})
	r.want(languageTag.MatchString(feed.attrs[xml.Name{Space: xmlSpace, Local: "lang"}]), "no xml:lang")
	self := 0
	for _, link := range feed.all(atomSpace, "link") {
		if link.attr("rel") == "self" {
			self++
		}
	}
	r.want(self == 1, "%d links to itself", self)
	entries := feed.all(atomSpace, "entry")
	r.atomParts(feed)
	seen := map[string]bool{}
	for _, e := range entries {
		r.once(e, atomSpace, []string{"id", "title", "updated"}, []string{"content", "published", "rights", "source", "summary"})
		r.want(len(e.all(atomSpace, "author")) > 0 || len(feed.all(atomSpace, "author")) > 0, "an entry without an author")
		r.atomParts(e)
		if id := e.all(atomSpace, "id"); len(id) == 1 {
			r.want(!seen[id[0].text], "the id %s twice", id[0].text)
			seen[id[0].text] = true
		}
		alternate := slices.ContainsFunc(e.all(atomSpace, "link"), func(l *node) bool { return l.attr("rel") == "" || l.attr("rel") == "alternate" })
		r.want(alternate || len(e.all(atomSpace, "content")) > 0, "an entry without content and link")
	}
}

// atomParts checks what feeds and entries share: ids, dates, links, persons and texts.
func (r *rules) atomParts(n *node) {
	alternates := map[string]bool{}
	for _, c := range n.children {
		switch c.name.Local {
		case "id":
			r.want(absolute(c.text), "the id %q is no absolute IRI", c.text)
		case "updated", "published":
			_, err := time.Parse(time.RFC3339, c.text)
			r.want(err == nil && atomDate.MatchString(c.text), "the date %q", c.text)
		case "link":
			r.want(absolute(c.attr("href")), "the link %q", c.attr("href"))
			if rel := c.attr("rel"); rel == "" || rel == "alternate" {
				kind := c.attr("type") + " " + c.attr("hreflang")
				r.want(!alternates[kind], "two alternates of %s", kind)
				alternates[kind] = true
			}
		case "author", "contributor":
			r.once(c, atomSpace, []string{"name"}, []string{"email", "uri"})
			for _, name := range c.all(atomSpace, "name") {
				r.want(strings.TrimSpace(name.text) != "", "an author without a name")
			}
		case "category":
			r.want(c.attr("term") != "", "a category without a term")
		case "title", "subtitle", "summary", "content", "rights":
			r.want(slices.Contains([]string{"", "text", "html"}, c.attr("type")) && len(c.children) == 0, "<%s> of type %q with %d elements", c.name.Local, c.attr("type"), len(c.children))
			r.want(!relative.MatchString(c.text), "<%s> with a relative address: %s", c.name.Local, c.text)
		}
	}
}

func (r *rules) rssFeed(root *node) {
	r.want(root.name == xml.Name{Local: "rss"} && root.attr("version") == "2.0", "the root is %v %s", root.name, root.attr("version"))
	channels := root.all("", "channel")
	r.want(len(channels) == 1 && len(root.children) == 1, "%d channels", len(channels))
	if len(channels) != 1 {
		return
	}
	channel := channels[0]
	r.once(channel, "", []string{"title", "link", "description"}, []string{
		"language", "copyright", "managingEditor", "webMaster", "pubDate", "lastBuildDate", "generator", "docs", "cloud", "ttl", "image", "rating", "textInput", "skipHours", "skipDays",
	})
	self := channel.all(atomSpace, "link")
	r.want(len(self) == 1 && self[0].attr("rel") == "self" && absolute(self[0].attr("href")) && self[0].attr("type") == "application/rss+xml", "no link to itself")
	r.rssParts(channel)
	seen := map[string]bool{}
	for _, item := range channel.all("", "item") {
		r.once(item, "", nil, []string{"title", "link", "description", "comments", "enclosure", "guid", "pubDate", "source"})
		r.want(len(item.all("", "title"))+len(item.all("", "description")) > 0, "an item without title and description")
		r.rssParts(item)
		for _, guid := range item.all("", "guid") {
			r.want(!seen[guid.text], "the guid %s twice", guid.text)
			seen[guid.text] = true
		}
	}
}

func (r *rules) rssParts(n *node) {
	for _, c := range n.children {
		if c.name.Space != "" {
			continue
		}
		switch c.name.Local {
		case "link":
			r.want(absolute(c.text), "the link %q", c.text)
		case "pubDate", "lastBuildDate":
			_, err := time.Parse(time.RFC1123Z, c.text)
			r.want(err == nil, "the date %q", c.text)
		case "language":
			r.want(languageTag.MatchString(c.text), "the language %q", c.text)
		case "ttl":
			_, err := strconv.ParseUint(c.text, 10, 16)
			r.want(err == nil, "the ttl %q", c.text)
		case "guid":
			r.want(c.attr("isPermaLink") == "false" || absolute(c.text) && strings.HasPrefix(c.text, "http"), "the guid %q is no permalink", c.text)
		case "title", "description":
			r.want(len(c.children) == 0 && !relative.MatchString(c.text), "<%s> with elements or a relative address", c.name.Local)
		}
	}
}

func (r *rules) jsonFeed(body []byte) {
	var feed map[string]any
	if err := json.Unmarshal(body, &feed); err != nil {
		r.want(false, "%v", err)
		return
	}
	r.want(feed["version"] == "https://jsonfeed.org/version/1.1", "the version is %v", feed["version"])
	r.keys(feed, "version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon", "authors", "language", "expired", "hubs", "items")
	title, _ := feed["title"].(string)
	r.want(title != "", "no title")
	language, _ := feed["language"].(string)
	r.want(languageTag.MatchString(language), "the language %q", language)
	r.addresses(feed, "home_page_url", "feed_url")
	r.authors(feed)
	items, ok := feed["items"].([]any)
	r.want(ok, "the items are no list")
	seen := map[string]bool{}
	for _, x := range items {
		item, ok := x.(map[string]any)
		if !ok {
			r.want(false, "an item is no object")
			continue
		}
		r.keys(item, "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image", "date_published", "date_modified", "authors", "tags", "language", "attachments")
		id, _ := item["id"].(string)
		r.want(id != "" && !seen[id], "the id %q is missing, no text or there twice", id)
		seen[id] = true
		content, _ := item["content_html"].(string)
		r.want((content != "" || item["content_text"] != nil) && !relative.MatchString(content), "an item without content or with a relative address")
		r.addresses(item, "url")
		r.authors(item)
		for _, key := range []string{"date_published", "date_modified"} {
			if date, given := item[key]; given {
				text, _ := date.(string)
				_, err := time.Parse(time.RFC3339, text)
				r.want(err == nil, "the date %v", date)
			}
		}
		tags, _ := item["tags"].([]any)
		for _, tag := range tags {
			word, ok := tag.(string)
			r.want(ok && word != "", "the tag %v", tag)
		}
	}
}

func (r *rules) keys(object map[string]any, known ...string) {
	for key := range object {
		r.want(slices.Contains(known, key) || strings.HasPrefix(key, "_"), "the unknown key %s", key)
	}
}

func (r *rules) addresses(object map[string]any, keys ...string) {
	for _, key := range keys {
		address, _ := object[key].(string)
		r.want(absolute(address), "%s is %v", key, object[key])
	}
}

func (r *rules) authors(object map[string]any) {
	list, _ := object["authors"].([]any)
	for _, x := range list {
		author, _ := x.(map[string]any)
		name, _ := author["name"].(string)
		r.want(strings.TrimSpace(name) != "", "an author without a name")
	}
}

// feedValid applies the rules of a feed's format.
func feedValid(t *testing.T, path string, body []byte) {
	t.Helper()
	name, _, _ := strings.Cut(path, "?")
	for _, fault := range feedFaults(format(name[strings.LastIndexByte(name, '.')+1:]), body) {
		t.Errorf("%s: %s", path, fault)
	}
}

// TestTheRulesFindFaults breaks a good feed in one place after the other.
func TestTheRulesFindFaults(t *testing.T) {
	docs := feedsOf(t, exampleBuilder(t), exampleView())
	for _, tc := range []struct {
		path, from, to string
		want           string
	}{
		{"/feed.atom", "<id>", "<id>x</id><id>", "want one"},
		{"/feed.atom", "<title>", "<titel>", "syntax error"},
		{"/feed.atom", "<generator>", "<generator>\x01", "illegal character"},
		{"/feed.atom", `rel="self"`, `rel="alternate"`, "0 links to itself"},
		{"/feed.atom", `xml:lang="en"`, `xml:lang=""`, "no xml:lang"},
		{"/feed.atom", "T12:00:00Z</updated>", "t12:00:00z</updated>", "the date"},
		{"/feed.atom", "<name>", "<name></name><name>", "want one"},
		{"/feed.atom", "tag:status", "status", "no absolute IRI"},
		{"/feed.atom", "<generator>", "<generated></generated><generator>", "unknown element <generated>"},
		{"/feed.atom", "&lt;p&gt;", "&lt;a href=&#34;/x&#34;&gt;", "relative address"},
		{"/feed.atom", `type="html"`, `type="markdown"`, "of type"},
		{"/feed.rss", `version="2.0"`, `version="0.91"`, "the root"},
		{"/feed.rss", "<description>", "<description></description><description>", "2 <description>"},
		{"/feed.rss", "application/rss+xml", "text/xml", "no link to itself"},
		{"/feed.rss", "+0000</pubDate>", "GMT+0</pubDate>", "the date"},
		{"/feed.rss", "<language>en", "<language>English!", "the language"},
		{"/feed.rss", `isPermaLink="true">https`, `isPermaLink="true">tag`, "no permalink"},
		{"/feed.rss", "<item>", "<item><mood>x</mood>", "unknown element <mood>"},
		{"/feed.json", `1.1"`, `1"`, "the version"},
		{"/feed.json", `"title":`, `"titel":`, "unknown key titel"},
		{"/feed.json", `"id":"tag`, `"id":"","x":"tag`, "the id"},
		{"/feed.json", `"feed_url":"https://status.example.org`, `"feed_url":"`, "feed_url"},
		{"/feed.json", `"items":[`, `"items":{}, "x":[`, "no list"},
		{"/feed.json", `"date_published":"`, `"date_published":"on `, "the date"},
	} {
		body := string(docs[tc.path].body)
		if !strings.Contains(body, tc.from) {
			t.Errorf("%s has no %q to break", tc.path, tc.from)
		}
		body = strings.ReplaceAll(body, tc.from, tc.to)
		faults := strings.Join(feedFaults(format(strings.TrimPrefix(tc.path, "/feed.")), []byte(body)), "\n")
		if !strings.Contains(faults, tc.want) {
			t.Errorf("%s with %q: the faults are %q, want %q", tc.path, tc.to, faults, tc.want)
		}
	}
}
