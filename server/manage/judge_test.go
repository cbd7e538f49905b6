package manage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"allclear/status"
	"allclear/store"
)

// rulesAt lists the rules of the findings under a key of an answer.
func (r *reply) rulesAt(key string) []string {
	r.t.Helper()
	list, ok := r.at(key).([]any)
	if !ok {
		r.t.Fatalf("%s: %q is no list in %s", r.name, key, r.body)
	}
	rules := []string{}
	for _, item := range list {
		if rule := fmt.Sprint(item.(map[string]any)["rule"]); !slices.Contains(rules, rule) {
			rules = append(rules, rule)
		}
	}
	return rules
}

// calm is a notice in which nothing is found but what a test puts in its body. Both
// languages are there, so that only that counts.
func calm(body string) string {
	raw, err := json.Marshal(map[string]any{"incident": map[string]any{
		"name": "Signing in does not work", "body": body, "customer_impact": "You cannot sign in at the moment.",
		"affected_users": map[string]any{"mode": "count", "count": 200},
		"translations": map[string]any{"de": map[string]string{
			"name": "Anmelden geht nicht", "body": "Wir suchen die Ursache.", "customer_impact": "Sie können sich derzeit nicht anmelden.",
		}},
	}})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

const secret = "Tr0ub4dor&3xyz"

// samples are texts by what is wrong with them: one of each kind of rule and level.
var samples = []struct {
	body, rule string
	level      string // block or warn; "" when nothing is wrong
}{
	{"We are looking for the cause.", "", ""},
	{"We restart 10.4.7.12 now.", "D1", "block"},
	{"The login has password=" + secret + " now.", "D3", "block"},
	{"We close CVE-2026-12345 now.", "D4", "block"},
	{"We wait for Cloudflare.", "D6", "warn"},
	{"We raise the latency limit.", "C5", "warn"},
	{"We mend it for {names}.", "C14", "block"},
}

// stops says whether a finding stops a write in a mode.
func stops(rule, level, mode string) bool {
	return level == "block" && (mode == "strict" || mode == "" && strings.HasPrefix(rule, "D"))
}

// TestEveryLevelInEveryMode: what stops a write, and what comes back as a warning, for
// every way to write a text.
func TestEveryLevelInEveryMode(t *testing.T) {
	for _, mode := range []string{"", "strict", "warn"} {
		query := ""
		if mode != "" {
			query = "?lint=" + mode
		}
		for _, s := range samples {
			t.Run(mode+"/"+s.rule, func(t *testing.T) {
				f := newFixture(t)
				c := f.as(status.Publisher)
				made := c.post("/incidents", calm("We are looking.")).want(http.StatusCreated)
				url := "/incidents/" + made.text("id")
				body, _ := json.Marshal(s.body)
				for name, send := range map[string]func() *reply{
					"create": func() *reply { return c.post("/incidents"+query, calm(s.body)) },
					"update": func() *reply {
						return c.patch(url+query, fmt.Sprintf(`{"incident":{"body":%s,"translations":{"de":{"body":"Wir suchen weiter."}}}}`, body))
					},
					"put": func() *reply {
						return c.send(http.MethodPut, url+query, jsonType, fmt.Sprintf(`{"incident":{"body":%s}}`, body))
					},
					"entry": func() *reply {
						return c.patch(url+"/incident_updates/"+made.text("incident_updates.0.id")+query, fmt.Sprintf(`{"incident_update":{"body":%s}}`, body))
					},
				} {
					f.checkJudged(name, send, s.rule, s.level, mode)
				}
			})
		}
	}
}

// checkJudged compares an answer with what the level of the finding and the mode ask for.
func (f *fixture) checkJudged(name string, send func() *reply, rule, level, mode string) {
	f.t.Helper()
	before := f.revision()
	got := send()
	if strings.Contains(string(got.body), secret) {
		f.t.Errorf("%s: a credential is repeated: %s", name, got.body)
	}
	if !stops(rule, level, mode) {
		if got.code >= 300 {
			f.t.Errorf("%s: stopped with %d %s", name, got.code, got.body)
			return
		}
		if found := got.rulesAt("warnings"); rule != "" && !slices.Contains(found, rule) {
			f.t.Errorf("%s: warns of %v, not of %s", name, found, rule)
		}
		return
	}
	field := "incident.body"
	if name == "entry" {
		field = "incident_update.body"
	}
	got.want(http.StatusUnprocessableEntity)
	fields, _ := got.at("fields").(map[string]any)
	if fields[field] == nil || !slices.Contains(got.rulesAt("findings"), rule) || !strings.Contains(got.text("error"), rule) || f.revision() != before {
		f.t.Errorf("%s: %s", name, got.body)
	}
}

func TestUnknownWayToJudge(t *testing.T) {
	f := newFixture(t)
	f.as(status.Publisher).post("/incidents?lint=gently", calm("We are looking.")).want(http.StatusUnprocessableEntity).
		has("fields.lint", `"gently" is no way to judge a text; use strict, warn, or leave lint out.`)
	f.as(status.Publisher).get("/incidents?lint=warn").want(http.StatusUnprocessableEntity)
}

// TestPlainClientsGoOn: a client that knows nothing of the lint posts what it always
// posted, and reads its own object without our remarks.
func TestPlainClientsGoOn(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	made := c.post("/incidents", `{"incident":{"name":"LATENCY!!! soon fixed","body":"Technical difficulties, the backend is probably down."}}`).want(http.StatusCreated)
	if len(made.rulesAt("warnings")) < 4 {
		t.Errorf("warnings %v", made.rulesAt("warnings"))
	}
	got := c.get("/incidents/" + made.text("id")).want(http.StatusOK)
	if _, ok := got.tree().(map[string]any)["warnings"]; ok {
		t.Error("reading an incident repeats the remarks on writing it")
	}
}

// TestThePastIsJudgedForDisclosureOnly: a notice about last week is not asked for what
// only a reader of today needs.
func TestThePastIsJudgedForDisclosureOnly(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	past := `{"incident":{"name":"SLOW!!!","body":%q,"backfilled":true,"backfill_date":"2026-11-01"}}`
	if got := c.post("/incidents?lint=strict", fmt.Sprintf(past, "Latency of {slot}.")).want(http.StatusCreated).rulesAt("warnings"); len(got) != 0 {
		t.Errorf("warnings %v", got)
	}
	c.post("/incidents", fmt.Sprintf(past, "See 10.0.0.9.")).want(http.StatusUnprocessableEntity)
}

// TestADraftIsJudgedOncePublished: what nobody has read is new when it is published.
func TestADraftIsJudgedOncePublished(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	draft := strings.Replace(calm("We restart 10.4.7.12 now."), `{"incident":{`, `{"incident":{"draft":true,`, 1)
	made := c.post("/incidents?lint=warn", draft).want(http.StatusCreated)
	url := "/incidents/" + made.text("id")
	c.patch(url, `{"incident":{"draft":false}}`).want(http.StatusUnprocessableEntity).has("findings.0.rule", "D1")
	c.patch(url+"?lint=warn", `{"incident":{"draft":false}}`).want(http.StatusOK)
	// What is public in these words is not held against the next update.
	if got := c.patch(url+"?lint=strict", `{"incident":{"body":"We are still looking.","translations":{"de":{"body":"Wir suchen weiter."}}}}`).want(http.StatusOK).rulesAt("warnings"); len(got) != 0 {
		t.Errorf("warnings %v", got)
	}
}

// TestStaffAndCustomersAreNotNamed: the rules know the accounts and the settings.
func TestStaffAndCustomersAreNotNamed(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	c.patch("", `{"page":{"customer_names":["Nordwind AG"],"public_domains":["example.com"],"many_zones":true}}`).want(http.StatusOK)
	account := status.Account{ID: status.NewID(), Email: "anna.becker@example.org", Role: status.Viewer, Credential: 1}
	if err := f.desk.Store.AddAccount(t.Context(), store.By{Actor: "test"}, account); err != nil {
		t.Fatal(err)
	}
	got := c.post("/incidents", calm("Anna Becker calls Nordwind AG at 14:30; see www.example.com. The API is down.")).want(http.StatusUnprocessableEntity)
	if rules := got.rulesAt("findings"); !slices.Equal(rules, []string{"D7", "D8"}) {
		t.Errorf("findings %v", rules)
	}
	if rules := got.rulesAt("warnings"); !slices.Contains(rules, "C9") || slices.Contains(rules, "C5") {
		t.Errorf("warnings %v", rules) // a time without a zone; API is the name of a component
	}
}

// TestACredentialStaysNowhere: not in answers, keys, audit or log; and refused, not in a
// single byte of the database.
func TestACredentialStaysNowhere(t *testing.T) {
	f := newFixture(t)
	var log bytes.Buffer
	f.desk.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c := f.as(status.Publisher).with("Idempotency-Key", "one")
	body := strings.Replace(calm("The login has password="+secret+" now."), "Signing in does not work", "password="+secret, 1)
	for range 2 {
		got := c.post("/incidents", body).want(http.StatusUnprocessableEntity)
		if strings.Contains(string(got.body), secret) || !strings.Contains(string(got.body), "password=••••••") {
			t.Errorf("a 422 repeats or hides too much: %s", got.body)
		}
	}
	files, err := filepath.Glob(filepath.Join(f.dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no database in %s (%v)", f.dir, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil || bytes.Contains(raw, []byte(secret)) {
			t.Errorf("%s holds the credential (%v)", file, err)
		}
	}
	first := c.post("/incidents?lint=warn", body).want(http.StatusCreated) // on somebody's own account
	again := c.post("/incidents?lint=warn", body).want(http.StatusCreated)
	if !bytes.Equal(first.body, again.body) || strings.Contains(string(first.body), secret) {
		t.Errorf("the kept answer: %s", again.body)
	}
	audit, err := f.desk.Store.Audit(t.Context(), 100, "")
	if err != nil || strings.Contains(fmt.Sprint(audit), secret) {
		t.Errorf("the audit repeats it: %v (%v)", audit, err)
	}
	if at := slices.IndexFunc(audit, func(e store.AuditEntry) bool { return e.Action == "incident.open" }); at < 0 || !strings.Contains(audit[at].Detail, "despite D3") {
		t.Errorf("the audit does not say what was let through: %v", audit)
	}
	if strings.Contains(log.String(), secret) {
		t.Errorf("the log repeats it: %s", log.String())
	}
}
