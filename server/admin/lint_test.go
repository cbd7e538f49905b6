package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// found is what stands below a field about its text.
func (p *page) found(id string) string {
	p.b.w.t.Helper()
	n := p.byID(id + "-found")
	if n == nil {
		p.b.w.t.Fatalf("there is no room for findings at %s", id)
	}
	if field := p.byID(id); field == nil || !slices.Contains(strings.Fields(attr(field, "aria-describedby")), id+"-found") {
		p.b.w.t.Errorf("the field %s is not described by its findings", id)
	}
	return textOf(n)
}

func (p *page) textAt(id string) string {
	p.b.w.t.Helper()
	n := p.byID(id)
	if n == nil {
		p.b.w.t.Fatalf("there is no element %s in %s", id, p.text())
	}
	return textOf(n)
}

// mend presses the button that puts a suggestion in; the form with this action goes to
// another address when the button says so.
func (p *page) mend(action, to, label string) *page {
	p.b.w.t.Helper()
	button := p.find(func(n *htmlNode) bool {
		return n.Data == "button" && attr(n, "name") == "replace" && textOf(n) == label
	})
	if button == nil {
		p.b.w.t.Fatalf("there is no button %q in %s", label, p.text())
	}
	if has(button, "formaction") {
		to = attr(button, "formaction")
	}
	return p.b.post(to, with(p.formAt(action), "replace", attr(button, "value")))
}

const reviewForm = "/admin/new/review"

// TestFindingsStandAtTheirField: on the review, with what to write instead; a press puts
// it in and comes back there. Nothing is saved.
func TestFindingsStandAtTheirField(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	first := b.get(reviewPath("slow", id))
	if got := first.textAt("f-verdict"); got != "Check of the texts: 1 hint Say how many people are affected, even roughly." {
		t.Errorf("a generated notice: %s", got)
	}
	before := w.revision()
	p := b.post(reviewForm, with(first.form(reviewForm), "body", "We restart db-prod-03. The latency is high.", "translations.de.body", "Wir starten db-prod-03 neu!"))
	if p.code != http.StatusOK {
		t.Fatalf("a look at the texts answers %d", p.code)
	}
	for id, want := range map[string]string{
		"f-body":                 "Must be mended: “db-prod-03” looks like the name of one of your machines. Name what customers use instead. Replace with “a server” Few readers know “latency”. Write “slow responses”. Replace with “slow responses”",
		"f-translations.de.body": "Must be mended: “db-prod-03” looks like the name of one of your machines. Name what customers use instead. Replace with “ein Server” Use a full stop instead of “!”. Replace with “.”",
		"f-name":                 "",
	} {
		if got := p.found(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if got := p.textAt("f-verdict"); !strings.HasPrefix(got, "Check of the texts: 2 must be mended, 3 hints") {
		t.Errorf("the verdict: %s", got)
	}
	if fold := p.byID("f-translations.de.body").Parent; !openAround(fold) {
		t.Error("the German texts are folded away")
	}
	p = p.mend(reviewForm, reviewForm, "Replace with “a server”")
	if got := p.form(reviewForm).Get("body"); p.code != http.StatusOK || got != "We restart a server. The latency is high." {
		t.Errorf("%d %q", p.code, got)
	}
	if !has(p.byID("f-body"), "autofocus") || has(p.byID("f-name"), "autofocus") {
		t.Error("it does not come back at the field")
	}
	p.wantText("We restart a server.")
	p = p.mend(reviewForm, reviewForm, "Replace with “slow responses”").mend(reviewForm, reviewForm, "Replace with “ein Server”").mend(reviewForm, reviewForm, "Replace with “.”")
	if got := p.form(reviewForm).Get("translations.de.body"); got != "Wir starten ein Server neu." {
		t.Errorf("German: %q", got)
	}
	if got := p.textAt("f-verdict"); !strings.HasPrefix(got, "Check of the texts: 1 hint") {
		t.Errorf("the verdict: %s", got)
	}
	again := b.post(reviewForm, with(p.form(reviewForm), "replace", "D2 body db-prod-03")) // from a page that is out of date
	if got := again.form(reviewForm).Get("body"); got != "We restart a server. The slow responses is high." {
		t.Errorf("what is gone was replaced: %q", got)
	}
	if w.revision() != before || len(w.incidents()) != 0 {
		t.Error("looking at texts saved something")
	}
}

// openAround says whether the fold that holds a node is open.
func openAround(n *htmlNode) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == "details" {
			return has(n, "open")
		}
	}
	return true
}

