package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestEveryDocumentObeysTheContract asks for everything that the snapshot holds.
func TestEveryDocumentObeysTheContract(t *testing.T) {
	s := newSite(t, options{})
	s.outage(t)
	if err := s.live.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	paths := s.live.Current().Paths()
	if len(paths) < 100 {
		t.Fatalf("the snapshot holds %d documents", len(paths))
	}
	for _, path := range paths {
		resp, body := s.ask(t, "GET", path)
		if resp.StatusCode != http.StatusOK || body == "" {
			t.Errorf("%s: %d with %d bytes", path, resp.StatusCode, len(body))
			continue
		}
		h := resp.Header
		tag := h.Get("ETag")
		if !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) || h.Get("Vary") != "Accept-Encoding" || h.Get("Content-Type") == "" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, h)
		}
		want := "public, max-age=5, stale-while-revalidate=60, stale-if-error=86400"
		if strings.HasPrefix(path, "/s/") {
			want = "public, max-age=31536000, immutable"
		}
		if h.Get("Cache-Control") != want {
			t.Errorf("%s: Cache-Control %q", path, h.Get("Cache-Control"))
		}
		if changed, err := http.ParseTime(h.Get("Last-Modified")); err != nil || changed.After(time.Now().Add(time.Second)) {
			t.Errorf("%s: Last-Modified %q", path, h.Get("Last-Modified"))
		}
		if again, _ := s.ask(t, "GET", path, "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d for a copy that is current", path, again.StatusCode)
		}
		for encoding, suffix := range map[string]string{"br": "-br", "gzip": "-gz"} {
			packed, small := s.ask(t, "GET", path, "Accept-Encoding", encoding)
			if got := packed.Header.Get("Content-Encoding"); got == encoding != (len(small) < len(body)) || got == encoding != strings.HasSuffix(packed.Header.Get("ETag"), suffix+`"`) {
				t.Errorf("%s as %s: encoding %q, %d of %d bytes, tag %s", path, encoding, got, len(small), len(body), packed.Header.Get("ETag"))
			}
		}
	}
}

// TestOtherSitesMayFrameOnlyTheFrames: the frames and nothing else, and no script in them.
func TestOtherSitesMayFrameOnlyTheFrames(t *testing.T) {
	s := newSite(t, options{})
	for _, path := range s.live.Current().Paths() {
		resp, _ := s.ask(t, "HEAD", path)
		policy := resp.Header.Get("Content-Security-Policy")
		frame := strings.HasSuffix(path, "/embed") || strings.HasSuffix(path, "/embed/banner")
		if open := strings.Contains(policy, "frame-ancestors *"); open != frame || !open && !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: %s", path, policy)
		}
		if frame && (strings.Contains(policy, "script-src") || !strings.Contains(policy, "default-src 'none'") || resp.Header.Get("X-Status") == "") {
			t.Errorf("%s: %v", path, resp.Header)
		}
		if resp.Header.Get("X-Frame-Options") != "" {
			t.Errorf("%s: X-Frame-Options %s", path, resp.Header.Get("X-Frame-Options"))
		}
	}
}

func TestMachineDocumentsHaveTheirTypes(t *testing.T) {
	s := newSite(t, options{})
	for path, want := range map[string]string{
		"/calendar.ics": "text/calendar; charset=utf-8", "/de/calendar.ics": "text/calendar; charset=utf-8",
		"/badge.svg": "image/svg+xml", "/badge.json": "application/json; charset=utf-8", "/de/components/cardcardcard/badge.svg": "image/svg+xml",
		"/favicon.ico": "image/x-icon", "/embed": "text/html; charset=utf-8", "/de/embed/banner": "text/html; charset=utf-8",
		"/feed.atom": "application/atom+xml; charset=utf-8", "/feed.rss": "application/rss+xml; charset=utf-8", "/feed.json": "application/feed+json; charset=utf-8",
	} {
		resp, _ := s.ask(t, "GET", path)
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != want {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		foreign := resp.Header.Get("Access-Control-Allow-Origin") == "*"
		if foreign == strings.HasPrefix(want, "text/html") {
			t.Errorf("%s: may be read from elsewhere: %v", path, foreign)
		}
	}
	if resp, _ := s.ask(t, "GET", "/de/badge.json"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("badge.json has a language: %d", resp.StatusCode)
	}
}
