package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"allclear/publish"
	"allclear/status"
	"allclear/status/lint"
	"allclear/store"
	"allclear/subscribers"
	"allclear/templates"
)

// inflow is how far back problem reports tell which components are in trouble.
const inflow = time.Hour

// newIncident asks what is affected and what customers notice; everything else follows.
// The form with all fields stays a tap away.
func (d *desk) newIncident(v *visit) error {
	if v.c.QueryParam("full") != "" {
		return v.allFields()
	}
	return v.tiles(http.StatusOK, blank("f", v.choice()))
}

// choice is what the address says was tapped; what the page does not have is left out.
func (v *visit) choice() url.Values {
	q := v.c.QueryParams()
	form := url.Values{"c": v.components(q["c"])}
	if slices.Contains(status.Symptoms(), status.Symptom(q.Get("symptom"))) {
		form.Set("symptom", q.Get("symptom"))
	}
	return form
}

// components keeps the ids of components of this page.
func (v *visit) components(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		c := v.site.Find(id)
		return c == nil || c.Group
	})
}

// tiles draws the two questions.
func (v *visit) tiles(code int, form *templates.Form) error {
	tiles, err := v.sorted()
	if err != nil {
		return err
	}
	p := templates.TilesPage{
		Office: v.office("notices", "new_incident"), Form: form, Tiles: tiles, Unfinished: v.unfinished(),
		Full: "/admin/new?" + url.Values{"full": {"1"}, "c": form.Values["c"]}.Encode(),
	}
	if p.Templates, err = v.templateRows(); err != nil {
		return err
	}
	return v.show(code, p)
}

// tilesAtHand is how many components the overview offers.
const tilesAtHand = 6

// firstTiles are those of the overview: from there a notice is four taps away.
func (v *visit) firstTiles() ([]templates.Tile, error) {
	if !v.account.Role.May(status.Author) {
		return nil, nil
	}
	tiles, err := v.sorted()
	return tiles[:min(len(tiles), tilesAtHand)], err
}

// sorted are the components as tiles, the most troubled first.
func (v *visit) sorted() ([]templates.Tile, error) {
	recent, err := v.Store.Reports(v.ctx(), v.now.Add(-inflow))
	if err != nil {
		return nil, err
	}
	reports := status.Reported(recent)
	var list []status.Component
	for _, r := range v.tree() {
		if !r.C.Group {
			list = append(list, r.C)
		}
	}
	status.MostTroubledFirst(list, reports)
	var out []templates.Tile
	for _, c := range list {
		t := templates.Tile{ID: c.ID, Name: c.Name, Level: c.Level, Reports: reports[c.ID]}
		if g := v.site.Find(c.GroupID); g != nil {
			t.Group = g.Name
		}
		out = append(out, t)
	}
	return out, nil
}

// review shows the notice that follows from the two answers.
func (d *desk) review(v *visit) error {
	if v.c.Request().URL.RawQuery == "" {
		return v.tiles(http.StatusOK, blank("f", v.choice())) // nothing was asked for yet
	}
	in := &input{v: v, id: "f", noun: "incident.", values: v.choice()}
	t, err := v.picked()
	if err != nil {
		return err
	}
	v.answer(in.values, t)
	if in.unanswered() {
		return v.tiles(unasked(t), in.form())
	}
	place := "/admin/new/review?" + in.values.Encode()
	in.propose()
	in.prepare(t)
	in.resume(place)
	return v.reviewed(http.StatusOK, in)
}

// reviewAgain shows the notice as it was changed. Nothing is saved.
func (d *desk) reviewAgain(v *visit) error {
	in, err := v.answered()
	if err != nil {
		return err
	}
	if in.unanswered() {
		return v.tiles(http.StatusUnprocessableEntity, in.form())
	}
	in.weigh()
	return v.reviewed(http.StatusOK, in)
}

func (d *desk) publishFirst(v *visit) error { return v.first(false) }
func (d *desk) draftFirst(v *visit) error   { return v.first(true) }

