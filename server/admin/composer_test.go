package admin

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// reviewPath is where the form of the two questions leads.
func reviewPath(symptom string, ids ...string) string {
	return "/admin/new/review?" + url.Values{"c": ids, "symptom": {symptom}}.Encode()
}

// tilesOf lists the names on the tiles, in order.
func (p *page) tilesOf() []string {
	var names []string
	for _, n := range p.all(func(n *htmlNode) bool { return n.Data == "span" && strings.HasPrefix(attr(n, "class"), "face") }) {
		for b := range n.Descendants() {
			if b.Data == "b" {
				names = append(names, textOf(b))
			}
		}
	}
	return names
}

// TestNothingToTypeWithoutScripts walks the whole way by forms and links alone.
func TestNothingToTypeWithoutScripts(t *testing.T) {
	w := newWorld(t)
	g := w.group("Payments")
	cards, debits := w.component("Cards", status.Operational, g), w.component("Debits", status.Operational, g)
	b := w.as(status.Publisher)
	home := b.get("/admin")
	if !home.links("/admin/new?c=" + cards) {
		t.Error("the overview does not lead to a notice about a component")
	}
	tiles := b.get("/admin/new?c=" + cards + "&c=nothing")
	answers := with(tiles.form("/admin/new/review"), "symptom", "unreachable")
	if !slices.Equal(answers["c"], []string{cards}) {
		t.Fatalf("the deep link chose %v", answers["c"])
	}
	before := w.revision()
	review := b.get("/admin/new/review?" + answers.Encode())
	review.wantText("Cards: not available", "You cannot reach Cards at the moment.", "You can use Debits as usual.", "This reaches 1,200 mail addresses (1,100 DE, 100 EN) and 4 webhooks. 17 addresses that accept no mail are skipped.", "Publish and notify 1,204")
	if w.revision() != before || len(w.incidents()) != 0 {
		t.Error("looking changed something")
	}
	form := with(review.form("/admin/new/review"), "deliver_notifications", "1")
	b.follow(b.post("/admin/new/publish", form)).wantText("Visible to customers. Telling 1,204 subscribers.")
	n := w.incidents()[0]
	u := n.Updates[0]
	if n.Name != "Cards: not available" || n.CustomerImpact != "You cannot reach Cards at the moment." || n.NotAffected != "You can use Debits as usual." ||
		u.Body != "We have confirmed the problem and are looking for the cause." || !u.Notify || u.By != b.account.Email {
		t.Errorf("%+v %+v", n, u)
	}
	de := n.Translations["de"]
	if *de.Name != "Cards: nicht erreichbar" || *de.CustomerImpact != "Sie können Cards derzeit nicht erreichen." || *de.NotAffected != "Debits können Sie wie gewohnt nutzen." ||
		u.Translations["de"] != "Wir haben die Störung bestätigt und suchen die Ursache." {
		t.Errorf("German: %+v %v", de, u.Translations)
	}
	if n.Severity != status.Serious || n.Symptom != "unreachable" || n.Stage != status.Investigating || n.Urgency != status.UrgencyNormal ||
		n.AffectedUsers.Mode != "unknown" || n.Workaround.State != "unknown" || !n.NextUpdateAt.Equal(start.Add(30*time.Minute)) {
		t.Errorf("proposed: %+v", n)
	}
	if w.level(cards) != status.MajorOutage || w.level(debits) != status.Operational {
		t.Errorf("levels: %s %s", w.level(cards), w.level(debits))
	}
	b.post("/admin/new/publish", form)
	if len(w.incidents()) != 1 {
		t.Error("a second press published a second notice")
	}
}

// TestPreviewIsWhatCustomersGet: the card in every language, the mails, and links that
// lead nowhere, since the notice is not there yet.
func TestPreviewIsWhatCustomersGet(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Author)
	p := b.get(reviewPath("slow", id))
	shown := p.byID("shown")
	if shown == nil {
		t.Fatal("there is no preview")
	}
	for _, text := range []string{
		"Cards: slower than usual", "Cards: langsamer als sonst", "We are still checking how many people are affected.", "Wir suchen noch nach einer Überbrückung.",
		"Problem: Cards: slower than usual [", "Störung: Cards: langsamer als sonst [", "status.test/incidents/preview",
	} {
		if !strings.Contains(textOf(shown), text) {
			t.Errorf("the preview does not say %q:\n%s", text, textOf(shown))
		}
	}
	for n := range shown.Descendants() {
		if n.Data == "a" && has(n, "href") {
			t.Errorf("the preview links to %s", attr(n, "href"))
		}
	}
	ids := map[string]bool{}
	for _, n := range p.all(func(n *htmlNode) bool { return has(n, "id") }) {
		if ids[attr(n, "id")] {
			t.Errorf("the id %s is there twice", attr(n, "id"))
		}
		ids[attr(n, "id")] = true
	}
	if !p.links("/admin/new?" + url.Values{"c": {id}, "symptom": {"slow"}}.Encode()) {
		t.Error("there is no way back to the two questions")
	}
}

