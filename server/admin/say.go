package admin

import (
	"time"

	"allclear/status"
	"allclear/templates"
)

// sentence is one of the catalogue's ready texts for customers, with what it names.
type sentence struct {
	key  string
	args func(*templates.Voice) []any
}

func plain(key string) sentence {
	return sentence{key, func(*templates.Voice) []any { return nil }}
}

// until is a sentence that names a time.
func until(key string, t time.Time) sentence {
	return sentence{key, func(v *templates.Voice) []any { return []any{"time", v.Time(t)} }}
}

// in is the sentence in a language; "" when the catalogue does not speak it.
func (s sentence) in(v *visit, locale string) string {
	if s.key == "" || !v.Pages.HasAdminLocale(locale) {
		return ""
	}
	voice := v.Pages.Voice(locale, v.page().TimeZone)
	return voice.T("admin.say."+s.key, s.args(voice)...)
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

// news is the sentence for an update: of its stage or, when that stays, that there is
// nothing new.
func news(n *status.Incident, stage status.Stage) sentence {
	if last := n.Newest(); last != nil && last.Stage == stage {
		return until("no_news", last.DisplayAt)
	}
	return plain(string(stage))
}
