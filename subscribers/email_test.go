package subscribers

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"allclear/status"
)

// news is the mail about a notice to one subscriber.
func news(t *testing.T, a *asking, sub status.Subscriber) Parcel {
	t.Helper()
	_, _, err := a.store.ExpandEvents(t.Context(), 10)
	a.check(err)
	for _, p := range a.mailed() {
		if p.To == sub.Address {
			return p
		}
	}
	t.Fatal("no mail")
	return Parcel{}
}

func TestMailHeaders(t *testing.T) {
	a := newAsking(t)
	sub := a.subscriber("ann@example.com")
	id := a.outage("Sign-in: =?UTF-8?q?x?= ist gestört")
	p := news(t, a, sub)
	m, err := netmail.ReadMessage(bytes.NewReader(p.Body))
	a.check(err)
	recipient := a.keys.hash("recipient", "ann@example.com")[:16]
	n, err := a.store.Incident(t.Context(), id)
	a.check(err)
	want := map[string]string{
		"From": `"Example Status" <status@example.com>`, "To": "<ann@example.com>", "Date": "Tue, 10 Mar 2026 09:00:00 +0000",
		"Message-Id":  "<" + n.Updates[0].ID + "." + recipient + "@example.com>",
		"In-Reply-To": "<" + id + "." + recipient + "@example.com>", "References": "<" + id + "." + recipient + "@example.com>",
		"Auto-Submitted": "auto-generated", "List-Id": "<status.example.com>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"User-Agent": "", "X-Mailer": "", "Precedence": "", "Bcc": "", "Mime-Version": "1.0",
	}
	for name, value := range want {
		if got := m.Header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if got := m.Header.Get("List-Unsubscribe"); !strings.HasPrefix(got, "<"+baseURL+"/subscriptions/") || !strings.HasSuffix(got, "/unsubscribe>") {
		t.Errorf("List-Unsubscribe: %q", got)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || !strings.Contains(subject, "Sign-in: =?UTF-8?q?x?= ist gestört") {
		t.Errorf("Subject: %q, %v", subject, err)
	}
	for line := range strings.SplitSeq(string(p.Body), "\r\n") {
		if len(line) > 998 || strings.Contains(line, "\n") {
			t.Errorf("a line of %d characters: %.80s", len(line), line)
		}
	}
	if len(p.Body) > 25<<10 {
		t.Errorf("the mail has %d bytes", len(p.Body))
	}
}

func TestMailHasTwoParts(t *testing.T) {
	a := newAsking(t)
	sub := a.subscriber("ann@example.com", func(s *status.Subscriber) { s.Locale = "de" })
	a.outage("Login does not work")
	p := news(t, a, sub)
	m, err := netmail.ReadMessage(bytes.NewReader(p.Body))
	a.check(err)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"} {
		part, err := parts.NextRawPart()
		a.check(err)
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		a.check(err)
		if got := part.Header.Get("Content-Type"); got != want {
			t.Errorf("a part of type %q, want %q", got, want)
		}
		text := string(body)
		if !strings.Contains(text, "Login does not work") || !strings.Contains(text, baseURL+"/de/subscriptions/") || !strings.Contains(text, "Abmelden") && !strings.Contains(text, "abmelden") && !strings.Contains(text, "Abbestellen") {
			t.Errorf("%s is not whole, or not German:\n%s", want, text)
		}
		if strings.Contains(text, manageMark) || strings.Contains(text, unsubscribeMark) {
			t.Errorf("%s still has a mark in it", want)
		}
	}
}

// The bytes of a mail are fixed at its first attempt: neither a later update nor time
// changes a repeated one.
func TestMailIsTheSameAgain(t *testing.T) {
	a := newAsking(t)
	ctx := t.Context()
	a.subscriber("ann@example.com")
	id := a.outage("Login does not work")
	_, _, err := a.store.ExpandEvents(ctx, 10)
	a.check(err)
	attempt := func() Parcel {
		list, _, err := a.store.Exchange(ctx, status.Email, "test", lease, nil, nil, 1)
		a.check(err)
		if len(list) != 1 {
			t.Fatalf("%d deliveries are due", len(list))
		}
		p, err := a.engine(nil, nil).pack(ctx, &list[0])
		a.check(err)
		list[0].State, list[0].NextAt = status.Waiting, a.now()
		_, _, err = a.store.Exchange(ctx, status.Email, "test", lease, list, nil, 0)
		a.check(err)
		return p
	}
	first := attempt()
	a.clock.add(lease)
	body := "Now we know more."
	a.update(id, status.Change{Body: &body, Notify: new(bool)})
	again := attempt()
	if first.ID != again.ID || !bytes.Equal(first.Body, again.Body) {
		t.Errorf("the second attempt differs:\n%s\n%s", first.Body, again.Body)
	}
}

func TestFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "mail")
	c := Folder{Path: folder}.Carrier()
	defer c.Close()
	late := parcel("../b/x@example.com")
	late.At = start
	early := parcel("a@example.com")
	early.At = start.Add(-1)
	for _, p := range []Parcel{late, early, late} {
		if a := c.Carry(t.Context(), p); a.Verdict != Delivered {
			t.Fatalf("%+v", a)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "20260310T085959.999Z-a@example.com.eml 20260310T090000.000Z-.._b_x@example.com.eml" {
		t.Errorf("the folder holds %s", got)
	}
	if got, err := os.ReadFile(filepath.Join(folder, names[1])); err != nil || !bytes.Equal(got, late.Body) {
		t.Errorf("the file holds %q, %v", got, err)
	}
	blocked := Folder{Path: filepath.Join(folder, names[0])}
	if a := blocked.Carry(t.Context(), early); a.Verdict != Again {
		t.Errorf("into a folder that cannot be: %+v", a)
	}
}

func TestATitleIsNotDecoded(t *testing.T) {
	got := literal("=?utf-8?Q?Down=0D=0ABcc:_all?=")
	decoded, err := new(mime.WordDecoder).DecodeHeader(got)
	if err != nil || decoded != got {
		t.Errorf("a mail program reads %q, %v", decoded, err)
	}
}
