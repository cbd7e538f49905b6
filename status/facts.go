package status

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// setTexts takes over the notice's texts and their translations.
func (i *Incident) setTexts(site *Site, c Change) error {
	if c.Name != nil {
		if err := checkName("incident.name", *c.Name); err != nil {
			return err
		}
		i.Name = *c.Name
	}
	for _, t := range []struct {
		field string
		to    *string
		from  *string
		limit int
	}{
		{"incident.customer_impact", &i.CustomerImpact, c.CustomerImpact, MaxBody},
		{"incident.not_affected", &i.NotAffected, c.NotAffected, MaxBody},
		{"incident.assignee", &i.Assignee, c.Assignee, MaxTitle},
		{"incident.internal_note", &i.InternalNote, c.InternalNote, MaxBody},
	} {
		if t.from == nil {
			continue
		}
		if err := checkText(t.field, *t.from, t.limit); err != nil {
			return err
		}
		*t.to = *t.from
	}
	if c.Body != nil {
		if err := checkText("incident.body", *c.Body, MaxBody); err != nil {
			return err
		}
	}
	if err := i.setTranslations(site, c.Translations); err != nil {
		return err
	}
	return c.checkBodies()
}

func (i *Incident) setTranslations(site *Site, given map[string]Texts) error {
	for _, locale := range slices.Sorted(maps.Keys(given)) { // the same fault every time
		texts, field := given[locale], "incident.translations."+brief(locale)
		if locale == site.Page.DefaultLocale {
			return Invalid(field, "%q is the default language; put these texts into the notice itself.", locale)
		}
		if !slices.Contains(site.Page.Locales, locale) {
			return Invalid(field, "This page has no language %q.", brief(locale))
		}
		kept := i.Translations[locale]
		if err := kept.take(field, texts); err != nil {
			return err
		}
		next := maps.Clone(i.Translations)
		if next == nil {
			next = map[string]Texts{}
		}
		next[locale] = kept
		if kept == (Texts{}) {
			delete(next, locale)
		}
		i.Translations = next
	}
	return nil
}

// take takes over the given texts but the body, which belongs to the entry; an empty one
// removes what was there.
func (t *Texts) take(field string, given Texts) error {
	to, from := t.fields(), given.fields()
	for _, name := range slices.Sorted(maps.Keys(from)) {
		text := *from[name]
		if text == nil {
			continue
		}
		err := checkText(field+"."+name, *text, MaxBody)
		if name == "name" && *text != "" {
			err = checkName(field+"."+name, *text)
		}
		if err != nil {
			return err
		}
		switch {
		case name == "body":
		case *text == "":
			*to[name] = nil
		default:
			*to[name] = text
		}
	}
	return nil
}

// setFacts takes over everything that is chosen from lists or estimated.
func (i *Incident) setFacts(site *Site, c Change) error {
	if err := i.setChoices(c); err != nil {
		return err
	}
	if err := i.setTimes(c, site.Now); err != nil {
		return err
	}
	var err error
	if c.AffectedUsers != nil {
		if i.AffectedUsers, err = c.AffectedUsers.normalise(site.Now); err != nil {
			return err
		}
	}
	if c.Workaround != nil {
		if i.Workaround, err = c.Workaround.normalise(site.Now); err != nil {
			return err
		}
	}
	if c.ThirdParty != nil {
		if i.ThirdParty, err = c.ThirdParty.normalise(site.Page.VendorAllowList); err != nil {
			return err
		}
	}
	return i.setResolution(c, site.Now)
}

func (i *Incident) setResolution(c Change, now time.Time) error {
	if c.Resolution == nil {
		return nil
	}
	if to := or(string(deref(c.Stage)), string(i.Stage)); !Stage(to).Closed() || i.Kind == Maintenance {
		return Invalid("incident.resolution", "A resolution message belongs to a resolved incident; set the status to resolved.")
	}
	r, err := c.Resolution.normalise(now)
	if err != nil {
		return err
	}
	if r.EndedAt == nil {
		end := i.endedAt(now)
		r.EndedAt = &end
	}
	if r.EndedAt.Before(i.StartedAt) {
		return Invalid("incident.resolution.ended_at", "The problem cannot end before it started.")
	}
	i.Resolution = &r
	return nil
}

