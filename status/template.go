package status

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Template is a notice that was prepared in a calm hour. Its texts may have slots, such as
// {provider}, which are filled in when it is used.
type Template struct {
	ID   string `json:"id"`
	Name string `json:"name"` // in the list; not public
	// GroupID is Statuspage's; it is kept for clients that sort templates by it.
	GroupID string `json:"group_id,omitempty"`

	// Locale is the language of the texts here; the others are in Translations.
	Locale         string           `json:"locale"`
	Title          string           `json:"title"`
	Body           string           `json:"body"`
	CustomerImpact string           `json:"customer_impact,omitempty"`
	NotAffected    string           `json:"not_affected,omitempty"`
	WorkaroundText string           `json:"workaround_text,omitempty"`
	Translations   map[string]Texts `json:"translations,omitempty"`

	Stage        Stage    `json:"update_status"`
	ComponentIDs []string `json:"component_ids,omitempty"`
	Notify       bool     `json:"should_send_notifications"`
	Severity     Severity `json:"severity,omitempty"` // "" = proposed
	Urgency      Urgency  `json:"urgency"`
	Symptom      Symptom  `json:"symptom,omitempty"`
	Category     Category `json:"category"`
	ThirdParty   string   `json:"third_party"` // state: none or unnamed
	Workaround   string   `json:"workaround"`  // state

	Order     int64     `json:"order"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int64     `json:"version"`
}

// NewTemplate is a template of which only the texts are missing.
func NewTemplate(id, locale string, now time.Time) Template {
	return Template{
		ID: id, Locale: locale, Stage: Investigating, Notify: true, Urgency: UrgencyNormal, Category: "unknown",
		ThirdParty: "none", Workaround: "unknown", CreatedAt: now, UpdatedAt: now, Version: 1,
	}
}

// Kind is what the template makes.
func (t *Template) Kind() Kind { return KindOf(t.Stage) }

// Words are a template's texts in one language.
type Words struct{ Title, Body, CustomerImpact, NotAffected, WorkaroundText string }

// In gives the texts in a language; ok is false when there are none.
func (t *Template) In(locale string) (w Words, ok bool) {
	if locale == t.Locale {
		return Words{t.Title, t.Body, t.CustomerImpact, t.NotAffected, t.WorkaroundText}, true
	}
	x, ok := t.Translations[locale]
	return Words{deref(x.Name), deref(x.Body), deref(x.CustomerImpact), deref(x.NotAffected), deref(x.WorkaroundText)}, ok
}

// Texts are the words as a translation holds them; empty ones are left out.
func (w Words) Texts() Texts {
	given := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return Texts{
		Name: given(w.Title), Body: given(w.Body), CustomerImpact: given(w.CustomerImpact),
		NotAffected: given(w.NotAffected), WorkaroundText: given(w.WorkaroundText),
	}
}

// Settle puts the template into the page's present languages, which may have changed since
// it was written: texts in others go.
func (t *Template) Settle(p *Page) {
	all := map[string]Texts{}
	for _, locale := range p.Translated() {
		if w, ok := t.In(locale); ok {
			all[locale] = w.Texts()
		}
	}
	own, _ := t.In(p.DefaultLocale)
	t.Locale, t.Translations = p.DefaultLocale, all
	t.Title, t.Body, t.CustomerImpact, t.NotAffected, t.WorkaroundText = own.Title, own.Body, own.CustomerImpact, own.NotAffected, own.WorkaroundText
}

// Translate takes over texts in other languages; a nil one leaves what is there, an empty
// one removes it.
func (t *Template) Translate(given map[string]Texts) {
	all := maps.Clone(t.Translations)
	if all == nil {
		all = map[string]Texts{}
	}
	for locale, texts := range given {
		own := all[locale]
		to, from := own.fields(), texts.fields()
		for name, text := range from {
			if *text != nil {
				*to[name] = *text
			}
		}
		all[locale] = own
	}
	t.Translations = all
}

// Slots are the names of all slots, in the order of reading, each once.
func (t *Template) Slots() []string {
	var texts []string
	for _, locale := range append([]string{t.Locale}, slices.Sorted(maps.Keys(t.Translations))...) {
		w, _ := t.In(locale)
		texts = append(texts, w.Title, w.CustomerImpact, w.Body, w.NotAffected, w.WorkaroundText)
	}
	return Slots(texts...)
}

// Check refuses what no notice could be made of.
func (t *Template) Check(site *Site) error {
	if err := checkName("template.name", t.Name); err != nil {
		return err
	}
	if err := checkName("template.title", t.Title); err != nil {
		return err
	}
	if t.Body == "" {
		return Invalid("template.body", "Give the template a text.")
	}
	for field, text := range map[string]string{
		"template.body": t.Body, "template.customer_impact": t.CustomerImpact, "template.not_affected": t.NotAffected, "template.workaround_text": t.WorkaroundText,
	} {
		if err := checkText(field, text, MaxBody); err != nil {
			return err
		}
	}
	if err := checkText("template.group_id", t.GroupID, MaxTitle); err != nil {
		return err
	}
	if err := t.checkChoices(); err != nil {
		return err
	}
	for _, id := range t.ComponentIDs {
		if err := checkComponent(site, "template.component_ids", id); err != nil {
			return err
		}
	}
	return t.checkTranslations(site)
}

func (t *Template) checkChoices() error {
	if k := t.Kind(); k == "" || t.Stage == PostmortemOut || t.Stage == Cancelled {
		return Invalid("template.update_status", "%q is not a status that a template can have.", brief(string(t.Stage)))
	}
	if t.Severity != "" && t.Severity.Rank() < 0 {
		return Invalid("template.severity", "%q is not a severity; use minor, moderate, serious or critical.", brief(string(t.Severity)))
	}
	if t.Symptom != "" {
		if err := oneOf("template.symptom", t.Symptom, Symptoms()...); err != nil {
			return err
		}
	}
	if err := oneOf("template.urgency", t.Urgency, Urgencies()...); err != nil {
		return err
	}
	if err := oneOf("template.category", t.Category, Categories()...); err != nil {
		return err
	}
	if err := oneOf("template.third_party", t.ThirdParty, "none", "unnamed"); err != nil {
		return err
	}
	if err := oneOf("template.workaround", t.Workaround, "unknown", "none_known", "none_possible", "not_needed", "available"); err != nil {
		return err
	}
	if t.Workaround == "available" && strings.TrimSpace(t.WorkaroundText) == "" {
		return Invalid("template.workaround_text", "Say what customers can do in the meantime.")
	}
	return nil
}

// checkTranslations also drops texts that are empty, so that a template says what it has.
func (t *Template) checkTranslations(site *Site) error {
	kept := map[string]Texts{}
	for _, locale := range slices.Sorted(maps.Keys(t.Translations)) {
		field := "template.translations." + brief(locale)
		if locale == t.Locale {
			return Invalid(field, "%q is the language of the template itself; put these texts there.", locale)
		}
		if !slices.Contains(site.Page.Locales, locale) {
			return Invalid(field, "This page has no language %q.", brief(locale))
		}
		given := t.Translations[locale]
		var own Texts
		if err := own.take(field, given); err != nil {
			return err
		}
		if deref(given.Body) != "" {
			own.Body = given.Body // take leaves it to the entry
		}
		own.WhatHappened, own.Limits, own.Prevention, own.CustomerAction = nil, nil, nil, nil // of the end, which nobody knows yet
		if own != (Texts{}) {
			kept[locale] = own
		}
	}
	t.Translations = kept
	return nil
}

// slotPattern finds {name} and {{name}}. What stands in an address is none; see Slots.
var slotPattern = regexp.MustCompile(`\{\{([^{}"\n:;]{1,60})\}\}|\{([^{}"\n:;]{1,60})\}`)

// slots finds the slots of a text: where each begins and ends, and its name. Part of the
// path of an address, such as /orders/{id}, is none.
func slots(text string, found func(from, to int, name string)) {
	for _, m := range slotPattern.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[2], m[3]
		if from < 0 {
			from, to = m[4], m[5]
		}
		name := strings.TrimSpace(text[from:to])
		if strings.ContainsFunc(name, unicode.IsLetter) && (m[0] == 0 || text[m[0]-1] != '/') {
			found(m[0], m[1], name)
		}
	}
}

// Slots are the names of the slots that texts have, each once.
func Slots(texts ...string) []string {
	var names []string
	for _, text := range texts {
		slots(text, func(_, _ int, name string) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		})
	}
	return names
}

// Fill puts values into the slots of a text; those without a value stay open.
func Fill(text string, values map[string]string) string {
	var b strings.Builder
	at := 0
	slots(text, func(from, to int, name string) {
		value := strings.TrimSpace(values[name])
		if value == "" {
			return
		}
		b.WriteString(text[at:from] + value)
		at = to
	})
	return b.String() + text[at:]
}