// TestTheReviewIsEditedInPlace: what is changed shows in the preview, comes back, and is
// what gets published.
func TestTheReviewIsEditedInPlace(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	form := with(b.get(reviewPath("errors", id)).form("/admin/new/review"),
		"name", "Card <payments> fail", "translations.de.name", "Karten gehen nicht", "customer_impact", "Payments stay open.", "next_update", "60",
		"affected_users.mode", "count", "affected_users.count", "1.200", "components."+id, "major_outage", "severity", "critical", "urgency", "immediate")
	before := w.revision()
	again := b.post("/admin/new/review", form)
	again.wantText("Card <payments> fail", "Karten gehen nicht", "Payments stay open.", "Priority: P1")
	if w.revision() != before {
		t.Error("a preview changed something")
	}
	back := again.form("/admin/new/review")
	for name := range form {
		if back.Get(name) != form.Get(name) {
			t.Errorf("%s came back as %q, not %q", name, back.Get(name), form.Get(name))
		}
	}
	b.follow(b.post("/admin/new/publish", back)).wantText("Visible to customers. Nobody is told.")
	n := w.incidents()[0]
	if n.Name != "Card <payments> fail" || *n.Translations["de"].Name != "Karten gehen nicht" || n.AffectedUsers.Count != 1200 || n.Severity != status.Critical ||
		!n.NextUpdateAt.Equal(start.Add(time.Hour)) || n.Updates[0].Notify || w.level(id) != status.MajorOutage {
		t.Errorf("%+v", n)
	}
}

// TestReachWeighsAnew: what still stands as proposed follows the reach, a choice stays.
func TestReachWeighsAnew(t *testing.T) {
	w := newWorld(t)
	id, other := w.component("Cards", status.Operational, ""), w.component("Debits", status.Operational, "")
	w.audience(id, 1000)
	w.audience(other, 500)
	b := w.as(status.Publisher)
	form := b.get(reviewPath("errors", id, other)).form("/admin/new/review")
	if form.Get("severity") != "minor" || form.Get("components."+id) != "partial_outage" || form.Get("affected_users.low") != "1000" || form.Get("affected_users.high") != "1500" {
		t.Fatalf("proposed: %v", form)
	}
	p := b.post("/admin/new/review", with(form, "reach", "most", "components."+other, "operational", "affected_users.low", "7"))
	p.wantText("Between 500 and 1,500 people.")
	form = p.form("/admin/new/review")
	for name, want := range map[string]string{
		"severity": "serious", "was": "most", "reach": "most", "components." + id: "partial_outage", "components." + other: "operational",
		"affected_users.low": "7", "affected_users.high": "1500", "affected_users.mode": "unknown",
	} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
	form = b.post("/admin/new/review", with(form, "reach", "few")).form("/admin/new/review")
	if form.Get("severity") != "minor" || form.Get("components."+id) != "degraded_performance" || form.Get("components."+other) != "operational" {
		t.Errorf("weighed back: %v", form)
	}
}

