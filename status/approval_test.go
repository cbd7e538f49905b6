package status_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// deed applies what is done about an approval, saved and read back as the store does.
func (d *desk) deed(verb func(*status.Incident, time.Time) error) error {
	d.t.Helper()
	return d.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		return n, verb(n, site.Now)
	})
}

func (d *desk) ask(by string) *desk {
	d.t.Helper()
	err := d.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		site.By = by
		return n, n.Apply(site, "", status.Change{AskApproval: new(true)})
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return d
}

func approve(by string) func(*status.Incident, time.Time) error {
	return func(n *status.Incident, now time.Time) error { return n.Approve(by, now) }
}

func sendBack(by, note string) func(*status.Incident, time.Time) error {
	return func(n *status.Incident, now time.Time) error { return n.SendBack(by, note, now) }
}

// critical is a page on which critical incidents need a second person, with a draft of one.
func critical(t tb) *desk {
	t.Helper()
	d := newDesk(t)
	d.site.Page.Approval = []status.Severity{status.Critical}
	return d.open(status.Change{
		Name: new("Payments fail"), Body: new("We look for the cause."), Severity: new(status.Critical), Draft: new(true),
		Components:   map[string]status.Level{"web": status.MajorOutage},
		Translations: map[string]status.Texts{"de": {Name: new("Zahlungen scheitern"), Body: new("Wir suchen die Ursache.")}},
	})
}

// publish publishes the draft as it is and says whether a second person is missing.
func (d *desk) publish(c status.Change, others int) error {
	d.t.Helper()
	c.Draft = new(false)
	n, site := copyNotice(d.t, d.n), copySite(d.site)
	if err := n.Apply(site, "entry0000009", c); err != nil {
		return err
	}
	return n.CheckApproval(&site.Page, others)
}

