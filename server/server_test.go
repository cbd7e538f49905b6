package server_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"allclear/publish"
	"allclear/publish/publishtest"
	"allclear/server"
	"allclear/status"
	"allclear/templates"

	"github.com/labstack/echo/v4"
)

var ptr = publishtest.Ptr[string]

// site is a running public side on a kernel-given port.
type site struct {
	src  *publishtest.Source
	live *publish.Live
	hub  *server.Hub
	web  *httptest.Server
}

type options struct {
	maxOpen, perIP int
	trusted        []netip.Prefix
	parts          []server.Part
}

func newSite(t *testing.T, o options) *site {
	t.Helper()
	if o.maxOpen == 0 {
		o.maxOpen, o.perIP = 1000, 1000
	}
	log := slog.New(slog.DiscardHandler)
	set, err := templates.New(templates.Options{BaseURL: "https://status.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{src: publishtest.New()}
	s.live = publish.NewLive(publish.Options{
		Source: s.src, Builder: publish.NewBuilder("https://status.example.org", set), Wake: s.src.Wake(), Now: time.Now, Log: log,
	})
	if err := s.live.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.hub = server.NewHub(s.live, o.maxOpen, o.perIP, log)
	h := server.New(server.Deps{Live: s.live, Hub: s.hub, Pages: set, Parts: o.parts, Trusted: o.trusted, HTTPS: true, Now: time.Now, Log: log})
	s.web = httptest.NewServer(h)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.live.Run(ctx) }()
	t.Cleanup(func() {
		h.Stop()
		s.web.Close()
		stop()
		<-done
	})
	return s
}

// ask sends a request without following redirects or unpacking anything.
func (s *site) ask(t *testing.T, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.web.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestRequestShapesOfRealClients(t *testing.T) {
	s := newSite(t, options{})
	for _, tc := range []struct {
		method, path string
		header       []string
		code         int
	}{
		{"GET", "/", nil, 200}, {"HEAD", "/", nil, 200}, {"GET", "/de/", nil, 200}, {"GET", "/?utm_source=x", nil, 200},
		{"HEAD", "/api/v2/components.json", nil, 200}, {"GET", "//api/v2/incidents.json", nil, 200},
		{"GET", "/api/v2/summary.json", []string{"Accept", "application/json, text/plain, */*"}, 200},
		{"GET", "/api/v2/summary.json", []string{"Accept", "*/*", "Origin", "https://elsewhere.example"}, 200},
		{"OPTIONS", "/api/v2/summary.json", []string{"Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET"}, 204},
		{"GET", "/de", nil, 308}, {"GET", "/en/", nil, 308}, {"GET", "/en/history", nil, 308},
		{"GET", "/nothing-here", nil, 404}, {"GET", "/incidents/nosuchthing0", nil, 404}, {"GET", "/api/v2/nothing.json", nil, 404},
		{"GET", "/healthz", nil, 200}, {"GET", "/readyz", nil, 200}, {"HEAD", "/readyz", nil, 200},
		{"POST", "/api/v2/summary.json", nil, 405}, {"DELETE", "/", nil, 405}, {"PUT", "/nothing-here", nil, 404}, {"GET", "/feed.rss", nil, 200}, {"GET", "/feed.rss?per=update", nil, 200},
	} {
		resp, body := s.ask(t, tc.method, tc.path, tc.header...)
		if resp.StatusCode != tc.code {
			t.Errorf("%s %s: %d, want %d", tc.method, tc.path, resp.StatusCode, tc.code)
		}
		if tc.method == "HEAD" && body != "" {
			t.Errorf("HEAD %s has a body", tc.path)
		}
	}
}

func TestMachineDocumentsMayBeReadFromAnywhere(t *testing.T) {
	s := newSite(t, options{})
	resp, _ := s.ask(t, "GET", "/api/v2/summary.json")
	if resp.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(resp.Header.Get("Content-Type"), "json") {
		t.Errorf("headers %v", resp.Header)
	}
	resp, _ = s.ask(t, "GET", "/")
	if resp.Header.Get("Access-Control-Allow-Origin") != "" || resp.Header.Get("X-Status") != "operational" || !strings.Contains(resp.Header.Get("Link"), ".css>; rel=preload; as=style") {
		t.Errorf("headers %v", resp.Header)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy":   "default-src 'none'; script-src 'self'",
		"X-Content-Type-Options":    "nosniff",
		"Strict-Transport-Security": "max-age=",
		"Cache-Control":             "stale-if-error=86400",
		"Vary":                      "Accept-Encoding",
	} {
		if !strings.Contains(resp.Header.Get(name), want) {
			t.Errorf("%s is %q", name, resp.Header.Get(name))
		}
	}
	if resp.Header.Get("Set-Cookie") != "" {
		t.Error("a visitor got a cookie")
	}
}

func TestEncodingsAndConditionalRequests(t *testing.T) {
	s := newSite(t, options{})
	plain, identity := s.ask(t, "GET", "/")
	tag := plain.Header.Get("ETag")
	for _, tc := range []struct{ accept, encoding, suffix string }{
		{"", "", ""}, {"gzip", "gzip", "-gz"}, {"gzip, deflate, br", "br", "-br"}, {"br;q=0, gzip;q=0.5", "gzip", "-gz"},
		{"gzip;q=0", "", ""}, {"identity", "", ""}, {"GZIP", "gzip", "-gz"}, {"*", "", ""}, {"br;q=rubbish", "", ""},
	} {
		resp, body := s.ask(t, "GET", "/", "Accept-Encoding", tc.accept)
		if resp.Header.Get("Content-Encoding") != tc.encoding {
			t.Errorf("%q: encoding %q", tc.accept, resp.Header.Get("Content-Encoding"))
		}
		if want := strings.TrimSuffix(tag, `"`) + tc.suffix + `"`; resp.Header.Get("ETag") != want {
			t.Errorf("%q: ETag %s, want %s", tc.accept, resp.Header.Get("ETag"), want)
		}
		if tc.encoding == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if unpacked, err := io.ReadAll(z); err != nil || string(unpacked) != identity {
				t.Errorf("gzip body differs: %v", err)
			}
		}
	}
	bare := strings.Trim(tag, `"`)
	for _, tc := range []struct {
		name, value string
		code        int
	}{
		{"If-None-Match", tag, 304}, {"If-None-Match", `"` + bare + `-br"`, 304}, {"If-None-Match", `W/"` + bare + `-gz"`, 304},
		{"If-None-Match", `"other", ` + tag, 304}, {"If-None-Match", `"other"`, 200}, {"If-None-Match", "*", 304},
		{"If-Modified-Since", plain.Header.Get("Last-Modified"), 304}, {"If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT", 200},
		{"If-Modified-Since", "yesterday", 200},
	} {
		resp, body := s.ask(t, "GET", "/", tc.name, tc.value)
		if resp.StatusCode != tc.code || tc.code == 304 && (body != "" || resp.Header.Get("ETag") == "") {
			t.Errorf("%s: %s gave %d with %d bytes", tc.name, tc.value, resp.StatusCode, len(body))
		}
	}
}

func TestErrorsSpeakTheReadersFormat(t *testing.T) {
	s := newSite(t, options{parts: []server.Part{faulty{}}})
	for _, tc := range []struct {
		path, accept, kind string
		code               int
		contains           string
	}{
		{"/nothing", "text/html", "text/html", 404, "<html lang=\"en\""},
		{"/de/nichts", "text/html", "text/html", 404, "<html lang=\"de\""},
		{"/v1/nothing", "", "application/json", 404, `"error":`},
		{"/api/v2/nothing.json", "", "application/json", 404, `"error":`},
		{"/faulty/field", "application/json", "application/json", 422, `"fields":{"incident.name":"Give the notice a title."}`},
		{"/faulty/field", "text/html", "text/html", 422, "Give the notice a title."},
		{"/faulty/internal", "text/html", "text/html", 500, ""},
		{"/faulty/panic", "application/json", "application/json", 500, `"error":`},
	} {
		resp, body := s.ask(t, "GET", tc.path, "Accept", tc.accept)
		if resp.StatusCode != tc.code || !strings.HasPrefix(resp.Header.Get("Content-Type"), tc.kind) || !strings.Contains(body, tc.contains) {
			t.Errorf("%s: %d %s\n%s", tc.path, resp.StatusCode, resp.Header.Get("Content-Type"), body)
		}
		if strings.Contains(body, "secret of the inside") {
			t.Errorf("%s shows an internal error to the visitor", tc.path)
		}
	}
}

// faulty is a part whose handlers fail in every way.
type faulty struct{}

func (faulty) Register(e *echo.Echo) {
	e.GET("/faulty/field", func(echo.Context) error { return status.Invalid("incident.name", "Give the notice a title.") })
	e.GET("/faulty/internal", func(echo.Context) error { return io.ErrUnexpectedEOF })
	e.GET("/faulty/panic", func(echo.Context) error { panic("secret of the inside") })
	e.GET("/faulty/address", func(c echo.Context) error { return c.String(200, c.RealIP()) })
}

func TestForwardedAddressesAreBelievedFromNamedProxiesOnly(t *testing.T) {
	direct := newSite(t, options{parts: []server.Part{faulty{}}})
	if _, ip := direct.ask(t, "GET", "/faulty/address", "X-Forwarded-For", "203.0.113.9", "X-Real-IP", "203.0.113.9"); ip != "127.0.0.1" {
		t.Errorf("a stranger's header was believed: %s", ip)
	}
	behind := newSite(t, options{parts: []server.Part{faulty{}}, trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if _, ip := behind.ask(t, "GET", "/faulty/address", "X-Forwarded-For", "198.51.100.7, 203.0.113.9"); ip != "203.0.113.9" {
		t.Errorf("the named proxy's header was not believed: %s", ip)
	}
}

func TestReadinessSurvivesTheDatabase(t *testing.T) {
	s := newSite(t, options{})
	s.src.SetDown(true)
	for !s.live.Health().DatabaseDown {
		if t.Context().Err() != nil {
			t.Fatal("the outage was never noticed")
		}
	}
	resp, body := s.ask(t, "GET", "/readyz")
	var ready struct {
		Ready    bool
		Revision int64
		Database string
	}
	if err := json.Unmarshal([]byte(body), &ready); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || !ready.Ready || ready.Revision != 1 || ready.Database != "down" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	if resp, _ := s.ask(t, "GET", "/"); resp.StatusCode != http.StatusOK {
		t.Errorf("the page answers %d without a database", resp.StatusCode)
	}
}

// A page must not offer what is not there. Forms are other parts' and not mounted here.
func TestEveryDocumentThatAPageOffersIsThere(t *testing.T) {
	s := newSite(t, options{})
	id := s.outage(t)
	if err := s.live.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`(?:href|src)="(/[^"#?]*)`)
	for _, page := range []string{"/", "/de/", "/feeds", "/de/feeds", "/history", "/incidents/" + id, "/components/cardcardcard", "/accessibility", "/embed", "/de/embed/banner"} {
		_, body := s.ask(t, "GET", page)
		for _, link := range links.FindAllStringSubmatch(body, -1) {
			path := link[1]
			if strings.HasSuffix(path, "/subscribe") || strings.HasSuffix(path, "/report") {
				continue
			}
			if resp, _ := s.ask(t, http.MethodGet, path); resp.StatusCode != http.StatusOK {
				t.Errorf("%s offers %s, which answers %d", page, path, resp.StatusCode)
			}
		}
	}
}
