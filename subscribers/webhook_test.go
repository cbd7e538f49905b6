package subscribers

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"allclear/status"
)

// loopback opens the network of the test's receivers.
var loopback = Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

func TestHookIsSigned(t *testing.T) {
	keys := []string{newSecret(), newSecret()}
	stranger := newSecret()
	var header http.Header
	var body []byte
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
	}))
	defer receiver.Close()
	c := Hooks{Guard: loopback}.Carrier()
	a := c.Carry(t.Context(), Parcel{ID: "msg1", To: receiver.URL, Body: []byte(`{"a":"ü"}`), Secrets: keys})
	if a.Verdict != Delivered || string(body) != `{"a":"ü"}` || header.Get("webhook-id") != "msg1" || header.Get("content-type") != "application/json" {
		t.Fatalf("%+v: %s %v", a, body, header)
	}
	verify := func(secret string, body []byte) error {
		w, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		return w.Verify(body, header)
	}
	for _, secret := range keys {
		if err := verify(secret, body); err != nil {
			t.Errorf("the reference library refuses: %v", err)
		}
		if verify(secret, append(body, ' ')) == nil {
			t.Error("a changed body verifies")
		}
	}
	if verify(stranger, body) == nil {
		t.Error("a stranger's secret verifies")
	}
}

func TestHookAnswers(t *testing.T) {
	now := start
	elsewhere := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere = true }))
	defer other.Close()
	for _, c := range []struct {
		name   string
		code   int
		header http.Header
		want   Answer
	}{
		{"ok", 200, nil, Answer{Verdict: Delivered}},
		{"accepted", 202, nil, Answer{Verdict: Delivered}},
		{"no content", 204, nil, Answer{Verdict: Delivered}},
		{"redirect", 301, http.Header{"Location": {other.URL}}, Answer{Verdict: Again}},
		{"temporary redirect", 307, http.Header{"Location": {other.URL}}, Answer{Verdict: Again}},
		{"bad request", 400, nil, Answer{Verdict: Again}},
		{"not found", 404, nil, Answer{Verdict: Again}},
		{"gone", 410, nil, Answer{Verdict: Refused, Gone: true}},
		{"too many", 429, http.Header{"Retry-After": {"120"}}, Answer{Verdict: Again, RetryAfter: 2 * time.Minute}},
		{"unavailable", 503, http.Header{"Retry-After": {now.Add(time.Hour).Format(http.TimeFormat)}}, Answer{Verdict: Again, RetryAfter: time.Hour}},
		{"far away", 503, http.Header{"Retry-After": {"9999999"}}, Answer{Verdict: Again, RetryAfter: mostWait}},
		{"nonsense", 503, http.Header{"Retry-After": {"soon"}}, Answer{Verdict: Again}},
		{"error", 500, nil, Answer{Verdict: Again}},
	} {
		t.Run(c.name, func(t *testing.T) {
			receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				maps.Copy(w.Header(), c.header)
				w.WriteHeader(c.code)
			}))
			defer receiver.Close()
			carrier := Hooks{Guard: loopback, Now: func() time.Time { return now }}.Carrier()
			c.want.Text = fmt.Sprintf("The endpoint answered %d.", c.code)
			if a := carrier.Carry(t.Context(), Parcel{ID: "m", To: receiver.URL, Secrets: []string{newSecret()}}); a != c.want {
				t.Errorf("%+v, want %+v", a, c.want)
			}
		})
	}
	if elsewhere {
		t.Error("a redirect was followed")
	}
}

func TestHookReadsLittle(t *testing.T) {
	written := make(chan int64, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n, _ := io.Copy(w, io.LimitReader(endless{}, 1<<30))
		written <- n
	}))
	defer receiver.Close()
	if a := (Hooks{Guard: loopback}).Carrier().Carry(t.Context(), Parcel{ID: "m", To: receiver.URL, Secrets: []string{newSecret()}}); a.Verdict != Delivered {
		t.Errorf("%+v", a)
	}
	if n := <-written; n >= 64<<20 {
		t.Errorf("the receiver could send %d bytes", n)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestHookStaysOutside(t *testing.T) {
	asked := false
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer receiver.Close()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // we hang up on its certificate
	secure.StartTLS()
	defer secure.Close()
	t.Setenv("HTTPS_PROXY", receiver.URL)
	t.Setenv("HTTP_PROXY", receiver.URL)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(secure.URL, "https://"))
	c := Hooks{}.Carrier()
	for _, to := range []string{
		secure.URL, receiver.URL, "https://localhost:" + port, "https://localhost.:" + port, "https://[::1]:" + port,
		"https://[::ffff:127.0.0.1]:" + port, "https://0.0.0.0:" + port, "https://127.1:" + port, "https://2130706433:" + port, "https://0x7f000001:" + port,
		"https://[fe80::1%25lo]:" + port, "ftp://127.0.0.1/", "https://", "::",
	} {
		a := c.Carry(t.Context(), Parcel{ID: "m", To: to, Secrets: []string{newSecret()}})
		if a.Verdict == Delivered || strings.Contains(a.Text, "127.0.0.1") || strings.Contains(a.Text, "refused") {
			t.Errorf("%s: %+v", to, a)
		}
	}
	if asked {
		t.Error("a private address or a proxy was asked")
	}
	if a := (Hooks{Guard: loopback}).Carrier().Carry(t.Context(), Parcel{ID: "m", To: secure.URL, Secrets: []string{newSecret()}}); a.Verdict != Again || !strings.Contains(a.Text, "TLS") {
		t.Errorf("an unknown certificate: %+v", a)
	}
}

// The whole way: a notice becomes a signed envelope at the endpoint.
func TestHookEndToEnd(t *testing.T) {
	w := newWorld(t, time.Now)
	type message struct {
		header http.Header
		body   []byte
	}
	got := make(chan message, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- message{r.Header, body}
	}))
	defer receiver.Close()
	sub, secret := w.hook(receiver.URL)
	e := w.engine(nothing(t), nil, func(o *Options) { o.Hooks = Hooks{Guard: loopback} })
	w.running(e)
	id := w.outage("Login does not work")
	e.Wake()
	m := <-got
	verifier, err := standardwebhooks.NewWebhook(secret)
	w.check(err)
	if err := verifier.Verify(m.body, m.header); err != nil {
		t.Errorf("the reference library refuses: %v", err)
	}
	var envelope struct {
		Type     string
		Revision int64
		Sequence int64
		Incident struct{ ID, Name string }
		Meta     struct{ Unsubscribe string }
	}
	w.check(json.Unmarshal(m.body, &envelope))
	if envelope.Type != string(status.IncidentCreated) || envelope.Incident.ID != id || envelope.Incident.Name != "Login does not work" || envelope.Sequence != 1 || envelope.Revision == 0 {
		t.Errorf("the envelope is %s", m.body)
	}
	token := strings.TrimSuffix(strings.TrimPrefix(envelope.Meta.Unsubscribe, baseURL+"/subscriptions/"), "/unsubscribe")
	w.check(w.service.End(t.Context(), token))
	if left, _ := w.store.Subscriber(t.Context(), sub.ID); left.State != status.Ended {
		t.Errorf("after its own unsubscribe link the webhook is %s", left.State)
	}
}