func TestWhatNeedsASecondPerson(t *testing.T) {
	page := status.Page{Approval: []status.Severity{status.Serious, status.Critical}}
	for _, c := range []struct {
		name   string
		notice status.Incident
		want   bool
	}{
		{"a severity of the list", status.Incident{Kind: status.Problem, Severity: status.Critical}, true},
		{"another severity", status.Incident{Kind: status.Problem, Severity: status.Moderate}, false},
		{"a matter of security", status.Incident{Kind: status.Problem, Severity: status.Minor, Security: true}, true},
		{"planned work", status.Incident{Kind: status.Maintenance, Severity: status.Critical}, false},
		{"planned work on a matter of security", status.Incident{Kind: status.Maintenance, Security: true}, true},
	} {
		if got := page.NeedsApproval(&c.notice); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestPublishingWithoutASecondPerson(t *testing.T) {
	const plain = "A second person must approve this notice before it is published: keep it as a draft and ask for approval."
	d := critical(t)
	conflict(t, d.publish(status.Change{}, 1), "incident.ask_approval", plain)
	conflict(t, d.publish(status.Change{ApprovalReason: new("nobody answers")}, 1), "incident.ask_approval", plain)
	if err := d.publish(status.Change{Severity: new(status.Minor)}, 1); err != nil {
		t.Errorf("another severity needs nobody: %v", err)
	}
	d.ask("ada")
	conflict(t, d.publish(status.Change{}, 1), "incident.ask_approval", plain)
	const alone = "A second person must approve this notice, and nobody else can: publish it with a reason."
	conflict(t, d.publish(status.Change{}, 0), "incident.approval_reason", alone)
	conflict(t, d.publish(status.Change{ApprovalReason: new("  ")}, 0), "incident.approval_reason", alone)
	if err := d.publish(status.Change{ApprovalReason: new("I am alone tonight.")}, 0); err != nil {
		t.Errorf("alone, with a reason: %v", err)
	}
	d.site.Page.Approval = nil
	if err := d.publish(status.Change{}, 1); err != nil {
		t.Errorf("the page asks for nobody: %v", err)
	}
	d.apply(status.Change{Security: new(true)})
	conflict(t, d.publish(status.Change{}, 1), "incident.ask_approval", plain)
}

func TestAReasonHoldsForOneTime(t *testing.T) {
	d := critical(t).apply(status.Change{Draft: new(false), ApprovalReason: new("I am alone tonight.")})
	same(t, "reason", d.n.Approval.Alone, "I am alone tonight.")
	if err := d.tryWithdraw(false); err != nil {
		t.Fatal(err)
	}
	if f, _ := status.FaultOf(d.publish(status.Change{}, 0)); f == nil || f.Field != "incident.approval_reason" {
		t.Errorf("published again without a reason: %v", f)
	}
	d = critical(t)
	d.site.Page.Approval = nil
	if d.apply(status.Change{Draft: new(false), ApprovalReason: new("just so")}); d.n.Approval != nil {
		t.Errorf("nobody asked for a reason: %+v", d.n.Approval)
	}
}

func TestASecondPersonApproves(t *testing.T) {
	d := critical(t).ask("ada@example.org").later(time.Minute)
	if !d.n.Asked() || d.n.Approved() || d.n.Approval.AskedBy != "ada@example.org" || !d.n.Approval.AskedAt.Equal(noon) {
		t.Errorf("asked: %+v", d.n.Approval)
	}
	err := d.deed(approve("Ada@Example.org"))
	if f, _ := status.FaultOf(err); f == nil || f.Code != status.CodeForbidden || f.Message != "You asked for this approval yourself; another person must give it." {
		t.Errorf("self-approval: %v", err)
	}
	if err := d.deed(approve("bob@example.org")); err != nil {
		t.Fatal(err)
	}
	if a := d.n.Approval; !d.n.Approved() || a.GivenBy != "bob@example.org" || !a.GivenAt.Equal(noon.Add(time.Minute)) || a.AskedBy != "ada@example.org" {
		t.Errorf("approved: %+v", a)
	}
	d.later(time.Hour) // the promise moves with the time, what is said does not
	if err := d.publish(status.Change{}, 1); err != nil {
		t.Errorf("publishing what was approved: %v", err)
	}
}

// TestAChangeVoidsTheApproval: whatever customers would read otherwise, nobody agreed to.
func TestAChangeVoidsTheApproval(t *testing.T) {
	changes := map[string]status.Change{
		"title":       {Name: new("Payments do not work")},
		"text":        {Body: new("We have no idea.")},
		"translation": {Translations: map[string]status.Texts{"de": {Name: new("Zahlungen gehen nicht")}}},
		"impact":      {CustomerImpact: new("You cannot pay.")},
		"workaround":  {Workaround: &status.Workaround{State: "available", Text: "Pay in cash."}},
		"users":       {AffectedUsers: &status.AffectedUsers{Mode: "count", Count: 5}},
		"components":  {Components: map[string]status.Level{"web": status.PartialOutage}},
		"stage":       {Stage: new(status.Identified)},
		"vendor":      {ThirdParty: &status.ThirdParty{State: "unnamed"}},
		"security":    {Security: new(true)},
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			const again = "This notice was changed after bob approved it: keep it as a draft and ask for approval again."
			d := critical(t).ask("ada")
			if err := d.deed(approve("bob")); err != nil {
				t.Fatal(err)
			}
			conflict(t, d.publish(c, 1), "incident.ask_approval", again)
			d.apply(c)
			if d.n.Approved() || d.n.Asked() {
				t.Error("the approval outlived the change")
			}
			conflict(t, d.publish(status.Change{}, 1), "incident.ask_approval", again)
			conflict(t, d.deed(approve("bob")), "incident.approved", "This draft was changed after ada asked for approval; it must be asked about again.")
			if err := d.ask("carl").deed(approve("ada")); err != nil {
				t.Errorf("asked anew: %v", err)
			}
		})
	}
	internal := status.Change{InternalNote: new("Ask the bank."), Assignee: new("Ada"), Urgency: new(status.UrgencyHigh)}
	d := critical(t).ask("ada").apply(internal)
	if !d.n.Asked() {
		t.Error("what customers do not read is no change")
	}
}

