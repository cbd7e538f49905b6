package templates

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func startPage(t *testing.T, d StartPage) document {
	t.Helper()
	s := newSet(t)
	return parse(t, rendered(t, rendering{"start", "", func(w io.Writer) error { return s.StartPage(w, d) }}))
}

func TestTheFiveQuestionsAreAnsweredWithoutScript(t *testing.T) {
	d := startPage(t, cannedStart("en"))
	if got := words(d.byID("banner")); !strings.HasPrefix(got, "Down: SEPA direct debits are not carried out") || !strings.Contains(got, "20 of 24 services work normally.") {
		t.Errorf("the banner says %q", got)
	}
	card := words(d.byID("n-k3v9x0p2m4aa"))
	for _, want := range []string{
		"What is affected? Payments Direct debit authorisations", "Who is affected? About 1,200 people (around 8%).",
		"Since when? 21:12 CET", "Next update by 22:30 CET", "What you can do now Urgent payments work as an instant transfer",
		"Show all 4 updates", "This update was withdrawn.", "Edited 21 Nov 2026, 21:48 CET",
	} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %q:\n%s", want, card)
		}
	}
	slow := words(d.byID("n-b7w1q8z5t6bb"))
	for _, want := range []string{"We do not know of a workaround yet.", "overdue – we have been reminded", "still checking how many"} {
		if !strings.Contains(slow, want) {
			t.Errorf("the second card lacks %q:\n%s", want, slow)
		}
	}
	if got := words(d.byID("recent")); strings.Count(got, "No problems.") != 6 || !strings.Contains(got, "Account statements were missing") {
		t.Errorf("the last days say %q", got)
	}
}

func TestGroupsFold(t *testing.T) {
	open := func(d document, id string) bool {
		return slices.ContainsFunc(d.byID(id).Attr, func(a htmlAttr) bool { return a.Key == "open" })
	}
	trouble := startPage(t, cannedStart("en"))
	if !open(trouble, "g-g1") || open(trouble, "g-g2") {
		t.Error("with an open incident the impaired group must be open and the healthy one folded")
	}
	calm := startPage(t, cannedCalm("en"))
	if !open(calm, "g-g1") || !open(calm, "g-g2") {
		t.Error("a calm page of 24 components must be unfolded")
	}
	many := cannedCalm("en")
	many.Groups = cannedGroups("en", 120)
	for g := range many.Groups {
		for c := range many.Groups[g].Components {
			many.Groups[g].Components[c].Level = "operational"
		}
	}
	d := startPage(t, many)
	if open(d, "g-g1") {
		t.Error("a calm page of 120 components must be folded")
	}
	if len(d.all(func(n *htmlNode) bool { return attr(n, "class") == "bar" })) != 0 {
		t.Error("a page of 120 components must not draw bars")
	}
}

func TestTextsInAnotherLanguageSaySo(t *testing.T) {
	start := cannedStart("de")
	start.Incidents = []Notice{cannedIncident("en")}
	start.Incidents[0].Lang = "en"
	d := startPage(t, start)
	card := d.byID("n-k3v9x0p2m4aa")
	if !strings.Contains(words(card), "Nur in dieser Sprache verfügbar: English") {
		t.Errorf("the card does not say that it is English: %s", words(card))
	}
	if got := attr(d.byID("t-k3v9x0p2m4aa"), "lang"); got != "en" {
		t.Errorf("the title is marked as %q", got)
	}
}

func TestAPageWithoutPromiseMakesNone(t *testing.T) {
	start := cannedCalm("en")
	start.Incidents = []Notice{{Kind: KindIncident, ID: "x1", Title: "Imported", Stage: "investigating", Level: "major"}}
	d := startPage(t, start)
	if text := words(d.byID("incidents")); strings.Contains(text, "Next update") || strings.Contains(text, "overdue") {
		t.Errorf("a notice without promise says %q", text)
	}
}

func TestBar(t *testing.T) {
	days := []string{"operational", "operational", "major_outage", "operational", "", "degraded_performance"}
	got := string(drawBar(days))
	want := `<path class="ok" d="M0 20h19M25 20h4"/><path class="degraded" d="M27 24v-12"/><path class="major" d="M12 24v-24"/><path class="unknown" d="M22 24v-2"/>`
	if got != want {
		t.Errorf("the bar is\n%s, want\n%s", got, want)
	}
	if got := string(drawBar(nil)); got != "" {
		t.Errorf("no days draw %q", got)
	}
}

