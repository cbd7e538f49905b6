package store

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
)

// TestScratch: unsent text is one account's, the newest of each form, and goes with time.
func TestScratch(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		ada, bob := addPerson(t, s, person("ada@example.org", status.Author)), addPerson(t, s, person("bob@example.org", status.Author))
		save := func(a status.Account, place, text string) {
			t.Helper()
			saved, ok, err := s.SaveScratch(ctx, Scratch{Account: a.ID, Place: place, Values: map[string][]string{"body": {text}, "c": {"a", "b"}}}, Once{})
			if err != nil || !ok || !saved.Equal(c.read()) {
				t.Fatalf("%v %v %v", saved, ok, err)
			}
		}
		save(ada, "/admin/new", "one")
		c.add(time.Minute)
		save(ada, "/admin/new", "two")
		save(bob, "/admin/new", "other")
		got, ok, err := s.Scratch(ctx, ada.ID, "/admin/new")
		want := Scratch{Account: ada.ID, Place: "/admin/new", Values: map[string][]string{"body": {"two"}, "c": {"a", "b"}}, SavedAt: start.Add(time.Minute)}
		if diff := cmp.Diff(want, got); !ok || err != nil || diff != "" {
			t.Errorf("%v %v\n%s", ok, err, diff)
		}
		c.add(time.Minute)
		save(ada, "/admin/maintenances/new", "three")
		list := must(s.Scratches(ctx, ada.ID))(t)
		if len(list) != 2 || list[0].Place != "/admin/maintenances/new" {
			t.Errorf("list: %+v", list)
		}
		if err := s.DropScratch(ctx, ada.ID, "/admin/maintenances/new"); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.Scratch(ctx, ada.ID, "/admin/maintenances/new"); ok || err != nil {
			t.Errorf("dropped: %v %v", ok, err)
		}
		c.add(KeepScratch - 2*time.Minute)
		if _, err := s.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(must(s.Scratches(ctx, ada.ID))(t)); n != 1 {
			t.Errorf("%d left a minute before its time", n)
		}
		c.add(sweepEvery)
		if _, err := s.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(must(s.Scratches(ctx, ada.ID))(t)); n != 0 {
			t.Errorf("%d left after its time", n)
		}
	})
}

func TestScratchIsBounded(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ada := addPerson(t, s, person("ada@example.org", status.Author))
		for range maxScratch + 3 {
			c.add(time.Second)
			place := "/admin/incidents/" + status.NewID()
			if _, _, err := s.SaveScratch(t.Context(), Scratch{Account: ada.ID, Place: place}, Once{}); err != nil {
				t.Fatal(err)
			}
		}
		list := must(s.Scratches(t.Context(), ada.ID))(t)
		if len(list) != maxScratch || !list[0].SavedAt.Equal(c.read()) || !list[maxScratch-1].SavedAt.Equal(start.Add(4*time.Second)) {
			t.Errorf("%d kept, from %v", len(list), list[len(list)-1].SavedAt)
		}
	})
}

// TestSentStaysSent: what arrives after the form itself was sent keeps nothing.
func TestSentStaysSent(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		ada := addPerson(t, s, person("ada@example.org", status.Author))
		once := Once{Scope: "form " + ada.ID, Key: "k1", Hash: "h"}
		by := By{Actor: ada.Email, Once: &once}
		if _, err := s.AddIncident(t.Context(), by, opening(outage("Slow", nil))); err != nil {
			t.Fatal(err)
		}
		_, ok, err := s.SaveScratch(t.Context(), Scratch{Account: ada.ID, Place: "/admin/new"}, once)
		if ok || err != nil {
			t.Errorf("kept %v, %v", ok, err)
		}
		if list := must(s.Scratches(t.Context(), ada.ID))(t); len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
}

func critical(draft bool) status.Change {
	c := outage("Payments fail", nil)
	c.Severity, c.Draft = ptr(status.Critical), &draft
	return c
}

