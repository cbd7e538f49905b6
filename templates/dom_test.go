package templates

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"allclear/static"

	"golang.org/x/net/html"
)

// document is a parsed page with the questions that tests ask.
// htmlNode keeps the parser out of the other tests.
type (
	htmlNode = html.Node
	htmlAttr = html.Attribute
)

type document struct{ root *html.Node }

func parse(t *testing.T, body []byte) document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return document{root}
}

func (d document) all(match func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			found = append(found, n)
		}
	}
	return found
}

func (d document) tags(names ...string) []*html.Node {
	return d.all(func(n *html.Node) bool { return slices.Contains(names, n.Data) })
}

func (d document) byID(id string) *html.Node {
	if found := d.all(func(n *html.Node) bool { return attr(n, "id") == id }); len(found) > 0 {
		return found[0]
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func words(n *html.Node) string {
	var out strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			out.WriteString(c.Data + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// checkPage holds what is true of every page, whatever it says.
func checkPage(t *testing.T, name string, body []byte) {
	t.Helper()
	fail := func(format string, args ...any) { t.Helper(); t.Errorf(name+": "+format, args...) }
	if !strings.HasPrefix(string(body), "<!DOCTYPE html>") {
		fail("does not begin with the doctype")
	}
	d := parse(t, body)
	if h1 := d.tags("h1"); len(h1) != 1 || words(h1[0]) == "" {
		fail("has %d h1 headings, want one with words", len(h1))
	}
	if title := d.tags("title"); len(title) != 1 || words(title[0]) == "" {
		fail("has no title")
	}
	if locale, _, _ := strings.Cut(name, "/"); attr(d.tags("html")[0], "lang") != locale {
		fail("is not marked as %s", locale)
	}
	checkHeadings(d, fail)
	checkPolicy(d, fail)
	checkIDs(d, fail)
	checkLabels(d, fail)
	checkSections(d, string(body), fail)
	for _, el := range d.tags("time") {
		if words(el) == "" {
			fail("has a time element without text")
		}
	}
}

// checkHeadings refuses skipped levels: people who listen walk along the headings.
func checkHeadings(d document, fail func(string, ...any)) {
	last := 1
	for _, h := range d.tags("h1", "h2", "h3", "h4") {
		level := int(h.Data[1] - '0')
		if level > last+1 {
			fail("heading %q jumps from level %d to %d", words(h), last, level)
		}
		last = level
	}
}

// checkPolicy refuses what the content security policy would block, and every
// foreign resource.
func checkPolicy(d document, fail func(string, ...any)) {
	for _, el := range d.all(func(*html.Node) bool { return true }) {
		for _, a := range el.Attr {
			switch {
			case a.Key == "style", strings.HasPrefix(a.Key, "on"):
				fail("<%s> has the attribute %s", el.Data, a.Key)
			case el.Data == "img" && strings.HasSuffix(a.Val, "/badge.svg") && attr(el, "alt") != "":
			case a.Key == "src", el.Data == "use", el.Data == "link" && slices.Contains([]string{"stylesheet", "icon"}, attr(el, "rel")) && a.Key == "href":
				if !knownAsset(a.Val) {
					fail("<%s> loads %q, which is no asset of ours", el.Data, a.Val)
				}
			case a.Key == "href", a.Key == "action":
				if u, err := url.Parse(a.Val); err != nil || !slices.Contains([]string{"", "http", "https", "mailto"}, u.Scheme) {
					fail("<%s> leads to %q", el.Data, a.Val)
				}
			}
		}
	}
	if inline := d.all(func(n *html.Node) bool {
		return n.Data == "style" || n.Data == "script" && words(n) != "" && attr(n, "type") != "application/ld+json"
	}); len(inline) > 0 {
		fail("has an inline style or script")
	}
	for _, forbidden := range d.tags("iframe", "object", "embed", "base") {
		fail("has a <%s>", forbidden.Data)
	}
	if d.all(func(n *html.Node) bool { return attr(n, "http-equiv") != "" }) != nil {
		fail("has a meta http-equiv")
	}
}

func knownAsset(address string) bool {
	address, _, _ = strings.Cut(address, "#")
	return slices.ContainsFunc(static.Assets(), func(a static.Asset) bool { return a.URL() == address })
}

func checkIDs(d document, fail func(string, ...any)) {
	seen := map[string]bool{}
	for _, el := range d.all(func(n *html.Node) bool { return attr(n, "id") != "" }) {
		id := attr(el, "id")
		if seen[id] {
			fail("has the id %q twice", id)
		}
		seen[id] = true
	}
	for _, el := range d.all(func(n *html.Node) bool { return attr(n, "aria-labelledby") != "" }) {
		if !seen[attr(el, "aria-labelledby")] {
			fail("names itself after the missing id %q", attr(el, "aria-labelledby"))
		}
	}
}

// checkLabels wants a label with words around every field, and a name on every
// link and button that is shown.
func checkLabels(d document, fail func(string, ...any)) {
	for _, field := range d.tags("input", "select", "textarea") {
		if attr(field, "type") == "hidden" {
			continue
		}
		labelled := false
		for p := range field.Ancestors() {
			labelled = labelled || p.Data == "label" && words(p) != ""
		}
		if !labelled {
			fail("the field %q has no label", attr(field, "name"))
		}
	}
	for _, link := range d.tags("a") {
		if words(link) == "" || attr(link, "href") == "" {
			fail("has a link without words or address: %v", link.Attr)
		}
	}
	for _, svg := range d.tags("svg") {
		if attr(svg, "aria-hidden") != "true" && (attr(svg, "role") != "img" || attr(svg, "aria-label") == "") {
			fail("has a picture that is neither hidden nor named")
		}
	}
}

// checkSections recomputes the hash that the script compares.
func checkSections(d document, body string, fail func(string, ...any)) {
	sections := d.all(func(n *html.Node) bool { return n.Data == "section" && attr(n, "data-h") != "" })
	if len(sections) == 0 {
		fail("has no section")
	}
	for _, s := range sections {
		if s.Parent.Data != "main" {
			fail("the section %s is no child of main", attr(s, "id"))
		}
		open := `<section id="` + attr(s, "id") + `" data-h="` + attr(s, "data-h") + `">`
		_, rest, _ := strings.Cut(body, open)
		inner := rest[:len(rest)-len(afterSection(rest))]
		if Hash([]byte(inner)) != attr(s, "data-h") {
			fail("the hash of the section %s is not that of its content", attr(s, "id"))
		}
	}
}

// afterSection cuts a text at the end tag of the section it begins in.
func afterSection(rest string) string {
	depth, at := 1, 0
	for depth > 0 {
		next := strings.Index(rest[at:], "section")
		switch {
		case next < 0:
			return ""
		case strings.HasSuffix(rest[:at+next], "</"):
			depth--
		case strings.HasSuffix(rest[:at+next], "<"):
			depth++
		}
		at += next + len("section")
	}
	return rest[at-len("</section"):]
}
