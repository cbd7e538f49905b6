package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

func TestWants(t *testing.T) {
	groupOf := map[string]string{"card": "pay", "bank": "pay"}
	until := func(d time.Duration) *time.Time { at := noon.Add(d); return &at }
	problem := status.Incident{ID: "i1", Kind: status.Problem, Severity: status.Moderate, ComponentIDs: []string{"card"}}
	window := status.Incident{ID: "m1", Kind: status.Maintenance, Severity: status.Minor, ComponentIDs: []string{"web"}}
	bare := status.Incident{ID: "i2", Kind: status.Problem, Severity: status.Critical}
	const never, start, always = "", "start only", "always"

	for _, c := range []struct {
		name   string
		scope  status.Scope
		notice status.Incident
		event  status.EventType
		want   string // never, only while no start was told, or always
	}{
		{"everything: created", status.Scope{}, problem, status.IncidentCreated, always},
		{"everything: updated", status.Scope{}, problem, status.IncidentUpdated, always},
		{"everything: maintenance", status.Scope{}, window, status.MaintenanceReminder, always},
		{"everything: names no component", status.Scope{}, bare, status.IncidentCreated, always},
		{"its component", status.Scope{ComponentIDs: []string{"card"}}, problem, status.IncidentUpdated, always},
		{"its group", status.Scope{GroupIDs: []string{"pay"}}, problem, status.IncidentUpdated, always},
		{"other component", status.Scope{ComponentIDs: []string{"web", "bank"}}, problem, status.IncidentUpdated, never},
		{"other group", status.Scope{GroupIDs: []string{"pay"}}, window, status.MaintenanceStarted, never},
		{"one of two", status.Scope{ComponentIDs: []string{"web"}, GroupIDs: []string{"pay"}}, problem, status.IncidentUpdated, always},
		{"a component, but the notice names none", status.Scope{ComponentIDs: []string{"card"}}, bare, status.IncidentCreated, never},
		{"that incident", status.Scope{IncidentID: "i1"}, problem, status.IncidentUpdated, always},
		{"that incident, whatever else is chosen", status.Scope{IncidentID: "i1", MinimumSeverity: status.Critical}, problem, status.IncidentUpdated, always},
		{"another incident", status.Scope{IncidentID: "i9"}, problem, status.IncidentUpdated, never},
		{"problems only: problem", status.Scope{Kinds: []status.Kind{status.Problem}}, problem, status.IncidentUpdated, always},
		{"problems only: maintenance", status.Scope{Kinds: []status.Kind{status.Problem}}, window, status.MaintenanceUpdated, never},
		{"maintenance only: problem", status.Scope{Kinds: []status.Kind{status.Maintenance}}, problem, status.IncidentCreated, never},
		{"severe enough", status.Scope{MinimumSeverity: status.Moderate}, problem, status.IncidentUpdated, always},
		{"not severe enough", status.Scope{MinimumSeverity: status.Serious}, problem, status.IncidentUpdated, never},
		{"severity does not concern maintenance", status.Scope{MinimumSeverity: status.Critical}, window, status.MaintenanceScheduled, always},
		{"start and end: created", status.Scope{Level: "start_and_end"}, problem, status.IncidentCreated, always},
		{"start and end: reopened", status.Scope{Level: "start_and_end"}, problem, status.IncidentReopened, always},
		{"start and end: scheduled", status.Scope{Level: "start_and_end"}, window, status.MaintenanceScheduled, always},
		{"start and end: resolved", status.Scope{Level: "start_and_end"}, problem, status.IncidentResolved, always},
		{"start and end: completed", status.Scope{Level: "start_and_end"}, window, status.MaintenanceCompleted, always},
		{"start and end: cancelled", status.Scope{Level: "start_and_end"}, window, status.MaintenanceCancelled, always},
		{"start and end: the first event that is severe enough is the start", status.Scope{Level: "start_and_end", MinimumSeverity: status.Moderate}, problem, status.IncidentUpdated, start},
		{"start and end: maintenance began", status.Scope{Level: "start_and_end"}, window, status.MaintenanceStarted, start},
		{"start and end: reminder", status.Scope{Level: "start_and_end"}, window, status.MaintenanceReminder, start},
		{"all, said aloud", status.Scope{Level: "all"}, problem, status.IncidentUpdated, always},
		{"paused", status.Scope{PausedUntil: until(1)}, problem, status.IncidentCreated, never},
		{"pause is over", status.Scope{PausedUntil: until(0)}, problem, status.IncidentCreated, always},
	} {
		s := status.Subscriber{Channel: status.Email, State: status.Active, Scope: c.scope}
		e := status.Event{Type: c.event, Notify: true}
		same(t, c.name+", nothing told yet", s.Wants(e, &c.notice, groupOf, false, noon), c.want != never)
		same(t, c.name+", start told", s.Wants(e, &c.notice, groupOf, true, noon), c.want == always)
	}
}

// Whoever was told of a start is told of its end, even when it no longer fits the choice.
func TestEndFollowsStart(t *testing.T) {
	milder := status.Incident{ID: "i1", Kind: status.Problem, Severity: status.Minor, ComponentIDs: []string{"web"}}
	s := status.Subscriber{Channel: status.Email, State: status.Active, Scope: status.Scope{MinimumSeverity: status.Critical, ComponentIDs: []string{"card"}}}
	for _, c := range []struct {
		event status.EventType
		told  bool
		want  bool
	}{
		{status.IncidentResolved, true, true}, {status.IncidentResolved, false, false}, {status.IncidentUpdated, true, false},
	} {
		same(t, string(c.event), s.Wants(status.Event{Type: c.event, Notify: true}, &milder, nil, c.told, noon), c.want)
	}
}

