package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/templates"
)

// change reads a notice's form into a request of the domain. have is the notice as it is,
// nil for a new one: what the form shows unchanged is not said anew, so that an estimate
// keeps its time and a promise that has passed is no mistake.
func (in *input) change(have *status.Incident) status.Change {
	if have == nil {
		have = &status.Incident{}
	}
	c := status.Change{
		Name: in.text("name"), CustomerImpact: in.text("customer_impact"), NotAffected: in.text("not_affected"),
		Assignee: in.text("assignee"), InternalNote: in.text("internal_note"),
		DetectedAt:           in.maybe("detected_at", have.DetectedAt),
		ExpectedResolutionAt: in.maybe("expected_resolution_at", have.ExpectedResolutionAt),
		ScheduledFor:         in.maybe("scheduled_for", have.ScheduledFor),
		ScheduledUntil:       in.maybe("scheduled_until", have.ScheduledUntil),
		AffectedUsers:        in.estimate(have), Workaround: in.workaround(have), ThirdParty: in.thirdParty(have),
		Translations: in.translations(),
	}
	if t, changed := in.moment("started_at", &have.StartedAt); changed && t != nil {
		c.StartedAt = t
	}
	in.choices(&c, have)
	return c
}

// choices are the fields that hold one word of a list.
func (in *input) choices(c *status.Change, have *status.Incident) {
	if s := in.value("severity"); s != "" && s != string(have.Severity) {
		c.Severity = new(status.Severity(s))
	}
	if s := in.value("urgency"); s != "" {
		c.Urgency = new(status.Urgency(s))
	}
	if s := in.value("category"); s != "" {
		c.Category = new(status.Category(s))
	}
	if in.has("symptom") {
		c.Symptom = new(status.Symptom(in.value("symptom")))
	}
	if in.has("support_level") {
		c.SupportLevel = new(int(in.number("support_level")))
	}
}

// estimate reads the number of affected people; nil when it is the one that is there.
func (in *input) estimate(have *status.Incident) *status.AffectedUsers {
	in.confirm()
	if in.value("affected_users.mode") == "" {
		return nil
	}
	a := status.AffectedUsers{
		Mode:  in.value("affected_users.mode"),
		Count: in.number("affected_users.count"), Low: in.number("affected_users.low"), High: in.number("affected_users.high"),
		SharePercent: in.percent("affected_users.share_percent"),
		Confidence:   in.value("affected_users.confidence"), Basis: in.value("affected_users.basis"),
	}
	old := have.AffectedUsers
	switch a.Mode {
	case "count":
		a.Low, a.High = 0, 0
	case "range":
		a.Count = 0
	case "share":
		a.Count, a.Low, a.High = 0, 0, 0
	default: // unknown, none: numbers that were left standing mean nothing
		a = status.AffectedUsers{Mode: a.Mode, Confidence: a.Confidence, Basis: a.Basis}
		if a.Mode == "unknown" {
			a.Confidence, a.Basis = "", ""
		}
	}
	same := a
	same.AsOf = old.AsOf
	if same == old {
		return nil
	}
	return &a
}

// confirm takes over an estimate that was offered, with the numbers that were read.
func (in *input) confirm() {
	a, ok := templates.ReadUse(in.value("affected_users.mode"))
	if !ok {
		return
	}
	for _, name := range []string{"count", "low", "high", "share_percent"} {
		in.values.Del("affected_users." + name)
	}
	showEstimate(in.values, a)
}

func (in *input) workaround(have *status.Incident) *status.Workaround {
	state, text := in.value("workaround.state"), in.value("workaround.text")
	if state == "" || state == have.Workaround.State && (state != "available" || text == have.Workaround.Text) {
		return nil
	}
	return &status.Workaround{State: state, Text: text}
}

func (in *input) thirdParty(have *status.Incident) *status.ThirdParty {
	t := status.ThirdParty{State: in.value("third_party.state")}
	if t.State == "named" {
		t.Vendor, t.URL = in.value("third_party.vendor"), in.value("third_party.url")
	}
	if t.State == "" || t == have.ThirdParty {
		return nil
	}
	return &t
}

