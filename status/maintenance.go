package status

import "time"

// maintenanceEvent names what a step of a maintenance is.
func (i *Incident) maintenanceEvent(first bool, from Stage) EventType {
	if !first && from == i.Stage {
		return MaintenanceUpdated
	}
	switch i.Stage {
	case Scheduled:
		if first {
			return MaintenanceScheduled
		}
	case InProgress, Verifying: // work that is being verified at once has begun, too
		if first || from == Scheduled {
			return MaintenanceStarted
		}
	case Completed:
		return MaintenanceCompleted
	case Cancelled:
		return MaintenanceCancelled
	}
	return MaintenanceUpdated
}

// checkWindowStage: a finished maintenance stays finished, and nothing goes back to scheduled.
func (i *Incident) checkWindowStage(to Stage) error {
	if i.Stage.Closed() && to != i.Stage {
		return Invalid("incident.status", "This maintenance is %s; plan a new one.", i.Stage)
	}
	if to == Scheduled && i.Stage != Scheduled {
		return Invalid("incident.status", "This maintenance has begun; it cannot be scheduled again.")
	}
	return nil
}

// setWindow takes over the planned window and what happens by itself in it.
func (i *Incident) setWindow(c Change, now time.Time) error {
	if i.Kind == Problem {
		if c.ScheduledFor.Value != nil || c.ScheduledUntil.Value != nil {
			return Invalid("incident.scheduled_for", "Only a maintenance has a planned window.")
		}
		return nil
	}
	before := i.ScheduledFor
	if c.ScheduledFor.Set {
		i.ScheduledFor = c.ScheduledFor.Value
	}
	if c.ScheduledUntil.Set {
		i.ScheduledUntil = c.ScheduledUntil.Value
	}
	if !i.Imported || c.ScheduledFor.Set || c.ScheduledUntil.Set {
		if err := i.checkWindow(); err != nil {
			return err
		}
	}
	for _, s := range []struct {
		to   *bool
		from *bool
	}{
		{&i.Auto.InProgress, c.AutoInProgress}, {&i.Auto.InProgress, c.AutoTransition},
		{&i.Auto.Completed, c.AutoCompleted}, {&i.Auto.ToMaintenance, c.ToMaintenance},
		{&i.Auto.ToOperational, c.ToOperational}, {&i.Auto.NotifyAtStart, c.NotifyAtStart},
		{&i.Auto.NotifyAtEnd, c.NotifyAtEnd}, {&i.Auto.RemindPrior, c.RemindPrior},
	} {
		if s.from != nil {
			*s.to = *s.from
		}
	}
	i.armReminders(before, now)
	return nil
}

// checkWindow: an imported maintenance may lack its window until somebody sets it.
func (i *Incident) checkWindow() error {
	if i.ScheduledFor == nil || !plausible(*i.ScheduledFor) {
		return Invalid("incident.scheduled_for", "Say when the maintenance begins.")
	}
	if i.ScheduledUntil == nil || !plausible(*i.ScheduledUntil) {
		return Invalid("incident.scheduled_until", "Say when the maintenance ends.")
	}
	if !i.ScheduledUntil.After(*i.ScheduledFor) {
		return Invalid("incident.scheduled_until", "The maintenance must end after it begins.")
	}
	return nil
}

// NextMove is when the maintenance wants to move by its own clock; zero when it does not.
func (i *Incident) NextMove() time.Time {
	if i.Kind != Maintenance || i.Draft || i.Imported {
		return time.Time{}
	}
	switch {
	case i.Stage == Scheduled && i.Auto.InProgress:
		return *i.ScheduledFor
	case (i.Stage == InProgress || i.Stage == Verifying) && i.Auto.Completed:
		return *i.ScheduledUntil
	}
	return time.Time{}
}

// MoveByClock starts or finishes the maintenance when its time has come; it reports
// whether anything was due.
func (i *Incident) MoveByClock(site *Site, updateID string, body map[Stage]map[string]string) (bool, error) {
	at := i.NextMove()
	if at.IsZero() || site.Now.Before(at) {
		return false, nil
	}
	to, notify := InProgress, i.Auto.NotifyAtStart
	if i.Stage != Scheduled {
		to, notify = Completed, i.Auto.NotifyAtEnd
	}
	c := Change{Stage: &to, Notify: &notify}
	for locale, text := range body[to] {
		if locale == site.Page.DefaultLocale {
			c.Body = &text
		} else if index(site.Page.Locales, locale) >= 0 {
			if c.Translations == nil {
				c.Translations = map[string]Texts{}
			}
			c.Translations[locale] = Texts{Body: &text}
		}
	}
	return true, i.Apply(site, updateID, c)
}
