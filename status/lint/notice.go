package lint

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"allclear/status"
)

// Field names one text of a notice, as the API does.
type Field string

// The texts of a notice.
const (
	Name           Field = "name"
	CustomerImpact Field = "customer_impact"
	Body           Field = "body"
	NotAffected    Field = "not_affected"
	WorkaroundText Field = "workaround_text"
	WhatHappened   Field = "what_happened"
	Limits         Field = "limits"
	Prevention     Field = "prevention"
	CustomerAction Field = "customer_action"
	VendorURL      Field = "third_party.url"
)

// Fields lists them in the order of reading.
func Fields() []Field {
	return []Field{
		Name, CustomerImpact, Body, NotAffected, WorkaroundText,
		WhatHappened, Limits, Prevention, CustomerAction, VendorURL,
	}
}

// Part is one part of a resolution message.
type Part string

// The parts of a resolution message, by the name of their field.
const (
	PartWhatHappened   Part = "what_happened"
	PartFullyFixed     Part = "fully_fixed"
	PartDataLoss       Part = "data_loss"
	PartCanRecur       Part = "can_recur"
	PartPrevention     Part = "prevention"
	PartCustomerAction Part = "customer_action"
)

// Parts are the parts that a resolution message of this priority must have.
func Parts(p status.Priority) []Part {
	switch p {
	case status.P1, status.P2:
		return []Part{PartWhatHappened, PartFullyFixed, PartDataLoss, PartCanRecur, PartPrevention, PartCustomerAction}
	case status.P3:
		return []Part{PartWhatHappened, PartFullyFixed, PartCustomerAction}
	}
	return []Part{PartFullyFixed}
}

// Texts are the texts of a notice in one language.
type Texts map[Field]string

// Notice is what Check reads: the texts by language, and those facts that the rules of
// clarity ask for.
type Notice struct {
	Kind  status.Kind
	Stage status.Stage
	// Locales are the languages that readers may expect, the notice's own one first.
	Locales []string
	Texts   map[string]Texts
	// Before are the texts as they are published now; nil for a new notice.
	Before map[string]Texts

	Now          time.Time
	NextUpdateAt *time.Time
	// Due is when the cadence asks for the next update; zero when it asks for none.
	Due time.Time

	Workaround    string // state, as status.Workaround has it
	AffectedUsers string // mode, as status.AffectedUsers has it
	Vendor        string // named third party; it is on the page's allow list
	Resolution    *status.Resolution
	// Required are the parts that the resolution message must have; see Parts.
	Required []Part

	// Security: a notice about a matter of security, which another person reads before it is
	// published. It may say so, and need not say what customers notice.
	Security bool
	// Correction: nothing is said anew, only what was said is changed. What an entry has to
	// tell is not asked for.
	Correction bool
	// History: the notice is about the past, or was written elsewhere. Only what must not
	// be disclosed is looked for.
	History bool
}

// Past is what readers had of a notice before a change; the zero value is that of a notice
// that nobody has read, such as a new one.
type Past struct {
	read       bool
	stage      status.Stage
	own        map[string]Texts
	entries    map[string]map[string]string // texts by entry, then locale
	resolution *status.Resolution
}

// PastOf notes what readers have of a notice now. It shares nothing with it, so that the
// change may follow. Of a draft nobody has read anything.
func PastOf(p *status.Page, i *status.Incident) Past {
	if i.Draft {
		return Past{}
	}
	past := Past{read: true, stage: i.Stage, own: textsOf(i, p.DefaultLocale), entries: map[string]map[string]string{}}
	if i.Resolution != nil {
		past.resolution = new(*i.Resolution)
	}
	for n := range i.Updates {
		past.entries[i.Updates[n].ID] = entryTexts(&i.Updates[n], p.DefaultLocale)
	}
	return past
}

// texts are the notice's own texts of before; nil when nobody has read it.
func (p Past) texts() map[string]Texts {
	if !p.read {
		return nil
	}
	out := maps.Clone(p.own)
	for locale := range out {
		out[locale] = maps.Clone(out[locale])
	}
	return out
}