func TestWantsNothing(t *testing.T) {
	n := status.Incident{ID: "i1", Kind: status.Problem}
	created := status.Event{Type: status.IncidentCreated, Notify: true}
	for _, state := range []status.SubscriberState{status.Pending, status.Ended, status.Suppressed} {
		s := status.Subscriber{Channel: status.Email, State: state}
		if s.Wants(created, &n, nil, true, noon) {
			t.Errorf("%s subscribers are told", state)
		}
	}
	s := status.Subscriber{Channel: status.Email, State: status.Active}
	if s.Wants(status.Event{Type: status.IncidentCreated}, &n, nil, false, noon) {
		t.Error("a quiet event is told")
	}
	if s.Wants(created, nil, nil, false, noon) {
		t.Error("an event without its notice is told")
	}
}

// component.updated goes to webhooks whose scope holds the component, never to mail.
func TestWantsComponentEvents(t *testing.T) {
	groupOf := map[string]string{"card": "pay"}
	e := status.Event{Type: status.ComponentUpdated, ComponentID: "card", Notify: true}
	for _, c := range []struct {
		name  string
		scope status.Scope
		want  bool
	}{
		{"everything", status.Scope{}, true},
		{"component", status.Scope{ComponentIDs: []string{"card"}}, true},
		{"group", status.Scope{GroupIDs: []string{"pay"}}, true},
		{"other", status.Scope{ComponentIDs: []string{"web"}}, false},
		{"one incident", status.Scope{IncidentID: "i1"}, false},
	} {
		hook := status.Subscriber{Channel: status.Webhook, State: status.Active, Scope: c.scope}
		mail := status.Subscriber{Channel: status.Email, State: status.Active, Scope: c.scope}
		same(t, c.name, hook.Wants(e, nil, groupOf, false, noon), c.want)
		same(t, c.name+", by mail", mail.Wants(e, nil, groupOf, false, noon), false)
	}
}

func TestSubscriptionLife(t *testing.T) {
	s := status.Subscriber{State: status.Pending}
	for range 2 { // a second confirmation changes nothing
		if err := s.Confirm(noon); err != nil || s.State != status.Active || !s.ConfirmedAt.Equal(noon) {
			t.Fatalf("%v: %+v", err, s)
		}
	}
	s.End(noon.Add(time.Hour))
	s.End(noon.Add(2 * time.Hour)) // nor does a second end
	if s.State != status.Ended || !s.EndedAt.Equal(noon.Add(time.Hour)) {
		t.Fatalf("ended: %+v", s)
	}
	for _, state := range []status.SubscriberState{status.Ended, status.Suppressed} {
		s.State = state
		err := s.Confirm(noon)
		if status.FaultCode(err) != status.CodeNotFound || err.Error() != "This subscription has ended; please subscribe again." || s.State != state {
			t.Errorf("%s confirms: %v", state, err)
		}
	}
}

func TestSubscriberCheck(t *testing.T) {
	good := func() status.Subscriber {
		return status.Subscriber{
			Channel: status.Webhook, Endpoint: "https://hooks.example/1", Format: "slack", Locale: "de",
			Scope: status.Scope{ComponentIDs: []string{"web"}, GroupIDs: []string{"pay"}, Kinds: []status.Kind{status.Problem}, Level: "all", MinimumSeverity: status.Minor},
		}
	}
	mail := good()
	mail.Channel, mail.Endpoint, mail.Format, mail.Scope = status.Email, "", "", status.Scope{}
	for _, s := range []status.Subscriber{good(), mail} {
		if err := s.Check(shop(noon)); err != nil {
			t.Errorf("%s: %v", s.Channel, err)
		}
	}
	for _, c := range []struct {
		field, sentence string
		change          func(*status.Subscriber)
	}{
		{"component_ids", `There is no component "nowhere" on this page.`, func(s *status.Subscriber) { s.Scope.ComponentIDs = []string{"nowhere"} }},
		{"component_ids", `"Payments" is a group; name its components instead.`, func(s *status.Subscriber) { s.Scope.ComponentIDs = []string{"pay"} }},
		{"group_ids", `There is no component group "web" on this page.`, func(s *status.Subscriber) { s.Scope.GroupIDs = []string{"web"} }},
		{"group_ids", `There is no component group "nowhere"`, func(s *status.Subscriber) { s.Scope.GroupIDs = []string{"nowhere"} }},
		{"kinds", `"all" is not possible here; use incident or maintenance.`, func(s *status.Subscriber) { s.Scope.Kinds = []status.Kind{"all"} }},
		{"level", `"some" is not possible here; use all or start_and_end.`, func(s *status.Subscriber) { s.Scope.Level = "some" }},
		{"minimum_severity", "use minor, moderate, serious or critical.", func(s *status.Subscriber) { s.Scope.MinimumSeverity = "bad" }},
		{"locale", `This page has no language "it".`, func(s *status.Subscriber) { s.Locale = "it" }},
		{"endpoint", `"ftp://x" is not a web address; it must begin with https:// or http://.`, func(s *status.Subscriber) { s.Endpoint = "ftp://x" }},
		{"format", "use statuspage, slack, teams or discord.", func(s *status.Subscriber) { s.Format = "" }},
	} {
		s := good()
		c.change(&s)
		refused(t, s.Check(shop(noon)), "subscriber."+c.field, c.sentence)
	}
}
