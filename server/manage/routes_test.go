package manage

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// matrix says from which role on a route works: one line for every line of the table,
// and more where the role depends on what is written.
var matrix = []struct {
	method, path, body string
	from               status.Role
}{
	{"GET", "/v1/pages", "", status.Viewer},
	{"GET", pageURL, "", status.Viewer},
	{"PATCH", pageURL, `{"page":{"name":"Acme"}}`, status.Admin},
	{"PUT", pageURL, `{"page":{"name":"Acme"}}`, status.Admin},
	{"GET", pageURL + "/components", "", status.Viewer},
	{"POST", pageURL + "/components", `{"component":{"name":"New"}}`, status.Admin},
	{"GET", componentURL, "", status.Viewer},
	{"PATCH", componentURL, `{"component":{"status":"partial_outage"}}`, status.Publisher},
	{"PATCH", componentURL, `{"component":{"status":"partial_outage","name":"Other"}}`, status.Admin},
	{"PATCH", componentURL, `{"component":{}}`, status.Admin},
	{"PUT", componentURL, `{"component":{"status":"operational"}}`, status.Publisher},
	{"PUT", componentURL, `{"component":{"description":null}}`, status.Admin},
	{"GET", componentURL + "/uptime", "", status.Viewer},
	{"DELETE", componentURL, "", status.Admin},
	{"GET", pageURL + "/component-groups", "", status.Viewer},
	{"POST", pageURL + "/component-groups", `{"component_group":{"name":"New","components":[]}}`, status.Admin},
	{"GET", groupURL, "", status.Viewer},
	{"PATCH", groupURL, `{"component_group":{"name":"Other"}}`, status.Admin},
	{"PUT", groupURL, `{"component_group":{"name":"Other"}}`, status.Admin},
	{"GET", groupURL + "/uptime", "", status.Viewer},
	{"DELETE", groupURL, "", status.Admin},
	{"GET", pageURL + "/incidents", "", status.Viewer},
	{"POST", pageURL + "/incidents", `{"incident":{"name":"New","draft":true}}`, status.Author},
	{"POST", pageURL + "/incidents", `{"incident":{"name":"New"}}`, status.Publisher},
	{"POST", pageURL + "/incidents/lint", `{"incident":{"name":"New"}}`, status.Author},
	{"GET", pageURL + "/incidents/unresolved", "", status.Viewer},
	{"GET", pageURL + "/incidents/scheduled", "", status.Viewer},
	{"GET", pageURL + "/incidents/upcoming", "", status.Viewer},
	{"GET", pageURL + "/incidents/active_maintenance", "", status.Viewer},
	{"GET", incidentURL, "", status.Viewer},
	{"PATCH", incidentURL, `{"incident":{"body":"Two."}}`, status.Publisher},
	{"PUT", incidentURL, `{"incident":{"body":"Two."}}`, status.Publisher},
	{"PATCH", updateURL, `{"incident_update":{"body":"Two."}}`, status.Publisher},
	{"PUT", updateURL, `{"incident_update":{"body":"Two."}}`, status.Publisher},
	{"PATCH", incidentURL, `{"incident":{"draft":true}}`, status.Publisher},
	{"DELETE", updateURL, "", status.Publisher},
	{"DELETE", incidentURL, "", status.Publisher},
	{"GET", pageURL + "/deliveries", "", status.Viewer},
	{"GET", deliveryURL, "", status.Viewer},
	{"POST", deliveryURL + "/retry", "", status.Publisher},
	{"GET", pageURL + "/incident_templates", "", status.Viewer},
	{"POST", pageURL + "/incident_templates", `{"template":{"name":"New","title":"New","body":"One."}}`, status.Admin},
	{"GET", templateURL, "", status.Viewer},
	{"PATCH", templateURL, `{"template":{"name":"Other"}}`, status.Admin},
	{"PUT", templateURL, `{"template":{"name":"Other"}}`, status.Admin},
	{"DELETE", templateURL, "", status.Admin},
	{"GET", pageURL + "/audit", "", status.Admin},
	{"GET", pageURL + "/reports", "", status.Viewer},
}

