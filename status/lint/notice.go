package lint

import (
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
}

// FromIncident is the notice i as it would be after a change. before is the same notice
// as it is published now, nil for a new one; bodies is the text of the new entry by
// locale, nil when the change brings none.
func FromIncident(p *status.Page, i, before *status.Incident, bodies map[string]string, now time.Time) Notice {
	n := Notice{
		Kind: i.Kind, Stage: i.Stage, Now: now, NextUpdateAt: i.NextUpdateAt,
		Workaround: i.Workaround.State, AffectedUsers: i.AffectedUsers.Mode,
		Vendor: i.ThirdParty.Vendor, Resolution: i.Resolution,
		Locales: append([]string{p.DefaultLocale}, p.Translated()...),
		Texts:   textsOf(i, p.DefaultLocale),
	}
	for locale, body := range bodies {
		if n.Texts[locale] == nil {
			n.Texts[locale] = Texts{}
		}
		n.Texts[locale][Body] = body
	}
	if before != nil {
		n.Before = textsOf(before, p.DefaultLocale)
	}
	if i.Kind != status.Problem || i.Imported || i.Backfilled {
		return n
	}
	priority := i.Priority(p.PriorityMatrix)
	n.Due = p.Promise(priority, i.Stage, before == nil, i.StartedAt, now)
	n.Required = Parts(priority)
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
	before, ok := n.Before[locale][field]
	return !ok || before != n.Texts[locale][field]
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
