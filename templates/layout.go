package templates

import "golang.org/x/text/language"

// layout is the model of layout.html.
type layout struct {
	Chrome
	Sections    []Section
	Title       string // content of the title element
	Heading     string // the page's own title
	Description string
	Feed        string // folder of the feeds, "/" or "/incidents/ID"; empty: none
	Live        bool
	Start       bool
	Private     bool
	Languages   []LanguageLink
	Direction   string
	Base        string
	Linked      any               // data for search engines
	Territory   string            // the language as networks spell it, such as "en_US"
	Formats     map[string]string // patterns of times, for the script
}

func (v *Voice) layout(c Chrome, sections []Section, h head) layout {
	l := layout{
		Chrome: v.footed(c), Sections: sections,
		Title:   v.T("layout.title", "title", h.title, "page", c.PageName),
		Heading: h.title, Description: h.description,
		Live: h.live && !c.Static, Start: h.start, Private: h.private,
		Direction: v.direction(), Base: v.base, Linked: h.linked, Territory: territory(v.words.tag), Formats: map[string]string{},
	}
	if h.feed != "" {
		l.Feed = c.Prefix() + h.feed
		if h.feed != "/" {
			l.Feed += "/"
		}
	}
	if !h.private {
		l.Languages = v.Languages(c)
	}
	for _, name := range []string{"date", "datetime", "clock", "range_days", "range_hours"} {
		l.Formats[name] = v.words.messages["format."+name].text
	}
	return l
}

// territory is a language with its most likely country, which networks insist on.
func territory(tag language.Tag) string {
	base, _ := tag.Base()
	region, _ := tag.Region()
	return base.String() + "_" + region.String()
}

// OtherTerritories are those of the page's other languages.
func (l layout) OtherTerritories() []string {
	var all []string
	for _, link := range l.Languages {
		if !link.Current {
			all = append(all, territory(language.Make(link.Locale)))
		}
	}
	return all
}

// OtherLanguages tells whether there is a choice of languages.
func (l layout) OtherLanguages() bool { return len(l.Languages) > 1 }

func (v *Voice) errorTitle(code int) string { return v.T(errorKey("title", code)) }

// errorKey finds the words for a status: 404, 503, or the general ones.
func errorKey(part string, code int) string {
	switch code {
	case 404:
		return "error." + part + "_404"
	case 503:
		return "error." + part + "_503"
	}
	return "error." + part
}

// TitleKey is the message that names the error.
func (d ErrorPage) TitleKey() string { return errorKey("title", d.Code) }

// TextKey is the message that explains the error when no sentence is given.
func (d ErrorPage) TextKey() string { return errorKey("text", d.Code) }
