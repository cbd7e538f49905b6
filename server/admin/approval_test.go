package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// policy makes a page on which critical incidents need a second person.
func (w *world) policy() {
	w.t.Helper()
	_, err := w.store.EditPage(w.t.Context(), w.by("test"), 0, func(p *status.Page) error {
		p.Approval = []status.Severity{status.Critical}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (p *page) button(text string) *htmlNode {
	return p.find(func(n *htmlNode) bool { return n.Data == "button" && textOf(n) == text })
}

// asked is a draft that a writer shows to a second person from the review.
func (w *world) asked(b *browser) status.Incident {
	w.t.Helper()
	id := w.component("Cards", status.Operational, "")
	review := b.get(reviewPath("unreachable", id))
	form := with(review.form("/admin/new/review"), "severity", "critical", "next_update", "240", "ask", "1")
	p := b.follow(b.post("/admin/new/draft", form))
	p.wantText("Saved. Now pass the link on to a second person.", "Waiting for a second person")
	list := w.incidents()
	if len(list) != 1 || !list[0].Asked() {
		w.t.Fatalf("%+v", list)
	}
	link := p.find(func(n *htmlNode) bool {
		return n.Data == "input" && strings.HasPrefix(attr(n, "value"), "http://status.test/admin/")
	})
	if link == nil || attr(link, "value") != "http://status.test"+staffPath(&list[0]) {
		w.t.Fatal("there is no link to pass on")
	}
	return list[0]
}

// TestTheReviewAsksInsteadOfPublishing: for a severity of the policy the button asks, and
// whoever publishes all the same is told what to do, with the text kept.
func TestTheReviewAsksInsteadOfPublishing(t *testing.T) {
	w := newWorld(t)
	w.policy()
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	w.as(status.Publisher)
	review := b.get(reviewPath("unreachable", id))
	if review.button("Ask for approval") != nil || review.button("Publish and notify 1,204") == nil {
		t.Error("a serious incident needs nobody")
	}
	form := with(review.form("/admin/new/review"), "severity", "critical", "name", "Cards: typed title")
	again := b.post("/admin/new/review", form)
	again.wantText("A second person must approve this notice before it is published.")
	if again.button("Ask for approval") == nil || again.button("Publish and notify 1,204") != nil || again.button("Publish without notifying") != nil {
		t.Error("the review offers to publish")
	}
	p := b.post("/admin/new/publish", with(form, "deliver_notifications", "1"))
	p.wantText("A second person must approve this notice before it is published: keep it as a draft and ask for approval.")
	if p.code != http.StatusConflict || p.form("/admin/new/review").Get("name") != "Cards: typed title" || len(w.incidents()) != 0 {
		t.Errorf("%d, %d notices", p.code, len(w.incidents()))
	}
	if p.byID("f-ask_approval") == nil || !p.links("#f-ask_approval") {
		t.Error("the sentence does not lead to the button")
	}
}

func TestApproval(t *testing.T) {
	for _, writer := range []status.Role{status.Author, status.Publisher} {
		t.Run(string(writer), func(t *testing.T) {
			w := newWorld(t)
			w.policy()
			ada, bob := w.as(writer), w.as(status.Publisher)
			n := w.asked(ada)
			approve := "/admin/drafts/" + n.ID + "/approve"
			if p := ada.get(staffPath(&n)); p.find(func(n *htmlNode) bool { return attr(n, "action") == approve }) != nil {
				t.Error("whoever asked can approve")
			}
			if p := w.as(status.Author).post(approve, url.Values{"version": {"1"}}); p.code != http.StatusForbidden {
				t.Errorf("an author approves: %d", p.code)
			}
			if writer == status.Publisher {
				if p := ada.post(approve, url.Values{"version": {"1"}}); p.code != http.StatusForbidden || !w.incident(n.ID).Draft {
					t.Errorf("self-approval: %d", p.code)
				}
			}
			bob.get("/admin").wantText(ada.account.Email + " asks for approval")
			p := bob.get(staffPath(&n))
			p.wantText(ada.account.Email+" asks for approval since", "You cannot reach Cards at the moment.", "Sie können Cards derzeit nicht erreichen.", "Critical", "This reaches 1,200 mail addresses")
			form := p.form(approve)
			if form.Get("deliver_notifications") != "1" {
				t.Error("nobody would be told")
			}
			w.pass(10 * time.Minute)
			bob.follow(bob.post(approve, form)).wantText("Visible to customers. Telling 1,204 subscribers.")
			now := w.incident(n.ID)
			if now.Draft || now.Approval.GivenBy != bob.account.Email || now.Updates[0].By != ada.account.Email || !now.Updates[0].Notify {
				t.Errorf("%+v", now)
			}
			if !now.NextUpdateAt.Equal(start.Add(4 * time.Hour)) {
				t.Errorf("the promise that was approved: %v", now.NextUpdateAt)
			}
			if p := bob.post(approve, form); p.code != http.StatusSeeOther || len(w.incident(n.ID).Updates) != 1 {
				t.Errorf("a second press: %d", p.code)
			}
		})
	}
}

func TestSendingADraftBack(t *testing.T) {
	w := newWorld(t)
	w.policy()
	ada, bob := w.as(status.Author), w.as(status.Publisher)
	n := w.asked(ada)
	back := "/admin/drafts/" + n.ID + "/return"
	form := bob.get(staffPath(&n)).form(back)
	bob.post(back, with(form, "note", " ")).wantFault(http.StatusUnprocessableEntity, "return-note", "Say what should be changed")
	bob.follow(bob.post(back, with(form, "note", "Name no cause yet.", "key", "other"))).wantText("Sent back with your note.")
	ada.get(staffPath(&n)).wantText(bob.account.Email+" sent this draft back", "Name no cause yet.")
	// Saved anew and asked again, it can be approved.
	edit := ada.get(staffPath(&n)).form("/admin/drafts/" + n.ID + "/publish")
	ada.follow(ada.post("/admin/drafts/"+n.ID, with(edit, "body", "You cannot pay. We are looking.", "ask", "1"))).wantText("Waiting for a second person")
	p := bob.get(staffPath(&n))
	p.wantText("You cannot pay. We are looking.")
	bob.follow(bob.post("/admin/drafts/"+n.ID+"/approve", p.form("/admin/drafts/"+n.ID+"/approve"))).wantText("Visible to customers")
}

// TestTheDraftChangedMeanwhile: nobody approves what they have not read.
func TestTheDraftChangedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.policy()
	ada, bob := w.as(status.Author), w.as(status.Publisher)
	n := w.asked(ada)
	approve := "/admin/drafts/" + n.ID + "/approve"
	form := bob.get(staffPath(&n)).form(approve)
	edit := ada.get(staffPath(&n)).form("/admin/drafts/" + n.ID + "/publish")
	ada.post("/admin/drafts/"+n.ID, with(edit, "body", "Something else entirely.", "ask", "1"))
	p := bob.post(approve, form)
	p.wantText("Something else entirely.", "was changed meanwhile")
	if p.code != http.StatusConflict || !w.incident(n.ID).Draft {
		t.Fatalf("%d", p.code)
	}
	ada.post("/admin/drafts/"+n.ID, with(ada.get(staffPath(&n)).form("/admin/drafts/"+n.ID+"/publish"), "body", "And again."))
	if p := bob.post(approve, with(form, "version", "", "key", "k3")); p.code != http.StatusConflict || !w.incident(n.ID).Draft {
		t.Errorf("approved without having been asked: %d", p.code)
	}
	ada.get(staffPath(&n)).wantText("Changed since approval was asked")
	publish := bob.get(staffPath(&n)).form("/admin/drafts/" + n.ID + "/publish")
	if p := bob.post("/admin/drafts/"+n.ID+"/publish", publish); p.code != http.StatusConflict || !w.incident(n.ID).Draft {
		t.Errorf("published without a second person: %d", p.code)
	}
}

// TestAlone: at three in the morning a rule keeps nobody uninformed.
func TestAlone(t *testing.T) {
	w := newWorld(t)
	w.policy()
	id := w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	w.as(status.Author)
	form := with(b.get(reviewPath("unreachable", id)).form("/admin/new/review"), "severity", "critical", "deliver_notifications", "1")
	p := b.post("/admin/new/review", form)
	p.wantText("Nobody else can approve: publish with a reason.")
	if p.button("Publish and notify 1,204") == nil || p.byID("f-approval_reason") == nil {
		t.Error("there is no way to publish")
	}
	b.post("/admin/new/publish", form).wantFault(http.StatusConflict, "f-approval_reason", "nobody else can")
	b.follow(b.post("/admin/new/publish", with(form, "approval_reason", "Alone on duty.", "key", "k2"))).wantText("Visible to customers")
	audit := w.as(status.Admin).get("/admin/audit")
	audit.wantText("without a second person: Alone on duty.")
}

// TestDraftsOfAnySeverityCanBeShown: asking is offered where nobody must ask.
func TestDraftsOfAnySeverityCanBeShown(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.as(status.Author), w.as(status.Publisher)
	form := with(ada.get("/admin/maintenances/new").form("/admin/maintenances/new"), "name", "New disks", "body", "You cannot pay during this time.", "scheduled_for", "2026-11-24T22:00", "scheduled_until", "2026-11-24T23:00", "ask", "1")
	ada.follow(ada.post("/admin/drafts", form)).wantText("Waiting for a second person")
	n := w.incidents()[0]
	p := bob.get(staffPath(&n))
	p.wantText("New disks", "You cannot pay during this time.")
	bob.follow(bob.post("/admin/drafts/"+n.ID+"/approve", p.form("/admin/drafts/"+n.ID+"/approve"))).wantText("Visible to customers")
	if now := w.incident(n.ID); now.Draft || now.Kind != status.Maintenance {
		t.Errorf("%+v", now)
	}
}
