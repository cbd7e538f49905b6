package status

import (
	"slices"
	"time"
)

// MaxReport is the longest text of a problem report, in characters.
const MaxReport = 280

// Report is a customer's "I have this too". It is never published.
type Report struct {
	ID           string
	ComponentIDs []string
	Symptom      Symptom
	Text         string
	Email        string
	Source       string // hash of the network with a salt of the day
	CreatedAt    time.Time
}

// Check refuses what cannot be counted.
func (r *Report) Check(components []Component) error {
	for _, id := range r.ComponentIDs {
		if !slices.ContainsFunc(components, func(c Component) bool { return c.ID == id && !c.Group }) {
			return Invalid("component_ids", "There is no component %q on this page.", brief(id))
		}
	}
	if err := oneOf("symptom", r.Symptom, Symptoms()...); err != nil {
		return err
	}
	if r.Email != "" {
		address, err := NormaliseEmail("email", r.Email)
		if err != nil {
			return err
		}
		r.Email = address
	}
	return checkText("text", r.Text, MaxReport)
}
