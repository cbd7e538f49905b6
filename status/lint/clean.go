package lint

import (
	"maps"
	"slices"

	"allclear/status"
)

// Clean is the notice with every credential in its public texts masked, for showing what
// must not be kept. The notice itself stays as it is.
func Clean(n *status.Incident) *status.Incident {
	out := *n
	for _, text := range []*string{&out.Name, &out.CustomerImpact, &out.NotAffected, &out.Workaround.Text, &out.ThirdParty.URL} {
		*text = Redact(*text)
	}
	if n.Resolution != nil {
		r := *n.Resolution
		for _, text := range []*string{&r.WhatHappened, &r.Limits, &r.Prevention, &r.CustomerAction} {
			*text = Redact(*text)
		}
		out.Resolution = &r
	}
	out.Translations = maps.Clone(n.Translations)
	for locale, t := range out.Translations {
		for _, text := range []**string{
			&t.Name, &t.Body, &t.CustomerImpact, &t.NotAffected, &t.WorkaroundText,
			&t.WhatHappened, &t.Limits, &t.Prevention, &t.CustomerAction,
		} {
			if *text != nil {
				*text = new(Redact(**text))
			}
		}
		out.Translations[locale] = t
	}
	out.Updates = make([]status.Update, len(n.Updates))
	for i, u := range n.Updates {
		out.Updates[i] = cleanEntry(u)
	}
	out.Drafts = slices.Clone(n.Drafts)
	for i := range out.Drafts {
		d := &out.Drafts[i]
		d.Body, d.Translations = Redact(d.Body), cleanTexts(d.Translations)
	}
	return &out
}

func cleanTexts(texts map[string]string) map[string]string {
	out := maps.Clone(texts)
	for locale, text := range out {
		out[locale] = Redact(text)
	}
	return out
}

func cleanEntry(u status.Update) status.Update {
	u.Body, u.Translations = Redact(u.Body), cleanTexts(u.Translations)
	if u.Facts != nil {
		u.Facts = new(*u.Facts)
		u.Facts.Workaround.Text = Redact(u.Facts.Workaround.Text)
	}
	return u
}
