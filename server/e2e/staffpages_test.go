package e2e_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/server/admin"

	"github.com/labstack/echo/v4"
)

// staffRoutes are the screens of the staff side, as they are mounted: a new one is asked
// for here by itself. Files and streams are none.
func staffRoutes() []string {
	e := echo.New()
	(&admin.Desk{}).Register(e)
	var all []string
	for _, r := range e.Routes() {
		last := r.Path[strings.LastIndex(r.Path, "/")+1:]
		if r.Method == http.MethodGet && r.Path != "/admin/*" && !strings.Contains(last, ".") && last != "events" {
			all = append(all, r.Path)
		}
	}
	slices.Sort(all)
	return all
}

// routeOf finds the route that an address belongs to; a fixed one wins over one with a
// parameter, as in the router.
func routeOf(routes []string, path string) string {
	best := ""
	for _, r := range routes {
		want, got := strings.Split(r, "/"), strings.Split(path, "/")
		if len(want) != len(got) || strings.Contains(got[len(got)-1], ".") || !fits(want, got) {
			continue
		}
		if best == "" || strings.Count(r, ":") < strings.Count(best, ":") {
			best = r
		}
	}
	return best
}

func fits(want, got []string) bool {
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], ":") {
			return false
		}
	}
	return true
}

// furnished is an instance with one of everything that staff can meet, and the screens
// that only an address with a parameter shows.
func furnished(t *testing.T) (*instance, []string) {
	t.Helper()
	in := start(t, "--demo")
	page := in.page(t)
	notice := func(fields map[string]any) string {
		var made struct{ ID string }
		in.api(t, "POST", page+"/incidents?lint=warn", map[string]any{"incident": fields}, &made) // links to example.org
		return made.ID
	}
	hours := func(n int) string { return time.Now().Add(time.Duration(n) * time.Hour).UTC().Format(time.RFC3339) }
	german := func(name, body string) map[string]any {
		return map[string]any{"de": map[string]string{"name": name, "body": body}}
	}
	down := notice(map[string]any{
		"name": "Card payments are declined", "body": "We are looking for the cause. See the [help pages](https://example.org/help).",
		"severity": "critical", "urgency": "immediate", "components": map[string]string{"cardpayments": "major_outage"},
		"third_party": map[string]any{"state": "unnamed"}, "internal_note": "Called at 3:05.\n\nNobody answered.", "assignee": "Mira",
		"translations": german("Kartenzahlungen werden abgelehnt", "Wir suchen die Ursache."),
	})
	draft := notice(map[string]any{"name": "Exports are late", "body": "Exports arrive one hour late.", "draft": true, "components": map[string]string{"webhooksexpo": "degraded_performance"}})
	running := notice(map[string]any{
		"name": "Work on the network", "body": "We are renewing cables.", "status": "in_progress", "component_ids": []string{"publicapi001"},
		"scheduled_for": hours(-1), "scheduled_until": hours(1), "translations": german("Arbeiten am Netz", "Wir erneuern Kabel."),
	})
	planned := notice(map[string]any{
		"name": "Another move", "body": "We will move.", "status": "scheduled", "component_ids": []string{"invoices0001"},
		"scheduled_for": hours(30), "scheduled_until": hours(31), "scheduled_auto_in_progress": true, "scheduled_auto_completed": true,
		"recurrence": "FREQ=WEEKLY;COUNT=9",
	})
	entry := in.entry(t, page, down)
	in.letter(t, "demo@example.org", "/incidents/"+down) // its deliveries are there
	return in, []string{
		"/admin", "/admin/new", "/admin/new?c=search000001&symptom=slow", "/admin/new?full=1",
		"/admin/new/review?c=search000001&c=filestorage1&symptom=slow", "/admin/maintenances/new", "/admin/new/security", "/admin/confirm?next=/admin/accounts",
		"/admin/incidents/" + down, "/admin/incidents/" + down + "/edit", "/admin/incidents/" + down + "/delete",
		"/admin/incidents/" + down + "/entries/" + entry, "/admin/incidents/" + draft, "/admin/incidents/" + draft + "/delete", "/admin/incidents/invoicelate1",
		"/admin/maintenances/" + running, "/admin/maintenances/" + planned, "/admin/maintenances/" + planned + "/edit", "/admin/maintenances/" + planned + "/delete",
		"/admin/maintenances/" + planned + "/entries/" + in.entry(t, page, planned),
		"/admin/components/search000001", "/admin/components/grpdataapi01", "/admin/components/search000001/delete",
		"/admin/confirm?next=/admin/accounts",
	}
}

// entry is the id of a notice's newest entry.
func (in *instance) entry(t *testing.T, page, id string) string {
	t.Helper()
	var n struct {
		Updates []struct{ ID string } `json:"incident_updates"`
	}
	in.api(t, "GET", page+"/incidents/"+id, nil, &n)
	if len(n.Updates) == 0 {
		t.Fatalf("the notice %s has no entry", id)
	}
	return n.Updates[0].ID
}

// TestEveryStaffScreen walks the whole staff side as an administrator, in both languages:
// what is wrong for somebody who cannot see, cannot hold a mouse still, reads large text
// or works in the dark is an error. No screen can be forgotten. Single messages are looked
// at by TestDeliveryScreens.
func TestEveryStaffScreen(t *testing.T) {
	in, first := furnished(t)
	routes := staffRoutes()
	kind := func(u *url.URL) string {
		if u.Path == "/admin/login" {
			return "" // TestTheDoor
		}
		route := routeOf(routes, u.Path)
		if strings.HasSuffix(route, "/:screen") {
			return route + " " + u.Path // each is another one
		}
		return route
	}
	seen := newLookedAt(t)
	t.Run("in", func(t *testing.T) {
		for _, locale := range []string{"en", "de"} {
			t.Run(locale, func(t *testing.T) {
				t.Parallel()
				x := newExaminer(t, in.url, 360, 44, seen)
				x.dark = locale == "de"
				x.staff(in, locale, "admin")
				x.crawl(first, 1, kind)
			})
		}
	})
	for _, r := range routes {
		if !seen.met(r) && r != "/admin/login" && !strings.HasPrefix(r, "/setup/") && !strings.HasSuffix(r, "/:delivery") {
			t.Errorf("no page leads to %s: link to it, or add an example of it to this test", r)
		}
	}
	seen.valid()
}

// TestTheDoor looks at the screens before anybody is signed in, at those of an empty page,
// and at a notice that can still be taken back.
func TestTheDoor(t *testing.T) {
	in := start(t, "--mail-hold", "10m")
	seen := newLookedAt(t)
	x := newExaminer(t, in.url, 360, 44, seen)
	for _, path := range []string{"/admin/login", <-in.setup} {
		x.open(in.url + path)
		x.examine(path)
	}
	x.staff(in, "en", "admin")
	for _, path := range []string{"/admin", "/admin/new", "/admin/incidents", "/admin/components", "/admin/trends"} {
		x.open(in.url + path)
		x.examine("nothing is there: " + path)
	}
	x.open(in.url + in.publish(t))
	x.shows(`document.querySelector("form.undo") !== null`)
	x.examine("a notice that can be taken back")
	seen.valid()
}
