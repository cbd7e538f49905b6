package main

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"allclear/status"
	"allclear/store"
)

// parcel is a webhook as it arrived.
type parcel struct {
	header http.Header
	body   []byte
}

// receiver takes webhooks on loopback.
func receiver(t *testing.T) (endpoint string, arrived <-chan parcel) {
	t.Helper()
	out := make(chan parcel, 10)
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		out <- parcel{r.Header, body}
	}))
	t.Cleanup(web.Close)
	return web.URL + "/hook", out
}

// runningNode is the whole server with the loopback network opened for webhooks.
func runningNode(t *testing.T) (*node, *httptest.Server) {
	t.Helper()
	data := t.TempDir()
	app := &App{
		Config: Config{
			Data: data, MailWorkers: 2, SSEMax: 10, SSEMaxPerIP: 10, MailFrom: MailAddress{Address: "status@example.org"},
			AllowWebhookNets: Networks{netip.MustParsePrefix("127.0.0.0/8")},
			Database:         Database{Engine: EngineSQLite, Path: filepath.Join(data, "allclear.db")},
		},
		Stdout: io.Discard, Stderr: io.Discard, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	n, err := newNode(t.Context(), app, "https://status.example.org")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(n.server)
	ctx, stop := context.WithCancel(context.Background())
	g := &group{stop: stop}
	g.run(func() error { return n.live.Run(ctx) })
	for _, work := range n.work {
		g.run(func() error { return work(ctx) })
	}
	t.Cleanup(func() {
		n.server.Stop()
		web.Close()
		stop()
		g.wait.Wait()
		n.close()
	})
	return n, web
}

func post(t *testing.T, target string, form url.Values) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: %d %v\n%s", target, resp.StatusCode, err, body)
	}
	return string(body)
}

// firstLetter waits for the first mail in the data folder.
func firstLetter(t *testing.T, data, address string) string {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-look.C {
		letters, err := lettersFor(filepath.Join(data, "mail"), address)
		if err != nil {
			t.Fatal(err)
		}
		if len(letters) > 0 {
			return letters[0]
		}
	}
	t.Fatal("no mail came")
	return ""
}

var (
	confirmPath = regexp.MustCompile(`(/subscriptions/[^/\s]+/confirm)`)
	secretShown = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`)
)

// A webhook is asked for on the page, confirmed by mail, and told of an incident by a
// message that the reference library of Standard Webhooks accepts.
func TestAWebhookIsToldWithASignature(t *testing.T) {
	n, web := runningNode(t)
	endpoint, arrived := receiver(t)
	post(t, web.URL+"/subscribe", url.Values{"channel": {"webhook"}, "email": {"owner@example.org"}, "endpoint": {endpoint}, "locale": {"en"}})
	link := confirmPath.FindString(firstLetter(t, n.app.Config.Data, "owner@example.org"))
	secret := secretShown.FindString(html.UnescapeString(post(t, web.URL+link, nil)))
	if link == "" || secret == "" {
		t.Fatalf("link %q, secret %q", link, secret)
	}
	name, body := "Card payments fail", "We are looking for the cause."
	_, err := n.store.AddIncident(t.Context(), store.By{Actor: "test"}, func(site *status.Site) (*status.Incident, error) {
		return status.OpenIncident(site, status.NewID(), status.NewID(), status.Change{Name: &name, Body: &body})
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case p := <-arrived:
		checkParcel(t, secret, p)
	case <-time.After(20 * time.Second):
		t.Fatal("no webhook came")
	}
}

func checkParcel(t *testing.T, secret string, p parcel) {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify(p.body, p.header); err != nil {
		t.Errorf("the signature does not verify: %v", err)
	}
	if err := verifier.Verify(bytes.Replace(p.body, []byte("Card"), []byte("Cart"), 1), p.header); err == nil {
		t.Error("a forged body verifies")
	}
	var envelope struct {
		Type     string
		Incident struct{ Name, Status string }
		Meta     struct{ Unsubscribe string }
	}
	if err := json.Unmarshal(p.body, &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope.Type != "incident.created" || envelope.Incident.Name != "Card payments fail" || !strings.HasPrefix(envelope.Meta.Unsubscribe, "https://status.example.org/") {
		t.Errorf("envelope %s", p.body)
	}
}
