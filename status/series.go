package status

import (
	"slices"
	"strings"
	"time"
)

// Window is from when until when a maintenance is planned.
type Window struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Series ties a maintenance that repeats to its fellows. Each of its dates is a maintenance
// of its own; the clock plans the next one when one is over, so that never more than one
// lies ahead.
type Series struct {
	ID     string `json:"id"`     // of its first date
	Number int    `json:"number"` // of this date; the first is 1
	// Since is the number from which the rule counts: 1, or that of the date at which it was
	// changed last. Its window was planned as First.
	Since int    `json:"since"`
	First Window `json:"first"`
	// Said is the window that this date's announcement names.
	Said Window `json:"said"`
	// Done: the clock has looked for the next date. Next is its id, "" when it was the last.
	Done bool   `json:"done,omitempty"`
	Next string `json:"next,omitempty"`
}

// setRecurrence takes over when the maintenance repeats. The rule counts from this window
// on when it is new, changed or given together with a new window; a window that is moved
// alone is this date's own matter. An empty rule ends the series.
func (i *Incident) setRecurrence(site *Site, c Change, before *time.Time, first bool) error {
	moved := !sameTime(before, i.ScheduledFor)
	if !c.Recurrence.Set && !(i.Recurrence != "" && (first || i.Draft)) {
		return nil
	}
	text := i.Recurrence
	if c.Recurrence.Set {
		text = strings.TrimSpace(deref(c.Recurrence.Value))
	}
	if text == "" {
		i.Recurrence = ""
		return nil
	}
	rule, err := ParseRepeatRule(text)
	if err != nil {
		return err
	}
	if rule.String() == i.Recurrence && !moved && !first && !i.Draft {
		return nil
	}
	if err := i.mayRepeat(); err != nil {
		return err
	}
	zone := site.Page.Zone()
	if !rule.Holds(*i.ScheduledFor, zone) {
		return Invalid(recurrenceField, "The maintenance begins on %s; this recurrence leaves that day out.", i.ScheduledFor.In(zone).Format("Monday, 2 January 2006"))
	}
	i.Recurrence = rule.String()
	i.countFrom(Window{*i.ScheduledFor, *i.ScheduledUntil}, first || i.Draft)
	return nil
}

// mayRepeat refuses what no series can begin with.
func (i *Incident) mayRepeat() error {
	switch {
	case i.Kind != Maintenance:
		return wrongRule("Only a maintenance can repeat.")
	case i.Imported:
		return wrongRule("An imported maintenance cannot repeat; plan a new one.")
	case i.Backfilled:
		return wrongRule("A backfilled maintenance cannot repeat.")
	case !i.Open():
		return wrongRule("This maintenance is over; change the recurrence of its next date, or plan a new one.")
	}
	return i.checkWindow()
}

// countFrom lets the rule count from this window on; announced says that the entry which
// announces it is being made.
func (i *Incident) countFrom(w Window, announced bool) {
	s := Series{ID: i.ID, Number: 1, Said: w}
	if i.Series != nil {
		s = *i.Series
	}
	s.Since, s.First = s.Number, w
	if announced {
		s.Said = w
	}
	i.Series = &s
}

// Repeats is the rule of a maintenance that repeats; its Freq is "" when it does not.
func (i *Incident) Repeats() RepeatRule {
	if i.Recurrence == "" {
		return RepeatRule{}
	}
	rule, err := ParseRepeatRule(i.Recurrence)
	if err != nil {
		return RepeatRule{} // checked before it was stored
	}
	return rule
}

// Continues says whether the clock has to look for the next date of the series.
func (i *Incident) Continues() bool {
	return i.Kind == Maintenance && !i.Draft && !i.Open() && i.Recurrence != "" && i.Series != nil && !i.Series.Done
}

// dated is one date of a series.
type dated struct {
	number int
	Window
}

// coming lists the dates of the series after this one that begin after now, at most n.
func (i *Incident) coming(zone *time.Location, now time.Time, n int) []dated {
	s := i.Series
	if s == nil || i.Recurrence == "" {
		return nil
	}
	next, err := i.Repeats().dates(s.First.From, zone)
	if err != nil {
		return nil
	}
	var list []dated
	for number := s.Since; len(list) < n; number++ {
		from, ok := next()
		if !ok {
			break
		}
		if number > s.Number && from.After(now) {
			list = append(list, dated{number, Window{from, s.First.shifted(from, zone)}})
		}
	}
	return list
}

