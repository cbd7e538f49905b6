package status_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// A field of a request may be absent, null or a value, and these are three things.
func TestMaybe(t *testing.T) {
	var c struct {
		Absent, Null, Given status.Maybe[time.Time]
	}
	if err := json.Unmarshal([]byte(`{"null": null, "given": "2026-11-23T12:00:00Z"}`), &c); err != nil {
		t.Fatal(err)
	}
	if c.Absent.Set || c.Absent.Value != nil {
		t.Errorf("absent is %+v", c.Absent)
	}
	if !c.Null.Set || c.Null.Value != nil {
		t.Errorf("null is %+v", c.Null)
	}
	if !c.Given.Set || !c.Given.Value.Equal(noon) {
		t.Errorf("a value is %+v", c.Given)
	}
	if err := json.Unmarshal([]byte(`{"given": "noon"}`), &c); err == nil {
		t.Error("a bad value was accepted")
	}
	same(t, "some", *status.Some(7).Value, 7)
}

// A request speaks the names of the Manage API.
func TestChangeReadsTheAPI(t *testing.T) {
	var c status.Change
	err := json.Unmarshal([]byte(`{
		"name": "Payments fail", "status": "identified", "body": "We know why.", "impact_override": null,
		"components": {"card": "major_outage"}, "component_ids": [], "deliver_notifications": false,
		"next_update_at": "2026-11-23T13:00:00Z", "severity": "critical",
		"affected_users": {"mode": "share", "share_percent": 8.5}, "workaround": {"state": "none_known"},
		"third_party": {"state": "unnamed"}, "translations": {"de": {"name": "Zahlungen gehen nicht"}}
	}`), &c)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t).open(c)
	same(t, "stage", d.n.Stage, status.Identified)
	same(t, "impact", d.n.Impact, status.ImpactCritical)
	same(t, "share", d.n.AffectedUsers.SharePercent, 8.5)
	same(t, "promise", d.n.NextUpdateAt.UTC(), noon.Add(time.Hour))
	d.wantLevels(map[string]status.Level{"card": major})
	d.wantTold("card: operational → major_outage, quietly", "incident.created, quietly")
}

// Every field has an API name: none would be spelt like the Go field.
func TestChangeNamesEveryField(t *testing.T) {
	for f := range reflect.TypeFor[status.Change]().Fields() {
		if name := f.Tag.Get("json"); name == "" || strings.ToLower(name) != name || strings.Contains(name, ",") {
			t.Errorf("%s is called %q", f.Name, name)
		}
	}
}

// Tweet fields are read and ignored; they change nothing.
func TestTweetFieldsAreIgnored(t *testing.T) {
	plain := newDesk(t).open(status.Change{}).n
	tweets := newDesk(t).open(status.Change{TweetBeginning: new(true), TweetCompletion: new(true), TweetCreation: new(true), TweetHourBefore: new(true)}).n
	same(t, "auto", tweets.Auto, plain.Auto)
	same(t, "tweet", tweets.Newest().CustomTweet, nil)
}
