package templates

import (
	"strings"
	"time"

	"allclear/status"
)

// News is what an update says, by the choices of staff: its sentences are joined from the
// catalogue's blocks, which hold for any name in their slots.
type News struct {
	Late  bool      // the promise before this update was not kept
	Since time.Time // nothing is new since then; said only when nothing else is
	Stage string    // that the notice comes to; empty when it stays

	Watch status.Wait // how long a fixed problem is watched

	Worse  []string // components that are hit now, too
	Better []string // components that work again
	Still  []string // components that are hit as before

	NoEnd bool      // nobody can say when it ends
	End   time.Time // estimate of the end
	Safe  bool      // customers' data is safe
	Do    string    // what customers can do meanwhile: app, web, phone, mail
	Hint  string    // for whom it does not work yet: reload, sign_in, contact
}

// HintWords and DoWords are the answers that have a sentence.
func HintWords() []string { return []string{"reload", "sign_in", "contact"} }

// DoWords are what customers can do meanwhile.
func DoWords() []string { return []string{"app", "web", "phone", "mail"} }

// News words an update.
func (v *Voice) News(n News) string {
	var out []string
	say := func(key string, args ...any) { out = append(out, v.T("admin.say."+key, args...)) }
	if n.Late {
		say("overdue")
	}
	switch {
	case n.Stage == "monitoring":
		say("fixed")
	case n.Stage != "":
		say(n.Stage)
	case len(n.Worse)+len(n.Better) == 0:
		say("no_news", "time", full(n.Since))
	}
	if len(n.Worse) > 0 {
		say("worse", "names", v.list(n.Worse, sentenceNames))
	}
	if len(n.Better) > 0 {
		say("again", "names", v.list(n.Better, sentenceNames))
	}
	if len(n.Better) > 0 && len(n.Still) > 0 {
		say("still", "names", v.list(n.Still, sentenceNames))
	}
	if n.Stage == "monitoring" && n.Watch != (status.Wait{}) {
		say("watch", "duration", v.wait(n.Watch))
	}
	return strings.Join(append(out, v.prospects(n)...), " ")
}

// prospects are the sentences about what comes next.
func (v *Voice) prospects(n News) []string {
	var out []string
	say := func(key string, args ...any) { out = append(out, v.T("admin.say."+key, args...)) }
	switch {
	case !n.End.IsZero():
		say("eta", "time", full(n.End))
	case n.NoEnd:
		say("no_eta")
	}
	if n.Safe {
		say("data_safe")
	}
	if n.Do != "" {
		out = append(out, v.Workaround(n.Do))
	}
	if n.Hint != "" {
		say("still_not." + n.Hint)
	}
	return out
}

// Workaround says what customers can do meanwhile.
func (v *Voice) Workaround(do string) string {
	return v.T("admin.say.workaround", "do", v.T("admin.say.do."+do))
}

// wait says how long something lasts, in words that a sentence can hold.
func (v *Voice) wait(w status.Wait) string {
	switch {
	case w.Days > 0:
		return v.T("admin.say.days", "n", w.Days)
	case w.Minutes > 60 && w.Minutes%60 == 0:
		return v.T("admin.say.hours", "n", w.Minutes/60)
	}
	return v.T("admin.say.minutes", "n", w.Minutes)
}

// SaysNoNews recognises an update that told of nothing new, in this voice's words.
func (v *Voice) SaysNoNews(body string) bool {
	const gap = "\x00"
	before, after, _ := strings.Cut(v.T("admin.say.no_news", "time", gap), gap)
	i := strings.Index(body, before)
	return i >= 0 && strings.Contains(body[i:], after)
}

// Closing is what a closing message says, by the choices of staff.
type Closing struct {
	Symptom    string
	Names      []string // components that were hit
	Start, End time.Time
	Cause      string   // update, device, overload, provider, configuration, rare, unknown; empty: not said
	Limited    bool     // not everything is fixed
	Limits     []string // components that still have limits
	Measures   []string // test, warn, reserve, provider, replace
	Action     string   // of customers: repeat, reload, sign_in; empty: none
	Sorry      bool
}