// policy makes a page on which critical incidents need a second person.
func policy(t *testing.T, s *Store) {
	t.Helper()
	_, err := s.EditPage(t.Context(), staff, 0, func(p *status.Page) error {
		p.Approval = []status.Severity{status.Critical}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// noted is the audit entry of an action on an object.
func noted(t *testing.T, s *Store, action, object string) AuditEntry {
	t.Helper()
	list := must(s.Audit(t.Context(), 100, ""))(t)
	i := slices.IndexFunc(list, func(e AuditEntry) bool { return e.Action == action && e.Object == object })
	if i < 0 {
		t.Fatalf("the audit has no %s of %s: %+v", action, object, list)
	}
	return list[i]
}

// TestTheDoorAsksForASecondPerson: whoever writes, and however.
func TestTheDoorAsksForASecondPerson(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		policy(t, s)
		ada := addPerson(t, s, person("Ada@example.org", status.Publisher))
		by := By{Actor: ada.Email}
		const alone = "A second person must approve this notice, and nobody else can: publish it with a reason."
		_, err := s.AddIncident(ctx, by, opening(critical(false)))
		fault(t, err, status.CodeConflict, "incident.approval_reason", alone)

		reason := critical(false)
		reason.ApprovalReason = new("Nobody answers; token=hunter2hunter2hunter2.")
		id := must(s.AddIncident(ctx, by, opening(reason)))(t).ObjectID
		if e := noted(t, s, "incident.open", id); e.Actor != ada.Email || e.Detail != "Payments fail, without a second person: Nobody answers; token=••••••." {
			t.Errorf("audit: %+v", e)
		}

		addPerson(t, s, person("viewer@example.org", status.Author))
		gone := person("gone@example.org", status.Admin)
		gone.Disabled = true
		addPerson(t, s, gone)
		if n := must(s.Approvers(ctx, "ada@EXAMPLE.org"))(t); n != 0 {
			t.Errorf("%d can approve beside her", n)
		}
		bob := addPerson(t, s, person("bob@example.org", status.Admin))
		if n := must(s.Approvers(ctx, ada.Email))(t); n != 1 {
			t.Errorf("%d can approve beside her", n)
		}
		const plain = "A second person must approve this notice before it is published: keep it as a draft and ask for approval."
		for _, who := range []string{ada.Email, "token deploy", "terminal"} {
			_, err = s.AddIncident(ctx, By{Actor: who}, opening(reason))
			fault(t, err, status.CodeConflict, "incident.ask_approval", plain)
		}

		ask := critical(true)
		ask.AskApproval = new(true)
		r := must(s.AddIncident(ctx, by, opening(ask)))(t)
		if e := noted(t, s, "incident.ask", r.ObjectID); e.Actor != ada.Email {
			t.Errorf("audit: %+v", e)
		}
		_, err = s.EditIncident(ctx, by, r.ObjectID, 0, applying(status.Change{Draft: new(false)}))
		fault(t, err, status.CodeConflict, "incident.ask_approval", plain)
		agree := func(n *status.Incident, site *status.Site) error {
			if err := n.Approve(site.By, site.Now); err != nil {
				return err
			}
			return n.Apply(site, status.NewID(), status.Change{Draft: new(false)})
		}
		_, err = s.EditIncident(ctx, by, r.ObjectID, 0, agree)
		fault(t, err, status.CodeForbidden, "incident.approved", "You asked for this approval yourself; another person must give it.")
		c.add(time.Minute)
		must(s.EditIncident(ctx, By{Actor: bob.Email}, r.ObjectID, 0, agree))(t)
		if e := noted(t, s, "incident.open", r.ObjectID); e.Detail != "Payments fail, approved by bob@example.org as Ada@example.org asked" {
			t.Errorf("audit: %+v", e)
		}
		if n := must(s.Incident(ctx, r.ObjectID))(t); n.Draft || n.Approval.GivenBy != bob.Email {
			t.Errorf("%+v", n)
		}
	})
}

func TestSendingBackIsAudited(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		ask := critical(true)
		ask.AskApproval = new(true)
		r := openNotice(t, s, ask)
		_, revision, _ := s.Revision(t.Context())
		back := must(s.EditIncident(t.Context(), By{Actor: "bob"}, r.ObjectID, 0, func(n *status.Incident, site *status.Site) error {
			return n.SendBack(site.By, "Not yet.", site.Now)
		}))(t)
		if e := noted(t, s, "incident.send_back", r.ObjectID); e.Actor != "bob" || back.Revision != revision {
			t.Errorf("%+v at %d", e, back.Revision)
		}
	})
}

