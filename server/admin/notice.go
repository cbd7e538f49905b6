package admin

import (
	"net/http"
	"strings"

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
		return v.compose(http.StatusOK, v.draft(&n, v.showDraft(&n)))
	}
	return v.show(http.StatusOK, v.noticePage(&n, nil))
}

// noticePage is a notice's page; given is a form that came back from one of its steps.
func (v *visit) noticePage(n *status.Incident, given *templates.Form) *templates.NoticeDesk {
	p := &templates.NoticeDesk{
		Office: v.titled("notices", n.Name), Notice: n, Public: v.seenBy(n), Row: v.row(*n),
		Priority: n.Priority(v.page().PriorityMatrix), Path: staffPath(n),
		PublicPath: strings.TrimPrefix(staffPath(n), "/admin"), Tongues: v.tongues(),
		Others: v.levelGroups(func(id string) bool { return named(n, id) }), Auto: autoOf(n.Auto),
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
	var reach store.Reach
	p.Undoing, reach = v.undoing(n)
	steps := v.stepsFor(n)
	if reach.Sent {
		steps = append(steps, step{"correct", templates.Step{}})
	}
	for _, s := range steps {
		form := v.stepForm(n, s.id)
		if given != nil && given.ID == s.id {
			form = given
		} else if given != nil {
			form.Open = false
		}
		p.Says[s.id] = v.ready(n, s.id, nil).in(v, v.page().DefaultLocale)
		step := s.draw
		step.P, step.F = p, form
		p.Steps = append(p.Steps, step)
	}
	return p
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
	email, webhooks, err := v.Audience(v.ctx(), n)
	if err != nil {
		v.Log.Warn("the audience could not be counted", "error", err)
		return templates.Audience{}
	}
	return templates.Audience{Known: true, Email: email, Webhooks: webhooks}
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
		return []step{update, {"resolve", templates.Step{Resolution: true, Levels: true, None: v.voice.T("admin.level.back")}}, {"false_alarm", templates.Step{}}}
	case n.Kind == status.Problem:
		if n.ResolvedAt == nil || v.now.Sub(*n.ResolvedAt) > status.ReopenWithin {
			return nil
		}
		return []step{{"reopen", templates.Step{Levels: true, None: unchanged, Promise: true}}}
	case n.Stage == status.Scheduled:
		return []step{{"update", templates.Step{}}, {"start", templates.Step{}}, {"extend", templates.Step{Window: true}}, {"cancel", templates.Step{Danger: true}}}
	case n.Open():
		return []step{{"update", templates.Step{Stages: "in_progress verifying"}}, {"extend", templates.Step{Window: true}}, {"finish", templates.Step{}}, {"cancel", templates.Step{Danger: true}}}
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
	if id == "reopen" {
		form.Set("status", string(status.Investigating))
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
	return f
}

// ready is the sentence that a step publishes when nothing is typed. in is nil while the
// form is only shown.
func (v *visit) ready(n *status.Incident, id string, in *input) sentence {
	switch id {
	case "resolve":
		if in != nil && in.value("resolution.fully_fixed") == "with_limits" {
			return plain("with_limits")
		}
		return plain("resolved")
	case "reopen":
		return plain("reopened")
	case "false_alarm":
		return plain("false_alarm")
	case "correct":
		return sentence{} // what is right has to be typed
	case "start":
		return until("in_progress", *n.ScheduledUntil)
	case "finish":
		return plain("completed")
	case "cancel":
		return plain("cancelled")
	case "extend":
		return v.moved(n, in)
	}
	stage := n.Stage
	if in != nil && in.value("status") != "" {
		stage = status.Stage(in.value("status"))
	}
	if n.Kind == status.Maintenance && (n.Newest() == nil || stage == n.Stage) {
		return sentence{}
	}
	return news(n, stage)
}

// moved says that a window ends later, or at least elsewhere.
func (v *visit) moved(n *status.Incident, in *input) sentence {
	if in == nil {
		return sentence{"extended", func(voice *templates.Voice) []any { return []any{"time", voice.T("admin.say.new_end")} }}
	}
	to, _ := in.moment("scheduled_until", n.ScheduledUntil)
	switch {
	case to == nil:
		return sentence{}
	case to.Before(*n.ScheduledUntil):
		return until("shortened", *to)
	}
	return until("extended", *to)
}
