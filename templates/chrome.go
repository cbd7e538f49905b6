package templates

import "allclear/static"

// Chrome is what surrounds the content of every page. Each page model embeds it.
type Chrome struct {
	Locale        string   // language of this document, such as "en"
	DefaultLocale string   // the language whose URLs have no prefix; empty means Locale
	Locales       []string // all languages of the site, in order of display
	Path          string   // path of this document without language prefix, such as "/history"
	PageName      string   // "Example Status"
	Organisation  string   // "Example AG"; may be empty
	Zone          string   // IANA name of the page's time zone, such as "Europe/Berlin"
	Brand         string   // address of the style sheet with the page's own colour; empty: none
	State         string   // page state: operational|degraded|partial|major|maintenance
	FooterLinks   []Link   // legal notice, privacy and the like, set by staff
	NoIndex       bool     // ask search engines to stay away
	Static        bool     // a static copy: no live connection is offered
}

// Link is a labelled address. Title and URL come from staff.
type Link struct {
	Title string
	URL   string
}

// LanguageLink leads to the same document in another language.
type LanguageLink struct {
	Locale  string
	Name    string // the language's own name
	URL     string // path
	Current bool
}

// Prefix is the start of every path in the document's language: "" or "/de".
func (c Chrome) Prefix() string { return localePrefix(c.Locale, c.DefaultLocale) }

// LivePath is the address of the event stream in the document's language.
func (c Chrome) LivePath() string { return "/events?stream=page-" + c.Locale }

// Icon is the address of the icon for the page's state.
func (c Chrome) Icon() string { return static.URL("icons/" + levelKey(c.State) + ".svg") }

// Picture is the address of the picture that networks show beside a link to the page: the
// state in the page's language, or its shape alone. A page without a state has none.
func (c Chrome) Picture() string {
	for _, name := range []string{c.State + "-" + c.Locale, c.State} {
		if a, ok := static.Get("share/" + name + ".png"); ok {
			return a.URL()
		}
	}
	return ""
}

func (c Chrome) chrome() Chrome { return c }

// localePrefix gives every language but the default one a path of its own.
func localePrefix(locale, fallback string) string {
	if fallback == "" || locale == fallback {
		return ""
	}
	return "/" + locale
}