// translations reads the texts in the page's other languages. An empty body is no body:
// readers then get the default language and are told so.
func (in *input) translations() map[string]status.Texts {
	out := map[string]status.Texts{}
	for _, locale := range in.v.page().Translated() {
		get := func(name string) *string { return in.text("translations." + locale + "." + name) }
		t := status.Texts{
			Name: get("name"), CustomerImpact: get("customer_impact"), NotAffected: get("not_affected"),
			WorkaroundText: get("workaround_text"), WhatHappened: get("what_happened"), Limits: get("limits"),
			Prevention: get("prevention"), CustomerAction: get("customer_action"), Body: get("body"),
		}
		if t.Body != nil && *t.Body == "" {
			t.Body = nil
		}
		if t != (status.Texts{}) {
			out[locale] = t
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// levels reads the component levels that were chosen.
func (in *input) levels() map[string]status.Level {
	out := map[string]status.Level{}
	for name := range in.values {
		if id, ok := strings.CutPrefix(name, "components."); ok && in.value(name) != "" {
			out[id] = status.Level(in.value(name))
		}
	}
	in.also(out)
	return out
}

// also gives the components that were ticked in a long list the level chosen for all of
// them; a level of their own wins.
func (in *input) also(out map[string]status.Level) {
	level := status.Level(in.value("also_level"))
	for _, id := range in.values["also"] {
		if _, own := out[id]; own {
			continue
		}
		if level == "" {
			in.wrongOnce("also_level", "also_level")
			return
		}
		out[id] = level
	}
}

// promise reads when customers hear again: a number of minutes, tomorrow, a time of its
// own, or nothing – then the page's table decides.
func (in *input) promise() status.Maybe[time.Time] {
	now := in.v.now
	switch chosen := in.value("next_update"); chosen {
	case "", "at":
		if in.value("next_update_at") == "" {
			if chosen == "at" {
				in.wrong("next_update_at", "time")
			}
			return status.Maybe[time.Time]{}
		}
		return in.maybe("next_update_at", nil)
	case "tomorrow":
		day := now.In(in.v.zone)
		return status.Some(time.Date(day.Year(), day.Month(), day.Day()+1, 9, 0, 0, 0, in.v.zone).UTC())
	default:
		minutes, err := strconv.Atoi(chosen)
		if err != nil || minutes < 1 || minutes > 24*60 {
			in.wrong("next_update", "choice")
			return status.Maybe[time.Time]{}
		}
		return status.Some(now.Add(time.Duration(minutes) * time.Minute).Truncate(time.Minute))
	}
}

// clock reads what a maintenance does by itself.
func (in *input) clock(c *status.Change) {
	c.AutoInProgress, c.AutoCompleted = in.ticked("scheduled_auto_in_progress"), in.ticked("scheduled_auto_completed")
	c.ToMaintenance, c.ToOperational = in.ticked("auto_transition_to_maintenance_state"), in.ticked("auto_transition_to_operational_state")
	c.NotifyAtStart, c.NotifyAtEnd = in.ticked("auto_transition_deliver_notifications_at_start"), in.ticked("auto_transition_deliver_notifications_at_end")
	c.RemindPrior = in.ticked("scheduled_remind_prior")
}

// shownAs is a notice as its form shows it.
func (v *visit) shownAs(n *status.Incident) url.Values {
	f := url.Values{}
	set := func(name, value string) { f.Set(name, value) }
	set("name", n.Name)
	set("customer_impact", n.CustomerImpact)
	set("not_affected", n.NotAffected)
	set("severity", string(n.Severity))
	set("urgency", string(n.Urgency))
	set("category", string(n.Category))
	set("symptom", string(n.Symptom))
	set("assignee", n.Assignee)
	set("internal_note", n.InternalNote)
	if n.SupportLevel > 0 {
		set("support_level", strconv.Itoa(n.SupportLevel))
	}
	set("started_at", v.typed(&n.StartedAt))
	set("detected_at", v.typed(n.DetectedAt))
	set("expected_resolution_at", v.typed(n.ExpectedResolutionAt))
	set("scheduled_for", v.typed(n.ScheduledFor))
	set("scheduled_until", v.typed(n.ScheduledUntil))
	set("workaround.state", n.Workaround.State)
	set("workaround.text", n.Workaround.Text)
	set("third_party.state", n.ThirdParty.State)
	set("third_party.vendor", n.ThirdParty.Vendor)
	set("third_party.url", n.ThirdParty.URL)
	showEstimate(f, n.AffectedUsers)
	showClock(f, n.Auto)
	v.showRepeat(f, n)
	for _, locale := range v.page().Translated() {
		showTexts(f, "translations."+locale+".", n.Translations[locale])
	}
	return f
}

func showEstimate(f url.Values, a status.AffectedUsers) {
	number := func(name string, n int64) {
		if n != 0 {
			f.Set("affected_users."+name, strconv.FormatInt(n, 10))
		}
	}
	f.Set("affected_users.mode", a.Mode)
	f.Set("affected_users.confidence", a.Confidence)
	f.Set("affected_users.basis", a.Basis)
	number("count", a.Count)
	number("low", a.Low)
	number("high", a.High)
	if a.SharePercent != 0 {
		f.Set("affected_users.share_percent", strconv.FormatFloat(a.SharePercent, 'f', -1, 64))
	}
}

func showClock(f url.Values, a status.Auto) {
	for name, on := range map[string]bool{
		"scheduled_auto_in_progress": a.InProgress, "scheduled_auto_completed": a.Completed,
		"auto_transition_to_maintenance_state": a.ToMaintenance, "auto_transition_to_operational_state": a.ToOperational,
		"auto_transition_deliver_notifications_at_start": a.NotifyAtStart, "auto_transition_deliver_notifications_at_end": a.NotifyAtEnd,
		"scheduled_remind_prior": a.RemindPrior,
	} {
		if on {
			f.Set(name, "1")
		}
	}
}

func showTexts(f url.Values, prefix string, t status.Texts) {
	for name, text := range map[string]*string{
		"name": t.Name, "customer_impact": t.CustomerImpact, "not_affected": t.NotAffected, "workaround_text": t.WorkaroundText,
		"what_happened": t.WhatHappened, "limits": t.Limits, "prevention": t.Prevention, "customer_action": t.CustomerAction,
	} {
		if text != nil {
			f.Set(prefix+name, *text)
		}
	}
}

// named says whether a notice names a component.
func named(n *status.Incident, id string) bool { return slices.Contains(n.ComponentIDs, id) }
