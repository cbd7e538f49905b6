package publish

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// everything is all that the public can fetch or hear of a view, by where it stands.
func everything(t *testing.T, b *Builder, v *status.View) map[string]string {
	t.Helper()
	s, err := b.Build(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"the status message": string(s.status)}
	for path, d := range s.docs {
		texts[path] = string(d.Body)
	}
	for path, l := range s.lazy {
		d, err := l.make()
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(d.body)
	}
	messages, err := b.messages(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		texts["an event"] += string(m.Data)
	}
	return texts
}

// TestWhoApprovedIsNowhere: of a matter of security the public reads neither its category
// nor who asked, who approved, what was noted, or that anybody had to.
func TestWhoApprovedIsNowhere(t *testing.T) {
	v := exampleView()
	v.Page.Locales = []string{"en", "de"}
	site := &status.Site{Now: v.At.Add(-2 * time.Minute), Page: v.Page, Components: v.Components, By: "ASKER@example.org"}
	n, err := status.OpenIncident(site, "securitysecu", "entryentryen", status.Change{
		Name: new("We are looking into a matter"), Body: new("Your services keep running."), Draft: new(true), AskApproval: new(true),
		Security: new(true), Category: new(status.Category("security")), InternalNote: new("INTERNAL"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.SendBack("RETURNER@example.org", "NOTED", site.Now); err != nil {
		t.Fatal(err)
	}
	returned := *n.Approval
	if err := n.AskApproval(site.By, site.Now); err != nil {
		t.Fatal(err)
	}
	if err := n.Approve("APPROVER@example.org", site.Now); err != nil {
		t.Fatal(err)
	}
	if err := n.Apply(site, "entryentryen", status.Change{Draft: new(false)}); err != nil {
		t.Fatal(err)
	}
	n.Approval.Note, n.Approval.ReturnedBy, n.Approval.Alone = returned.Note, returned.ReturnedBy, "ALONE"
	v.Incidents = append(v.Incidents, *n)
	v.At, v.Events = site.Now, n.Events()
	texts := everything(t, exampleBuilder(t), v)
	told := 0
	for where, text := range texts {
		if strings.Contains(text, "We are looking into a matter") {
			told++
		}
		for _, secret := range []string{"ASKER", "APPROVER", "RETURNER", "NOTED", "ALONE", "INTERNAL", n.Approval.AskedFor, `"category":"security"`, `"security":true`} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", where, secret)
			}
		}
	}
	if told < 10 || !strings.Contains(texts["an event"], "We are looking into a matter") {
		t.Errorf("the notice itself is in %d documents only", told)
	}
}
