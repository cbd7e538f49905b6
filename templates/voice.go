package templates

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	textmessage "golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Voice speaks one language in one time zone.
type Voice struct {
	base    string
	locale  string
	zone    *time.Location
	words   catalogue
	names   map[string]string // own names of all languages
	slots   map[string]string // keys of the known footer labels, by their names in all languages
	withUTC bool              // mails: every time also in UTC

	bound *bound
}

// letter is the same voice for mails, where a reader's program shows times as
// they are: they carry UTC too.
func (v *Voice) letter() *Voice {
	l := *v
	l.withUTC = true
	return &l
}

// languageNames collects what each language calls itself.
func languageNames(all map[string]catalogue) map[string]string {
	names := map[string]string{}
	for locale, c := range all {
		names[locale] = c.messages["language.name"].text
	}
	return names
}

// T speaks the message of the key as plain text. Arguments are name, value pairs;
// "n" chooses the plural form.
//
// A missing key or value is a mistake in a template or a catalogue. The tests
// execute every sentence; should one slip through, the reader gets the key, not
// a broken page.
func (v *Voice) T(key string, args ...any) string {
	text, err := v.speak(key, args, v.plain)
	if err != nil {
		return key
	}
	return text
}

// H speaks the message as HTML: its words and plain values are escaped, values
// that are HTML already (such as time elements) are kept.
func (v *Voice) H(key string, args ...any) template.HTML {
	return template.HTML(v.speakHTML(key, args)) //nolint:gosec // every part is escaped in marked
}

func (v *Voice) speakHTML(key string, args []any) string {
	text, err := v.speak(key, args, v.marked)
	if err != nil {
		return template.HTMLEscapeString(key)
	}
	return text
}

func (v *Voice) speak(key string, args []any, say func(any) string) (string, error) {
	m, ok := v.words.messages[key]
	if !ok {
		return "", fmt.Errorf("templates: %s has no message %q", v.locale, key)
	}
	values := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		values[fmt.Sprint(args[i])] = args[i+1]
	}
	n, _ := values["n"].(int)
	text, err := fill(m.choose(v.words.tag, n), func(name string) (string, bool) {
		value, ok := values[name]
		return say(value), ok
	})
	if err != nil {
		return "", fmt.Errorf("templates: %s, %q: %w", v.locale, key, err)
	}
	return text, nil
}

// plain says a value as text.
func (v *Voice) plain(value any) string {
	switch x := value.(type) {
	case int:
		return v.Number(x)
	case percent:
		return v.Percent(float64(x), 0)
	case moment:
		return x.text(v)
	case foreign:
		return x.text
	case sentence:
		return v.T(x.key, x.args...)
	}
	return fmt.Sprint(value)
}

// marked says a value as HTML. Catalogue texts themselves hold no markup, so
// only values need escaping.
func (v *Voice) marked(value any) string {
	switch x := value.(type) {
	case template.HTML:
		return string(x)
	case moment:
		return x.html(v)
	case foreign:
		return x.html()
	case sentence:
		return v.speakHTML(x.key, x.args)
	}
	return template.HTMLEscapeString(v.plain(value))
}

// foreign is a text that may be in another language than the page: lang, or "".
type foreign struct{ text, lang string }

func (f foreign) html() string {
	text := template.HTMLEscapeString(f.text)
	if f.lang == "" {
		return text
	}
	return `<span lang="` + template.HTMLEscapeString(f.lang) + `">` + text + `</span>`
}

// sentence is a message with its values, to be said as text or as HTML.
type sentence struct {
	key  string
	args []any
}

func say(key string, args ...any) sentence { return sentence{key, args} }

// sayAll joins sentences as text.
func (v *Voice) sayAll(sentences []sentence) string {
	var text strings.Builder
	for i, s := range sentences {
		if i > 0 {
			text.WriteString(" ")
		}
		text.WriteString(v.T(s.key, s.args...))
	}
	return text.String()
}

// sayAllHTML joins sentences as HTML.
func (v *Voice) sayAllHTML(sentences []sentence) template.HTML {
	var text strings.Builder
	for i, s := range sentences {
		if i > 0 {
			text.WriteString(" ")
		}
		text.WriteString(v.speakHTML(s.key, s.args))
	}
	return template.HTML(text.String()) //nolint:gosec // every part is escaped in marked
}

// Number writes a whole number with the language's grouping.
func (v *Voice) Number(n int) string {
	return textmessage.NewPrinter(v.words.tag).Sprint(number.Decimal(n))
}

// Percent writes a percentage with as many decimals as asked; whole hundreds have
// none: "100 %" is a statement, "100.00 %" a rounding.
func (v *Voice) Percent(percent float64, decimals int) string {
	if percent == 100 || percent == 0 {
		decimals = 0
	}
	return textmessage.NewPrinter(v.words.tag).Sprint(number.Percent(percent/100, number.Scale(decimals)))
}

// Languages lists the site's languages as links to the same document.
func (v *Voice) Languages(c Chrome) []LanguageLink {
	var links []LanguageLink
	for _, locale := range c.Locales {
		name, ok := v.names[locale]
		if !ok {
			name = locale
		}
		links = append(links, LanguageLink{
			Locale: locale, Name: name, Current: locale == c.Locale,
			URL: localePrefix(locale, c.DefaultLocale) + c.Path,
		})
	}
	return links
}

// direction tells whether the language is written from right to left.
func (v *Voice) direction() string {
	script, _ := v.words.tag.Script()
	rightToLeft := []language.Script{language.MustParseScript("Arab"), language.MustParseScript("Hebr")}
	if slices.Contains(rightToLeft, script) {
		return "rtl"
	}
	return "ltr"
}
