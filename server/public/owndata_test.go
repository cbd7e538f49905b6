package public

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/subscribers"
)

// member signs somebody up and returns the subscription.
func (s *signup) member(address string) status.Subscriber {
	s.t.Helper()
	s.post("/subscribe", "channel", "email", "email", address, "locale", "en", "scope", "all", "level", "all")
	_, token := s.confirmations()
	done, err := s.service.Confirm(s.t.Context(), token)
	s.check(err)
	return done.Subscriber
}

func (s *signup) link(p subscribers.Purpose, sub *status.Subscriber, expires time.Time) string {
	return "/subscriptions/" + s.keys.Token(subscribers.Claim{Purpose: p, Subscriber: sub.ID, Generation: sub.Generation, Expires: expires})
}

// mails counts the queued messages of a kind.
func (s *signup) mails(kind status.DeliveryKind) (n int) {
	s.t.Helper()
	list, _, err := s.store.Exchange(s.t.Context(), status.Email, "test", time.Hour, nil, nil, 1000)
	s.check(err)
	for _, d := range list {
		if d.Kind == kind {
			n++
		}
	}
	return n
}

func TestOwnDataIsAskedForByMail(t *testing.T) {
	s := newSignup(t)
	ann := s.member("ann@example.com")
	manage := s.link(subscribers.ForManage, &ann, time.Time{})
	if page := s.get(manage); !strings.Contains(page.body, `action="`+manage+`/data"`) {
		t.Fatalf("no way to the data: %s", page.body)
	}
	for range 2 { // twice within the hour is one mail
		if page := s.post(manage + "/data"); page.code != 200 || !strings.Contains(page.body, "on its way") || strings.Contains(page.body, "Download") {
			t.Errorf("%d %s", page.code, page.body)
		}
	}
	if n := s.mails(status.OwnDataMessage); n != 1 {
		t.Errorf("%d mails", n)
	}
	s.now = s.now.Add(2 * time.Hour)
	s.post(manage + "/data")
	if n := s.mails(status.OwnDataMessage); n != 1 {
		t.Errorf("%d mails two hours later", n)
	}
}

func TestOwnDataIsGivenAndErased(t *testing.T) {
	s := newSignup(t)
	ann, bob := s.member("ann@example.com"), s.member("bob@example.com")
	path := s.link(subscribers.ForOwnData, &ann, s.now.Add(time.Hour)) + "/data"
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		if page := s.do(method, path, "", ""); page.code != 200 || page.header.Get("Cache-Control") != "no-store" || page.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %v", method, page.code, page.header)
		}
	}
	if page := s.post(path); page.code != 200 || !strings.Contains(page.body, "Delete everything") {
		t.Errorf("a button without a word: %d %s", page.code, page.body)
	}
	file := s.post(path, "do", "download")
	var data struct {
		Email    string
		Consent  status.Consent
		Messages []struct{ Kind, State string }
	}
	if err := json.Unmarshal([]byte(file.body), &data); err != nil || data.Email != "ann@example.com" || data.Consent.Source != "page" || len(data.Messages) != 1 {
		t.Errorf("%v: %s", err, file.body)
	}
	if !strings.Contains(file.header.Get("Content-Disposition"), "attachment") || strings.Contains(file.body, "whsec_") {
		t.Errorf("%v", file.header)
	}
	if page := s.post(path, "do", "delete"); page.code != 200 || !strings.Contains(page.body, "Everything is deleted") {
		t.Errorf("%d %s", page.code, page.body)
	}
	if _, err := s.store.Subscriber(t.Context(), ann.ID); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("still there: %v", err)
	}
	if list, err := s.store.ToldTo(t.Context(), ann.ID); len(list) != 0 || err != nil {
		t.Errorf("messages still there: %v, %v", list, err)
	}
	if _, err := s.store.Subscriber(t.Context(), bob.ID); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	for _, again := range []reply{s.get(path), s.post(path, "do", "download"), s.post(path, "do", "delete")} {
		if again.code != 404 || !strings.Contains(again.body, "/subscribe") {
			t.Errorf("after deleting: %d %s", again.code, again.body)
		}
	}
	s.now = s.now.Add(time.Minute) // nothing is left that would stop a new beginning
	s.post("/subscribe", "channel", "email", "email", "ann@example.com", "locale", "en", "scope", "all", "level", "all")
	if n, _ := s.confirmations(); n != 1 {
		t.Errorf("%d confirmations of a new subscription", n)
	}
}

func TestOwnDataLinksRefuse(t *testing.T) {
	s := newSignup(t)
	ann := s.member("ann@example.com")
	for name, path := range map[string]string{
		"too old":     s.link(subscribers.ForOwnData, &ann, s.now.Add(-time.Minute)),
		"to leave":    s.link(subscribers.ForUnsubscribe, &ann, time.Time{}),
		"nonsense":    "/subscriptions/nonsense",
		"another one": s.link(subscribers.ForOwnData, &status.Subscriber{ID: ann.ID, Generation: 7}, s.now.Add(time.Hour)),
	} {
		for _, do := range []string{"", "download", "delete"} {
			if got := s.post(path+"/data", "do", do); got.code != 404 {
				t.Errorf("%s, %s: %d %.200s", name, do, got.code, got.body)
			}
		}
	}
	if _, err := s.store.Subscriber(t.Context(), ann.ID); err != nil {
		t.Errorf("deleted: %v", err)
	}
}