func (w *world) audience(id string, n int64) {
	w.t.Helper()
	_, err := w.store.EditComponent(w.t.Context(), store.By{Actor: "test"}, id, 0, func(c *status.Component, _ *status.Site) (*[]string, error) {
		c.Audience = n
		return nil, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestMostTroubledTileFirst(t *testing.T) {
	w := newWorld(t)
	var fine string
	for i := range 13 {
		fine = w.component(fmt.Sprintf("Part %02d", i), status.Operational, "")
	}
	w.component("Down", status.MajorOutage, w.group("Payments"))
	for _, at := range []time.Time{w.now(), w.now(), w.now().Add(-2 * time.Hour)} {
		if err := w.store.AddReport(t.Context(), status.Report{ComponentIDs: []string{fine}, Symptom: "slow", CreatedAt: at}); err != nil {
			t.Fatal(err)
		}
	}
	b := w.as(status.Author)
	p := b.get("/admin/new")
	if got := p.tilesOf(); len(got) != 14 || !slices.Equal(got[:3], []string{"Down", "Part 12", "Part 00"}) {
		t.Errorf("tiles: %v", got)
	}
	p.wantText("Down Down", "2 reports", "What is affected?", "What do customers notice?")
	if p.find(func(n *htmlNode) bool { return attr(n, "type") == "search" }) == nil {
		t.Error("many tiles have no field to find one")
	}
	if !p.links("/admin/new?full=1") {
		t.Error("the form with all fields cannot be reached")
	}
	if got := b.get("/admin").tilesOf(); len(got) != 6 || got[0] != "Down" {
		t.Errorf("the overview offers %v", got)
	}
	if got := w.as(status.Viewer).get("/admin").tilesOf(); got != nil {
		t.Errorf("a viewer is offered %v", got)
	}
}

func TestFewTilesNeedNoSearch(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Author)
	b.get("/admin/new").wantText("There are no components yet.")
	w.component("Cards", status.Operational, "")
	if b.get("/admin/new").find(func(n *htmlNode) bool { return attr(n, "type") == "search" }) != nil {
		t.Error("one tile has a search field")
	}
}

func TestBothQuestionsNeedAnAnswer(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	b.get("/admin/new/review?symptom=slow").wantFault(422, "f-c", "Choose at least one component.")
	b.get("/admin/new/review?symptom=slow&c=nothing").wantFault(422, "f-c", "Choose at least one component.")
	b.get("/admin/new/review?c="+id).wantFault(422, "f-symptom", "Choose what customers notice.")
	half := b.get("/admin/new/review?symptom=terrible&c=" + id)
	half.wantFault(422, "f-symptom", "Choose what customers notice.")
	if got := half.form("/admin/new/review"); got.Get("c") != id {
		t.Errorf("the choice was lost: %v", got)
	}
	for _, path := range []string{"/admin/new/review", "/admin/new/publish", "/admin/new/draft"} {
		b.post(path, url.Values{"symptom": {"slow"}, "name": {"x"}}).wantFault(422, "f-c", "Choose at least one component.")
	}
	if b.get("/admin/new/review").code != http.StatusOK || len(w.incidents()) != 0 {
		t.Error("the empty address should show the questions")
	}
}

func TestReviewFaultsKeepTheText(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	fresh := b.get(reviewPath("slow", id)).form("/admin/new/review")
	for _, path := range []string{"/admin/new/review", "/admin/new/publish", "/admin/new/draft"} {
		for _, c := range [][]string{
			{"name", "", "f-name", "must not be empty"},
			{"next_update", "at", "f-next_update_at", "Write the time"},
			{"affected_users.mode", "share", "f-affected_users.share_percent", "in percent"},
		} {
			form := with(copied(fresh), c[0], c[1], "body", "My own text.")
			p := b.post(path, form)
			p.wantFault(422, c[2], c[3])
			if got := p.form("/admin/new/review").Get("body"); got != "My own text." {
				t.Errorf("%s, %s: the text came back as %q", path, c[0], got)
			}
		}
	}
	if len(w.incidents()) != 0 {
		t.Error("something was saved")
	}
	b.post("/admin/new/publish", with(copied(fresh), "components."+id, "terrible")).wantText("not a component status")
}

// copied copies a form.
func copied(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		out[name] = slices.Clone(values)
	}
	return out
}

// TestDuplicateGuard: an open incident about the same is offered first.
func TestDuplicateGuard(t *testing.T) {
	w := newWorld(t)
	id, other := w.component("Cards", status.Operational, ""), w.component("Debits", status.Operational, "")
	n := w.open(status.Change{Name: new("Cards fail"), Components: map[string]status.Level{id: status.PartialOutage}})
	w.open(status.Change{Name: new("Secret draft"), Components: map[string]status.Level{id: status.PartialOutage}, Draft: new(true)})
	b := w.as(status.Publisher)
	p := b.get(reviewPath("slow", id))
	p.wantText("“Cards fail” is open and names the same.", "Add as update to “Cards fail”")
	if !p.links(staffPath(&n) + "#update") {
		t.Error("the offer leads nowhere")
	}
	if strings.Contains(p.text(), "Secret draft") {
		t.Error("a draft was offered")
	}
	if p := b.get(reviewPath("slow", other)); strings.Contains(p.text(), "Cards fail") {
		t.Error("an incident about something else was offered")
	}
}

// TestDraftFromTheReview: an author's button keeps everything, and publishes nothing.
func TestDraftFromTheReview(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Author)
	review := b.get(reviewPath("slow", id))
	if review.find(func(n *htmlNode) bool { return attr(n, "formaction") == "/admin/new/publish" }) != nil {
		t.Error("an author is offered to publish")
	}
	form := review.form("/admin/new/review")
	if p := b.post("/admin/new/publish", form); p.code != http.StatusForbidden {
		t.Errorf("publishing: %d", p.code)
	}
	b.follow(b.post("/admin/new/draft", with(form, "deliver_notifications", "1"))).wantText("The draft is saved.", "Cards: slower than usual")
	n := w.incidents()[0]
	if !n.Draft || n.Planned[id] != status.DegradedPerformance || w.level(id) != status.Operational || *n.Translations["de"].Name != "Cards: langsamer als sonst" {
		t.Errorf("%+v", n)
	}
}

