package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/publish"
	"allclear/server"
	"allclear/status"
)

func TestRedirectsStayOnThisSite(t *testing.T) {
	s := newSite(t, options{})
	for path, want := range map[string]string{
		"/en/%5Cevil.example":    "/%5Cevil.example",
		"/en//evil.example":      "/evil.example",
		"/en/%2F%2Fevil.example": "/evil.example",
		"/en/%2F%5Cevil.example": "/%5Cevil.example",
		"/en/a%0D%0AX-Y:z":       "/a%0D%0AX-Y:z",
		"/en/history?a=b%2Fc":    "/history?a=b%2Fc",
		"/de?x=1":                "/de/?x=1",
	} {
		resp, _ := s.ask(t, http.MethodGet, path)
		if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusPermanentRedirect || got != want {
			t.Errorf("%s: %d to %q, want %q", path, resp.StatusCode, got, want)
		}
	}
}

// Whoever answers, and however it ends: what no answer may lack.
func TestEveryAnswerIsHardened(t *testing.T) {
	s := newSite(t, options{parts: []server.Part{faulty{}}})
	tag := func(path string) string {
		resp, _ := s.ask(t, http.MethodGet, path)
		return resp.Header.Get("ETag")
	}
	for _, tc := range []struct {
		method, path string
		header       []string
	}{
		{"GET", "/", nil}, {"GET", "/", []string{"If-None-Match", tag("/")}}, {"GET", "/api/v2/summary.json", nil},
		{"GET", "/api/v2/summary.json", []string{"If-None-Match", tag("/api/v2/summary.json")}},
		{"OPTIONS", "/api/v2/summary.json", nil}, {"POST", "/api/v2/summary.json", nil}, {"DELETE", "/", nil},
		{"GET", "/nothing", nil}, {"GET", "/api/v2/nothing.json", nil}, {"GET", "/history.json?page=0", nil},
		{"GET", "/v1/nothing", nil}, {"GET", "/en/", nil}, {"GET", "/de", nil}, {"HEAD", "/events", nil}, {"GET", "/events?stream=none", nil},
		{"GET", "/healthz", nil}, {"GET", "/readyz", nil}, {"GET", "/faulty/internal", nil}, {"GET", "/faulty/panic", []string{"Accept", "application/json"}},
	} {
		resp, _ := s.ask(t, tc.method, tc.path, tc.header...)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=",
		} {
			got := resp.Header.Values(name)
			if len(got) != 1 || !strings.HasPrefix(got[0], want) {
				t.Errorf("%s %s: %d with %s %q", tc.method, tc.path, resp.StatusCode, name, got)
			}
		}
	}
}

func TestTheManageAPIsErrorsAreNotForOtherOrigins(t *testing.T) {
	s := newSite(t, options{})
	resp, _ := s.ask(t, http.MethodGet, "/v1/nothing", "Origin", "https://elsewhere.example")
	if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("other origins may read the Manage API: %q", got)
	}
	if got := resp.Header.Get("X-Allclear-Revision"); got != "1" {
		t.Errorf("revision %q", got)
	}
	resp, _ = s.ask(t, http.MethodGet, "/api/v2/nothing.json", "Origin", "https://elsewhere.example")
	if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("other origins may not read a public error: %q", got)
	}
}

func TestOldNoticesAnswerPreflights(t *testing.T) {
	s := newSite(t, options{})
	for path, origin := range map[string]string{"/api/v3/incidents/longago00001.json": "*", "/incidents/longago00001.json": "*", "/history.json?page=3": "*", "/incidents/longago00001": ""} {
		resp, _ := s.ask(t, http.MethodOptions, path, "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET")
		if got := resp.Header.Get("Access-Control-Allow-Origin"); resp.StatusCode != http.StatusNoContent || got != origin {
			t.Errorf("OPTIONS %s: %d, origin %q", path, resp.StatusCode, got)
		}
		if resp, _ = s.ask(t, http.MethodPost, path); resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, resp.StatusCode)
		}
	}
}

func TestOneSpellingOfAPage(t *testing.T) {
	s := newSite(t, options{})
	for query, want := range map[string]int{"page=2": 200, "page=1": 200, "page=02": 400, "page=%2B2": 400, "page=+2": 400, "page=401": 400} {
		if resp, _ := s.ask(t, http.MethodGet, "/history.json?"+query); resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", query, resp.StatusCode, want)
		}
	}
	uptime := "/api/v3/components/cardcardcard/uptime.json"
	for query, want := range map[string]int{"": 200, "?days=90": 200, "?days=7": 200, "?days=07": 400, "?days=91": 400, "?days=x": 400, "?other=1": 200} {
		if resp, body := s.ask(t, http.MethodGet, uptime+query); resp.StatusCode != want || want == 200 && !strings.Contains(body, `"history":[`) {
			t.Errorf("%s: %d, want %d: %s", query, resp.StatusCode, want, body)
		}
	}
}

// A publication or a connection that meets a stop must not wait for an encoder that is gone.
func TestAStoppedHubHoldsNobodyUp(t *testing.T) {
	s := newSite(t, options{})
	events, leave := s.listen(t, "", "")
	defer leave()
	<-events
	s.hub.Close()
	if resp, _ := s.ask(t, http.MethodGet, "/events"); resp.StatusCode != http.StatusOK {
		t.Errorf("a late connection: %d", resp.StatusCode)
	}
	swapped := make(chan struct{}, 1)
	s.live.Follow(func(_, _ *publish.Snapshot) { swapped <- struct{}{} })
	if _, err := s.src.Open(time.Now(), status.Change{Name: ptr("Late")}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-swapped:
	case <-time.After(10 * time.Second):
		t.Fatal("a publication after the stop never ended")
	}
}
