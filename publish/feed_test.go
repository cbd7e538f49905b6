package publish

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"allclear/status"
	"allclear/status/statuspage"
)

func feedsOf(t testing.TB, b *Builder, v *status.View) map[string]doc {
	t.Helper()
	made, err := b.feedDocs(v)
	return docsOf(t, made, err)
}

func TestFeedsOfTheExample(t *testing.T) {
	docs := feedsOf(t, exampleBuilder(t), exampleView())
	for path, file := range map[string]string{
		"/history.rss": "history.rss", "/history.atom": "history.atom", "/feed.rss": "feed.rss", "/feed.atom": "feed.atom",
		"/feed.json": "feed.json", "/de/feed.atom": "feed.de.atom", "/de/feed.rss?per=update": "feed.de.updates.rss", "/feed.json?per=update": "feed.updates.json",
	} {
		golden(t, file, docs[path].body)
	}
	if len(docs) != 14 {
		t.Errorf("%d feeds, want 14", len(docs))
	}
}

// TestEveryFeedIsValid applies the rules that validators check.
func TestEveryFeedIsValid(t *testing.T) {
	b := exampleBuilder(t)
	views := map[string]*status.View{"example": exampleView(), "hostile": hostileView(), "empty": emptyView(), "big": capturedView(t, "cloudflare/summary-100-maintenances.json")}
	for name, v := range views {
		for path, d := range feedsOf(t, b, v) {
			t.Run(name+path, func(t *testing.T) { checkFeed(t, d, path) })
		}
	}
	for name, v := range map[string]*status.View{"example": exampleView(), "hostile": hostileView()} {
		s := &Snapshot{lazy: map[string]*lazy{}}
		b.promiseFeeds(v, s)
		if len(s.lazy) != (3+2)*2*6 {
			t.Errorf("%d feeds of components and incidents are promised", len(s.lazy))
		}
		for path, l := range s.lazy {
			d, err := l.make()
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name+"/part"+path, func(t *testing.T) { checkFeed(t, d, path) })
		}
	}
}

func checkFeed(t *testing.T, d doc, path string) {
	t.Helper()
	if d.path != path || d.changed.IsZero() {
		t.Errorf("path %q, changed %v", d.path, d.changed)
	}
	feedValid(t, path, d.body)
	switch name, _, _ := strings.Cut(path, "?"); name[strings.LastIndexByte(name, '.'):] {
	case ".rss":
		checkRSS(t, d)
	case ".atom":
		checkAtom(t, d)
	default:
		checkJSONFeed(t, d)
	}
	if bytes.Contains(d.body, []byte("SECRET")) {
		t.Errorf("the feed tells what is internal: %s", d.body)
	}
	if _, err := gofeed.NewParser().Parse(bytes.NewReader(d.body)); err != nil {
		t.Errorf("gofeed: %v", err)
	}
}

// checkHTML refuses content that a reader could execute, or that is not balanced.
func checkHTML(t *testing.T, content string) {
	t.Helper()
	for _, bad := range []string{"<script", "javascript:", "onerror", "\u202e", "<p></p>"} {
		if strings.Contains(strings.ToLower(content), bad) {
			t.Errorf("the content has %q: %s", bad, content)
		}
	}
	if strings.Count(content, "<p>") != strings.Count(content, "</p>") || strings.Count(content, "<ul>") != strings.Count(content, "</ul>") {
		t.Errorf("the content is not balanced: %s", content)
	}
}

// strictXML reads every token, as a strict parser does.
func strictXML(t *testing.T, body []byte) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}