// TestButtonSaysWhoIsTold: the number is on the button, and a minor notice to many says so.
func TestButtonSaysWhoIsTold(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	button := func(p *page) string {
		return textOf(p.find(func(n *htmlNode) bool { return n.Data == "button" && attr(n, "name") == "deliver_notifications" }))
	}
	p := b.get(reviewPath("slow", id))
	p.wantText("This is a minor notice to 1,204 subscribers.", "Publish without notifying", "Save as draft")
	if got := button(p); got != "Publish and notify 1,204" {
		t.Errorf("the button says %q", got)
	}
	if p := b.get(reviewPath("unreachable", id)); strings.Contains(p.text(), "minor notice") {
		t.Error("a serious notice was called minor")
	}
	w.desk.Audience = func(_ context.Context, n *status.Incident) (status.Audience, error) {
		if !slices.Equal(n.ComponentIDs, []string{id}) || n.ID != "preview" {
			t.Errorf("counted for %+v", n)
		}
		return status.Audience{}, nil
	}
	p = b.get(reviewPath("slow", id))
	p.wantText("Nobody has subscribed to this yet.")
	if got := button(p); got != "Publish" {
		t.Errorf("the button says %q", got)
	}
	w.desk.Audience = nil
	if got := button(b.get(reviewPath("slow", id))); got != "Publish and notify" {
		t.Errorf("the button says %q", got)
	}
}

// TestGermanReview: the screen speaks the account's language, the notice both.
func TestGermanReview(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	id := w.component("Karten", status.Operational, "")
	b := w.as(status.Publisher)
	b.follow(b.post("/admin/profile/language", url.Values{"locale": {"de"}}))
	b.get("/admin/new").wantText("Was ist betroffen?", "Was bemerken Kunden?", "Nicht erreichbar", "Prüfen")
	p := b.get(reviewPath("sign_in", id))
	p.wantText("Prüfen und veröffentlichen", "Karten: signing in does not work", "Karten: Anmelden nicht möglich", "Veröffentlichen, 1.204 benachrichtigen", "Üblich ist jetzt: 23.11.2026, 14:00 Uhr MEZ")
}

// TestPagesAreCompressedOnDemand: a slow line carries less, and everything is the same.
func TestPagesAreCompressedOnDemand(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	plain, squeezed := b.get("/admin/new"), b.unzipped("/admin/new")
	if squeezed != plain.body || plain.header.Get("Content-Encoding") != "" || plain.header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("%v", plain.header)
	}
}

// unzipped asks for a page as browsers do and unpacks it.
func (b *browser) unzipped(path string) string {
	b.w.t.Helper()
	r := httptest.NewRequestWithContext(b.w.t.Context(), http.MethodGet, "http://status.test"+path, nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	b.w.echo.ServeHTTP(rec, r)
	z, err := gzip.NewReader(rec.Body)
	if err != nil || rec.Header().Get("Content-Encoding") != "gzip" {
		b.w.t.Fatalf("not compressed: %v %v", rec.Header(), err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return string(text)
}
