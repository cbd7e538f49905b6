package status_test

import (
	"strings"
	"testing"

	"allclear/status"
)

func TestReportCheck(t *testing.T) {
	good := func() status.Report {
		return status.Report{ComponentIDs: []string{"web", "card"}, Symptom: "slow", Text: strings.Repeat("ä", 280), Email: " Ines@Example.org "}
	}
	r := good()
	if err := r.Check(shop(noon).Components); err != nil {
		t.Fatal(err)
	}
	same(t, "address", r.Email, "Ines@example.org")
	bare := status.Report{Symptom: "other"}
	if err := bare.Check(nil); err != nil {
		t.Errorf("with a symptom only: %v", err)
	}
	for _, c := range []struct {
		field, sentence string
		change          func(*status.Report)
	}{
		{"component_ids", `There is no component "nowhere" on this page.`, func(r *status.Report) { r.ComponentIDs = []string{"web", "nowhere"} }},
		{"component_ids", `There is no component "pay" on this page.`, func(r *status.Report) { r.ComponentIDs = []string{"pay"} }},
		{"symptom", `"" is not possible here; use unreachable, slow, errors, wrong_data, sign_in, not_delivered or other.`, func(r *status.Report) { r.Symptom = "" }},
		{"email", `"ines" is not a mail address.`, func(r *status.Report) { r.Email = "ines" }},
		{"text", "The text has 281 characters; at most 280 are possible.", func(r *status.Report) { r.Text += "!" }},
		{"text", "control character U+0008", func(r *status.Report) { r.Text = "\b" }},
	} {
		r := good()
		c.change(&r)
		refused(t, r.Check(shop(noon).Components), c.field, c.sentence)
	}
}