// first opens the notice as it was reviewed.
func (v *visit) first(draft bool) error {
	in, err := v.answered()
	if err != nil {
		return err
	}
	if in.unanswered() {
		return v.tiles(http.StatusUnprocessableEntity, in.form())
	}
	if in.has("ask") {
		in.values.Set("deliver_notifications", "1") // whoever approves decides
	}
	c := in.firstNotice()
	in.asks(&c, draft)
	if draft {
		in.keepEmpty(&c)
		in.draft, c.Draft = true, new(true)
	}
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = v.insert(in, c)
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.reviewed(codeOf(err), in)
	}
	if err != nil {
		return err
	}
	return v.added(status.Problem, r, c, draft)
}

// answered reads the review's form.
func (v *visit) answered() (*input, error) {
	in, err := v.input("f", "incident.")
	if err != nil {
		return nil, err
	}
	in.values["c"] = v.components(in.values["c"])
	return in, nil
}

// unanswered notes which of the two questions is still open.
func (in *input) unanswered() bool {
	if len(in.values["c"]) == 0 {
		in.wrong("c", "component")
	}
	if !slices.Contains(status.Symptoms(), status.Symptom(in.value("symptom"))) {
		in.wrong("symptom", "symptom")
	}
	return len(in.faults) > 0
}

// proposal is what the domain proposes for the answers, at a reach.
func (in *input) proposal(reach string) status.Proposal {
	site := in.v.site
	site.Now = in.v.now
	urgency := status.Urgency(in.value("urgency"))
	if !slices.Contains(status.Urgencies(), urgency) {
		urgency = status.UrgencyNormal
	}
	return status.Propose(&site, in.values["c"], status.Symptom(in.value("symptom")), status.Reach(reach), urgency)
}

// propose fills in the whole form.
func (in *input) propose() {
	p := in.proposal("")
	in.values["c"] = p.Components
	for name, value := range map[string]string{
		"status": string(status.Investigating), "urgency": string(status.UrgencyNormal), "reach": "",
		"affected_users.mode": "unknown", "workaround.state": "unknown",
	} {
		in.values.Set(name, value)
	}
	for name, value := range weighed(p) {
		in.values.Set(name, value)
	}
	in.word(p)
}

// weighed are the fields that follow from how many are hit.
func weighed(p status.Proposal) map[string]string {
	out := map[string]string{"severity": string(p.Severity)}
	for id, l := range p.Levels {
		out["components."+id] = string(l)
	}
	for name, n := range map[string]int64{"count": p.Users.Count, "low": p.Users.Low, "high": p.Users.High} {
		out["affected_users."+name] = ""
		if n > 0 {
			out["affected_users."+name] = strconv.FormatInt(n, 10)
		}
	}
	return out
}

// weigh follows a change of the reach: what still stands as it was proposed is proposed
// anew, what somebody chose stays.
func (in *input) weigh() {
	was, now := in.value("was"), in.value("reach")
	if was == now {
		return
	}
	old, proposed := weighed(in.proposal(was)), weighed(in.proposal(now))
	for name, value := range proposed {
		if in.value(name) == old[name] {
			in.values.Set(name, value)
		}
	}
}

// word writes the texts in every language of the page that has the sentences.
func (in *input) word(p status.Proposal) {
	page := in.v.page()
	for _, locale := range page.Locales {
		if !in.v.Pages.HasAdminLocale(locale) {
			continue
		}
		prefix := ""
		if locale != page.DefaultLocale {
			prefix = "translations." + locale + "."
		}
		n := in.v.Pages.Voice(locale, page.TimeZone).FirstNotice(in.value("symptom"), in.v.names(p.Components), in.v.names(p.Works), in.v.nameOf(p.Rest))
		in.values.Set(prefix+"name", n.Title)
		in.values.Set(prefix+"customer_impact", n.Impact)
		in.values.Set(prefix+"body", n.Body)
		in.values.Set(prefix+"not_affected", n.NotAffected)
	}
}

func (v *visit) names(ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, v.nameOf(id))
	}
	return out
}

func (v *visit) nameOf(id string) string {
	if c := v.site.Find(id); c != nil {
		return c.Name
	}
	return ""
}

