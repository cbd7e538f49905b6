package status

import (
	"strings"
	"time"
)

// Resolution is the closing message in its parts.
type Resolution struct {
	WhatHappened   string     `json:"what_happened"`
	FullyFixed     string     `json:"fully_fixed"` // yes, with_limits
	Limits         string     `json:"limits,omitempty"`
	DataLoss       string     `json:"data_loss"` // none, some, unknown
	CanRecur       string     `json:"can_recur"` // unlikely, possible, unknown
	Prevention     string     `json:"prevention,omitempty"`
	CustomerAction string     `json:"customer_action,omitempty"` // "" = nothing to do
	EndedAt        *time.Time `json:"ended_at,omitempty"`
	FollowUpBy     string     `json:"follow_up_by,omitempty"` // YYYY-MM-DD
}

func (r Resolution) normalise(now time.Time) (Resolution, error) {
	const f = "incident.resolution"
	r.FullyFixed, r.DataLoss, r.CanRecur = or(r.FullyFixed, "yes"), or(r.DataLoss, "unknown"), or(r.CanRecur, "unknown")
	for _, e := range []error{
		oneOf(f+".fully_fixed", r.FullyFixed, "yes", "with_limits"),
		oneOf(f+".data_loss", r.DataLoss, "none", "some", "unknown"),
		oneOf(f+".can_recur", r.CanRecur, "unlikely", "possible", "unknown"),
		checkText(f+".what_happened", r.WhatHappened, MaxBody),
		checkText(f+".limits", r.Limits, MaxBody),
		checkText(f+".prevention", r.Prevention, MaxBody),
		checkText(f+".customer_action", r.CustomerAction, MaxBody),
	} {
		if e != nil {
			return r, e
		}
	}
	if r.FullyFixed == "with_limits" && strings.TrimSpace(r.Limits) == "" {
		return r, Invalid(f+".limits", "Say what still works only partly, or choose that everything is fixed.")
	}
	if r.EndedAt != nil && r.EndedAt.After(now) {
		return r, Invalid(f+".ended_at", "The end of the problem cannot lie in the future.")
	}
	if r.FollowUpBy != "" {
		if day, err := time.Parse(time.DateOnly, r.FollowUpBy); err != nil || !plausible(day) {
			return r, Invalid(f+".follow_up_by", "%q is not a date; write it as 2026-11-22.", brief(r.FollowUpBy))
		}
	}
	return r, nil
}