// endedAt is when the problem ended as far as nobody says otherwise.
func (i *Incident) endedAt(now time.Time) time.Time {
	switch {
	case i.Resolution != nil && i.Resolution.EndedAt != nil:
		return *i.Resolution.EndedAt
	case i.ResolvedAt != nil:
		return *i.ResolvedAt
	case i.Backfilled && len(i.Updates) == 0:
		return i.StartedAt
	}
	return now
}

// checkEnd refuses a start that lies after the end.
func (i *Incident) checkEnd(c Change) error {
	if c.StartedAt == nil || !i.Stage.Closed() {
		return nil
	}
	if end := i.endedAt(i.StartedAt); i.StartedAt.After(end) {
		return Invalid("incident.started_at", "The problem cannot start after it ended.")
	}
	return nil
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func (i *Incident) setChoices(c Change) error {
	if c.Severity != nil {
		if err := oneOf("incident.severity", *c.Severity, Severities()...); err != nil {
			return err
		}
	}
	if v := c.ImpactOverride.Value; v != nil {
		if err := oneOf("incident.impact_override", *v, Impacts()...); err != nil {
			return err
		}
	}
	if c.Urgency != nil {
		if err := oneOf("incident.urgency", *c.Urgency, Urgencies()...); err != nil {
			return err
		}
		i.Urgency = *c.Urgency
	}
	if c.Category != nil {
		if err := oneOf("incident.category", *c.Category, Categories()...); err != nil {
			return err
		}
		i.Category = *c.Category
	}
	if c.Symptom != nil {
		if err := oneOf("incident.symptom", *c.Symptom, append(Symptoms(), "")...); err != nil {
			return err
		}
		i.Symptom = *c.Symptom
	}
	if c.SupportLevel != nil {
		if *c.SupportLevel < 0 || *c.SupportLevel > 3 {
			return Invalid("incident.support_level", "The support level must be 1, 2 or 3.")
		}
		i.SupportLevel = *c.SupportLevel
	}
	if c.Security != nil {
		i.Security = *c.Security
	}
	return i.setMetadata(c.Metadata)
}

func (i *Incident) setMetadata(raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var top map[string]map[string]any
	if err := json.Unmarshal(raw, &top); err != nil {
		return Invalid("incident.metadata", "The metadata must be an object whose values are objects.")
	}
	for _, v := range top {
		if v == nil {
			return Invalid("incident.metadata", "The metadata must be an object whose values are objects.")
		}
	}
	i.Metadata = raw
	if top == nil {
		i.Metadata = nil
	}
	return nil
}

func (i *Incident) setTimes(c Change, now time.Time) error {
	if c.StartedAt != nil {
		if c.StartedAt.After(now) || !plausible(*c.StartedAt) {
			return Invalid("incident.started_at", "The start of a problem cannot lie in the future.")
		}
		i.StartedAt = *c.StartedAt
	}
	if c.DetectedAt.Set {
		if v := c.DetectedAt.Value; v != nil && (v.After(now) || !plausible(*v)) {
			return Invalid("incident.detected_at", "The time of detection cannot lie in the future.")
		}
		i.DetectedAt = c.DetectedAt.Value
	}
	if c.ExpectedResolutionAt.Set {
		if v := c.ExpectedResolutionAt.Value; v != nil && (!v.After(now) || !plausible(*v)) {
			return Invalid("incident.expected_resolution_at", "The expected end must lie in the future.")
		}
		i.ExpectedResolutionAt = c.ExpectedResolutionAt.Value
	}
	return i.checkPlan(c, now)
}

// checkPlan refuses to plan what is over: it would stay announced for ever. A window that
// passed meanwhile may be sent again as it was.
func (i *Incident) checkPlan(c Change, now time.Time) error {
	until, to := c.ScheduledUntil.Value, Stage(or(string(deref(c.Stage)), string(i.Stage)))
	if until == nil || until.After(now) || to.Closed() || i.Kind != Maintenance || i.Imported {
		return nil
	}
	if i.ScheduledUntil != nil && i.ScheduledUntil.Equal(*until) {
		return nil
	}
	return Invalid("incident.scheduled_until", "The end of the maintenance lies in the past; set a later one, or the status completed.")
}
