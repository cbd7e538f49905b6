package status

import (
	"strings"
	"time"
)

// Workaround is what customers can do meanwhile. "unknown" (nobody looked yet) and
// "none_known" (we looked) are different answers, and both are said.
type Workaround struct {
	State     string    `json:"state"` // unknown, none_known, none_possible, not_needed, available
	Text      string    `json:"text,omitempty"`
	CheckedAt time.Time `json:"checked_at,omitzero"`
}

// UnknownWorkaround is the state before anybody looked.
func UnknownWorkaround() Workaround { return Workaround{State: "unknown"} }

func (w Workaround) normalise(now time.Time) (Workaround, error) {
	const f = "incident.workaround"
	if err := oneOf(f+".state", w.State, "unknown", "none_known", "none_possible", "not_needed", "available"); err != nil {
		return w, err
	}
	if err := checkText(f+".text", w.Text, MaxBody); err != nil {
		return w, err
	}
	if w.State == "available" && strings.TrimSpace(w.Text) == "" {
		return w, Invalid(f+".text", "Say what customers can do, or choose another state of the workaround.")
	}
	if w.State != "available" {
		w.Text = ""
	}
	if w.State == "unknown" {
		return UnknownWorkaround(), nil
	}
	if w.CheckedAt.IsZero() {
		w.CheckedAt = now
	}
	if w.CheckedAt.After(now) || !plausible(w.CheckedAt) {
		return w, Invalid(f+".checked_at", "The time of the check cannot lie in the future.")
	}
	return w, nil
}
