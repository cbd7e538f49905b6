package server_test

import (
	"net/http"
	"strings"
	"testing"

	"allclear/server"
)

func TestWithoutADatabaseNothingIsSaidToBeMissing(t *testing.T) {
	s := newSite(t, options{parts: []server.Part{server.Closed{}}})
	for _, tc := range []struct{ method, path, contains string }{
		{"GET", "/admin", `<html lang="en"`},
		{"GET", "/admin/incidents/abcdefghijkl", `<html lang="en"`},
		{"POST", "/admin/login", `<html lang="en"`},
		{"GET", "/setup/token", `<html lang="en"`},
		{"GET", "/subscribe", `<html lang="en"`},
		{"GET", "/de/subscribe", `<html lang="de"`},
		{"POST", "/subscriptions/token/unsubscribe", `<html lang="en"`},
		{"GET", "/v1/pages", `{"error":"The database does not answer; please try again in a minute."}`},
		{"POST", "/v1/pages/x/incidents", `{"error":"The database does not answer`},
		{"POST", "/api/v2/subscribers.json", `{"error":"The database does not answer`},
		{"POST", "/api/v3/reports", `{"error":"The database does not answer`},
	} {
		resp, body := s.ask(t, tc.method, tc.path, "Accept", "text/html")
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, tc.contains) {
			t.Errorf("%s %s: %d %v\n%s", tc.method, tc.path, resp.StatusCode, resp.Header, body)
		}
	}
	if resp, _ := s.ask(t, "GET", "/"); resp.StatusCode != http.StatusOK {
		t.Errorf("the page: %d", resp.StatusCode)
	}
}
