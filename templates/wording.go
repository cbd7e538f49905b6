package templates

import (
	"html/template"
	"regexp"
	"strings"
	"time"
)

// BannerTitle is the first sentence of the page, the start of its title and of
// what the live stream announces.
func (v *Voice) BannerTitle(b Banner) string {
	s := bannerSentence(b)
	return v.T(s.key, s.args...)
}

// BannerTitle speaks the banner's sentence in a language and zone.
func (s *Set) BannerTitle(locale, zone string, b Banner) string {
	return s.Voice(locale, zone).BannerTitle(b)
}

// bannerSentence chooses the sentence: the worst open thing wins, and maintenance
// never hides an outage.
func bannerSentence(b Banner) sentence {
	switch {
	case b.Stale:
		return say("banner.stale", "time", full(b.CheckedAt))
	case b.Impaired > 0 && rank(b.WorstLevel) > incidentRank(b) && levelKey(b.WorstLevel) != "maintenance":
		return impairedSentence(b)
	case b.Open > 1:
		return say("banner.many", "n", b.Open, "title", foreign{b.Title, b.TitleLang})
	case b.Open == 1:
		return say("banner."+problemWord(b.Level), "title", foreign{b.Title, b.TitleLang})
	case b.Watching > 1:
		return say("banner.watching_many", "n", b.Watching)
	case b.Watching == 1:
		return say("banner.watching", "title", foreign{b.Title, b.TitleLang})
	case b.Maintenance:
		return say("banner.maintenance")
	case b.ResolvedTitle != "":
		return say("banner.resolved", "time", clock(b.ResolvedAt), "title", foreign{b.ResolvedTitle, b.ResolvedLang})
	case b.ElevatedReports:
		return say("banner.reports")
	}
	return say("banner.none")
}

// incidentRank is how bad the open incidents are; −1 when there are none.
func incidentRank(b Banner) int {
	if b.Open == 0 {
		return -1
	}
	return rank(problemWord(b.Level))
}

// problemWord keeps an incident from being announced as anything but a problem.
func problemWord(level string) string {
	if key := levelKey(level); rank(key) > rank("maintenance") {
		return key
	}
	return "degraded"
}

func impairedSentence(b Banner) sentence {
	level := say("level." + levelKey(b.WorstLevel))
	if b.Impaired == 1 {
		return say("banner.impaired_one", "component", b.WorstComponent, "level", level)
	}
	return say("banner.impaired", "n", b.Impaired, "component", b.WorstComponent, "level", level)
}

// bannerDescription is the second line and the promise, for search and sharing.
func (v *Voice) bannerDescription(b Banner) string {
	parts := []string{v.BannerTitle(b) + "."}
	if b.Total > 0 {
		parts = append(parts, v.T("banner.working", "n", b.Total, "working", b.Working))
	}
	if !b.NextUpdate.IsZero() {
		parts = append(parts, v.T(b.Promise(), "time", full(b.NextUpdate)))
	}
	return strings.Join(parts, " ")
}

// NoticeTitle puts the state of a notice before its title.
func (v *Voice) NoticeTitle(n Notice) string {
	return v.T("notice.title", "stage", v.StageLabel(n.Stage), "title", n.Title)
}

