package publish

import (
	"encoding/xml"
	"slices"
	"testing"

	"allclear/status"
)

// TestAnItemIsThatOfTheFeed: what staff look at before they publish is what readers get.
func TestAnItemIsThatOfTheFeed(t *testing.T) {
	type item struct {
		Title       string `xml:"title"`
		Link        string `xml:"link"`
		Description string `xml:"description"`
		Category    string `xml:"category"`
		GUID        string `xml:"guid"`
		PubDate     string `xml:"pubDate"`
	}
	b := exampleBuilder(t)
	for name, v := range map[string]*status.View{"example": exampleView(), "hostile": hostileView()} {
		docs := feedsOf(t, b, v)
		for locale, path := range map[string]string{"en": "/feed.rss", "de": "/de/feed.rss"} {
			var feed struct {
				Items []item `xml:"channel>item"`
			}
			if err := xml.Unmarshal(docs[path].body, &feed); err != nil {
				t.Fatal(err)
			}
			notices := recentNotices(v, feedScope{})
			if len(feed.Items) == 0 || len(feed.Items) != len(notices) {
				t.Fatalf("%s%s: %d items for %d notices", name, path, len(feed.Items), len(notices))
			}
			for _, n := range notices {
				text, err := Item(v, n, b.Base, b.Pages, locale)
				if err != nil {
					t.Fatal(err)
				}
				var got item
				if err := xml.Unmarshal([]byte(text), &got); err != nil {
					t.Fatalf("%v in %s", err, text)
				}
				if !slices.Contains(feed.Items, got) {
					t.Errorf("%s %s: no such item in the feed: %s", name, locale, text)
				}
			}
		}
	}
}