func TestRolesOfEveryRoute(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	group := c.post("/component-groups", `{"component_group":{"name":"All","components":[]}}`).want(http.StatusCreated).text("id")
	declared := map[string]bool{}
	for _, line := range matrix {
		declared[line.method+" "+line.path] = true
		incident := c.post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`).want(http.StatusCreated)
		if line.method+line.path == "DELETE"+updateURL { // the first update is the notice itself
			incident = c.patch("/incidents/"+incident.text("id"), `{"incident":{"body":"Two."}}`).want(http.StatusOK)
		}
		object := map[bool]string{true: f.mail, false: group}[strings.HasPrefix(line.path, componentURL)]
		if strings.HasPrefix(line.path, incidentURL) {
			object = incident.text("id")
		}
		if strings.HasPrefix(line.path, deliveryURL) {
			object = f.failed(incident.text("id"))
		}
		if strings.HasPrefix(line.path, templateURL) {
			object = c.post("/incident_templates", `{"template":{"name":"Old","title":"Old","body":"One."}}`).want(http.StatusCreated).text("id")
		}
		path := strings.NewReplacer(pageURL, f.page, ":id", object, ":update_id", incident.text("incident_updates.0.id")).Replace(line.path)
		if line.path == pageURL+"/deliveries" {
			path += "?incident_id=" + incident.text("id")
		}
		for _, role := range status.Roles() {
			before := f.revision()
			got := f.as(role).send(line.method, path, jsonType, line.body)
			if role.May(line.from) {
				if got.code >= 300 {
					t.Errorf("%s %s %s as %s answered %d: %s", line.method, line.path, line.body, role, got.code, got.body)
				}
				if line.method == "DELETE" {
					break // it can be deleted once
				}
				continue
			}
			got.want(http.StatusForbidden)
			if f.revision() != before {
				t.Errorf("%s %s as %s was refused and wrote", line.method, line.path, role)
			}
		}
		if strings.HasPrefix(line.path, componentURL) && line.method == "DELETE" {
			f.mail = f.component("Mail")
		}
	}
	for _, r := range f.desk.routes() {
		if !declared[r.method+" "+r.path] {
			t.Errorf("%s %s is not in the matrix", r.method, r.path)
		}
	}
}

func TestNobodyWithoutToken(t *testing.T) {
	f := newFixture(t)
	gone := start.Add(-time.Second)
	expired := f.token("expired", status.Admin, &gone)
	revoked := f.token("revoked", status.Admin, nil)
	if err := f.desk.Store.RevokeToken(t.Context(), store.By{Actor: "test"}, "revoked"); err != nil {
		t.Fatal(err)
	}
	before := f.revision()
	for _, header := range []string{"", "OAuth", "OAuth ", "OAuth wrong", "Basic " + f.secrets[status.Admin], f.secrets[status.Admin], "OAuth " + expired, "Bearer " + revoked} {
		for _, r := range f.desk.routes() {
			path := strings.NewReplacer(pageURL, f.page, ":id", f.api, ":update_id", "x").Replace(r.path)
			c := client{f, "", http.Header{}}
			if header != "" {
				c = c.with("Authorization", header)
			}
			got := c.send(r.method, path, jsonType, `{}`).want(http.StatusUnauthorized)
			if got.header.Get("WWW-Authenticate") == "" || got.header.Get(revisionHeader) == "" {
				t.Errorf("%s %s answered without its headers", r.method, r.path)
			}
		}
	}
	if f.revision() != before {
		t.Error("something was written without a token")
	}
	for _, header := range []string{"OAuth ", "Bearer ", "bearer ", "oauth  "} {
		client{f, "", http.Header{}}.with("Authorization", header+f.secrets[status.Viewer]).get("/v1/pages").want(http.StatusOK)
	}
}

// A path that exists answers a method that it lacks with 405 and those that it has.
func TestMethodsNotAllowed(t *testing.T) {
	f := newFixture(t)
	allowed := map[string][]string{}
	for _, r := range f.desk.routes() {
		allowed[r.path] = append(allowed[r.path], r.method)
	}
	for path, methods := range allowed {
		url := strings.NewReplacer(pageURL, f.page, ":id", f.api, ":update_id", "x").Replace(path)
		for _, method := range []string{"GET", "POST", "PATCH", "PUT", "DELETE"} {
			if strings.Contains(fmt.Sprint(methods), method) {
				continue
			}
			got := f.as(status.Admin).send(method, url, jsonType, `{"incident":{"name":"x"}}`)
			// To other methods, unresolved and its like are ids of incidents, which nobody has.
			if strings.HasPrefix(path, pageURL+"/incidents/") && strings.Count(path, "/") == strings.Count(incidentURL, "/") && got.code == http.StatusNotFound {
				continue
			}
			got.want(http.StatusMethodNotAllowed)
			for _, m := range methods {
				if !strings.Contains(got.header.Get("Allow"), m) {
					t.Errorf("%s %s allows %q, which lacks %s", method, path, got.header.Get("Allow"), m)
				}
			}
		}
	}
	f.as(status.Admin).get("/nothing").want(http.StatusNotFound)
}

func TestPace(t *testing.T) {
	f := newFixture(t)
	f.desk.Now = func() time.Time { return start }
	c := f.as(status.Viewer)
	for range perSecond {
		c.get("/v1/pages").want(http.StatusOK)
	}
	if late := c.get("/v1/pages").want(http.StatusTooManyRequests); late.header.Get("Retry-After") != "1" {
		t.Error("no hint when to come again")
	}
	f.as(status.Author).get("/v1/pages").want(http.StatusOK)
	f.desk.Now = func() time.Time { return start.Add(time.Second) }
	c.get("/v1/pages").want(http.StatusOK)
}

func TestPaceIsBounded(t *testing.T) {
	var l limiter
	for i := range 3 * maxPaced {
		if ok, _ := l.allow(fmt.Sprint(i), start); !ok {
			t.Fatal("a fresh token was refused")
		}
		if len(l.buckets) > maxPaced {
			t.Fatalf("%d buckets", len(l.buckets))
		}
	}
	l.allow("x", start.Add(time.Minute))
	for i := range maxPaced {
		l.allow(fmt.Sprint("y", i), start.Add(time.Hour))
	}
	if len(l.buckets) > maxPaced {
		t.Errorf("%d buckets", len(l.buckets))
	}
}

func TestUseOfTokenIsNoted(t *testing.T) {
	f := newFixture(t)
	used := func() *time.Time {
		token, err := f.desk.Store.TokenByHash(t.Context(), store.SecretHash(f.secrets[status.Viewer]))
		if err != nil {
			t.Fatal(err)
		}
		return token.LastUsed
	}
	f.as(status.Viewer).get("/v1/pages").want(http.StatusOK)
	first := used()
	if first == nil {
		t.Fatal("the first use was not noted")
	}
	f.as(status.Viewer).get("/v1/pages").want(http.StatusOK)
	if !used().Equal(*first) {
		t.Error("every use is a write")
	}
	f.pass(time.Minute)
	f.as(status.Viewer).get("/v1/pages").want(http.StatusOK)
	if !used().After(*first) {
		t.Error("later use was not noted")
	}
}
