package publish

import (
	"encoding/xml"
	"fmt"

	"allclear/status"
	"allclear/templates"
)

// Item is a notice of the view as the page's RSS feed in a language will have it, with
// line breaks for people who look at it before it is published.
func Item(v *status.View, n *status.Incident, base string, pages *templates.Set, locale string) (string, error) {
	m := feedMaker{b: &Builder{Base: base, Pages: pages}, v: v, locale: locale}
	f := m.perNotice(feedScope{notice: n}, []*status.Incident{n})
	text, err := xml.MarshalIndent(f.entries[0].rss(), "", "  ")
	if err != nil {
		return "", fmt.Errorf("publish: an item of a feed: %w", err)
	}
	return string(text), nil
}
