package templates

import (
	"slices"
	"time"

	"allclear/status"
)

// NoticeOf is a notice as readers of one language see it at a moment. find looks up a
// visible component; a text that is missing in the language comes in the page's default
// language and says so.
func NoticeOf(n *status.Incident, page *status.Page, locale string, find func(id string) *status.Component, at time.Time) Notice {
	texts, foreign := n.Translations[locale], locale != page.DefaultLocale
	out := Notice{
		Kind: string(n.Kind), ID: n.ID, Title: n.Name,
		Stage: string(n.Stage), Severity: string(n.Severity),
		Level:  string(status.StateOf(levelNow(n, find))),
		Impact: text(n.CustomerImpact, texts.CustomerImpact, foreign), NotAffected: text(n.NotAffected, texts.NotAffected, foreign),
		Users:      EstimateOf(n.AffectedUsers),
		Workaround: Workaround{State: n.Workaround.State, Text: text(n.Workaround.Text, texts.WorkaroundText, foreign), CheckedAt: n.Workaround.CheckedAt},
		ThirdParty: ThirdParty{State: n.ThirdParty.State, Vendor: n.ThirdParty.Vendor, URL: n.ThirdParty.URL},
		StartedAt:  n.StartedAt, EndedAt: instant(n.ResolvedAt), From: instant(n.ScheduledFor), To: instant(n.ScheduledUntil),
		NextUpdate: instant(n.NextUpdateAt), Overdue: n.Overdue(at), ExpectedAt: instant(n.ExpectedResolutionAt),
		Components: affectedBy(n, find), Resolution: resolutionOf(n, texts, foreign), Imported: n.Imported, Terse: n.Security,
		Repeats: RepeatsOf(n),
	}
	if foreign {
		out.Title, out.Lang = n.Name, page.DefaultLocale
		if texts.Name != nil {
			out.Title, out.Lang = *texts.Name, ""
		}
	}
	if foreign {
		out.Foreign = foreignTexts(n, texts, page.DefaultLocale)
	}
	for i := range n.Updates {
		out.Updates = append(out.Updates, updateOf(&n.Updates[i], page, locale))
	}
	return out
}

// foreignTexts names the texts that have no translation and so come in another language.
func foreignTexts(n *status.Incident, t status.Texts, language string) map[string]string {
	out := map[string]string{}
	see := func(name, own string, translated *string) {
		if own != "" && translated == nil {
			out[name] = language
		}
	}
	see("impact", n.CustomerImpact, t.CustomerImpact)
	see("not_affected", n.NotAffected, t.NotAffected)
	see("workaround", n.Workaround.Text, t.WorkaroundText)
	if r := n.Resolution; r != nil {
		see("what_happened", r.WhatHappened, t.WhatHappened)
		see("limits", r.Limits, t.Limits)
		see("prevention", r.Prevention, t.Prevention)
		see("customer_action", r.CustomerAction, t.CustomerAction)
	}
	return out
}

// EstimateOf is an estimate of affected people, to be said.
func EstimateOf(a status.AffectedUsers) Estimate {
	return Estimate{
		Mode: a.Mode, Count: int(a.Count), Low: int(a.Low), High: int(a.High),
		SharePercent: a.SharePercent, Confidence: a.Confidence, AsOf: a.AsOf,
	}
}

// levelNow is how bad the notice is: what it claims or, being watched, what it was.
func levelNow(n *status.Incident, find func(id string) *status.Component) status.Level {
	return n.Claims(func(id string) status.Level {
		if c := find(id); c != nil {
			return c.Level
		}
		return status.Operational
	})
}

func updateOf(u *status.Update, page *status.Page, locale string) Update {
	out := Update{ID: u.ID, Stage: string(u.Stage), At: u.DisplayAt, EditedAt: instant(u.EditedAt), Body: u.Body, Deleted: u.Deleted}
	if locale == page.DefaultLocale || u.Body == "" {
		return out
	}
	if body, ok := u.Translations[locale]; ok {
		out.Body = body
	} else {
		out.Lang = page.DefaultLocale
	}
	return out
}

func affectedBy(n *status.Incident, find func(id string) *status.Component) []Affected {
	var list []Affected
	for _, id := range n.ComponentIDs {
		if c := find(id); c != nil && !c.Group {
			list = append(list, Affected{ID: id, Name: c.Name, Level: string(c.Level)})
		}
	}
	return list
}

func resolutionOf(n *status.Incident, t status.Texts, foreign bool) *Resolution {
	r := n.Resolution
	if r == nil {
		return nil
	}
	return &Resolution{
		WhatHappened: text(r.WhatHappened, t.WhatHappened, foreign), FullyFixed: r.FullyFixed,
		Limits: text(r.Limits, t.Limits, foreign), DataLoss: r.DataLoss, CanRecur: r.CanRecur,
		Prevention: text(r.Prevention, t.Prevention, foreign), CustomerAction: text(r.CustomerAction, t.CustomerAction, foreign),
		FollowUpBy: r.FollowUpBy,
	}
}

// text prefers the translation; a missing one falls back to the default language.
func text(own string, translated *string, foreign bool) string {
	if foreign && translated != nil {
		return *translated
	}
	return own
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// GroupsOf arranges a page's components for display: each group with its members, and
// runs of components without a group, in API order.
func GroupsOf(components []status.Component) []Group {
	var groups []Group
	at, known := map[string]int{}, map[string]bool{}
	for i := range components {
		known[components[i].ID] = true
	}
	for i := range components {
		c := &components[i]
		switch {
		case c.Group:
			at[c.ID] = len(groups)
			groups = append(groups, Group{ID: c.ID, Name: c.Name, Description: described(c)})
		case c.GroupID == "" || !known[c.GroupID]:
			if len(groups) == 0 || groups[len(groups)-1].ID != "" {
				groups = append(groups, Group{})
			}
			last := &groups[len(groups)-1]
			last.Components = append(last.Components, ComponentOf(c))
		}
	}
	for i := range components {
		if c := &components[i]; !c.Group && c.GroupID != "" {
			if g, ok := at[c.GroupID]; ok {
				groups[g].Components = append(groups[g].Components, ComponentOf(c))
			}
		}
	}
	return slices.DeleteFunc(groups, func(g Group) bool { return len(g.Components) == 0 })
}

// ComponentOf is a component without its history.
func ComponentOf(c *status.Component) Component {
	return Component{ID: c.ID, Name: c.Name, Description: described(c), Level: string(c.Level)}
}

func described(c *status.Component) string {
	if c.Description == nil {
		return ""
	}
	return *c.Description
}