// firstNotice reads the review's form. The notice names every component that was tapped,
// also one whose level stays.
func (in *input) firstNotice() status.Change {
	c := in.written(status.Problem, nil)
	c.ComponentIDs = new(slices.Clone(in.values["c"]))
	return c
}

// reviewed draws the review: the form, what its texts were found to say, and the notice
// as customers would see it.
func (v *visit) reviewed(code int, in *input) error {
	var site *status.Site
	n, err := in.look(lint.Past{}, func() (n *status.Incident, err error) {
		c := in.firstNotice()
		if len(in.faults) > 0 {
			return nil, nil // they are shown; there is no notice yet
		}
		n, site, err = v.opening(c)
		return n, err
	})
	if in.fault(err) {
		code = codeOf(err)
	} else if err != nil {
		return err
	}
	if len(in.faults) > 0 && code == http.StatusOK {
		code = http.StatusUnprocessableEntity
	}
	p, err := v.reviewPage(in)
	if err != nil {
		return err
	}
	if n != nil {
		if err := v.preview(&p, lint.Clean(n), site); err != nil {
			return err
		}
	}
	p.Form = in.form()
	return v.show(code, p)
}

// reviewPage is the review without what follows from the notice.
func (v *visit) reviewPage(in *input) (templates.ReviewPage, error) {
	open, err := v.Store.Incidents(v.ctx(), store.Filter{Open: new(true), Drafts: new(false)})
	p := templates.ReviewPage{
		Office: v.office("notices", "review"), Tongues: v.tongues(), Again: v.again(in),
		Twins: v.rows(status.About(open, in.values["c"])), Severity: status.Severity(in.value("severity")),
		Second: v.secondFor(in, status.Problem), Gaps: v.gaps(in.values),
	}
	for _, id := range in.values["c"] {
		p.Rows = append(p.Rows, levelRow(*v.site.Find(id)))
	}
	if users := in.proposal(in.value("reach")).Users; users.Mode != "unknown" {
		p.Uses = []templates.Use{templates.UseOf("", users)}
	}
	return p, err
}

// again is the address of the two questions with their answers.
func (v *visit) again(in *input) string {
	answers := url.Values{"c": in.values["c"], "symptom": {in.value("symptom")}}
	if t := in.value("template"); t != "" {
		answers.Set("template", t)
	}
	return "/admin/new?" + answers.Encode()
}

// preview draws what would be published: the page and the mail in every language, the
// feed's item, and the body of the webhooks.
func (v *visit) preview(p *templates.ReviewPage, n *status.Incident, site *status.Site) error {
	p.Priority = n.Priority(v.page().PriorityMatrix)
	p.Usual = v.page().Promise(p.Priority, n.Stage, true, n.StartedAt, v.now)
	p.Audience = v.audience(n)
	view, err := v.told(n, site)
	if err != nil {
		return err
	}
	for _, locale := range append([]string{v.page().DefaultLocale}, v.page().Translated()...) {
		shown, err := v.Pages.Preview(n, v.page(), locale, site.Find, v.now)
		if err != nil {
			return err
		}
		if shown.Item, err = publish.Item(view, n, v.BaseURL, v.Pages, locale); err != nil {
			return err
		}
		p.Previews = append(p.Previews, shown)
	}
	body, err := subscribers.Envelope(view, v.BaseURL, v.BaseURL+"/subscriptions/…/unsubscribe")
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(body), "", "  "); err != nil {
		return fmt.Errorf("admin: a webhook's body: %w", err)
	}
	p.Hook = out.String()
	return nil
}

// told is the public state in which a new notice would be told, as the next revision.
func (v *visit) told(n *status.Incident, site *status.Site) (*status.View, error) {
	epoch, revision, err := v.Store.Revision(v.ctx())
	if err != nil {
		return nil, err
	}
	view := status.ViewOf(*v.page(), site.Components, []status.Incident{*n})
	view.Epoch, view.Revision, view.At = epoch, revision+1, v.now
	event := n.Events()[len(n.Events())-1]
	event.ID, event.Revision = n.ID, view.Revision
	view.Events = []status.Event{event}
	return &view, nil
}
