package admin

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"allclear/status"
	"allclear/status/lint"
	"allclear/templates"
)

// close reads the closing message: its texts follow from the choices where nothing was
// typed.
func (in *input) close(c *status.Change, have *status.Incident) {
	limited := in.value("resolution.fully_fixed") == "with_limits"
	limits := in.v.components(in.values["rest"])
	if !limited {
		limits = nil
	}
	ended := in.ended(have)
	words := templates.Closing{
		Symptom: string(have.Symptom), Names: in.v.names(have.ComponentIDs), Start: have.StartedAt, End: in.v.now,
		Cause: oneOf(in.value("cause"), templates.CauseWords()), Limited: limited, Limits: in.v.names(limits),
		Measures: slices.DeleteFunc(slices.Clone(in.values["measure"]), func(w string) bool { return oneOf(w, templates.MeasureWords()) == "" }),
		Action:   oneOf(in.value("action"), templates.ActionWords()),
		Sorry:    in.box("sorry", sorry(have)),
	}
	if ended != nil {
		words.End = *ended
	}
	in.closingTexts(words, in.v.required(have))
	c.Resolution = in.resolution(ended)
	for _, id := range limits {
		if c.Components[id] == "" {
			c.Components[id] = cmp.Or(notOperational(in.v.site.Find(id).Level), status.DegradedPerformance)
		}
	}
	if in.value("category") == "unknown" && words.Cause != "" {
		in.values.Set("category", originOf(words.Cause))
	}
}

// closingTexts writes the texts of the parts. What happened is told where the priority
// asks for it or somebody chose a reason.
func (in *input) closingTexts(words templates.Closing, required []lint.Part) {
	part := func(get func(templates.ClosingTexts) string) sentence {
		return func(v *templates.Voice) string { return get(v.Closing(words)) }
	}
	happened := part(func(t templates.ClosingTexts) string { return t.WhatHappened })
	if words.Cause == "" && !slices.Contains(required, lint.PartWhatHappened) {
		happened = nil
	}
	in.write("resolution.what_happened", happened)
	in.write("resolution.limits", part(func(t templates.ClosingTexts) string { return t.Limits }))
	in.write("resolution.prevention", part(func(t templates.ClosingTexts) string { return t.Prevention }))
	in.write("resolution.customer_action", part(func(t templates.ClosingTexts) string { return t.CustomerAction }))
	in.write("body", part(func(t templates.ClosingTexts) string { return t.Body }))
}

// sorry says whether a problem was bad enough for an apology.
func sorry(n *status.Incident) bool { return n.Severity.Rank() >= status.Serious.Rank() }

func notOperational(l status.Level) status.Level {
	if l == status.Operational {
		return ""
	}
	return l
}

// originOf is where a plain cause lies.
func originOf(cause string) string {
	switch cause {
	case "update", "configuration":
		return "change"
	case "device":
		return "hardware"
	case "overload":
		return "overload"
	case "provider":
		return "third_party"
	}
	return "unknown"
}

// ended reads when the problem ended; nil is now.
func (in *input) ended(have *status.Incident) *time.Time {
	if in.value("ended") == "watch" && have.MonitoringAt != nil {
		return have.MonitoringAt
	}
	t, _ := in.moment("resolution.ended_at", nil)
	if t == nil && in.value("ended") == "at" {
		in.wrong("resolution.ended_at", "time")
	}
	return t
}

// resolution reads the parts as the form has them.
func (in *input) resolution(ended *time.Time) *status.Resolution {
	r := status.Resolution{
		WhatHappened: in.value("resolution.what_happened"), FullyFixed: in.value("resolution.fully_fixed"),
		Limits: in.value("resolution.limits"), DataLoss: in.value("resolution.data_loss"), CanRecur: in.value("resolution.can_recur"),
		Prevention: in.value("resolution.prevention"), CustomerAction: in.value("resolution.customer_action"),
		FollowUpBy: in.value("follow_up"), EndedAt: ended,
	}
	if r.FollowUpBy == "" || r.FollowUpBy == "at" {
		r.FollowUpBy = in.value("resolution.follow_up_by")
	}
	if r.FullyFixed != "with_limits" {
		r.Limits = ""
	}
	return &r
}