// TestMustBeMendedOrExplained: the publish button comes back with what to mend; a reason
// publishes all the same and stands in the audit.
func TestMustBeMendedOrExplained(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	form := with(b.get(reviewPath("slow", id)).form(reviewForm), "body", "We restart 10.4.7.12 now.", "translations.de.body", "Wir starten 10.4.7.12 jetzt neu.")
	if b.get(reviewPath("slow", id)).byID("f-because") == nil || !has(b.get(reviewPath("slow", id)).byID("f-because"), "hidden") {
		t.Error("a reason is asked for although nothing must be mended")
	}
	before := w.revision()
	p := b.post("/admin/new/publish", form)
	p.wantFault(http.StatusUnprocessableEntity, "f-body", "“10.4.7.12” is an address in a network.")
	if attr(p.byID("f-body"), "aria-invalid") != "true" || has(p.byID("f-because"), "hidden") || w.revision() != before || len(w.incidents()) != 0 {
		t.Errorf("the form came back wrongly: %s", p.text())
	}
	if p := b.post("/admin/new/publish", with(p.form(reviewForm), "anyway", " ")); p.code != http.StatusUnprocessableEntity {
		t.Errorf("no reason is a reason: %d", p.code)
	}
	b.follow(b.post("/admin/new/publish", with(p.form(reviewForm), "anyway", "The provider named it.", "deliver_notifications", "1")))
	audit, err := w.store.Audit(t.Context(), 100, "")
	at := slices.IndexFunc(audit, func(e store.AuditEntry) bool { return e.Action == "incident.open" })
	if err != nil || len(w.incidents()) != 1 || at < 0 || !strings.HasSuffix(audit[at].Detail, " – despite D1: The provider named it.") || audit[at].Actor != b.account.Email {
		t.Errorf("audit %+v (%v)", audit, err)
	}
}

// faces are all forms that write a notice: where the form is, where it goes, and how its
// text is called.
func faces(w *world) map[string]func(b *browser) (p *page, action, to, field string) {
	published := func() status.Incident {
		return w.open(status.Change{CustomerImpact: new("You cannot pay."), Stage: new(status.Investigating)})
	}
	return map[string]func(b *browser) (*page, string, string, string){
		"review": func(b *browser) (*page, string, string, string) {
			return b.get(reviewPath("slow", w.component("Cards", status.Operational, ""))), reviewForm, "/admin/new/publish", "body"
		},
		"full form": func(b *browser) (*page, string, string, string) {
			return b.get("/admin/new?full=1"), "/admin/new", "/admin/new", "body"
		},
		"maintenance": func(b *browser) (*page, string, string, string) {
			return b.get("/admin/maintenances/new"), "/admin/maintenances/new", "/admin/maintenances/new", "body"
		},
		"draft": func(b *browser) (*page, string, string, string) {
			n := w.open(status.Change{Draft: new(true), CustomerImpact: new("You cannot pay.")})
			action := "/admin/drafts/" + n.ID + "/publish"
			return b.get("/admin/incidents/" + n.ID), action, action, "body"
		},
		"update": func(b *browser) (*page, string, string, string) {
			action := staffPath(new(published())) + "/update"
			return b.get(strings.TrimSuffix(action, "/update")), action, action, "body"
		},
		"false alarm": func(b *browser) (*page, string, string, string) {
			action := staffPath(new(published())) + "/false_alarm"
			return b.get(strings.TrimSuffix(action, "/false_alarm")), action, action, "body"
		},
		"facts": func(b *browser) (*page, string, string, string) {
			action := staffPath(new(published())) + "/edit"
			return b.get(action), action, action, "not_affected"
		},
		"entry": func(b *browser) (*page, string, string, string) {
			n := published()
			action := staffPath(&n) + "/entries/" + n.Updates[0].ID
			return b.get(action), "", action, "body"
		},
	}
}

