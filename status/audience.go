package status

import (
	"cmp"
	"slices"
)

// Audience is how many subscribers a notice reaches.
type Audience struct {
	Email, Webhooks int
	Languages       []Readers // of the mails, most readers first
	// Skipped are mail addresses that would want it but accept no mail.
	Skipped int
}

// Readers are those who read mail in one language.
type Readers struct {
	Locale string
	Count  int
}

// Read counts mails in a language.
func (a *Audience) Read(locale string, count int) {
	a.Email += count
	i := slices.IndexFunc(a.Languages, func(r Readers) bool { return r.Locale == locale })
	if i < 0 {
		i = len(a.Languages)
		a.Languages = append(a.Languages, Readers{Locale: locale})
	}
	a.Languages[i].Count += count
	slices.SortStableFunc(a.Languages, func(x, y Readers) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Locale, y.Locale))
	})
}

// Told is how many messages that makes.
func (a Audience) Told() int { return a.Email + a.Webhooks }
