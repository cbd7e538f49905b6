package manage

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"allclear/status"
	"allclear/store"
)

// templateKeys are those of the schema IncidentTemplate, which every template must have.
func templateKeys() []string {
	return []string{"id", "components", "name", "title", "body", "group_id", "update_status", "should_tweet", "should_send_notifications"}
}

func TestTemplatesAsStatuspageSpellsThem(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	if n := c.get("/incident_templates").want(http.StatusOK).length(""); n != 3 {
		t.Fatalf("a fresh page lists %d templates", n)
	}
	if n := c.get("/incident_templates?page=2&per_page=2").want(http.StatusOK).length(""); n != 1 {
		t.Errorf("the second page holds %d", n)
	}
	// The sample of the OpenAPI file, as a form.
	made := c.form(http.MethodPost, "/incident_templates", url.Values{"template[name]": {"Cards"}, "template[title]": {"Cards fail"}, "template[body]": {"We look at {provider}."},
		"template[component_ids][]": {f.api}, "template[group_id]": {"xc0hhyyys2dw"}, "template[should_tweet]": {"true"}, "template[update_status]": {"identified"}}).want(http.StatusCreated)
	made.has("name", "Cards").has("title", "Cards fail").has("body", "We look at {provider}.").has("group_id", "xc0hhyyys2dw").has("should_tweet", "false").
		has("should_send_notifications", "true").has("update_status", "identified").has("components.0.name", "API").has("slots.0", "provider").has("version", "1").has("severity", "<nil>")
	var tree map[string]any
	if err := json.Unmarshal(made.body, &tree); err != nil {
		t.Fatal(err)
	}
	for _, key := range templateKeys() {
		if _, ok := tree[key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	at := "/incident_templates/" + made.text("id")
	c.get(at+".json").want(http.StatusOK).has("name", "Cards")
	edited := c.with("If-Match", `"1"`).patch(at, `{"template":{"group_id":null,"severity":"serious","symptom":"slow","workaround":{"state":"available","text":"Pay by invoice."},
		"third_party":{"state":"unnamed"},"component_ids":[],"translations":{"de":{"name":"Karten gehen nicht","workaround_text":"Zahlen Sie auf Rechnung."}}}}`).want(http.StatusOK)
	edited.has("group_id", "<nil>").has("severity", "serious").has("symptom", "slow").has("workaround.text", "Pay by invoice.").has("third_party.state", "unnamed").
		has("translations.de.name", "Karten gehen nicht").has("version", "2")
	if edited.length("components") != 0 || edited.header.Get("ETag") != `"2"` {
		t.Errorf("%s, ETag %s", edited.body, edited.header.Get("ETag"))
	}
	c.patch(at, `{"template":{"translations":{"de":{"body":"Wir sehen nach."}}}}`).want(http.StatusOK).has("translations.de.name", "Karten gehen nicht").has("translations.de.body", "Wir sehen nach.")
	c.patch(at, `{"template":{"translations":{"de":{"body":""}},"severity":null}}`).want(http.StatusOK).has("translations.de.name", "Karten gehen nicht").has("severity", "<nil>")
	c.with("If-Match", "1").patch(at, `{"template":{"name":"Stale"}}`).want(http.StatusConflict).has("current.name", "Cards")
	c.with("If-Match", "1").delete(at).want(http.StatusConflict)
	c.delete(at).want(http.StatusOK).has("name", "Cards")
	c.get(at).want(http.StatusNotFound)
	c.delete(at).want(http.StatusNotFound)
}

func TestTemplatesAreJudged(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	before := c.get("/incident_templates").length("")
	for body, field := range map[string]string{
		`{}`:                                    "template",
		`{"template":{"title":"T","body":"B"}}`: "template.name",
		`{"template":{"name":"N","body":"B"}}`:  "template.title",
		`{"template":{"name":"N","title":"T"}}`: "template.body",
		`{"template":{"name":"N","title":"T","body":"B","colour":"red"}}`:             "template.colour",
		`{"template":{"name":"N","title":"T","body":"B","update_status":"asleep"}}`:   "template.update_status",
		`{"template":{"name":"N","title":"T","body":"B","component_ids":["nobody"]}}`: "template.component_ids",
		`{"template":{"name":"N","title":"T","body":"key AKIAIOSFODNN7EXAMPLE"}}`:     "template.body",
	} {
		got := c.post("/incident_templates", body).want(http.StatusUnprocessableEntity)
		fields, ok := got.at("fields").(map[string]any)
		if _, named := fields[field]; !ok || !named {
			t.Errorf("%s names %v, want %s", body, fields, field)
		}
	}
	if n := c.get("/incident_templates").length(""); n != before {
		t.Errorf("%d templates, want %d", n, before)
	}
}

// critical makes a page on which critical incidents need a second person, who is there.
func (f *fixture) critical() {
	f.t.Helper()
	f.as(status.Admin).patch("", `{"page":{"approval":["critical"]}}`).want(http.StatusOK)
	f.person("bob@example.org", status.Publisher)
}

func (f *fixture) person(email string, role status.Role) {
	f.t.Helper()
	a := status.Account{ID: status.NewID(), Email: email, Role: role, Locale: "en"}
	if err := f.desk.Store.AddAccount(f.t.Context(), store.By{Actor: "test"}, a); err != nil {
		f.t.Fatal(err)
	}
}

// TestApprovalThroughTheAPI: automation asks and publishes, but a person approves.
func TestApprovalThroughTheAPI(t *testing.T) {
	f := newFixture(t)
	f.critical()
	c := f.as(status.Publisher)
	const plain = "A second person must approve this notice before it is published: keep it as a draft and ask for approval."
	open := `{"incident":{"name":"You cannot pay","body":"You cannot pay. We are looking for the cause.","severity":"critical"%s}}`
	before := f.revision()
	refused := c.post("/incidents", fmt.Sprintf(open, "")).want(http.StatusConflict)
	refused.has("error", plain)
	c.post("/incidents", fmt.Sprintf(open, `,"security":true,"severity":"minor"`)).want(http.StatusBadRequest) // twice in one body
	c.post("/incidents", fmt.Sprintf(open, `,"approval_reason":"Nobody answers."`)).want(http.StatusConflict)
	if f.revision() != before || c.get("/incidents").length("") != 0 {
		t.Error("a refused notice was kept")
	}
	draft := f.as(status.Author).post("/incidents", fmt.Sprintf(open, `,"draft":true,"ask_approval":true`)).want(http.StatusCreated)
	draft.has("approval.needed", "true").has("approval.waiting", "true").has("approval.approved", "false").has("approval.asked_by", "token author").has("approval.approved_by", "<nil>")
	at := "/incidents/" + draft.text("id")
	c.patch(at, `{"incident":{"draft":false}}`).want(http.StatusConflict).has("error", plain)
	f.approve(draft.text("id"), "bob@example.org")
	c.get(at).has("approval.approved", "true").has("approval.approved_by", "bob@example.org")
	c.patch(at, `{"incident":{"draft":false,"name":"Something else"}}`).want(http.StatusConflict).
		has("error", "This notice was changed after bob@example.org approved it: keep it as a draft and ask for approval again.")
	c.patch(at, `{"incident":{"draft":false}}`).want(http.StatusOK).has("draft", "false").has("approval.approved", "true")
	c.patch(at, `{"incident":{"ask_approval":true}}`).want(http.StatusConflict)
}

// approve does what a person does on the staff pages.
func (f *fixture) approve(id, who string) {
	f.t.Helper()
	_, err := f.desk.Store.EditIncident(f.t.Context(), store.By{Actor: who}, id, 0, func(n *status.Incident, site *status.Site) error {
		return n.Approve(site.By, site.Now)
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// TestAloneThroughTheAPI: where nobody can approve, a reason publishes.
func TestAloneThroughTheAPI(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	security := `{"incident":{"name":"We are looking into a security matter","body":"Your services keep running.","security":true,"category":"security"%s}}`
	c.post("/incidents", fmt.Sprintf(security, "")).want(http.StatusConflict).
		has("error", "A second person must approve this notice, and nobody else can: publish it with a reason.")
	made := c.post("/incidents", fmt.Sprintf(security, `,"approval_reason":"Alone tonight."`)).want(http.StatusCreated)
	made.has("approval.reason", "Alone tonight.").has("category", "security").has("security", "true")
	audit := f.as(status.Admin).get("/audit").want(http.StatusOK)
	if !strings.Contains(string(audit.body), "without a second person: Alone tonight.") {
		t.Errorf("the audit does not say why: %s", audit.body)
	}
}

// TestMattersOfSecurityKeepTheirCategory: staff see it, the public does not.
func TestMattersOfSecurityKeepTheirCategory(t *testing.T) {
	f := newFixture(t)
	made := f.as(status.Publisher).post("/incidents", `{"incident":{"name":"We are looking into a security matter","body":"Your services keep running.","security":true,"category":"security","approval_reason":"Alone."}}`).want(http.StatusCreated)
	n, err := f.desk.Store.PublicIncident(t.Context(), made.text("id"))
	if err != nil {
		t.Fatal(err)
	}
	x := &call{desk: f.desk, now: start}
	site, err := f.desk.Store.Site(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(x.shaper(&site).PublicIncident(&n, start))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{`"category":"`, "Alone.", "approval", `"security"`} {
		if strings.Contains(string(raw), word) {
			t.Errorf("the public reads %s: %s", word, raw)
		}
	}
}
