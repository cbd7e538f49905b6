package manage

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"allclear/status"
)

func TestParallelIdenticalPosts(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher).with("Idempotency-Key", "order-66")
	const many = 50
	answers := make([]*reply, many)
	var wait sync.WaitGroup
	for i := range many {
		wait.Go(func() { answers[i] = c.post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`) })
	}
	wait.Wait()
	for _, a := range answers {
		a.want(http.StatusCreated)
		if !bytes.Equal(a.body, answers[0].body) {
			t.Fatalf("two answers differ: %s and %s", a.body, answers[0].body)
		}
	}
	if n := c.get("/incidents").length(""); n != 1 {
		t.Errorf("%d incidents, want 1", n)
	}
	v, err := f.desk.Store.Public(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, e := range v.Events {
		if e.Type == status.IncidentCreated {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d events, want 1", told)
	}
	if len(f.desk.keys.held) != 0 {
		t.Error("a key is still held")
	}
}

func TestIdempotencyKeyScope(t *testing.T) {
	f := newFixture(t)
	const key, one, two = "Idempotency-Key", `{"incident":{"name":"One"}}`, `{"incident":{"name":"Two"}}`
	c := f.as(status.Publisher).with(key, "k")
	first := c.post("/incidents", one).want(http.StatusCreated)
	before := f.revision()
	c.post("/incidents", two).want(http.StatusUnprocessableEntity).has("fields.Idempotency-Key", `The Idempotency-Key "k" was used for another request within 24 hours; use a new one.`)
	if f.revision() != before {
		t.Error("the other request was carried out")
	}
	other := f.as(status.Admin).with(key, "k").post("/incidents", one).want(http.StatusCreated)
	if other.text("id") == first.text("id") {
		t.Error("another token got the first one's incident")
	}
	f.as(status.Admin).with(key, "k").post("/components", `{"component":{"name":"x"}}`).want(http.StatusUnprocessableEntity)
	f.pass(25 * time.Hour)
	if again := c.post("/incidents", one).want(http.StatusCreated); again.text("id") == first.text("id") {
		t.Error("a key is kept longer than a day")
	}
	for _, bad := range []string{"with space", string(bytes.Repeat([]byte("x"), 256)), "ü"} {
		f.as(status.Publisher).with(key, bad).post("/incidents", one).want(http.StatusUnprocessableEntity)
	}
}

// A refused request does not use up its key.
func TestIdempotencyKeyAfterRefusal(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin).with("Idempotency-Key", "k")
	c.post("/components", `{"component":{"name":""}}`).want(http.StatusUnprocessableEntity)
	c.post("/components", `{"component":{"name":"Search"}}`).want(http.StatusCreated)
	c.with("Idempotency-Key", "g").post("/component-groups", `{"component_group":{"name":"All","components":[]}}`).want(http.StatusCreated)
}

// The process died between the write and the answer: the object of then is shown.
func TestIdempotencyKeyWithoutAnswer(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher).with("Idempotency-Key", "k")
	const body = `{"incident":{"name":"One"}}`
	first := c.post("/incidents", body).want(http.StatusCreated)
	x := f.callOf(t, c.secret)
	x.c.Request().Header.Set("Idempotency-Key", "other")
	x.body = []byte(body)
	once, err := x.once()
	if err != nil {
		t.Fatal(err)
	}
	by := x.by()
	by.Once = once
	var made string
	if _, err := f.desk.Store.AddIncident(t.Context(), by, func(site *status.Site) (*status.Incident, error) {
		name := "One"
		i, err := status.OpenIncident(site, status.NewID(), status.NewID(), status.Change{Name: &name})
		made = i.ID
		return i, err
	}); err != nil {
		t.Fatal(err)
	}
	again := c.with("Idempotency-Key", "other").post("/incidents", body).want(http.StatusCreated).has("id", made)
	if again.text("id") == first.text("id") {
		t.Error("two keys share an incident")
	}
	if repeat := c.with("Idempotency-Key", "other").post("/incidents", body); !bytes.Equal(repeat.body, again.body) {
		t.Error("the answer was not kept")
	}
}

// callOf is a call as the route would make it.
func (f *fixture) callOf(t *testing.T, secret string) *call {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.page+"/incidents", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "OAuth "+secret)
	r.Header.Set("Content-Type", jsonType)
	x := &call{c: f.echo.NewContext(r, nil), desk: f.desk, now: f.clock()}
	if err := x.authenticate(); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestKeyIsHeldUntilReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keyring
		release, err := k.hold(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := k.hold(ctx, "k"); status.FaultCode(err) != status.CodeUnavailable {
			t.Errorf("a held key answered %v", err)
		}
		got := make(chan error)
		go func() {
			free, err := k.hold(t.Context(), "k")
			if err == nil {
				free()
			}
			got <- err
		}()
		synctest.Wait()
		release()
		if err := <-got; err != nil {
			t.Error(err)
		}
	})
}

func TestStaleVersion(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	id := c.post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`).want(http.StatusCreated).text("id")
	group := c.post("/component-groups", `{"component_group":{"name":"All","components":[]}}`).want(http.StatusCreated).text("id")
	for path, body := range map[string]string{
		"/incidents/" + id: `{"incident":{"name":"Slower"}}`, "/components/" + f.api: `{"component":{"name":"Interface"}}`,
		"/component-groups/" + group: `{"component_group":{"name":"Some"}}`, "": `{"page":{"name":"Acme"}}`,
	} {
		tag := c.get(path).want(http.StatusOK).header.Get("ETag")
		version, err := strconv.Unquote(tag)
		if err != nil {
			t.Fatalf("%s has the ETag %q", path, tag)
		}
		c.with("If-Match", version).patch(path, body).want(http.StatusOK)
		before := f.revision()
		for _, seen := range []string{version, tag, "W/" + tag} {
			stale := c.with("If-Match", seen).patch(path, body).want(http.StatusConflict)
			next, _ := strconv.Atoi(version)
			stale.has("current_version", strconv.Itoa(next+1)).has("current.version", strconv.Itoa(next+1)).has("fields.version", stale.text("error"))
		}
		if path != "" {
			c.with("If-Match", version).delete(path).want(http.StatusConflict).has("current.id", c.get(path).text("id"))
		}
		c.with("If-Match", "soon").patch(path, body).want(http.StatusBadRequest)
		if f.revision() != before {
			t.Errorf("a stale request to %s wrote", path)
		}
		c.with("If-Match", "*").patch(path, body).want(http.StatusOK)
	}
}

func TestWriteWaitsForThePage(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	made := c.post("/incidents", `{"incident":{"name":"Slow"}}`).want(http.StatusCreated)
	if got := made.header.Get(revisionHeader); got != fmt.Sprint(f.revision()) {
		t.Errorf("the answer names revision %q, want %d", got, f.revision())
	}
	if made.header.Get(publishedHeader) != "" {
		t.Error("a published write is called pending")
	}
	url := "/incidents/" + made.text("id")
	f.live.late = true
	began := time.Now()
	late := c.patch(url, `{"incident":{"body":"One."}}`).want(http.StatusOK)
	if late.header.Get(publishedHeader) != "pending" || late.header.Get(revisionHeader) != fmt.Sprint(f.revision()) {
		t.Errorf("a late page answered %v", late.header)
	}
	if wait := f.live.deadline.Sub(began); wait < time.Second || wait > 3*time.Second {
		t.Errorf("waited up to %v, want 2 s", wait)
	}
	read := c.get(url).want(http.StatusOK)
	if got := read.header.Get(revisionHeader); got != fmt.Sprint(f.revision()-1) {
		t.Errorf("a read names revision %q, want what the page serves", got)
	}
}

func TestWritersAreNamed(t *testing.T) {
	f := newFixture(t)
	f.as(status.Publisher).post("/incidents", `{"incident":{"name":"Slow"}}`).want(http.StatusCreated)
	audit := f.as(status.Admin).get("/audit?limit=2").want(http.StatusOK)
	audit.has("0.actor", "token publisher").has("0.action", "incident.open").has("0.detail", "Slow").has("1.actor", "token admin")
	if n := f.as(status.Admin).get("/audit?before=" + audit.text("1.id")).want(http.StatusOK).length(""); n < 2 {
		t.Errorf("%d older entries", n)
	}
}

func TestReports(t *testing.T) {
	f := newFixture(t)
	for _, at := range []time.Time{start.Add(-48 * time.Hour), start.Add(-time.Hour)} {
		r := status.Report{ComponentIDs: []string{f.api}, Symptom: "slow", Text: "Slow here.", Email: "a@example.com", Source: "secret", CreatedAt: at}
		if err := f.desk.Store.AddReport(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	seen := f.as(status.Viewer).get("/reports").want(http.StatusOK).has("0.symptom", "slow").has("0.component_ids.0", f.api).has("0.email", "<nil>")
	if seen.length("") != 1 || bytes.Contains(seen.body, []byte("secret")) {
		t.Errorf("reports of a day: %s", seen.body)
	}
	if got := f.as(status.Admin).get("/reports?since=2026-11-20").want(http.StatusOK).has("1.email", "a@example.com"); got.length("") != 2 {
		t.Errorf("reports of two days: %s", got.body)
	}
}