// filled is a form that is complete but for the text under test.
func filled(form url.Values) url.Values {
	for name, value := range map[string]string{
		"name": "Payments fail", "customer_impact": "You cannot pay.", "scheduled_for": "2026-11-24T10:00", "scheduled_until": "2026-11-24T11:00", "resolution.fully_fixed": "yes",
	} {
		if form.Has(name) && form.Get(name) == "" {
			form.Set(name, value)
		}
	}
	return form
}

// TestEveryFaceJudges: each form refuses what must be mended, takes a reason for it but
// none for a credential, and lets hints pass.
func TestEveryFaceJudges(t *testing.T) {
	const secret = "Tr0ub4dor3xyz"
	for _, c := range []struct {
		text, rule, reason string
		passes             bool
	}{
		{"We are looking into it.", "", "", true},
		{"The latency is high.", "C5", "", true},
		{"We wait for Cloudflare.", "D6", "", true},
		{"We restart 10.4.7.12 now.", "D1", "", false},
		{"We restart 10.4.7.12 now.", "D1", "It is known.", true},
		{"We mend {part} now.", "C14", "", false},
		{"The login has password=" + secret + " now.", "D3", "", false},
		{"The login has password=" + secret + " now.", "D3", "It is known.", false},
	} {
		w := newWorld(t)
		b := w.as(status.Publisher)
		for name, face := range faces(w) {
			t.Run(name+"/"+c.rule+"/"+c.reason, func(t *testing.T) {
				p, action, to, field := face(b)
				form := with(filled(p.formAt(action)), field, c.text, "anyway", c.reason)
				before := w.revision()
				got := b.post(to, form)
				clarity := strings.HasPrefix(c.rule, "C") && name == "false alarm" // only disclosure is judged there
				if passed := got.code == http.StatusSeeOther; passed != (c.passes || clarity) {
					t.Fatalf("%d %s", got.code, got.text())
				}
				if got.code != http.StatusSeeOther && (got.code != http.StatusUnprocessableEntity || w.revision() != before) {
					t.Errorf("answered %d, revision %d after %d", got.code, w.revision(), before)
				}
				if n := strings.Count(got.body, secret); c.rule == "D3" && n != 1 {
					t.Errorf("the credential stands %d times on the page, once is in its field: %s", n, got.body)
				}
			})
		}
		w.nowhere(secret)
	}
}

// formAt is the form with this action; "" is the one that goes to the page itself.
func (p *page) formAt(action string) url.Values {
	if action != "" {
		return p.form(action)
	}
	values := url.Values{}
	form := p.find(func(n *htmlNode) bool { return n.Data == "form" && has(n, "data-lint") })
	for n := range form.Descendants() {
		if attr(n, "name") != "" {
			control(values, n)
		}
	}
	return values
}

// nowhere says that no file of the database holds a text.
func (w *world) nowhere(text string) {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "*"))
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no database in %s (%v)", w.dir, err)
	}
	for _, file := range files {
		if raw, err := os.ReadFile(file); err != nil || strings.Contains(string(raw), text) {
			w.t.Errorf("%s holds the text (%v)", file, err)
		}
	}
}

