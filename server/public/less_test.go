package public

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/subscribers"
)

// TestAMailLeadsToFewerMessages: one button changes how often, and nothing else.
func TestAMailLeadsToFewerMessages(t *testing.T) {
	s := newSignup(t)
	_, err := s.service.Begin(t.Context(), subscribers.Request{
		Channel: status.Email, Email: "ann@example.com", Locale: "de", Source: "page",
		Scope: status.Scope{Kinds: []status.Kind{status.Problem}, MinimumSeverity: status.Serious},
	})
	s.check(err)
	_, token := s.confirmations()
	done, err := s.service.Confirm(t.Context(), token)
	s.check(err)
	manage := s.link(subscribers.ForManage, &done.Subscriber, time.Time{})
	if page := s.get(manage); strings.Contains(page.body, `value="ends"`) {
		t.Error("the offer stands where nobody asked for it")
	}
	for range 2 {
		s.get(manage + "?level=start_and_end") // a scanner follows the link
	}
	if got, err := s.store.Subscriber(t.Context(), done.Subscriber.ID); err != nil || got.Scope.Level == startAndEnd {
		t.Fatalf("following the link changed the level: %v %v", got.Scope, err)
	}
	if page := s.get(manage + "?level=start_and_end"); !strings.Contains(page.body, `value="ends"`) {
		t.Errorf("no button: %s", page.body)
	}
	if page := leads(t, s.echo, browse(s.echo, manage, url.Values{"do": {"ends"}}), manage+"?saved"); !strings.Contains(page, "Your choices are saved.") {
		t.Errorf("%s", page)
	}
	got, err := s.store.Subscriber(t.Context(), done.Subscriber.ID)
	s.check(err)
	if got.Scope.Level != startAndEnd || len(got.Scope.Kinds) != 1 || got.Scope.MinimumSeverity != status.Serious || got.Locale != "de" {
		t.Errorf("after the button: %+v, %s", got.Scope, got.Locale)
	}
	if page := s.get(manage + "?level=start_and_end"); strings.Contains(page.body, `value="ends"`) {
		t.Error("what is chosen is offered again")
	}
}
