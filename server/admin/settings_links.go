package admin

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"allclear/status"
	"allclear/templates"
)

// maxRows is how many footer links a form may hold.
const maxRows = 40

// showLinks is a row for each link: its address, its label, and its labels by language.
// The label that speaks where a language has none carries no language.
func showLinks(p *status.Page) url.Values {
	out := url.Values{"rows": {strconv.Itoa(max(len(p.FooterLinks), 1))}}
	for i, l := range p.FooterLinks {
		row := linkRow(i)
		out.Set(row+"url", l.URL)
		out.Set(row+"label", l.Label[""])
		if own := l.Label[p.DefaultLocale]; own != "" {
			out.Set(row+"label", own)
		}
		for _, locale := range p.Translated() {
			out.Set(row+"label."+locale, l.Label[locale])
		}
	}
	return out
}

func linkRow(i int) string { return "links." + strconv.Itoa(i) + "." }

// rowCount is how many rows a form says that it has.
func rowCount(f url.Values) int {
	n, err := strconv.Atoi(f.Get("rows"))
	if err != nil {
		return 0
	}
	return max(0, min(n, maxRows))
}

// nextRow is the form's number of rows and one more.
func nextRow(f url.Values) string { return strconv.Itoa(min(rowCount(f)+1, maxRows)) }

// linkRows are the names under which a form has rows.
func linkRows(f url.Values) []templates.LinkRow {
	var out []templates.LinkRow
	for i := range rowCount(f) {
		out = append(out, templates.LinkRow{N: i + 1, Name: linkRow(i)})
	}
	return out
}

// removeRow takes a row out; those after it move up.
func (in *input) removeRow(number string) {
	gone, err := strconv.Atoi(number)
	n := rowCount(in.values)
	if err != nil || gone < 1 || gone > n {
		return
	}
	out := url.Values{}
	for name, values := range in.values {
		rest, ok := strings.CutPrefix(name, "links.")
		if !ok {
			out[name] = values
			continue
		}
		digits, field, _ := strings.Cut(rest, ".")
		switch i, err := strconv.Atoi(digits); {
		case err != nil || i == gone-1:
		case i >= gone:
			out[linkRow(i-1)+field] = values
		default:
			out[name] = values
		}
	}
	out.Set("rows", strconv.Itoa(n-1))
	in.values = out
}

// links reads the rows; an empty one is left out. A label in a language that the page does
// not show at present is kept with its address.
func (in *input) links() func(*status.Page) {
	page := in.v.page()
	var list []status.FooterLink
	for i := range rowCount(in.values) {
		if l, ok := in.link(linkRow(i), page); ok {
			list = append(list, l)
		}
	}
	return func(p *status.Page) { p.FooterLinks = list }
}

func (in *input) link(row string, page *status.Page) (l status.FooterLink, ok bool) {
	l = status.FooterLink{URL: in.value(row + "url"), Label: map[string]string{}}
	filled := l.URL != ""
	for _, locale := range append([]string{""}, page.Translated()...) {
		name := row + "label"
		if locale != "" {
			name += "." + locale
		}
		if text := in.value(name); text != "" {
			l.Label[locale], filled = text, true
		}
	}
	if !filled {
		return l, false
	}
	if l.CheckURL("") != nil {
		in.wrong(row+"url", "address")
	}
	if l.Label[""] == "" || l.CheckLabels("") != nil {
		in.wrong(row+"label", "label")
	}
	for _, old := range page.FooterLinks {
		if old.URL == l.URL {
			keepLabels(l.Label, old.Label, page)
		}
	}
	return l, true
}

func keepLabels(label, old map[string]string, page *status.Page) {
	for _, locale := range slices.Sorted(maps.Keys(old)) {
		if locale != "" && !slices.Contains(page.Locales, locale) && label[locale] == "" {
			label[locale] = old[locale]
		}
	}
}