// noticeDescription says what a notice is about in one or two sentences.
func (v *Voice) noticeDescription(n Notice) string {
	text := n.Impact
	if text == "" {
		text = n.Latest().Body
	}
	parts := []string{shorten(PlainText(text), 160)}
	if n.Open() && !n.NextUpdate.IsZero() {
		parts = append(parts, v.T(promiseKey(n.Overdue), "time", full(n.NextUpdate)))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

func (v *Voice) componentTitle(c Component) string {
	return v.T("component.title", "name", c.Name, "level", v.LevelLabel(c.Level))
}

// StageLabel names a stage for readers.
func (v *Voice) StageLabel(stage string) string {
	switch stage {
	case "investigating", "identified", "monitoring", "resolved", "postmortem",
		"scheduled", "in_progress", "verifying", "completed", "cancelled":
		return v.T("stage." + stage)
	}
	return stage
}

// ByItself is what a maintenance says when its own clock starts or ends it. A clock knows
// that the planned time is over, not that everything works.
func (v *Voice) ByItself(stage string) string {
	if stage == "in_progress" {
		return v.T("auto.in_progress")
	}
	return v.T("auto.completed")
}

// LevelLabel names a component level, page state or its short form.
func (v *Voice) LevelLabel(level string) string { return v.T("level." + levelKey(level)) }

// SeverityLabel names a severity; an empty one has no name.
func (v *Voice) SeverityLabel(severity string) string {
	switch severity {
	case "minor", "moderate", "serious", "critical":
		return v.T("severity." + severity)
	}
	return ""
}

// AffectedSentence says how many people are affected, as far as it is known.
func (v *Voice) AffectedSentence(e Estimate) string {
	return v.sayAll(affectedSentences(e, full(e.AsOf)))
}

// WorkaroundSentence says what customers can do meanwhile. When there is a
// workaround, its text is the answer and the sentence is empty.
func (v *Voice) WorkaroundSentence(w Workaround) string {
	if w.State == "available" {
		return ""
	}
	return v.T("workaround." + workaroundState(w))
}

// wayLimit is how much of a workaround the banner says; the incident's card has the rest.
const wayLimit = 120

// linkTarget is the address behind a link's words in plain text.
var linkTarget = regexp.MustCompile(` \(https?://[^)\s]*\)`)

// wayHTML says in the banner what customers can do; empty when there is nothing to say.
func (v *Voice) wayHTML(b Banner) template.HTML {
	if b.Way.State == "" {
		return ""
	}
	said := foreign{v.WorkaroundSentence(b.Way), ""}
	if b.Way.State == "available" {
		said = foreign{shorten(linkTarget.ReplaceAllString(PlainText(b.Way.Text), ""), wayLimit), b.WayLang}
	}
	return template.HTML(said.html()) //nolint:gosec // escaped in html
}

func workaroundState(w Workaround) string {
	switch w.State {
	case "none_known", "none_possible", "not_needed", "available":
		return w.State
	}
	return "unknown"
}

// ThirdPartySentence says that the cause lies elsewhere, or nothing.
func (v *Voice) ThirdPartySentence(t ThirdParty) string {
	switch t.State {
	case "unnamed":
		return v.T("third_party.unnamed")
	case "named":
		return v.T("third_party.named", "vendor", t.Vendor)
	}
	return ""
}

// affectedSentences says the estimate and when it was made.
func affectedSentences(e Estimate, asOf moment) []sentence {
	var who sentence
	switch e.Mode {
	case "none":
		return []sentence{say("affected.none")}
	case "count":
		who = peopleSentence(e)
	case "range":
		who = rangeSentence(e)
	case "share":
		who = shareSentence(e.SharePercent)
	default:
		return []sentence{say("affected.unknown")}
	}
	if e.AsOf.IsZero() {
		return []sentence{who}
	}
	return []sentence{who, say("affected.as_of_"+confidence(e), "time", asOf)}
}

// peopleSentence says a number of people, and the share when it is known. Less than a
// percent is left out: rounded, it would read like nobody.
func peopleSentence(e Estimate) sentence {
	switch {
	case e.Count == 0:
		return say("affected.none")
	case e.Count < 10:
		return say("affected.few")
	case e.SharePercent >= 1:
		return say("affected.count_share", "n", round2(e.Count), "share", percent(e.SharePercent))
	}
	return say("affected.count", "n", round2(e.Count))
}

// rangeSentence says how many people there are at least and at most.
func rangeSentence(e Estimate) sentence {
	low, high := round2(e.Low), round2(e.High)
	switch {
	case high < 10 || low == high:
		return peopleSentence(Estimate{Count: e.High, SharePercent: e.SharePercent})
	case low < 10:
		return say("affected.up_to", "high", high)
	case e.SharePercent >= 1:
		return say("affected.range_share", "low", low, "high", high, "share", percent(e.SharePercent))
	}
	return say("affected.range", "low", low, "high", high)
}

func shareSentence(share float64) sentence {
	if share < 1 {
		return say("affected.share_small")
	}
	return say("affected.share", "share", percent(share))
}

func confidence(e Estimate) string {
	switch e.Confidence {
	case "measured", "final":
		return e.Confidence
	}
	return "first_look"
}

// round2 keeps two significant digits: an estimate must not look like a count.
func round2(n int) int {
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
}

// percent is a share to be said with no more precision than an estimate has.
type percent float64

// brief says a time by the clock alone when it falls on the given day, else with
// its date.
func (v *Voice) brief(t, day time.Time) moment {
	if t.In(v.zone).Format(time.DateOnly) == day.In(v.zone).Format(time.DateOnly) {
		return clock(t)
	}
	return full(t)
}

// promiseMoment is the promise, brief while it lies on the day of the newest
// update; an overdue one always has its date.
func (v *Voice) promiseMoment(n Notice) moment {
	if n.Overdue {
		return full(n.NextUpdate)
	}
	return v.brief(n.NextUpdate, n.Latest().At)
}

// shorten cuts a text at a word before it grows longer than max runes.
func shorten(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	cut := string(runes[:limit-1])
	if space := strings.LastIndex(cut, " "); space > len(cut)/2 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " ,;:.-–") + "…"
}
