package admin

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// report lets customers report a component at a time.
func (w *world) report(n int, at time.Time, components ...string) {
	w.t.Helper()
	for range n {
		if err := w.store.AddReport(w.t.Context(), status.Report{ComponentIDs: components, Symptom: "slow", CreatedAt: at}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// section is the text of a part of the overview; "" when it is not there.
func (p *page) section(id string) string {
	if s := p.byID(id); s != nil {
		return textOf(s)
	}
	return ""
}

func (p *page) wantSection(id string, texts ...string) {
	p.b.w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.section(id), text) {
			p.b.w.t.Errorf("%s does not say %q but %q", id, text, p.section(id))
		}
	}
}

func TestHomeBeginsWithWhatIsDue(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	promised := func(name string, in time.Duration) status.Incident {
		return w.open(status.Change{Name: new(name), NextUpdateAt: status.Some(w.now().Add(in))})
	}
	promised("Far", 3*time.Hour)
	promised("Soon", 9*time.Minute)
	promised("Broken", time.Minute)
	w.pass(2 * time.Minute)
	p := b.get("/admin")
	p.wantSection("due", "Next updates", "Broken", "Soon", "Post update")
	if due := p.section("due"); strings.Index(due, "Broken") > strings.Index(due, "Soon") || strings.Contains(due, "Far") {
		t.Errorf("in the wrong order: %s", due)
	}
	p.wantSection("open", "Open incident", "Far")
	p.wantSound("overview")
}

func TestHomeComparesReports(t *testing.T) {
	w := newWorld(t)
	pay, mail := w.component("Payments", "", ""), w.component("Mail", "", "")
	for day := 1; day <= 28; day++ {
		w.report(8, w.now().AddDate(0, 0, -day).Add(-30*time.Minute), mail)
	}
	w.report(4, w.now().Add(-time.Minute), pay)
	w.report(4, w.now().Add(-time.Minute), mail)
	w.report(1, w.now().Add(-time.Minute))
	w.report(9, w.now().Add(-16*time.Minute), pay) // before the window
	p := w.as(status.Author).get("/admin")
	p.wantSection("inflow", "Payments 4 reports · usually none at this time of day Clearly more than usual Start notice from these",
		"Mail 4 reports · usually 2.0 at this time of day Start notice", "No component named 1 report")
	if !p.links("/admin/new?c=" + pay) {
		t.Error("no notice begins with the component")
	}
	if viewer := w.as(status.Viewer).get("/admin"); viewer.links("/admin/new?c="+pay) || viewer.section("inflow") == "" {
		t.Error("a viewer sees the reports and begins nothing")
	}
}

func TestHomeNamesDeliveryProblems(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		w.enlist(fmt.Sprintf("r%d@example.com", i), "")
	}
	w.enlist("owner@example.com", "https://hooks.example.com/T0/secret")
	fine := w.open(status.Change{Name: new("All arrive")})
	w.make()
	w.attempt(status.Email, 100, arrived)
	bad := w.open(status.Change{Name: new("Some fail")})
	w.make()
	n := 0
	w.attempt(status.Email, 100, func(address string, d *status.Delivery) {
		if n++; n%10 == 0 {
			refused(address, d)
		}
	})
	if err := w.store.SuppressRecipient(t.Context(), store.By{Actor: "test"}, bad.ID, w.hook(bad.ID)); err != nil {
		t.Fatal(err)
	}
	b := w.as(status.Viewer)
	p := b.get("/admin")
	p.wantSection("delivery", "Some fail 3 of 30 messages failed (10%)", "https://hooks.example.com/… Webhook switched off since")
	if !p.links(staffPath(&bad)+"/deliveries?state=failed") || strings.Contains(p.section("delivery"), fine.Name) || strings.Contains(p.body, "secret") {
		t.Errorf("%s", p.section("delivery"))
	}
	w.pass(25 * time.Hour)
	if strings.Contains(w.as(status.Viewer).get("/admin").section("delivery"), "Some fail") {
		t.Error("what failed yesterday is still a problem")
	}
}

