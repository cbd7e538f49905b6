package status

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Trace is what an entry changed and asked to be told, so that it can be taken back.
type Trace struct {
	// Events are those that the entry asked for: its own, then those of the components.
	Events []string `json:"events"`
	Moves  []Moving `json:"moves,omitempty"`
	// Fields are the notice's JSON fields that a later entry changed.
	Fields map[string]Swap `json:"fields,omitempty"`
}

// Moving is a component's change of level.
type Moving struct {
	Code string `json:"code"`
	Old  Level  `json:"old_status"`
	New  Level  `json:"new_status"`
}

// Swap is a field before and after an entry, as JSON.
type Swap struct {
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// DraftText is the text of an entry that was taken back, for staff to use again. It is never
// published.
type DraftText struct {
	UpdateID     string            `json:"update_id"`
	Stage        Stage             `json:"status"`
	Body         string            `json:"body"`
	Translations map[string]string `json:"translations,omitempty"`
	Components   map[string]Level  `json:"components,omitempty"` // that it moved
	By           string            `json:"by,omitempty"`         // who wrote it
	At           time.Time         `json:"at"`                   // when it was taken back
}

// maxKept is how many texts a notice keeps; the oldest give way.
const maxKept = 20

// AlreadySent refuses to take back what somebody has been told.
func AlreadySent(field string) *Fault {
	return NewFault(CodeConflict, field, "Already sent; post a correction.")
}

// fields are the parts of the notice that an entry can change, as JSON. What counts
// writes and what belongs to drafts is none of them.
func (i *Incident) fields() (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(i)
	if err != nil {
		return nil, err //nolint:wrapcheck // names the field itself
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	for _, own := range []string{"id", "page_id", "kind", "created_at", "updated_at", "imported", "backfilled", "draft", "planned", "drafts", "approval", "order", "sequence", "version", "revision"} {
		delete(all, own)
	}
	return all, nil
}

// swaps lists the fields in which the notice differs from what it was.
func (i *Incident) swaps(before map[string]json.RawMessage) (map[string]Swap, error) {
	if before == nil {
		return nil, nil
	}
	after, err := i.fields()
	if err != nil {
		return nil, err
	}
	out := map[string]Swap{}
	for _, names := range []map[string]json.RawMessage{before, after} {
		for name := range names {
			if old, now := before[name], after[name]; !sameJSON(old, now) {
				out[name] = Swap{Before: old, After: now}
			}
		}
	}
	return out, nil
}

// sameJSON compares two fields; an absent one is null.
func sameJSON(a, b json.RawMessage) bool {
	return null(a) && null(b) || bytes.Equal(a, b)
}

func null(m json.RawMessage) bool { return len(m) == 0 || string(m) == "null" }

// trace notes what a change did, beginning with the site's events from the given one on.
func (i *Incident) trace(site *Site, from int, before map[string]json.RawMessage) (*Trace, error) {
	fields, err := i.swaps(before)
	if err != nil {
		return nil, err
	}
	t := &Trace{Fields: fields}
	for _, e := range site.events[from:] {
		t.Events = append(t.Events, e.ID)
		t.Moves = append(t.Moves, Moving{Code: e.ComponentID, Old: e.OldLevel, New: e.NewLevel})
	}
	return t, nil
}

// join adds moves that came later: of one component, the first old level counts.
func (t *Trace) join(later []Moving) {
	for _, m := range later {
		if n := slices.IndexFunc(t.Moves, func(x Moving) bool { return x.Code == m.Code }); n >= 0 {
			t.Moves[n].New = m.New
			continue
		}
		t.Moves = append(t.Moves, m)
	}
}

// Told lists the events that tell of this entry. Nothing is known of one that was
// imported, nor was it ours to tell.
func (u *Update) Told() []string {
	if u.Trace == nil {
		return nil
	}
	return u.Trace.Events
}

// UndoUpdate takes a later entry back: what it changed is again as it was before, unless
// somebody changed it since, and its text is kept for staff. Only the newest entry can be
// undone, for the newer ones stand on it. One that was sent leaves a tombstone; behind a
// newer entry only its text goes.
func (i *Incident) UndoUpdate(site *Site, updateID string, sent bool) error {
	n := slices.IndexFunc(i.Updates, func(u Update) bool { return u.ID == updateID && !u.Deleted })
	if n < 0 {
		return NotFound("incident update", updateID)
	}
	const field = "incident_update"
	newest := i.last().ID == updateID
	switch {
	case i.Draft:
		return NewFault(CodeConflict, field, "This notice is a draft; change or delete the draft.")
	case i.first().ID == updateID && sent:
		return AlreadySent(field)
	case i.first().ID == updateID:
		return NewFault(CodeConflict, field, "The first update is the notice itself; set draft to true to take it back.")
	case !newest && !sent:
		return NewFault(CodeConflict, field, "Newer updates stand on this one; take back the newest first, or correct this text.")
	}
	site.quiet = !sent // whoever was told of a level hears that it is the old one again
	levels := map[string]Level{}
	if newest {
		if err := i.takeBack(site, &i.Updates[n], levels); err != nil {
			return err
		}
	}
	i.keep(site.Now, &i.Updates[n])
	if sent {
		i.Updates[n].bury(site.Now)
	} else {
		i.Updates = slices.Delete(i.Updates, n, n+1)
	}
	i.putBack(site, levels)
	i.UpdatedAt = site.Now
	i.emit(i.event(false, i.Stage), "", site.Now, false)
	return nil
}

// Withdraw makes the notice a draft again, with its first text; those of later entries
// are kept beside it. Components are as they were before, unless somebody moved them since.
func (i *Incident) Withdraw(site *Site, sent bool) error {
	switch {
	case i.Draft:
		return NewFault(CodeConflict, "incident.draft", "This notice is a draft already.")
	case sent, slices.ContainsFunc(i.Updates, func(u Update) bool { return u.Deleted }):
		return AlreadySent("incident.draft")
	}
	site.quiet = true
	levels := map[string]Level{}
	for len(i.Updates) > 1 {
		u := i.last()
		if err := i.takeBack(site, u, levels); err != nil {
			return err
		}
		i.keep(site.Now, u)
		i.Updates = slices.DeleteFunc(i.Updates, func(x Update) bool { return x.ID == u.ID })
	}
	i.backToDraft(site, levels)
	i.putBack(site, levels)
	i.UpdatedAt = site.Now
	gone := IncidentWithdrawn
	if i.Kind == Maintenance {
		gone = MaintenanceWithdrawn
	}
	i.emit(gone, "", site.Now, false)
	return nil
}

// backToDraft plans what the first entry did and forgets the times that began with it.
func (i *Incident) backToDraft(site *Site, levels map[string]Level) {
	i.Draft, i.Planned = true, nil
	i.MonitoringAt, i.Auto.RemindedAt = nil, nil // publishing promises the next update anew
	if len(i.Updates) == 0 {
		return
	}
	u := &i.Updates[0]
	if u.Trace == nil {
		return // an imported notice never moved a component
	}
	i.plan(site, u.set())
	u.Trace.undo(site, levels)
	u.Trace = nil
}

// set are the levels that the notice has set up to this entry.
func (u *Update) set() map[string]Level {
	out := map[string]Level{}
	for _, a := range u.Affected {
		if !a.Named {
			out[a.Code] = a.NewLevel
		}
	}
	return out
}

// first is the entry that was made first: the notice itself. It leaves no tombstone.
func (i *Incident) first() *Update {
	var first *Update
	for n := range i.Updates {
		if u := &i.Updates[n]; !u.Deleted && (first == nil || !u.CreatedAt.After(first.CreatedAt)) {
			first = u
		}
	}
	return first
}

// Latest is the entry that was made last and not taken back; nil when there is none.
func (i *Incident) Latest() *Update { return i.last() }

// Opening says whether this entry is the notice itself: its first one.
func (i *Incident) Opening(updateID string) bool {
	u := i.first()
	return u != nil && u.ID == updateID
}

// takeBack puts back the notice's fields that the entry changed and nobody since, and
// collects the levels to put back.
func (i *Incident) takeBack(site *Site, u *Update, levels map[string]Level) error {
	if u.Trace == nil {
		return nil
	}
	u.Trace.undo(site, levels)
	if err := i.restore(u.Trace.Fields); err != nil {
		return err
	}
	if i.Open() {
		i.ResolvedAt, i.Resolution = nil, nil
	} else {
		i.NextUpdateAt = nil
	}
	i.setImpact(false)
	if i.Kind != Maintenance {
		return nil
	}
	if !i.Imported && i.checkWindow() != nil {
		return NewFault(CodeConflict, "incident.scheduled_until", "The window was changed since this update; set it by hand instead.")
	}
	if _, moved := u.Trace.Fields["status"]; moved {
		i.holdClock(site.Now)
	}
	return nil
}

// holdClock: a maintenance that was taken back to before a step does not take that step
// by itself again.
func (i *Incident) holdClock(now time.Time) {
	if due := i.NextMove(); due.IsZero() || now.Before(due) {
		return
	}
	if i.Stage == Scheduled {
		i.Auto.InProgress = false
	} else {
		i.Auto.Completed = false
	}
}

// restore puts fields back that are still as the entry left them.
func (i *Incident) restore(fields map[string]Swap) error {
	now, err := i.fields()
	if err != nil {
		return err
	}
	old := map[string]json.RawMessage{}
	for name, s := range fields {
		if sameJSON(now[name], s.After) {
			old[name] = s.Before
		}
	}
	if len(old) == 0 {
		return nil
	}
	raw, err := json.Marshal(i)
	if err != nil {
		return err //nolint:wrapcheck // names the field itself
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return err //nolint:wrapcheck // as above
	}
	maps.Copy(all, old)
	maps.DeleteFunc(all, func(_ string, m json.RawMessage) bool { return null(m) })
	if raw, err = json.Marshal(all); err != nil {
		return err //nolint:wrapcheck // as above
	}
	// Into a fresh notice: decoding onto the old one would mix maps and structs.
	fresh := Incident{Updates: i.Updates, events: i.events}
	if err := json.Unmarshal(raw, &fresh); err != nil {
		return err //nolint:wrapcheck // as above
	}
	*i = fresh
	return nil
}

// undo collects the levels that the moves left behind, unless somebody moved the
// component since, or another open notice keeps it from being better.
func (t *Trace) undo(site *Site, levels map[string]Level) {
	for _, m := range t.Moves {
		c := site.Find(m.Code)
		if c == nil {
			continue
		}
		now, ok := levels[m.Code]
		if !ok {
			now = c.Level
		}
		if now == m.New && !(site.Held[m.Code] && m.Old.Rank() < now.Rank()) {
			levels[m.Code] = m.Old
		}
	}
}

// putBack moves the components at once, whatever the number of entries taken back.
func (i *Incident) putBack(site *Site, levels map[string]Level) {
	for _, id := range ordered(site, levels) {
		site.Move(id, levels[id])
	}
}

// keep keeps the entry's text for staff.
func (i *Incident) keep(now time.Time, u *Update) {
	k := DraftText{UpdateID: u.ID, Stage: u.Stage, Body: u.Body, Translations: u.Translations, By: u.By, At: now}
	if u.Trace != nil && len(u.Trace.Moves) > 0 {
		k.Components = map[string]Level{}
		for _, m := range u.Trace.Moves {
			k.Components[m.Code] = m.New
		}
	}
	i.Drafts = append([]DraftText{k}, i.Drafts...)
	i.Drafts = i.Drafts[:min(len(i.Drafts), maxKept)]
}

// bury leaves of an entry only that it was there.
func (u *Update) bury(now time.Time) {
	u.Deleted, u.UpdatedAt = true, now
	u.Body, u.Translations, u.Affected, u.Facts, u.Trace = "", nil, nil, nil, nil
}

// DraftOf finds the text of an entry that was taken back; nil when it is not kept.
func (i *Incident) DraftOf(updateID string) *DraftText {
	n := slices.IndexFunc(i.Drafts, func(k DraftText) bool { return k.UpdateID == updateID })
	if n < 0 {
		return nil
	}
	return &i.Drafts[n]
}

// DropDraft forgets a text that was used, or is not wanted any more.
func (i *Incident) DropDraft(updateID string) {
	i.Drafts = slices.DeleteFunc(i.Drafts, func(k DraftText) bool { return k.UpdateID == updateID })
}