func TestSendingBack(t *testing.T) {
	d := critical(t)
	conflict(t, d.deed(sendBack("bob", "No.")), "incident.approved", "Nobody has asked for an approval of this draft.")
	d.ask("ada")
	refused(t, d.deed(sendBack("bob", " ")), "incident.note", "Say what should be changed before this is published.")
	refused(t, d.deed(sendBack("bob", strings.Repeat("x", status.MaxBody+1))), "incident.note", "The text has 25001 characters; at most 25000 are possible.")
	if err := d.deed(sendBack("bob", " Name no cause yet. ")); err != nil {
		t.Fatal(err)
	}
	if a := d.n.Approval; d.n.Asked() || a.Note != "Name no cause yet." || a.ReturnedBy != "bob" {
		t.Errorf("%+v", a)
	}
	conflict(t, d.deed(approve("carl")), "incident.approved", "bob has sent this draft back already; it must be asked about again.")
	if !d.ask("ada").n.Asked() || d.n.Approval.Note != "" {
		t.Errorf("asked again: %+v", d.n.Approval)
	}
}

func TestOnlyADraftIsApproved(t *testing.T) {
	d := newDesk(t).open(status.Change{Name: new("Slow")})
	conflict(t, d.tryApply(status.Change{AskApproval: new(true)}), "incident.draft", "This notice is published already; only a draft can be approved.")
	conflict(t, d.deed(approve("bob")), "incident.approved", "This notice was published meanwhile.")
	conflict(t, d.deed(sendBack("bob", "No.")), "incident.approved", "This notice was published meanwhile.")
	if d.n.Asked() || d.n.Approved() {
		t.Error("nobody asked")
	}
}

// TestUndoKeepsTheApproval: taken back and published again in the same words, a notice
// needs nobody a second time; in other words it does.
func TestUndoKeepsTheApproval(t *testing.T) {
	d := critical(t).ask("ada")
	if err := d.deed(approve("bob")); err != nil {
		t.Fatal(err)
	}
	d.apply(status.Change{Draft: new(false)})
	if !d.n.Approved() {
		t.Fatal("publishing changed what was approved")
	}
	if err := d.tryWithdraw(false); err != nil {
		t.Fatal(err)
	}
	if err := d.publish(status.Change{}, 1); err != nil {
		t.Errorf("the same words: %v", err)
	}
	if f, _ := status.FaultOf(d.publish(status.Change{Name: new("Other words")}, 1)); f == nil {
		t.Error("other words were published")
	}
}

// TestLaterEntriesNeedNobody: the second person stands before the first entry.
func TestLaterEntriesNeedNobody(t *testing.T) {
	d := newDesk(t).open(status.Change{Name: new("Slow")})
	d.site.Page.Approval = status.Severities()
	d.apply(status.Change{Body: new("Still slow."), Severity: new(status.Critical)})
	if err := d.n.CheckApproval(&d.site.Page, 5); err != nil {
		t.Error(err)
	}
	if d.n.LacksApproval(&d.site.Page) {
		t.Error("an update lacks an approval")
	}
}

// TestMarksSurviveTheDatabase: what is written and read back says the same.
func TestMarksSurviveTheDatabase(t *testing.T) {
	d := critical(t)
	d.apply(status.Change{Translations: map[string]status.Texts{"de": {Name: new("")}}})
	d.apply(status.Change{Components: map[string]status.Level{}, ExpectedResolutionAt: status.Some(noon.Add(90*time.Minute + 123*time.Millisecond))})
	d.ask("ada")
	raw, err := json.Marshal(d.n)
	if err != nil {
		t.Fatal(err)
	}
	var back status.Incident
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	back.Updates = d.n.Updates
	if !back.Asked() {
		t.Error("the mark is another one after a trip through the database")
	}
	if levels := maps.Clone(back.Planned); len(levels) != 1 {
		t.Errorf("planned %v", levels)
	}
}
