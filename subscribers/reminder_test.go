package subscribers

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// Two reminders of one maintenance are mails and webhooks of their own, in the thread of
// the announcement.
func TestRemindersAreTold(t *testing.T) {
	c := newClock()
	w := newWorld(t, c.now)
	w.subscriber("ann@example.com")
	w.hook("https://hooks.example.com/in")
	c.add(time.Second)
	name, body := "Renewal of the card system", "Please keep some cash at hand."
	from := start.Add(30 * time.Hour)
	r, err := w.store.AddIncident(t.Context(), store.By{Actor: "test"}, func(site *status.Site) (*status.Incident, error) {
		return status.OpenIncident(site, status.NewID(), status.NewID(), status.Change{
			Name: &name, Body: &body, ScheduledFor: status.Some(from), ScheduledUntil: status.Some(from.Add(time.Hour)), RemindPrior: new(true),
		})
	})
	w.check(err)
	mails, hooks := newBox(), newBox()
	e := w.engine(mails.take, hooks.take)
	w.running(e)
	e.Wake()
	mails.wait(t, 1)
	hooks.wait(t, 1)
	for _, before := range []time.Duration{24 * time.Hour, time.Hour} {
		c.ms.Store(from.Add(-before).UnixMilli())
		if !w.tick() || w.tick() {
			t.Fatalf("%v before: not reminded once", before)
		}
		e.Wake()
		mails.wait(t, 1)
		hooks.wait(t, 1)
	}
	ids := map[string]bool{}
	for i, p := range mails.all() {
		text := strings.ReplaceAll(string(p.Body), "=\r\n", "")
		if reminds := strings.Contains(text, "Reminder: "+name+" starts 11 Mar 2026, 15:00 UTC."); reminds != (i > 0) {
			t.Errorf("mail %d reminds: %v\n%s", i, reminds, text)
		}
		if !strings.Contains(text, "References: <"+r.ObjectID+".") {
			t.Errorf("mail %d is in no thread", i)
		}
		ids[p.ID] = true
	}
	for i, p := range hooks.all() {
		var got struct {
			ID, Type string
			Incident struct {
				RemindedAt *time.Time `json:"scheduled_reminded_at"`
			}
		}
		w.check(json.Unmarshal(p.Body, &got))
		want := []string{"maintenance.scheduled", "maintenance.reminder", "maintenance.reminder"}[i]
		if got.Type != want || (got.Incident.RemindedAt != nil) != (i > 0) {
			t.Errorf("webhook %d: %s", i, p.Body)
		}
		ids[p.ID] = true
	}
	if len(ids) != 6 {
		t.Errorf("%d ids for six messages", len(ids))
	}
}