func checkRSS(t *testing.T, d doc) {
	t.Helper()
	strictXML(t, d.body)
	var root struct {
		Version string `xml:"version,attr"`
		Channel struct {
			Title, Description, Language, LastBuildDate string
			Links                                       []struct {
				XMLName xml.Name
				Text    string `xml:",chardata"`
				Href    string `xml:"href,attr"`
				Rel     string `xml:"rel,attr"`
			} `xml:"link"`
			Self []struct {
				Href string `xml:"href,attr"`
			} `xml:"http://www.w3.org/2005/Atom link"`
			Items []struct {
				Title string `xml:"title"`
				Link  string `xml:"link"`
				Date  string `xml:"pubDate"`
				Text  string `xml:"description"`
				GUID  struct {
					ID        string `xml:",chardata"`
					Permalink string `xml:"isPermaLink,attr"`
				} `xml:"guid"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if err := xml.Unmarshal(d.body, &root); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(d.body, []byte(`<atom:link href="`+exampleBase+xmlEscaped(d.path)+`" rel="self" type="application/rss+xml">`)) || root.Version != "2.0" {
		t.Errorf("no link to itself: %s", d.body[:min(len(d.body), 900)])
	}
	for _, tag := range []string{"<title>", "<link>" + exampleBase, "<description>", "<language>", "<lastBuildDate>"} {
		if !bytes.Contains(d.body, []byte(tag)) {
			t.Errorf("the channel lacks %s", tag)
		}
	}
	var ids []string
	for _, item := range root.Channel.Items {
		ids = append(ids, item.GUID.ID)
		if _, err := time.Parse(time.RFC1123Z, item.Date); err != nil {
			t.Errorf("date: %v", err)
		}
		checkHTML(t, item.Text)
		if item.Title == "" || item.Text == "" || !strings.HasPrefix(item.Link, exampleBase+"/") {
			t.Errorf("item = %+v", item)
		}
		if item.GUID.Permalink == "true" && item.GUID.ID != item.Link || item.GUID.Permalink == "" {
			t.Errorf("guid = %+v", item.GUID)
		}
	}
	checkIDs(t, ids)
}

func xmlEscaped(s string) string {
	var buf bytes.Buffer
	_ = xml.EscapeText(&buf, []byte(s))
	return buf.String()
}

func checkIDs(t *testing.T, ids []string) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(ids))
	if len(slices.Compact(sorted)) != len(ids) {
		t.Errorf("ids appear twice: %v", ids)
	}
	for _, id := range ids {
		if u, err := url.Parse(id); err != nil || !u.IsAbs() {
			t.Errorf("%q is no absolute IRI", id)
		}
	}
}

func checkAtom(t *testing.T, d doc) {
	t.Helper()
	strictXML(t, d.body)
	type link struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
	}
	var root struct {
		XMLName xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string    `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		ID      string    `xml:"id"`
		Title   string    `xml:"title"`
		Updated time.Time `xml:"updated"`
		Author  string    `xml:"author>name"`
		Links   []link    `xml:"link"`
		Entries []struct {
			ID        string    `xml:"id"`
			Title     string    `xml:"title"`
			Published time.Time `xml:"published"`
			Updated   time.Time `xml:"updated"`
			Links     []link    `xml:"link"`
			Content   struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(d.body, &root); err != nil {
		t.Fatal(err)
	}
	if root.Lang == "" || root.Title == "" || root.Author == "" || root.Updated.IsZero() {
		t.Errorf("feed = %q, %q, %q, %v", root.Lang, root.Title, root.Author, root.Updated)
	}
	if !slices.Contains(root.Links, link{exampleBase + d.path, "self"}) || len(root.Links) != 2 {
		t.Errorf("links = %v", root.Links)
	}
	ids := []string{root.ID}
	for _, e := range root.Entries {
		ids = append(ids, e.ID)
		checkHTML(t, e.Content.Text)
		if e.Title == "" || e.Content.Type != "html" || e.Content.Text == "" || e.Updated.Before(e.Published) || e.Updated.After(root.Updated) || e.Published.IsZero() {
			t.Errorf("entry = %+v of a feed updated at %v", e, root.Updated)
		}
		if len(e.Links) != 1 || e.Links[0].Rel != "alternate" || !strings.HasPrefix(e.Links[0].Href, exampleBase+"/") {
			t.Errorf("links = %v", e.Links)
		}
	}
	checkIDs(t, ids)
}

func checkJSONFeed(t *testing.T, d doc) {
	t.Helper()
	var root struct {
		Version, Title, Language string
		Home                     string `json:"home_page_url"`
		URL                      string `json:"feed_url"`
		Items                    *[]struct {
			ID        string `json:"id"`
			URL       string `json:"url"`
			HTML      string `json:"content_html"`
			Published time.Time
			Date      *time.Time `json:"date_published"`
			Modified  *time.Time `json:"date_modified"`
		} `json:"items"`
	}
	if err := json.Unmarshal(d.body, &root); err != nil {
		t.Fatal(err)
	}
	if root.Version != "https://jsonfeed.org/version/1.1" || root.Title == "" || root.Language == "" || root.URL != exampleBase+d.path || root.Home == "" || root.Items == nil {
		t.Fatalf("feed = %+v", root)
	}
	var ids []string
	for _, item := range *root.Items {
		ids = append(ids, item.ID)
		checkHTML(t, item.HTML)
		if item.HTML == "" || item.Date == nil || item.Modified == nil || !strings.HasPrefix(item.URL, exampleBase+"/") {
			t.Errorf("item = %+v", item)
		}
	}
	checkIDs(t, ids)
}

func emptyView() *status.View {
	v := exampleView()
	v.Incidents, v.Maintenances, v.Months = nil, nil, nil
	return v
}

// hostileView says everything that could break a feed or its readers.
func hostileView() *status.View {
	const nasty = "\x00\x01\x0b\x1f\ufffe\uffff\ud7ff]]><script>alert(1)</script>&<b>\xff\xfe <a href=\"javascript:alert(1)\">x</a> [y](javascript:alert(1)) <!-- --> \u202e 😀"
	v := exampleView()
	v.Page.Name += nasty
	v.Page.Organization += nasty
	for _, list := range [][]status.Incident{v.Incidents, v.Maintenances} {
		for i := range list {
			list[i].Name = nasty + list[i].Name
			list[i].Translations = map[string]status.Texts{"de": {Name: ref(nasty)}}
			for j := range list[i].Updates {
				list[i].Updates[j].Body = nasty
				list[i].Updates[j].Translations = map[string]string{"de": nasty + "\n\n- " + nasty + "\n\n> " + nasty}
			}
		}
	}
	for i := range v.Components {
		v.Components[i].Name += nasty
	}
	return v
}

// TestHistoryFeedIsReadAgain: what we publish in Statuspage's form, our own import reads.
func TestHistoryFeedIsReadAgain(t *testing.T) {
	v := exampleView()
	d := feedsOf(t, exampleBuilder(t), v)["/history.atom"]
	in, err := statuspage.Read(map[string][]byte{"history.atom": d.body})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Incidents) != 4 || in.Incidents[0].ID != "openopenopen" {
		t.Fatalf("read %d incidents", len(in.Incidents))
	}
	for _, got := range in.Incidents {
		want := v.Incident(got.ID)
		if got.Name != want.Name || got.Stage != want.Stage || got.Kind != want.Kind || !got.UpdatedAt.Equal(want.UpdatedAt) || len(got.Updates) != len(posts(want)) {
			t.Errorf("read %+v", got)
		}
		for i, u := range posts(want) {
			if got.Updates[i].Stage != u.Stage || !got.Updates[i].DisplayAt.Equal(u.DisplayAt) {
				t.Errorf("%s: read %s %v, want %s %v", got.ID, got.Updates[i].Stage, got.Updates[i].DisplayAt, u.Stage, u.DisplayAt)
			}
		}
	}
}

// TestEntriesKeepTheirIdentity: an update changes when an entry was updated, never its
// id, nor when it was published.
func TestEntriesKeepTheirIdentity(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	before := parsed(t, feedsOf(t, b, v)["/feed.atom"])
	n := &v.Incidents[0]
	n.UpdatedAt, n.Revision = moment(21, 21, 30), 10
	n.Updates = append([]status.Update{exampleUpdate("update444444", n.ID, status.Monitoring, moment(21, 21, 30), "Mended.")}, n.Updates...)
	docs := feedsOf(t, b, v)
	after := parsed(t, docs["/feed.atom"])
	if a, b := before.Items[0], after.Items[0]; a.GUID != b.GUID || a.Published != b.Published || a.Updated == b.Updated || !strings.Contains(b.Content, "Mended.") {
		t.Errorf("before %s %s %s, after %s %s %s", a.GUID, a.Published, a.Updated, b.GUID, b.Published, b.Updated)
	}
	if !docs["/feed.atom"].changed.Equal(moment(21, 21, 30)) {
		t.Errorf("changed %v", docs["/feed.atom"].changed)
	}
	if first := parsed(t, docs["/feed.rss?per=update"]).Items[0]; first.GUID != "tag:status.example.org,2005:Incident/openopenopen/update444444" || first.Title != "Being watched: Card payments fail" {
		t.Errorf("newest update: %s %q", first.GUID, first.Title)
	}
}

func parsed(t *testing.T, d doc) *gofeed.Feed {
	t.Helper()
	f, err := gofeed.NewParser().Parse(bytes.NewReader(d.body))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFeedsOfParts(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	s := &Snapshot{lazy: map[string]*lazy{}}
	b.promiseFeeds(v, s)
	for path, want := range map[string][]string{
		"/components/cardcardcard/feed.rss":             {"Card payments fail", "New router"},
		"/components/paypaypaypay/feed.atom":            {"Card payments fail", "New router"},
		"/de/components/webwebwebweb/feed.atom":         {"Slow website", "New database"},
		"/incidents/openopenopen/feed.rss":              {"Card payments fail"},
		"/de/incidents/openopenopen/feed.json":          {"Kartenzahlungen schlagen fehl"},
		"/incidents/openopenopen/feed.json" + perUpdate: {"Cause found: Card payments fail", "Investigating: Card payments fail"},
	} {
		l := s.lazy[path]
		if l == nil {
			t.Errorf("%s is not promised", path)
			continue
		}
		d, err := l.make()
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, item := range parsed(t, d).Items {
			titles = append(titles, item.Title)
		}
		if !slices.Equal(titles, want) {
			t.Errorf("%s has %q, want %q", path, titles, want)
		}
	}
	key := s.lazy["/components/cardcardcard/feed.rss"].key
	v.Incidents[1].Revision++ // about the website
	again := &Snapshot{lazy: map[string]*lazy{}}
	b.promiseFeeds(v, again)
	if again.lazy["/components/cardcardcard/feed.rss"].key != key || again.lazy["/components/webwebwebweb/feed.rss"].key == s.lazy["/components/webwebwebweb/feed.rss"].key {
		t.Error("the keys do not follow the notices that a feed holds")
	}
}

func TestInlineKeepsParagraphsBalanced(t *testing.T) {
	for body, want := range map[string]string{
		"one":              "one",
		"one\n\ntwo":       "one<br><br>two",
		"a\n\n- b\n- c":    "a</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul><p>",
		"- b":              "</p><ul>\n<li>b</li>\n</ul><p>",
		"":                 "",
		"<b>x</b> & y < z": "x &amp; y &lt; z",
	} {
		var c textCache
		if got := c.inline(body); got != want || c.inline(body) != want {
			t.Errorf("inline(%q) = %q, want %q", body, got, want)
		}
	}
}