// entry adds the texts of the entry that is new, or was changed, and says whether it is
// new.
func (p Past) entry(n *Notice, i *status.Incident, locale string) (fresh bool) {
	for u := range i.Updates {
		texts := entryTexts(&i.Updates[u], locale)
		before, old := p.entries[i.Updates[u].ID]
		if i.Updates[u].Deleted || old && maps.Equal(before, texts) {
			continue
		}
		put(n.Texts, texts)
		if old {
			put(n.Before, before)
		}
		return !old
	}
	return false
}

func put(into map[string]Texts, bodies map[string]string) {
	for locale, body := range bodies {
		if into[locale] == nil {
			into[locale] = Texts{}
		}
		into[locale][Body] = body
	}
}

// entryTexts are the texts of an entry by locale.
func entryTexts(u *status.Update, locale string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, u.Translations)
	out[locale] = u.Body
	return out
}

// FromIncident is the notice i as it would be after a change; past is what readers had of
// it before.
func FromIncident(p *status.Page, i *status.Incident, past Past, now time.Time) Notice {
	n := Notice{
		Kind: i.Kind, Stage: i.Stage, Now: now, NextUpdateAt: i.NextUpdateAt,
		Workaround: i.Workaround.State, AffectedUsers: i.AffectedUsers.Mode,
		Vendor: i.ThirdParty.Vendor, Resolution: i.Resolution,
		Locales: append([]string{p.DefaultLocale}, p.Translated()...),
		Texts:   textsOf(i, p.DefaultLocale), Before: past.texts(),
		History: i.Imported || i.Backfilled, Security: i.Security,
	}
	n.Correction = !past.entry(&n, i, p.DefaultLocale) && past.read
	if i.Kind != status.Problem || n.History {
		return n
	}
	priority := i.Priority(p.PriorityMatrix)
	n.Due = p.Promise(priority, i.Stage, !past.read, i.StartedAt, now)
	if past.stage != status.Resolved || !reflect.DeepEqual(past.resolution, i.Resolution) {
		n.Required = Parts(priority)
	}
	return n
}

// textsOf are all texts of a notice but those of its entries.
func textsOf(i *status.Incident, locale string) map[string]Texts {
	own := Texts{
		Name: i.Name, CustomerImpact: i.CustomerImpact, NotAffected: i.NotAffected,
		WorkaroundText: i.Workaround.Text, VendorURL: i.ThirdParty.URL,
	}
	if r := i.Resolution; r != nil {
		own[WhatHappened], own[Limits] = r.WhatHappened, r.Limits
		own[Prevention], own[CustomerAction] = r.Prevention, r.CustomerAction
	}
	out := map[string]Texts{locale: own}
	for l, t := range i.Translations {
		out[l] = Texts{}
		for field, text := range map[Field]*string{
			Name: t.Name, CustomerImpact: t.CustomerImpact, NotAffected: t.NotAffected,
			WorkaroundText: t.WorkaroundText, WhatHappened: t.WhatHappened, Limits: t.Limits,
			Prevention: t.Prevention, CustomerAction: t.CustomerAction,
		} {
			if text != nil {
				out[l][field] = *text
			}
		}
	}
	return out
}

// locales lists the languages of the notice's texts: the page's ones in their order,
// then others.
func (n *Notice) locales() []string {
	out := slices.Clone(n.Locales)
	var more []string
	for l := range n.Texts {
		if !slices.Contains(out, l) {
			more = append(more, l)
		}
	}
	slices.Sort(more)
	return append(out, more...)
}

// own is the language that the notice was written in.
func (n *Notice) own() string {
	if len(n.Locales) > 0 {
		return n.Locales[0]
	}
	if all := n.locales(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// fresh says whether the text is not yet published in the same words.
func (n *Notice) fresh(locale string, field Field) bool {
	return n.Before == nil || n.Before[locale][field] != n.Texts[locale][field]
}

func (n *Notice) open() bool {
	return n.Stage != "" && !n.Stage.Closed()
}

func (n *Notice) problem() bool { return n.Kind == status.Problem }

// languageOf is the language whose word lists fit a locale; "" when there are none.
func languageOf(locale string) string {
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if base == "en" || base == "de" {
		return base
	}
	return ""
}
