package admin

import (
	"slices"
	"strconv"
	"time"

	"allclear/status"
	"allclear/templates"
)

// news says what the choices of an update mean; c is what they change.
func (in *input) news(have *status.Incident, c *status.Change) sentence {
	n := templates.News{
		Late: in.box("late", have.Overdue(in.v.now)), Safe: slices.Contains(in.values["say"], "data_safe"),
		NoEnd: in.value("eta") == "unknown", Do: oneOf(in.value("do"), templates.DoWords()), Hint: oneOf(in.value("hint"), templates.HintWords()),
	}
	if s := status.Stage(in.value("status")); s != "" && s != have.Stage {
		n.Stage = string(s)
	}
	if n.Stage == string(status.Monitoring) {
		n.Watch = in.v.page().Pace(have.Priority(in.v.page().PriorityMatrix)).Watch
	}
	if last := have.Newest(); last != nil {
		n.Since = last.DisplayAt
	}
	if end := c.ExpectedResolutionAt; end.Set && end.Value != nil {
		n.End = *end.Value
	}
	in.v.tell(&n, have, c.Components)
	return func(v *templates.Voice) string { return v.News(n) }
}

// box is whether a box is ticked; before the form showed it, whether it would be.
func (in *input) box(name string, usual bool) bool {
	if in.has(name + "_asked") {
		return in.has(name)
	}
	return usual
}

// oneOf is the word when it is one of the list, else "".
func oneOf(word string, list []string) string {
	if slices.Contains(list, word) {
		return word
	}
	return ""
}

// tell sorts the components by what happens to them.
func (v *visit) tell(n *templates.News, have *status.Incident, moved map[string]status.Level) {
	for i := range v.site.Components {
		c := &v.site.Components[i]
		to, moves := moved[c.ID]
		if !moves {
			to = c.Level
		}
		switch {
		case c.Group || !moves && !named(have, c.ID):
		case c.Level == status.Operational && to != status.Operational && to != status.UnderMaintenance:
			n.Worse = append(n.Worse, c.Name)
		case c.Level != status.Operational && to == status.Operational:
			n.Better = append(n.Better, c.Name)
		case to != status.Operational:
			n.Still = append(n.Still, c.Name)
		}
	}
}

// moved are the levels that an update sets: those chosen, and those that follow from the
// chips for what is hit, too, and for what works again.
func (in *input) moved(have *status.Incident) map[string]status.Level {
	out := in.levels()
	set := func(ids []string, level func(id string) status.Level) {
		for _, id := range in.v.components(ids) {
			if _, chosen := out[id]; !chosen {
				out[id] = level(id)
			}
		}
	}
	set(in.values["worse"], func(id string) status.Level { return in.v.levelOf(have, id) })
	set(in.values["better"], func(string) status.Level { return status.Operational })
	if in.value("status") == string(status.Monitoring) && in.has("works") {
		set(in.v.held(have), func(string) status.Level { return status.Operational })
	}
	return out
}

// levelOf is the level that a component gets when the notice hits it, too.
func (v *visit) levelOf(n *status.Incident, id string) status.Level {
	return status.Propose(&v.site, []string{id}, n.Symptom, status.ReachUnknown, n.Urgency).Levels[id]
}

// held are the components that only this notice keeps from working.
func (v *visit) held(n *status.Incident) []string {
	site, err := v.Store.SiteFor(v.ctx(), n.ID)
	if err != nil {
		v.Log.Warn("what other notices hold could not be read", "error", err)
		return nil
	}
	return slices.DeleteFunc(n.Holding(), func(id string) bool { return site.Held[id] })
}

// end reads when it is expected to work again: a number of minutes or that nobody knows;
// a time of its own stands in the change already.
func (in *input) end(c *status.Change, have *status.Incident) {
	switch chosen := in.value("eta"); chosen {
	case "":
	case "at":
		if in.value("expected_resolution_at") == "" {
			in.wrong("expected_resolution_at", "time")
		}
	case "unknown":
		c.ExpectedResolutionAt = status.Maybe[time.Time]{Set: have.ExpectedResolutionAt != nil}
	default:
		minutes, err := strconv.Atoi(chosen)
		if err != nil || minutes < 1 || minutes > 24*60 {
			in.wrong("eta", "choice")
			return
		}
		const step = 5 * time.Minute // an estimate is no timetable
		c.ExpectedResolutionAt = status.Some(in.v.now.Add(time.Duration(minutes)*time.Minute + step - 1).Truncate(step))
	}
}

// meanwhile writes the workaround that was chosen; a choice that was taken back leaves
// what there was.
func (in *input) meanwhile(have *status.Incident) {
	const state, text = "workaround.state", "workaround.text"
	do := oneOf(in.value("do"), templates.DoWords())
	if do == "" {
		if said := in.value("said." + text); said != "" && in.value(text) == said {
			form := in.v.shownAs(have)
			for _, locale := range in.v.page().Locales {
				field := in.v.textField(text, locale)
				in.values.Set(field, form.Get(field))
				in.values.Del("said." + field)
			}
			in.values.Set(state, form.Get(state))
		}
		return
	}
	in.values.Set(state, "available")
	for _, locale := range in.v.page().Locales { // the chosen one takes the place of the old one
		field := in.v.textField(text, locale)
		if in.value(field) == in.v.shownAs(have).Get(field) {
			in.values.Del(field)
			in.values.Del("said." + field)
		}
	}
	in.write(text, func(v *templates.Voice) string { return v.Workaround(do) })
}

// quiet counts the newest updates that told of nothing new.
func (v *visit) quiet(n *status.Incident) int {
	voice, count := v.Pages.Voice(v.page().DefaultLocale, v.page().TimeZone), 0
	for i := range n.Updates {
		switch u := &n.Updates[i]; {
		case u.Deleted:
		case !voice.SaysNoNews(u.Body):
			return count
		default:
			count++
		}
	}
	return count
}

// fewWords is from which update without news on a longer interval is worth a thought.
const fewWords = 3

// newsChoices are what an update offers beside its stages.
func (v *visit) newsChoices(n *status.Incident) *templates.NewsChoices {
	p := v.page()
	c := &templates.NewsChoices{
		Overdue: n.Overdue(v.now), Quiet: v.quiet(n)+1 >= fewWords,
		Watch: p.Pace(n.Priority(p.PriorityMatrix)).Watch,
	}
	for _, r := range v.tree() {
		switch {
		case r.C.Group:
		case r.C.Level == status.Operational:
			c.Worse = append(c.Worse, levelRow(r.C))
		case named(n, r.C.ID):
			c.Better = append(c.Better, levelRow(r.C))
		}
	}
	return c
}
