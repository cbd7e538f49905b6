package manage

import (
	"net/http"
	"testing"
	"time"

	"allclear/status"
)

func TestRecurrence(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	c.patch("", `{"page":{"time_zone":"Europe/Berlin"}}`).want(http.StatusOK)
	made := c.post("/incidents", `{"incident":{"name":"New database","body":"We work.","scheduled_for":"2026-11-24T21:00:00Z","scheduled_until":"2026-11-24T22:00:00Z",
		"customer_impact":"You cannot export.","recurrence":"rrule:freq=weekly;count=3"}}`).want(http.StatusCreated).
		has("recurrence", "FREQ=WEEKLY;COUNT=3").has("series.number", "1").has("series.coming.0.scheduled_for", "2026-12-01T22:00:00.000+01:00").
		has("series.coming.1.scheduled_until", "2026-12-08T23:00:00.000+01:00").has("series.next_id", "<nil>")
	url := "/incidents/" + made.text("id")
	c.patch(url, `{"incident":{"recurrence":"FREQ=WEEKLY;BYDAY=SU"}}`).want(http.StatusUnprocessableEntity).
		has("error", "The maintenance begins on Tuesday, 24 November 2026; this recurrence leaves that day out.")
	c.patch(url, `{"incident":{"recurrence":"FREQ=HOURLY"}}`).want(http.StatusUnprocessableEntity)
	c.post("/incidents", `{"incident":{"name":"Slow","body":"We look.","customer_impact":"Pages are slow.","recurrence":"FREQ=DAILY"}}`).want(http.StatusUnprocessableEntity).
		has("error", "Only a maintenance can repeat.")

	c.patch(url, `{"incident":{"status":"cancelled"}}`).want(http.StatusOK).has("recurrence", "FREQ=WEEKLY;COUNT=3")
	if _, err := f.desk.Store.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	next := "/incidents/" + c.get(url).text("series.next_id")
	c.get(next).want(http.StatusOK).has("status", "scheduled").has("series.number", "2").has("recurrence", "FREQ=WEEKLY;COUNT=3").has("name", "New database").
		has("scheduled_for", "2026-12-01T22:00:00.000+01:00").has("series.id", c.get(url).text("series.id"))

	f.pass(time.Second)
	c.patch(next, `{"incident":{"status":"cancelled","recurrence":null}}`).want(http.StatusOK).has("recurrence", "<nil>").has("series.number", "2")
	if _, err := f.desk.Store.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.get(next).has("series.next_id", "<nil>")
	c.get("/incidents").has("0.name", "New database")
	c.post("/incidents", `{"incident":{"name":"Slow","body":"We look.","customer_impact":"Pages are slow."}}`).want(http.StatusCreated).has("recurrence", "<nil>").has("series", "<nil>")
}