// hook is the id of the webhook's message about a notice.
func (w *world) hook(incident string) string {
	w.t.Helper()
	list, _, err := w.store.Messages(w.t.Context(), store.MessageFilter{Incident: incident, Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range list {
		if m.Channel == status.Webhook {
			return m.ID
		}
	}
	w.t.Fatal("there is no webhook")
	return ""
}

func TestHomeLooksAtMaintenance(t *testing.T) {
	w := newWorld(t)
	w.maintenance(time.Hour, 2*time.Hour)
	w.open(status.Change{Name: new("Silent work"), Notify: new(false), ScheduledFor: status.Some(w.now().Add(47 * time.Hour)), ScheduledUntil: status.Some(w.now().Add(49 * time.Hour)), RemindPrior: new(true)})
	w.open(status.Change{Name: new("Next week"), ScheduledFor: status.Some(w.now().Add(49 * time.Hour)), ScheduledUntil: status.Some(w.now().Add(50 * time.Hour))})
	p := w.as(status.Publisher).get("/admin")
	p.wantSection("upcoming", "New database", "Announced to subscribers · no reminder is planned", "Silent work", "Not announced to subscribers · a reminder will be sent", "1 is planned for later")
	if strings.Contains(p.section("upcoming"), "Next week") {
		t.Error("what is far away is shown")
	}
}

func TestHomeRemembersWhatIsOwed(t *testing.T) {
	w := newWorld(t)
	n := w.open(status.Change{Name: new("Promised a report"), Severity: new(status.Minor)})
	w.open(status.Change{Name: new("Nothing owed"), Severity: new(status.Minor), Stage: new(status.Resolved), Resolution: &status.Resolution{FullyFixed: "yes"}})
	_, err := w.store.EditIncident(t.Context(), w.by("ada"), n.ID, 0, func(n *status.Incident, site *status.Site) error {
		return n.Apply(site, status.NewID(), status.Change{Stage: new(status.Resolved), Body: new("Over."), Resolution: &status.Resolution{FullyFixed: "yes", FollowUpBy: "2026-11-24"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	b := w.as(status.Viewer)
	if p := b.get("/admin"); p.section("owed") != "" {
		t.Errorf("before the day: %s", p.section("owed"))
	}
	w.pass(24 * time.Hour)
	b = w.as(status.Viewer)
	p := b.get("/admin")
	p.wantSection("owed", "Promised a report", "Report promised by 24 Nov 2026")
	if strings.Contains(p.section("owed"), "Nothing owed") {
		t.Errorf("%s", p.section("owed"))
	}
	w.pass(time.Hour)
	_, err = w.store.EditIncident(t.Context(), w.by("ada"), n.ID, 0, func(n *status.Incident, site *status.Site) error {
		return n.Apply(site, status.NewID(), status.Change{Body: new("The report.")})
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := b.get("/admin"); p.section("owed") != "" {
		t.Errorf("after the report: %s", p.section("owed"))
	}
}

func TestHomeKnowsThePage(t *testing.T) {
	w := newWorld(t)
	health := templates.PageHealth{Revision: 7, At: w.now(), Listeners: 35}
	w.desk.Health = func() templates.PageHealth { return health }
	b := w.as(status.Viewer)
	p := b.get("/admin")
	p.wantSection("health", "The page is up to date", "State of 23 Nov 2026, 09:00 UTC (revision 7) · 35 open live connections · nothing broadcast since the start")
	p.wantSection("calm", "Nothing is open")
	health.DatabaseDown, health.ToldAt = true, w.now()
	p = b.get("/admin")
	p.wantSection("health", "The database does not answer", "last broadcast 23 Nov 2026, 09:00 UTC")
	if p.section("calm") != "" {
		t.Error("all is quiet although the database is gone")
	}
	health = templates.PageHealth{BuildFailing: true}
	b.get("/admin").wantSection("health", "The page cannot be renewed")
}