func TestBarHeightsTellTheLevelsApart(t *testing.T) {
	heights := map[string]int{"operational": 8}
	for _, b := range barHeights() {
		heights[b.level] = b.height
	}
	if !(heights["unknown"] < heights["operational"] && heights["operational"] < heights["degraded"] && heights["degraded"] < heights["partial"] && heights["partial"] < heights["major"]) {
		t.Errorf("worse days are not higher: %v", heights)
	}
}

func TestBarLabel(t *testing.T) {
	s := newSet(t)
	c := Component{Name: "App", Days: []string{"operational", "major_outage", ""}, Uptime: Uptime{Known: true, Percent: 99.5}}
	if got, want := s.Voice("en", "UTC").barLabel(c), "App: 99.50% available in 3 days, 1 day with events"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := s.Voice("de", "UTC").barLabel(c), "App: Verfügbarkeit 99,50\u00a0% in 3 Tagen, 1 Tag mit Ereignissen"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.Uptime.Known = false
	if got, want := s.Voice("en", "UTC").barLabel(c), "App: last 3 days, 1 day with events"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLevelWordsOfBothVocabulariesMeet(t *testing.T) {
	for level, want := range map[string]string{
		"operational": "operational", "degraded_performance": "degraded", "partial_outage": "partial", "major_outage": "major",
		"under_maintenance": "maintenance", "degraded": "degraded", "": "unknown", "nonsense": "unknown",
	} {
		if got := levelKey(level); got != want {
			t.Errorf("%q is %q, want %q", level, got, want)
		}
	}
	if !(rank("") < rank("operational") && rank("under_maintenance") < rank("degraded") && rank("degraded") < rank("partial_outage") && rank("partial") < rank("major")) {
		t.Error("the levels are out of order")
	}
}

func TestResolutionLeavesOutWhatIsUnknown(t *testing.T) {
	if parts := resolutionParts(nil); parts != nil {
		t.Errorf("no resolution has the parts %v", parts)
	}
	if parts := resolutionParts(&Resolution{}); len(parts) != 0 {
		t.Errorf("an empty resolution has the parts %v", parts)
	}
	var headings []string
	for _, p := range resolutionParts(cannedResolved("en").Resolution) {
		headings = append(headings, p.Heading)
	}
	want := []string{"resolution.what", "resolution.fixed", "resolution.data", "resolution.recur", "resolution.prevention", "resolution.action"}
	if !slices.Equal(headings, want) {
		t.Errorf("the parts are %v, want %v", headings, want)
	}
	only := resolutionParts(&Resolution{FollowUpBy: "2026-11-27"})
	if len(only) == 0 || only[0].Key != "resolution.follow_up" || only[0].Extra != "" {
		t.Errorf("a lone follow-up has the parts %+v", only)
	}
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	s := newSet(t)
	for _, r := range everyPage(s, "en") {
		d := parse(t, rendered(t, r))
		switch r.name {
		case "subscribe":
			checkField(t, d, "email", "someone@", true)
			checkTicked(t, d, "component_ids", "c01")
			checkTicked(t, d, "scope", "some")
		case "report":
			checkTicked(t, d, "component_ids", "c02")
			checkTicked(t, d, "symptom", "slow")
		case "manage":
			checkField(t, d, "paused_until", "2026-12-01", false)
			checkTicked(t, d, "group_ids", "g2")
			checkTicked(t, d, "level", "start_and_end")
		case "subscribe-incident":
			checkField(t, d, "incident_id", "k3v9x0p2m4aa", false)
		}
	}
}

func field(d document, name, value string) *htmlNode {
	found := d.all(func(n *htmlNode) bool {
		return n.Data == "input" && attr(n, "name") == name && (value == "" || attr(n, "value") == value)
	})
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

func checkField(t *testing.T, d document, name, value string, wrong bool) {
	t.Helper()
	f := field(d, name, "")
	if f == nil || attr(f, "value") != value || (attr(f, "aria-invalid") == "true") != wrong {
		t.Errorf("the field %s is %+v, want the value %q, wrong: %v", name, f, value, wrong)
	}
}

func checkTicked(t *testing.T, d document, name, value string) {
	t.Helper()
	f := field(d, name, value)
	if f == nil || !slices.ContainsFunc(f.Attr, func(a htmlAttr) bool { return a.Key == "checked" }) {
		t.Errorf("%s=%s is not ticked", name, value)
	}
}
