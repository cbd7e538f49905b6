package templates

import "slices"

// part is one question of a closing message and its answer: a text that people
// wrote, sentences of the catalogue, or both.
type part struct {
	Heading string // message key
	Key     string // message key of the answer; may be empty
	Text    string // Markdown of the answer; may be empty
	Name    string // of the text, in Notice.Foreign
	Extra   string // message key of a second answer; may be empty
	Day     string // calendar day that Extra names
}

// resolutionParts orders a closing message: what happened, is it fixed, can it
// come back, what we do, what you do. What is not known is left out.
func resolutionParts(r *Resolution) []part {
	if r == nil {
		return nil
	}
	var parts []part
	add := func(p part) {
		if p.Key != "" || p.Text != "" {
			parts = append(parts, p)
		}
	}
	add(part{Heading: "resolution.what", Text: r.WhatHappened, Name: "what_happened"})
	add(part{Heading: "resolution.fixed", Key: choice("resolution.fixed_", r.FullyFixed, "yes", "with_limits"), Text: r.Limits, Name: "limits"})
	add(part{Heading: "resolution.data", Key: choice("resolution.data_", r.DataLoss, answers(r, "none", "some")...)})
	add(recurrence(r))
	add(part{Heading: "resolution.prevention", Text: r.Prevention, Name: "prevention"})
	add(actionPart(r, len(parts) > 0))
	return parts
}

// answers are those worth saying: that we do not know yet is one when we promise to tell.
func answers(r *Resolution, known ...string) []string {
	if r.FollowUpBy != "" {
		return append(known, "unknown")
	}
	return known
}

func recurrence(r *Resolution) part {
	p := part{Heading: "resolution.recur", Key: choice("resolution.recur_", r.CanRecur, answers(r, "unlikely", "possible")...)}
	if r.FollowUpBy != "" {
		p.Extra, p.Day = "resolution.follow_up", r.FollowUpBy
		if p.Key == "" {
			p.Key, p.Extra = p.Extra, ""
		}
	}
	return p
}

// actionPart says "nothing" only where the rest of the message was written too.
func actionPart(r *Resolution, written bool) part {
	p := part{Heading: "resolution.action", Text: r.CustomerAction, Name: "customer_action"}
	if p.Text == "" && written {
		p.Key = "resolution.action_none"
	}
	return p
}

// choice builds the message key of a value, or "" for one outside the choices.
func choice(prefix, value string, allowed ...string) string {
	if slices.Contains(allowed, value) {
		return prefix + value
	}
	return ""
}