// TestADraftIsKeptAsItIs: unfinished texts are put by, but for credentials, and the field
// says so; they are judged when they are published.
func TestADraftIsKeptAsItIs(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Author)
	for _, to := range []string{"/admin/new/draft", "/admin/drafts"} {
		form := b.get(reviewPath("slow", id)).form(reviewForm)
		p := b.post(to, with(form, "body", "The login has password=Tr0ub4dor3xyz."))
		p.wantFault(http.StatusUnprocessableEntity, "f-body", "“password=••••••” looks like a credential.")
		p.wantText("Nothing was saved.", "A text with credentials is never saved, whatever the reason.")
		if !has(p.byID("f-because"), "hidden") {
			t.Error("a reason is asked for")
		}
		b.follow(b.post(to, with(form, "body", "We restart 10.4.7.12 now.", "key", "")))
	}
	if n := len(w.incidents()); n != 2 {
		t.Errorf("%d drafts", n)
	}
	w.nowhere("Tr0ub4dor3xyz")
	publisher, n := w.as(status.Publisher), w.incidents()[0]
	action := "/admin/drafts/" + n.ID + "/publish"
	p := publisher.post(action, publisher.get("/admin/incidents/"+n.ID).form(action))
	p.wantFault(http.StatusUnprocessableEntity, "f-body", "“10.4.7.12” is an address in a network.")
	if !w.incident(n.ID).Draft {
		t.Error("it was published")
	}
}

// TestALookSavesNothing: the button that only checks, on every form, also for authors.
func TestALookSavesNothing(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	for name, face := range faces(w) {
		if name == "review" || name == "update" || name == "false alarm" {
			continue // they have a preview of their own
		}
		t.Run(name, func(t *testing.T) {
			p, action, to, field := face(b)
			button := p.find(func(n *htmlNode) bool { return n.Data == "button" && attr(n, "name") == "check" })
			if button == nil {
				t.Fatal("there is no button")
			}
			if path := attr(button, "formaction"); path != "" {
				to = path
			}
			before, list := w.revision(), len(w.incidents())
			got := b.post(to, with(filled(p.formAt(action)), field, "We restart 10.4.7.12 now.", "check", "1"))
			if got.code != http.StatusOK || !strings.Contains(got.found("f-"+field), "10.4.7.12") || got.formAt(action).Get(field) != "We restart 10.4.7.12 now." {
				t.Errorf("%d %s", got.code, got.text())
			}
			mended := got.mend(action, to, "Replace with “one of our systems”")
			if mended.formAt(action).Get(field) != "We restart one of our systems now." {
				t.Errorf("mended: %s", mended.formAt(action).Get(field))
			}
			if w.revision() != before || len(w.incidents()) != list {
				t.Error("something was saved")
			}
		})
	}
	author := w.as(status.Author)
	p := author.get("/admin/new?full=1")
	got := author.post("/admin/drafts", with(filled(p.form("/admin/new")), "body", "We restart 10.4.7.12 now.", "check", "1"))
	if got.code != http.StatusOK || !strings.Contains(got.found("f-body"), "10.4.7.12") {
		t.Errorf("an author: %d %s", got.code, got.text())
	}
}

// TestStepsAreJudgedInTheirPreview: a step's own preview shows the findings at its fields.
func TestStepsAreJudgedInTheirPreview(t *testing.T) {
	w := newWorld(t)
	n := w.open(status.Change{CustomerImpact: new("You cannot pay.")})
	b := w.as(status.Publisher)
	action := "/admin/incidents/" + n.ID + "/update"
	form := with(b.get("/admin/incidents/"+n.ID).form(action), "body", "We restart db-prod-03; password=Tr0ub4dor3xyz.")
	p := b.post("/admin/incidents/"+n.ID+"/preview/update", form)
	if got := p.found("update-body"); p.code != http.StatusOK || !strings.Contains(got, "db-prod-03") || strings.Contains(got, "Tr0ub") {
		t.Fatalf("%d %s", p.code, got)
	}
	if n := strings.Count(p.body, "Tr0ub4dor3xyz"); n != 1 {
		t.Errorf("the credential stands %d times on the page, once is in its field", n)
	}
	p = p.mend(action, action, "Replace with “a server”")
	if got := p.form(action).Get("body"); got != "We restart a server; password=Tr0ub4dor3xyz." || !has(p.byID("update-body"), "autofocus") {
		t.Errorf("%q", got)
	}
	if len(w.incident(n.ID).Updates) != 1 {
		t.Error("a preview published")
	}
}

