package templates

import "slices"

// part is one question of a closing message and its answer: a text that people
// wrote, sentences of the catalogue, or both.
type part struct {
	Heading string // message key
	Key     string // message key of the answer; may be empty
	Text    string // Markdown of the answer; may be empty
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
	add(part{Heading: "resolution.what", Text: r.WhatHappened})
	add(part{Heading: "resolution.fixed", Key: choice("resolution.fixed_", r.FullyFixed, "yes", "with_limits"), Text: r.Limits})
	add(part{Heading: "resolution.data", Key: choice("resolution.data_", r.DataLoss, "none", "some", "unknown")})
	add(recurrence(r))
	add(part{Heading: "resolution.prevention", Text: r.Prevention})
	add(actionPart(r, len(parts) > 0))
	return parts
}

func recurrence(r *Resolution) part {
	p := part{Heading: "resolution.recur", Key: choice("resolution.recur_", r.CanRecur, "unlikely", "possible", "unknown")}
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
	p := part{Heading: "resolution.action", Text: r.CustomerAction}
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