// required are the parts that a notice's closing message needs.
func (v *visit) required(n *status.Incident) []lint.Part {
	return lint.Parts(n.Priority(v.page().PriorityMatrix))
}

// trial makes a change on copies, to see what would follow from it.
func (v *visit) trial(have *status.Incident, c status.Change) (*status.Incident, *status.Site, error) {
	site, err := v.Store.SiteFor(v.ctx(), have.ID)
	if err != nil {
		return nil, nil, err
	}
	n := *have
	n.Updates, n.ComponentIDs, site.Now = slices.Clone(have.Updates), slices.Clone(have.ComponentIDs), v.now
	return &n, &site, n.Apply(&site, "preview", c)
}

// settle asks about each component that would stay impaired although nothing explains it
// any more: whether it works again, or why it stays as it is.
func (in *input) settle(c *status.Change, have *status.Incident) error {
	for id := range c.Components {
		if in.value("stuck."+id) == string(status.Operational) {
			c.Components[id] = status.Operational
		}
	}
	n, site, err := in.v.trial(have, *c)
	if err != nil {
		return err
	}
	limited := in.value("resolution.fully_fixed") == "with_limits" // then the message itself explains what was chosen
	var notes []string
	for _, id := range n.Lingering(site) {
		answer, why := in.value("stuck."+id), in.value("stuck_why."+id)
		switch {
		case limited && (slices.Contains(in.values["rest"], id) || in.value("components."+id) != ""):
		case answer == string(status.Operational):
			c.Components[id] = status.Operational
		case answer != "leave":
			in.wrong("stuck."+id, "stuck", "name", in.v.nameOf(id))
		case why == "":
			in.wrong("stuck_why."+id, "stuck_why", "name", in.v.nameOf(id))
		default:
			notes = append(notes, in.v.voice.T("admin.left_as_is", "name", in.v.nameOf(id), "why", why))
		}
	}
	if len(notes) > 0 {
		c.InternalNote = new(strings.TrimSpace(have.InternalNote + "\n" + strings.Join(notes, "\n")))
	}
	return nil
}

// closingChoices are what a closing message offers. A component that would stay impaired
// is asked about from the start, or because the form came back with it.
func (v *visit) closingChoices(n *status.Incident, form *templates.Form) *templates.ClosingChoices {
	out := &templates.ClosingChoices{Required: map[string]bool{}}
	for _, part := range v.required(n) {
		out.Required[string(part)] = true
	}
	if n.MonitoringAt != nil {
		out.WatchedFrom = *n.MonitoringAt
	}
	var stuck []string
	if after, site, err := v.trial(n, status.Change{Stage: new(status.Resolved)}); err == nil {
		stuck = after.Lingering(site)
	}
	for _, c := range v.site.Components {
		if c.Group {
			continue
		}
		if named(n, c.ID) {
			out.Rest = append(out.Rest, levelRow(c))
		}
		if slices.Contains(stuck, c.ID) || form.Filled("stuck."+c.ID) {
			out.Stuck = append(out.Stuck, levelRow(c))
		}
	}
	out.Days = v.followUps(n)
	return out
}

// followUps are the days by which a report may be promised, the usual one for the
// priority among them.
func (v *visit) followUps(n *status.Incident) []templates.FollowUp {
	p := v.page()
	usual := p.FollowUpBy(n.Priority(p.PriorityMatrix), v.now)
	days := []string{p.WorkingDay(v.now, 5), p.WorkingDay(v.now, 10)}
	if usual != "" && !slices.Contains(days, usual) {
		days = append(days, usual)
	}
	slices.Sort(days)
	var out []templates.FollowUp
	for _, day := range days {
		out = append(out, templates.FollowUp{Day: day, Usual: day == usual})
	}
	return out
}