// shifted is when a window like this one ends that begins at another time: by the clock on
// the wall, like its beginning.
func (w Window) shifted(from time.Time, zone *time.Location) time.Time {
	was, ended, now := w.From.In(zone), w.Until.In(zone), from.In(zone)
	days := int(Midnight(ended, 0).Sub(Midnight(was, 0)).Hours()+12) / 24
	until := time.Date(now.Year(), now.Month(), now.Day()+days, ended.Hour(), ended.Minute(), ended.Second(), 0, zone).UTC()
	if !until.After(from) { // the clocks change within it
		until = from.Add(w.Until.Sub(w.From))
	}
	return until
}

// Coming lists the windows of the series after this one that begin after now, at most n.
func (i *Incident) Coming(p *Page, now time.Time, n int) []Window {
	var list []Window
	for _, d := range i.coming(p.Zone(), now, n) {
		list = append(list, d.Window)
	}
	return list
}

// Retell puts another window into a text that names one.
type Retell func(p *Page, locale, text string, was, now Window) string

// Continue plans the next date of the series as a maintenance of its own, with the same
// texts and components, and notes that this was done. There is none when the series ends.
// A matter that a second person must approve becomes a draft.
func (i *Incident) Continue(site *Site, id, updateID string, retell Retell) (*Incident, error) {
	if !i.Continues() {
		return nil, nil
	}
	i.Series.Done = true
	dates := i.coming(site.Page.Zone(), site.Now, 1)
	if len(dates) == 0 {
		return nil, nil
	}
	d := dates[0]
	c := i.again(site, d.Window, retell)
	n, err := OpenIncident(site, id, updateID, c)
	if err != nil {
		return nil, err
	}
	i.Series.Next = id
	n.Recurrence = i.Recurrence
	n.Series = &Series{ID: i.Series.ID, Number: d.number, Since: i.Series.Since, First: i.Series.First, Said: d.Window}
	return n, nil
}

// again is the request that plans the maintenance once more.
func (i *Incident) again(site *Site, w Window, retell Retell) Change {
	c := Change{
		Name: &i.Name, CustomerImpact: &i.CustomerImpact, NotAffected: &i.NotAffected, Assignee: &i.Assignee, InternalNote: &i.InternalNote,
		Metadata: i.Metadata, ScheduledFor: Some(w.From), ScheduledUntil: Some(w.Until), Category: &i.Category,
		AutoInProgress: &i.Auto.InProgress, AutoCompleted: &i.Auto.Completed, RemindPrior: &i.Auto.RemindPrior,
		ToMaintenance: &i.Auto.ToMaintenance, ToOperational: &i.Auto.ToOperational,
		NotifyAtStart: &i.Auto.NotifyAtStart, NotifyAtEnd: &i.Auto.NotifyAtEnd,
		Security: &i.Security, Draft: new(site.Page.NeedsApproval(i)),
	}
	known := slices.DeleteFunc(slices.Clone(i.ComponentIDs), func(id string) bool { return checkComponent(site, "", id) != nil })
	c.ComponentIDs = &known
	if i.AffectedUsers.Mode != "" {
		c.AffectedUsers = &i.AffectedUsers
	}
	if i.Workaround.State != "" {
		c.Workaround = &i.Workaround
	}
	i.sayAgain(site, &c, w, retell)
	return c
}

// sayAgain takes over the announcement and the translations, with the new window in them.
func (i *Incident) sayAgain(site *Site, c *Change, w Window, retell Retell) {
	tell := func(locale, text string) *string {
		if retell != nil {
			text = retell(&site.Page, locale, text, i.Series.Said, w)
		}
		return &text
	}
	c.Translations = map[string]Texts{}
	for _, locale := range site.Page.Translated() {
		if texts, ok := i.Translations[locale]; ok {
			texts.Body = nil
			c.Translations[locale] = texts
		}
	}
	u := i.first()
	if u == nil {
		return
	}
	c.Notify, c.Body = &u.Notify, tell(site.Page.DefaultLocale, u.Body)
	for _, locale := range site.Page.Translated() {
		if body := u.Translations[locale]; body != "" {
			texts := c.Translations[locale]
			texts.Body = tell(locale, body)
			c.Translations[locale] = texts
		}
	}
}