func TestTemplates(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ctx := t.Context()
		stock := must(s.Templates(ctx))(t)
		if len(stock) != 3 || !slices.IsSortedFunc(stock, func(a, b status.Template) int { return int(a.Order - b.Order) }) {
			t.Fatalf("a fresh page has %d templates", len(stock))
		}
		id := addComponent(t, s, "Cards")
		_, revision, _ := s.Revision(ctx)
		build := func(*status.Site) (status.Template, error) {
			n := status.NewTemplate("tmpl00000001", "en", c.read())
			n.Name, n.Title, n.Body, n.ComponentIDs = "Cards", "Cards fail", "We are looking.", []string{id}
			n.Translations = map[string]status.Texts{"de": {Name: new("Karten gehen nicht")}}
			return n, nil
		}
		once := &Once{Scope: "a", Key: "k", Hash: "h"}
		r := must(s.AddTemplate(ctx, By{Actor: "ada", Once: once}, build))(t)
		if e := noted(t, s, "template.create", "tmpl00000001"); r.Version != 1 || e.Detail != "Cards" {
			t.Errorf("%+v %+v", r, e)
		}
		if again := must(s.AddTemplate(ctx, By{Actor: "ada", Once: once}, build))(t); !again.Replayed {
			t.Error("pressed twice")
		}
		have := must(s.Template(ctx, r.ObjectID))(t)
		want, _ := build(nil)
		want.Order = 3
		if diff := cmp.Diff(want, have); diff != "" {
			t.Error(diff)
		}
		c.add(time.Minute)
		edit := func(n *status.Template, _ *status.Site) error { n.Name = "Card payments"; return nil }
		if r := must(s.EditTemplate(ctx, staff, have.ID, 1, edit))(t); r.Version != 2 {
			t.Errorf("%+v", r)
		}
		_, err := s.EditTemplate(ctx, staff, have.ID, 1, edit)
		fault(t, err, status.CodeConflict, "version", "This template was changed meanwhile: you saw version 1, it is now version 2. Load it again and repeat your change.")
		if n := must(s.Template(ctx, have.ID))(t); n.Name != "Card payments" || !n.UpdatedAt.Equal(c.read()) {
			t.Errorf("%+v", n)
		}
		if _, now, _ := s.Revision(ctx); now != revision {
			t.Errorf("templates moved the revision from %d to %d", revision, now)
		}
		if _, err := s.DeleteTemplate(ctx, staff, have.ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.Template(ctx, have.ID)
		fault(t, err, status.CodeNotFound, "", `There is no template "tmpl00000001".`)
		_, err = s.DeleteTemplate(ctx, staff, have.ID)
		wantCode(t, err, status.CodeNotFound, "")
	})
}

func TestTemplatesAreRefused(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		build := func(change func(*status.Template)) func(*status.Site) (status.Template, error) {
			return func(site *status.Site) (status.Template, error) {
				n := status.NewTemplate(status.NewID(), "en", site.Now)
				n.Name, n.Title, n.Body = "Cards", "Cards fail", "We are looking."
				change(&n)
				return n, nil
			}
		}
		_, err := s.AddTemplate(t.Context(), staff, build(func(n *status.Template) { n.ComponentIDs = []string{"gone"} }))
		fault(t, err, status.CodeInvalid, "template.component_ids", `There is no component "gone" on this page.`)
		_, err = s.AddTemplate(t.Context(), staff, build(func(n *status.Template) {
			n.Translations = map[string]status.Texts{"de": {Body: new("password=Tr0ub4dor&3xyz!")}}
		}))
		fault(t, err, status.CodeInvalid, "template.body", "A text of this template holds a password or key; such a text is not saved.")
		if n := len(must(s.Templates(t.Context()))(t)); n != 3 {
			t.Errorf("%d templates", n)
		}
	})
}

// TestTemplatesFollowThePagesLanguages: another default language turns the texts around.
func TestTemplatesFollowThePagesLanguages(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		_, err := s.EditPage(t.Context(), staff, 0, func(p *status.Page) error {
			p.DefaultLocale, p.Locales = "de", []string{"de"}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n := must(s.Templates(t.Context()))(t)[1]
		must(s.EditTemplate(t.Context(), staff, n.ID, 0, func(*status.Template, *status.Site) error { return nil }))(t)
		n = must(s.Template(t.Context(), n.ID))(t)
		if n.Locale != "de" || n.Title != "{components}: langsamer als sonst" || len(n.Translations) != 0 {
			t.Errorf("%+v", n)
		}
	})
}
