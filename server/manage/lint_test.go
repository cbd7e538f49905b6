package manage

import (
	"net/http"
	"strings"
	"testing"

	"allclear/status"
)

func TestLintSaysWhatMustNotBePublishedAndSavesNothing(t *testing.T) {
	f := newFixture(t)
	before := f.revision()
	got := f.as(status.Author).post("/incidents/lint", `{"incident":{"name":"Sign-in fails",
		"body":"The database at 10.4.7.12 is down. password=Tr0ub4dor&3xyz",
		"customer_impact":"You cannot sign in at the moment."}}`).want(http.StatusOK)
	rules := map[string]string{}
	list, ok := got.at("findings").([]any)
	if !ok {
		t.Fatalf("no list in %s", got.body)
	}
	for _, item := range list {
		finding, ok := item.(map[string]any)
		if !ok {
			t.Fatalf("finding %v", item)
		}
		rules[finding["rule"].(string)] = finding["level"].(string)
	}
	if rules["D1"] != "block" || rules["D3"] != "block" {
		t.Errorf("rules %v", rules)
	}
	if strings.Contains(string(got.body), "Tr0ub4dor") {
		t.Error("a credential is repeated in clear")
	}
	if f.revision() != before {
		t.Error("a lint wrote something")
	}
	calm := f.as(status.Author).post("/incidents/lint", `{"incident":{"name":""}}`)
	calm.want(http.StatusUnprocessableEntity)
}