// TestGeneratedTextsNeedNoMending, for every symptom, in both languages of the screen.
func TestGeneratedTextsNeedNoMending(t *testing.T) {
	w := newWorld(t)
	ids := []string{w.component("Cards", status.Operational, w.group("Payments")), w.component("PostgreSQL 17", status.Operational, ""), w.component("api.example.com", status.Operational, "")}
	b := w.as(status.Publisher)
	for locale, want := range map[string]string{"en": "Check of the texts: 1 hint", "de": "Prüfung der Texte: 1 Hinweis"} {
		b.follow(b.post("/admin/profile/language", url.Values{"locale": {locale}}))
		for _, symptom := range status.Symptoms() {
			p := b.get(reviewPath(string(symptom), ids...))
			if got := p.textAt("f-verdict"); !strings.HasPrefix(got, want) || p.find(func(n *htmlNode) bool { return attr(n, "name") == "replace" }) != nil {
				t.Errorf("%s %s: %s", locale, symptom, got)
			}
		}
	}
}

// TestPreviewOfFeedAndWebhook: the item and the body as they will be sent, with the
// credential masked that must not be.
func TestPreviewOfFeedAndWebhook(t *testing.T) {
	w := newWorld(t)
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	p := b.get(reviewPath("unreachable", id))
	var items, hooks []string
	for _, n := range p.all(func(n *htmlNode) bool { return n.Data == "pre" }) {
		text := textOf(n)
		switch {
		case strings.HasPrefix(text, "<item>"):
			items = append(items, text)
		case strings.HasPrefix(text, "{"):
			hooks = append(hooks, text)
		}
	}
	if len(items) != 2 || len(hooks) != 1 {
		t.Fatalf("%d items and %d bodies", len(items), len(hooks))
	}
	for i, want := range []string{"<title>Cards: not available</title> <link>http://status.test/incidents/preview</link>", "<title>Cards: nicht erreichbar</title> <link>http://status.test/de/incidents/preview</link>"} {
		if !strings.Contains(items[i], want) {
			t.Errorf("item %d: %s", i, items[i])
		}
	}
	var body struct {
		Type     string
		Revision int64
		Page     struct {
			StatusIndicator string `json:"status_indicator"`
		}
		Incident struct {
			Name, Status, Severity string
			Updates                []struct{ Body string } `json:"incident_updates"`
			Components             []struct{ Status string }
		}
	}
	if err := json.Unmarshal([]byte(hooks[0]), &body); err != nil {
		t.Fatal(err)
	}
	if body.Type != "incident.created" || body.Revision != w.revision()+1 || body.Page.StatusIndicator != "critical" || body.Incident.Name != "Cards: not available" ||
		body.Incident.Status != "investigating" || body.Incident.Components[0].Status != "major_outage" || body.Incident.Updates[0].Body != "We have confirmed the problem and are looking for the cause." {
		t.Errorf("%+v", body)
	}
	masked := b.post(reviewForm, with(p.form(reviewForm), "body", "The login has password=Tr0ub4dor3xyz."))
	if n := strings.Count(masked.body, "Tr0ub4dor3xyz"); n != 1 || !strings.Contains(masked.textAt("shown"), "password=••••••") {
		t.Errorf("the credential stands %d times on the page, once is in its field", n)
	}
}

// TestFalseAlarmNeedsNoSolution: closing what was none asks for no message about a
// solution, however high the priority was.
func TestFalseAlarmNeedsNoSolution(t *testing.T) {
	w := newWorld(t)
	n := w.open(status.Change{CustomerImpact: new("You cannot pay."), Severity: new(status.Critical), Urgency: new(status.UrgencyImmediate)})
	w.pass(time.Minute)
	b := w.as(status.Publisher)
	action := fmt.Sprintf("/admin/incidents/%s/false_alarm", n.ID)
	b.follow(b.post(action, b.get("/admin/incidents/"+n.ID).form(action)))
	if got := w.incident(n.ID); got.Stage != status.Resolved {
		t.Errorf("%+v", got)
	}
}
