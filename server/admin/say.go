package admin

import (
	"strings"
	"time"

	"allclear/status"
	"allclear/templates"
)

// sentence is a ready text for customers, in any language that the catalogue speaks; nil
// says nothing.
type sentence func(*templates.Voice) string

func plain(key string) sentence {
	return func(v *templates.Voice) string { return v.T("admin.say." + key) }
}

// until is a sentence that names a time.
func until(key string, t time.Time) sentence {
	return func(v *templates.Voice) string { return v.T("admin.say."+key, "time", v.Time(t)) }
}

// in is the sentence in a language; "" when the catalogue does not speak it.
func (s sentence) in(v *visit, locale string) string {
	if s == nil || !v.Pages.HasAdminLocale(locale) {
		return ""
	}
	return s(v.Pages.Voice(locale, v.page().TimeZone))
}

// textField is the control of a text in a language: the default one has the field itself.
func (v *visit) textField(field, locale string) string {
	if locale == v.page().DefaultLocale {
		return field
	}
	word := field[strings.LastIndexByte(field, '.')+1:]
	if field == "workaround.text" {
		word = "workaround_text"
	}
	return "translations." + locale + "." + word
}

// write puts a ready text into a field, in every language of the page that has the words.
// What somebody typed stays. Nothing is put beside a typed text in another language, since
// nobody knows whether it says the same.
func (in *input) write(field string, ready sentence) {
	v := in.v
	typed := !in.put(field, ready.in(v, v.page().DefaultLocale), field == "body")
	for _, locale := range v.page().Translated() {
		text := ready.in(v, locale)
		if typed {
			text = ""
		}
		in.put(v.textField(field, locale), text, field == "body")
	}
}

// put writes a text where nothing else was typed; it reports whether the field is ours.
// Beside the field stands what was put there, so that the next choice can replace it. A
// text that somebody emptied stays empty unless an entry would have none.
func (in *input) put(field, text string, always bool) bool {
	have, said := in.value(field), in.value("said."+field)
	if have != said && (have != "" || !always) {
		return false
	}
	in.values.Set(field, text)
	in.values.Set("said."+field, text)
	return true
}

// say gives a change its text: what was typed, else the ready sentence in every language
// of the page. At three in the morning typing is the most expensive thing to ask for.
func (in *input) say(c *status.Change, ready sentence) {
	if body := in.value("body"); body != "" {
		c.Body = &body
		return
	}
	body := ready.in(in.v, in.v.page().DefaultLocale)
	if body == "" {
		return
	}
	c.Body = &body
	for _, locale := range in.v.page().Translated() {
		text := ready.in(in.v, locale)
		t := c.Translations[locale]
		if text == "" || t.Body != nil {
			continue
		}
		t.Body = &text
		if c.Translations == nil {
			c.Translations = map[string]status.Texts{}
		}
		c.Translations[locale] = t
	}
}
