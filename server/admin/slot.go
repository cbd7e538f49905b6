package admin

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"allclear/status"
	"allclear/templates"
)

// isWording says whether a field holds a text for customers, in which gaps may be.
func isWording(field string) bool {
	switch field[strings.LastIndexByte(field, '.')+1:] {
	case "name", "body", "customer_impact", "not_affected", "workaround_text":
		return !strings.HasPrefix(field, "slot.") && !strings.HasPrefix(field, "said.")
	}
	return field == "workaround.text"
}

// localeOf is the language that a field is written in; "" is the page's own.
func localeOf(field string) string {
	rest, ok := strings.CutPrefix(field, "translations.")
	if !ok {
		return ""
	}
	locale, _, _ := strings.Cut(rest, ".")
	return locale
}

// slotField is the name of the control that fills a gap. It is also part of an id, which
// knows no spaces.
func slotField(name string) string {
	return "slot." + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name)
}

// filled is a field's text with its gaps filled, as far as the form says with what.
func (in *input) filled(field, text string) string {
	if in.gapsStay || !strings.Contains(text, "{") || !isWording(field) {
		return text
	}
	values := map[string]string{}
	for _, name := range status.Slots(text) {
		values[name] = in.values.Get(slotField(name))
		if name == status.ComponentsSlot {
			values[name] = in.v.listed(in.chosen(), localeOf(field))
		}
	}
	return status.Fill(text, values)
}

// chosen are the components that the form names, in the order of the page.
func (in *input) chosen() []string {
	var ids []string
	for _, c := range in.v.site.Components {
		if slices.Contains(in.values["c"], c.ID) || slices.Contains(in.values["component_ids"], c.ID) || in.values.Get("components."+c.ID) != "" {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// listed joins the names of components in a language.
func (v *visit) listed(ids []string, locale string) string {
	if locale == "" || !v.Pages.HasAdminLocale(locale) {
		locale = v.page().DefaultLocale
	}
	return v.Pages.Voice(locale, v.page().TimeZone).Names(v.names(ids))
}

// gaps are the slots that the form's texts have, to be filled in fields of their own.
func (v *visit) gaps(values map[string][]string) []templates.Slot {
	var texts []string
	for _, field := range slices.Sorted(maps.Keys(values)) {
		if isWording(field) {
			texts = append(texts, values[field]...)
		}
	}
	var out []templates.Slot
	for _, name := range status.Slots(texts...) {
		if name != status.ComponentsSlot {
			out = append(out, templates.Slot{Name: name, Field: slotField(name), Label: v.slotLabel(name)})
		}
	}
	return out
}

// slotLabel is what a gap is called: those of the templates that come with the program
// have a word in the account's language, others are called as their author did.
func (v *visit) slotLabel(name string) string {
	if name == "time" {
		return v.voice.T("admin.slot.time")
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// noGaps refuses a text with a gap that nobody filled, and names it where it is filled.
// Whoever gives a reason to publish all the same (see lint.go) means the braces.
func (in *input) noGaps() {
	if in.value("anyway") != "" {
		return
	}
	told := map[string]bool{}
	for _, field := range slices.Sorted(maps.Keys(in.values)) {
		if !isWording(field) {
			continue
		}
		for _, name := range status.Slots(in.value(field)) {
			at := slotField(name)
			if name == status.ComponentsSlot {
				at = in.choosing()
			}
			if !told[at] {
				told[at] = true
				in.wrong(at, "slot", "name", "{"+name+"}")
			}
		}
	}
}

// choosing is the field where the form asks for components.
func (in *input) choosing() string {
	if in.value("kind") == string(status.Maintenance) {
		return "component_ids"
	}
	return "components"
}
