package status

import "time"

// remindBefore says how long before its start subscribers are reminded of a maintenance,
// the earliest first.
func remindBefore() []time.Duration { return []time.Duration{24 * time.Hour, time.Hour} }

// armReminders begins the reminders anew when the window was planned or moved: those whose
// moment has passed already are left out, for the announcement has just been made.
func (i *Incident) armReminders(before *time.Time, now time.Time) {
	switch {
	case !i.Auto.RemindPrior:
		i.Auto.RemindAfter = nil
	case i.Draft, i.Auto.RemindAfter == nil, !sameTime(before, i.ScheduledFor):
		i.Auto.RemindAfter = &now
	}
}

// NextReminder is when subscribers are to be reminded of the maintenance; zero when they
// are not. It may have passed, while nobody looked.
func (i *Incident) NextReminder(now time.Time) time.Time {
	if i.Kind != Maintenance || i.Draft || i.Imported || i.Stage != Scheduled || !i.Auto.RemindPrior || i.ScheduledFor == nil || !now.Before(*i.ScheduledFor) {
		return time.Time{}
	}
	after := i.CreatedAt
	if i.Auto.RemindAfter != nil {
		after = *i.Auto.RemindAfter
	}
	for _, by := range remindBefore() {
		if at := i.ScheduledFor.Add(-by); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// RemindByClock asks to remind subscribers when the time has come; it reports whether it
// had. Of reminders that were missed only one is sent.
func (i *Incident) RemindByClock(now time.Time) bool {
	if at := i.NextReminder(now); at.IsZero() || now.Before(at) {
		return false
	}
	i.Auto.RemindedAt, i.Auto.RemindAfter = &now, &now
	i.emit(MaintenanceReminder, "", now, true)
	return true
}
