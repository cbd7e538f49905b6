package lint

import (
	"slices"
	"strings"

	"allclear/status"
)

// facts are the rules about what a notice holds rather than how it is worded: C1 to C4
// and C13.
func (c *checker) facts() {
	if c.n.Kind == "" || c.n.Correction {
		return // only texts are to be read
	}
	c.impact()
	c.promise()
	if c.n.problem() && c.n.open() && c.n.Workaround == "unknown" && c.n.Stage != status.Investigating {
		c.reportFact("C3", Warn, "workaround", "", c.n.Workaround, "")
	}
	if c.n.problem() && (c.n.AffectedUsers == "unknown" || c.n.AffectedUsers == "") {
		c.reportFact("C4", Warn, "affected_users", "", c.n.AffectedUsers, "")
	}
	c.resolution()
}

// impact is rule C1: what customers notice must be said, in the field for it or in the
// new entry.
func (c *checker) impact() {
	if c.n.Security || c.n.problem() && !c.n.open() || !c.n.problem() && c.n.Stage != status.Scheduled {
		return
	}
	locale := c.n.own()
	if c.n.Before != nil && !c.n.fresh(locale, CustomerImpact) {
		return // whoever reads the update has read what the notice is about
	}
	if languageOf(locale) == "" {
		if c.n.Texts[locale][CustomerImpact] == "" && c.n.Texts[locale][Body] == "" {
			c.reportFact("C1", Block, string(CustomerImpact), locale, "", "")
		}
		return
	}
	field := CustomerImpact
	if c.n.Texts[locale][field] == "" {
		field = Body
	}
	text := c.n.Texts[locale][field]
	p := newPassage(locale, string(field), text)
	if !c.noticed(p) {
		c.reportFact("C1", Block, string(CustomerImpact), locale, shorten(Redact(text)), "")
	}
}

// noticed says whether a sentence tells what customers notice, and not a cause only.
func (c *checker) noticed(p *passage) bool {
	hits := c.data.lexicons[p.lang].find(p)
	for _, s := range p.sentencesOf() {
		if c.effect(s, hits) {
			return true
		}
	}
	return false
}

func (c *checker) effect(s sentence, hits []hit) bool {
	var strong, weak, people, machines bool
	for _, h := range hits {
		if !h.at.within(s.span) {
			continue
		}
		switch h.list {
		case listCauses:
			if h.at.start == s.words[0].start {
				return false
			}
		case listEffects:
			strong = strong || h.replacement == "strong"
			weak = weak || h.replacement == "weak"
		case listPeople:
			people = true
		case listMachines:
			machines = true
		}
	}
	return strong && (people || !machines) || weak && (people || !machines)
}

// promise is rule C2: an open notice says when the next news comes, and not too late.
func (c *checker) promise() {
	if !c.n.problem() || !c.n.open() {
		return
	}
	const field = "next_update_at"
	if c.n.NextUpdateAt == nil {
		c.reportFact("C2.missing", Block, field, "", "", "")
		return
	}
	due := c.n.Due.Sub(c.n.Now)
	if !c.n.Due.IsZero() && due > 0 && c.n.NextUpdateAt.Sub(c.n.Now) > 2*due {
		c.reportFact("C2.late", Warn, field, "", c.n.NextUpdateAt.UTC().Format("2006-01-02T15:04Z"), c.n.Due.UTC().Format("2006-01-02T15:04Z"))
	}
}

// resolution is rule C13: a solved problem is told with the parts that its priority asks
// for.
func (c *checker) resolution() {
	if !c.n.problem() || c.n.Stage != status.Resolved {
		return
	}
	for _, part := range c.n.Required {
		if !has(c.n.Resolution, part) {
			c.reportFact("C13."+string(part), Block, "resolution."+string(part), "", "", "")
		}
	}
}

// has says whether a part was answered. Not knowing yet is an answer when it comes with
// a date; that customers need do nothing is one, too.
func has(r *status.Resolution, part Part) bool {
	if r == nil {
		return false
	}
	filled := func(s string) bool { return strings.TrimSpace(s) != "" }
	switch part {
	case PartWhatHappened:
		return filled(r.WhatHappened)
	case PartFullyFixed:
		return r.FullyFixed == "yes" || r.FullyFixed == "with_limits" && filled(r.Limits)
	case PartDataLoss:
		return slices.Contains([]string{"none", "some"}, r.DataLoss) || filled(r.FollowUpBy)
	case PartCanRecur:
		return slices.Contains([]string{"unlikely", "possible"}, r.CanRecur) || filled(r.FollowUpBy)
	case PartPrevention:
		return filled(r.Prevention)
	}
	return true
}