// CauseWords are the plain causes, which tell nobody how to do harm.
func CauseWords() []string {
	return []string{"update", "device", "overload", "provider", "configuration", "rare", "unknown"}
}

// MeasureWords are what can be done so that it does not happen again.
func MeasureWords() []string { return []string{"test", "warn", "reserve", "provider", "replace"} }

// ActionWords are what customers may have to do afterwards.
func ActionWords() []string { return []string{"repeat", "reload", "sign_in"} }

// ClosingTexts are the parts of a closing message that have a text.
type ClosingTexts struct{ Body, WhatHappened, Limits, Prevention, CustomerAction string }

// Closing words a closing message.
func (v *Voice) Closing(c Closing) ClosingTexts {
	out := ClosingTexts{Body: v.T("admin.say.resolved"), WhatHappened: v.happened(c)}
	if c.Limited {
		out.Body = v.T("admin.say.with_limits")
	}
	if c.Limited && len(c.Limits) > 0 {
		out.Limits = v.T("admin.say.limits", "names", v.list(c.Limits, sentenceNames))
		out.Body = v.T("admin.say.main_fixed") + " " + out.Limits
	}
	if c.Sorry {
		out.Body += " " + v.T("admin.say.apology")
	}
	var measures []string
	for _, m := range c.Measures {
		measures = append(measures, v.T("admin.say.measure."+m))
	}
	out.Prevention = strings.Join(measures, " ")
	if c.Action != "" {
		out.CustomerAction = v.T("admin.say.action." + c.Action)
	}
	return out
}

// happened says from when to when customers noticed what, and why.
func (v *Voice) happened(c Closing) string {
	key, names := "admin.say.happened."+c.Symptom, v.list(c.Names, sentenceNames)
	switch {
	case names == "":
		key = "admin.say.happened.nothing"
	case c.Symptom == "":
		key = "admin.say.happened.other"
	}
	text := v.period("lasted", c.Start, c.End) + " " + v.T(key, "names", names)
	if c.Cause != "" {
		text += " " + v.T("admin.say.cause."+c.Cause)
	}
	return text
}

// period says how long something lasts, with date and zone no more often than needed.
func (v *Voice) period(verb string, from, to time.Time) string {
	a, b := from.In(v.zone), to.In(v.zone)
	if a.Format(time.DateOnly) != b.Format(time.DateOnly) || v.zoneName(a) != v.zoneName(b) {
		return v.T("admin.say."+verb+".days", "start", full(from), "end", full(to))
	}
	return v.T("admin.say."+verb+".day", "date", v.dateText(a), "start", a.Format("15:04"), "end", clock(to))
}

// Window is what a planned maintenance says.
type Window struct {
	From, Until time.Time
	Names       []string // components that are worked on
	Unusable    bool     // they cannot be used meanwhile
	Prepare     string   // what customers should do before: save, early; empty: nothing
}

// PrepareWords are what customers can do before a maintenance.
func PrepareWords() []string { return []string{"save", "early"} }

// Window words the announcement of a maintenance.
func (v *Voice) Window(w Window) string {
	names := v.list(w.Names, sentenceNames)
	text := v.T("admin.say.scheduled")
	if names != "" {
		text = v.T("admin.say.scheduled_of", "names", names)
	}
	text += " " + v.period("lasts", w.From, w.Until)
	if w.Unusable && names != "" {
		text += " " + v.T("admin.say.maintenance_impact", "names", names)
	}
	if w.Prepare != "" {
		text += " " + v.T("admin.say.prepare."+w.Prepare)
	}
	return text
}

// Longer says that a maintenance takes longer; names are what stays unusable until then.
func (v *Voice) Longer(until time.Time, names []string) string {
	text := v.T("admin.say.extended", "time", full(until))
	if len(names) > 0 {
		text += " " + v.T("admin.say.extended_impact", "names", v.list(names, sentenceNames))
	}
	return text
}
