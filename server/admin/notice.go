package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// ofKind says whether the address is of the notice's kind.
func ofKind(v *visit, n *status.Incident) bool {
	return strings.HasPrefix(v.c.Path(), "/admin/maintenances/") == (n.Kind == status.Maintenance)
}

// notice shows one notice with everything that can be done with it; a draft as its form.
func (d *desk) notice(v *visit) error {
	n, err := d.Store.Incident(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	if !ofKind(v, &n) {
		return v.c.Redirect(http.StatusSeeOther, staffPath(&n))
	}
	if n.Draft && v.account.Role.May(status.Author) {
		return v.showDraftPage(&n)
	}
	return v.show(http.StatusOK, v.noticePage(&n, nil))
}

// noticePage is a notice's page; given is a form that came back from one of its steps.
func (v *visit) noticePage(n *status.Incident, given *templates.Form) *templates.NoticeDesk {
	p := &templates.NoticeDesk{
		Office: v.titled("notices", n.Name), Notice: n, Public: v.seenBy(n), Row: v.row(*n),
		Priority: n.Priority(v.page().PriorityMatrix), Path: staffPath(n),
		PublicPath: strings.TrimPrefix(staffPath(n), "/admin"), Tongues: v.tongues(),
		Others: v.levelGroups(func(id string) bool { return named(n, id) }), Auto: autoOf(n.Auto), Series: v.series(n),
		Says: map[string]string{},
	}
	for _, id := range n.ComponentIDs {
		if c := v.site.Find(id); c != nil {
			p.Named = append(p.Named, levelRow(*c))
		}
	}
	if n.Draft {
		return p
	}
	p.Audience = v.audience(n)
	p.Progress = v.progress(n)
	p.Events = eventsPath(p.Progress)
	var reach store.Reach
	p.Undoing, reach = v.undoing(n)
	steps := v.stepsFor(n)
	if reach.Sent {
		steps = append(steps, step{"correct", templates.Step{}})
	}
	p.Estimates = v.estimates(n)
	p.Related = v.related(n)
	v.drawSteps(p, steps, given)
	return p
}

// drawSteps draws the form of each step. given came back; when its step is no longer
// possible, its text waits in the one that is.
func (v *visit) drawSteps(p *templates.NoticeDesk, steps []step, given *templates.Form) {
	n, opened := p.Notice, v.c.QueryParam("step")
	offered := func(id string) bool { return slices.ContainsFunc(steps, func(s step) bool { return s.id == id }) }
	if given != nil && !offered(given.ID) && len(steps) > 0 {
		given.ID = steps[len(steps)-1].id // a correction, where somebody was told
		if offered("update") {
			given.ID = "update"
		}
	}
	if len(steps) == 0 {
		p.Lost = given
	}
	for _, s := range steps {
		form := v.stepForm(n, s.id)
		switch {
		case given != nil && given.ID == s.id:
			form = given
		case given != nil:
			form.Open = false
		case offered(opened):
			form.Open = s.id == opened
		}
		form.Lint.On, form.Lint.Path = true, p.Path+"/preview/"+s.id
		p.Says[s.id] = v.ready(n, s.id, nil).in(v, v.page().DefaultLocale)
		p.Steps = append(p.Steps, v.drawn(p, s, form))
	}
}

// drawn is one step with what it offers to choose from.
func (v *visit) drawn(p *templates.NoticeDesk, s step, form *templates.Form) templates.Step {
	n, step := p.Notice, s.draw
	step.P, step.F = p, form
	if step.Promise {
		step.Uses = v.uses(n)
	}
	switch s.id {
	case "resolve":
		step.Closing = v.closingChoices(n, form)
	case "update":
		if n.Kind == status.Problem {
			step.News = v.newsChoices(n)
		}
	case "extend":
		step.Unusable = len(v.unusable(n)) > 0
	}
	return step
}

// offers says whether a step is possible now. A correction always is.
func (v *visit) offers(n *status.Incident, id string) bool {
	return id == "correct" && n.Newest() != nil || slices.ContainsFunc(v.stepsFor(n), func(s step) bool { return s.id == id })
}

// related is the address of a new notice about the same components, once the old one can
// no longer be opened again.
func (v *visit) related(n *status.Incident) string {
	if n.Kind != status.Problem || n.Open() || n.Reopenable(v.now) {
		return ""
	}
	return "/admin/new?" + url.Values{"c": v.components(n.ComponentIDs)}.Encode()
}

// uses are the estimates that follow from the numbers of users, by how many of them are
// affected; a person confirms one.
func (v *visit) uses(n *status.Incident) []templates.Use {
	var out []templates.Use
	for _, r := range status.Reaches() {
		if a := v.site.EstimateUsers(n.ComponentIDs, r); a.Mode != "unknown" {
			out = append(out, templates.UseOf(r, a))
		}
	}
	return out
}

// estimates are the numbers of affected people as the notice told them, the oldest first.
func (v *visit) estimates(n *status.Incident) []templates.EstimateRow {
	var out []templates.EstimateRow
	last := status.UnknownUsers()
	add := func(at time.Time, by string, a status.AffectedUsers) {
		if a != last {
			out = append(out, templates.EstimateRow{At: at, By: by, Estimate: templates.EstimateOf(a)})
		}
		last = a
	}
	for _, u := range slices.Backward(n.Updates) {
		if u.Facts != nil {
			add(u.CreatedAt, u.By, u.Facts.AffectedUsers)
		}
	}
	add(n.UpdatedAt, "", n.AffectedUsers)
	return out
}

func autoOf(a status.Auto) string {
	switch {
	case a.InProgress && a.Completed:
		return "both"
	case a.InProgress:
		return "start"
	case a.Completed:
		return "end"
	}
	return "none"
}

// audience counts whom the notice reaches; a count that fails is not worth a page.
func (v *visit) audience(n *status.Incident) templates.Audience {
	if v.Audience == nil || !v.account.Role.May(status.Publisher) {
		return templates.Audience{}
	}
	audience, err := v.Audience(v.ctx(), n)
	if err != nil {
		v.Log.Warn("the audience could not be counted", "error", err)
		return templates.Audience{}
	}
	return templates.Audience{Known: true, Audience: audience}
}

// step is something that can be done with a notice.
type step struct {
	id   string // last part of the address, id of the form
	draw templates.Step
}

// stepsFor lists what can be done now.
func (v *visit) stepsFor(n *status.Incident) []step {
	unchanged := v.voice.T("admin.level.unchanged")
	update := step{"update", templates.Step{Levels: true, None: unchanged, Promise: true, Stages: "investigating identified monitoring"}}
	switch {
	case n.Kind == status.Problem && n.Open():
		return []step{update, {"resolve", templates.Step{Levels: true, None: v.voice.T("admin.level.back")}}, {"false_alarm", templates.Step{}}}
	case n.Kind == status.Problem:
		if !n.Reopenable(v.now) {
			return nil
		}
		return []step{{"reopen", templates.Step{Levels: true, None: unchanged, Promise: true}}}
	case n.Stage == status.Scheduled:
		return []step{{"update", templates.Step{}}, {"start", templates.Step{}}, {"extend", templates.Step{Window: true}}, {"cancel", templates.Step{Danger: true, Series: n.Recurrence != ""}}}
	case n.Open():
		return []step{{"update", templates.Step{Stages: "in_progress verifying"}}, {"extend", templates.Step{Window: true}}, {"finish", templates.Step{}}, {"cancel", templates.Step{Danger: true, Series: n.Recurrence != ""}}}
	}
	return nil
}

// stepForm is a step's form before anybody has typed.
func (v *visit) stepForm(n *status.Incident, id string) *templates.Form {
	form := v.shownAs(n)
	for _, gone := range []string{"name", "body"} {
		form.Del(gone)
	}
	form.Set("status", string(n.Stage))
	form.Set("deliver_notifications", "1")
	form.Set("resolution.fully_fixed", "yes")
	switch id {
	case "reopen":
		form.Set("status", string(status.Investigating))
		for code, l := range v.before(n) {
			form.Set("components."+code, string(l))
		}
	case "update":
		form.Set("late", tick(n.Overdue(v.now)))
	case "resolve":
		form.Set("sorry", tick(sorry(n)))
	case "extend":
		form.Set("unusable", tick(len(v.unusable(n)) > 0))
	}
	f := blank(id, form)
	f.Version, f.Open = n.Version, id == "update" || id == "reopen"
	if u := n.Newest(); u != nil {
		f.Seen = u.ID
	}
	if id == "correct" {
		v.correct(n, f)
	}
	v.reuse(n, f)
	if f.Value("draft") == "" {
		v.resume(f, staffPath(n)+"#"+id)
	}
	return f
}

func tick(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// before are the levels from which closing the notice brought its components back: when
// the problem comes back, they are the likely ones.
func (v *visit) before(n *status.Incident) map[string]status.Level {
	out := map[string]status.Level{}
	if u := n.Newest(); u != nil {
		for _, a := range u.Affected {
			if c := v.site.Find(a.Code); c != nil && !a.Named && a.NewLevel == status.Operational && a.OldLevel != status.Operational && c.Level == status.Operational {
				out[a.Code] = a.OldLevel
			}
		}
	}
	return out
}

// ready is the sentence that a step publishes when nothing is typed. in is nil while the
// form is only shown.
func (v *visit) ready(n *status.Incident, id string, in *input) sentence {
	switch id {
	case "resolve":
		return func(voice *templates.Voice) string { return voice.Closing(templates.Closing{Sorry: sorry(n)}).Body }
	case "reopen":
		return plain("reopened")
	case "false_alarm":
		return plain("false_alarm")
	case "correct":
		return nil // what is right has to be typed
	case "start":
		return until("in_progress", *n.ScheduledUntil)
	case "finish":
		return plain("completed")
	case "cancel":
		return plain("cancelled")
	case "extend":
		return v.longer(n, in)
	}
	if n.Kind == status.Problem {
		return (&input{v: v, values: url.Values{}}).news(n, &status.Change{})
	}
	if in == nil || n.Newest() == nil || status.Stage(in.value("status")) == n.Stage || in.value("status") == "" {
		return nil
	}
	return plain(in.value("status"))
}

// longer says that a window ends later, or at least elsewhere.
func (v *visit) longer(n *status.Incident, in *input) sentence {
	if in == nil {
		return func(voice *templates.Voice) string {
			return voice.T("admin.say.extended", "time", voice.T("admin.say.new_end"))
		}
	}
	to, _ := in.moment("scheduled_until", n.ScheduledUntil)
	var names []string
	if in.box("unusable", false) {
		names = v.unusable(n)
	}
	switch {
	case to == nil:
		return nil
	case to.Before(*n.ScheduledUntil):
		return until("shortened", *to)
	}
	return func(voice *templates.Voice) string { return voice.Longer(*to, names) }
}

// unusable are the components of a maintenance that do not work while it lasts.
func (v *visit) unusable(n *status.Incident) []string {
	var out []string
	for _, id := range n.ComponentIDs {
		if c := v.site.Find(id); c != nil && n.Stage != status.Scheduled && c.Level != status.Operational {
			out = append(out, c.Name)
		}
	}
	return out
}
