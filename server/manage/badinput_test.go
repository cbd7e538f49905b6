package manage

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4/middleware"

	"allclear/status"
)

// wrong is a request that must be refused, with the field and a part of the sentence.
type wrong struct {
	name, method, path, contentType, body string
	code                                  int
	field, sentence                       string
}

func (w wrong) check(t *testing.T, f *fixture) {
	t.Helper()
	before := f.revision()
	contentType := w.contentType
	if contentType == "" {
		contentType = jsonType
	}
	got := f.as(status.Admin).send(w.method, w.path, contentType, w.body).want(w.code)
	answer := got.tree().(map[string]any)
	said := fmt.Sprint(answer["error"])
	if !strings.Contains(said, w.sentence) || !strings.HasSuffix(strings.TrimRight(said, `"`), ".") && !strings.HasSuffix(said, "?") {
		t.Errorf("said %q, want a sentence with %q", said, w.sentence)
	}
	named, _ := answer["fields"].(map[string]any)
	if w.field == "" && len(named) != 0 || w.field != "" && fmt.Sprint(named[w.field]) != said {
		t.Errorf("named %v, want %q", named, w.field)
	}
	if f.revision() != before {
		t.Error("a refused request made a revision")
	}
}

func TestBadBodies(t *testing.T) {
	f := newFixture(t)
	const incidents = "/incidents"
	deep := strings.Repeat(`{"a":`, 50) + "1" + strings.Repeat("}", 50)
	for _, w := range []wrong{
		{name: "not JSON", body: "{\n  \"incident\": {name}}", code: 400, sentence: "line 2, column 16"},
		{name: "cut off", body: `{"incident":`, code: 400, sentence: "not valid JSON at line 1"},
		{name: "two values", body: `{"incident":{}} {}`, code: 400, sentence: "line 1, column 17"},
		{name: "empty", body: ` `, code: 400, sentence: "empty"},
		{name: "a list", body: `[]`, code: 400, sentence: "must be a JSON object, not a list"},
		{name: "bad UTF-8", body: "{\"incident\":{\"name\":\"\xff\"}}", code: 400, sentence: "UTF-8"},
		{name: "twice", body: `{"incident":{"name":"a","name":"b"}}`, code: 400, field: "incident.name", sentence: "incident.name is given twice"},
		{name: "deep", body: `{"incident":{"metadata":` + deep + `}}`, code: 400, sentence: "nested more than 20"},
		{name: "flood", body: `{"incident":{"component_ids":[` + strings.Repeat("1,", 10_001) + `1]}}`, code: 413, sentence: "more than 10000 values"},
		{name: "large", body: `{"incident":{"body":"` + strings.Repeat("x", 1<<20) + `"}}`, code: 413, sentence: "1 MiB"},
		{name: "text type", contentType: "text/plain", body: `{}`, code: 415, sentence: "application/json"},
		{name: "charset", contentType: "application/json; charset=latin1", body: `{}`, code: 415, sentence: "UTF-8"},
		{name: "multipart", contentType: "multipart/form-data; boundary=x", body: `{}`, code: 415, sentence: "application/json"},
		{name: "form escapes", contentType: formType, body: "incident[name]=%zz", code: 400, sentence: "not a valid form"},
		{name: "form empty", contentType: formType, body: "", code: 400, sentence: "empty"},
		{name: "form twice", contentType: formType, body: "incident[name]=a&incident[name]=b", code: 400, field: "incident.name", sentence: "given twice"},
		{name: "form both", contentType: formType, body: "incident=a&incident[name]=b", code: 400, field: "incident.name", sentence: "both as a value and as an object"},
		{name: "form open", contentType: formType, body: "incident[name=b", code: 400, sentence: "cannot be read"},
		{name: "form tail", contentType: formType, body: "incident[name]x=b", code: 400, sentence: "cannot be read"},
		{name: "form list inside", contentType: formType, body: "incident[][name]=b", code: 400, sentence: "cannot be read"},
		{name: "form no head", contentType: formType, body: "[name]=b", code: 400, sentence: "cannot be read"},
		{name: "form deep", contentType: formType, body: "a" + strings.Repeat("[b]", 30) + "=1", code: 400, sentence: "cannot be read"},
		{name: "form flood", contentType: formType, body: strings.Repeat("a[]=1&", 10_001), code: 413, sentence: "more than 10000"},
		{name: "form bad UTF-8", contentType: formType, body: "incident[name]=%ff", code: 400, sentence: "UTF-8"},
		{name: "empty scalar", contentType: formType, body: "incident[name]=x&incident[support_level]=", code: 422, field: "incident.support_level", sentence: "whole number"},
	} {
		t.Run(w.name, func(t *testing.T) {
			w.method, w.path = http.MethodPost, incidents
			w.check(t, f)
		})
	}
}

func TestBadFields(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	id := c.post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`).want(http.StatusCreated).text("id")
	update := c.get("/incidents/" + id).text("incident_updates.0.id")
	group := c.post("/component-groups", fmt.Sprintf(`{"component_group":{"name":"All","components":[%q]}}`, f.web)).want(http.StatusCreated).text("id")
	incident := func(field, value string) string { return `{"incident":{"name":"Slow","` + field + `":` + value + `}}` }
	one := "/incidents/" + id
	for _, w := range []wrong{
		{name: "unwrapped", body: `{"name":"Slow"}`, field: "name", sentence: `no field "name"`},
		{name: "null wrapper", body: `{"incident":null}`, field: "incident", sentence: "object"},
		{name: "text wrapper", body: `{"incident":"x"}`, field: "incident", sentence: "incident must be an object, not a text"},
		{name: "unknown", body: incident("nmae", `"x"`), field: "incident.nmae", sentence: `no field "incident.nmae" here; did you mean "incident.name"?`},
		{name: "unknown and far", body: incident("password", `"x"`), field: "incident.password", sentence: `no field "incident.password" here.`},
		{name: "unknown nested", body: incident("workaround", `{"state":"unknown","foo":1}`), field: "incident.workaround.foo", sentence: "no field"},
		{name: "derived", body: incident("priority", `"P1"`), field: "incident.priority", sentence: "no field"},
		{name: "number as text", body: incident("body", `7`), field: "incident.body", sentence: "incident.body must be a text, not a number"},
		{name: "list as text", body: incident("body", `["a"]`), field: "incident.body", sentence: "not a list"},
		{name: "text as bool", body: incident("backfilled", `"yes"`), field: "incident.backfilled", sentence: "must be true or false, not a text"},
		{name: "one as bool", body: incident("backfilled", `1`), field: "incident.backfilled", sentence: "true or false"},
		{name: "text as number", body: incident("support_level", `"2"`), field: "incident.support_level", sentence: "whole number"},
		{name: "fraction", body: incident("support_level", `1.5`), field: "incident.support_level", sentence: "whole number"},
		{name: "share as text", body: incident("affected_users", `{"mode":"share","share_percent":"ten"}`), field: "incident.affected_users.share_percent", sentence: "must be a number, not a text"},
		{name: "ids as object", body: incident("component_ids", `{}`), field: "incident.component_ids", sentence: "must be a list"},
		{name: "id as number", body: incident("component_ids", `[1]`), field: "incident.component_ids.0", sentence: "must be a text"},
		{name: "bad time", body: incident("next_update_at", `"tomorrow"`), field: "incident.next_update_at", sentence: "must be a time such as"},
		{name: "unix time", body: incident("next_update_at", `1795341600`), field: "incident.next_update_at", sentence: "must be a time such as"},
		{name: "past promise", body: incident("next_update_at", `"2026-11-22T09:00:00Z"`), field: "incident.next_update_at", sentence: "future"},
		{name: "future start", body: incident("started_at", `"2027-11-22T09:00:00Z"`), field: "incident.started_at", sentence: "future"},
		{name: "no name", body: `{"incident":{"body":"x"}}`, field: "incident.name", sentence: "title"},
		{name: "empty name", body: `{"incident":{"name":" "}}`, field: "incident.name", sentence: "empty"},
		{name: "long name", body: `{"incident":{"name":"` + strings.Repeat("x", 256) + `"}}`, field: "incident.name", sentence: "256 characters"},
		{name: "long body", body: incident("body", `"`+strings.Repeat("x", 25001)+`"`), field: "incident.body", sentence: "25001 characters"},
		{name: "control", body: incident("body", `"a\u0000b"`), field: "incident.body", sentence: "U+0000"},
		{name: "bad status", body: incident("status", `"broken"`), field: "incident.status", sentence: `"broken" is not a status`},
		{name: "bad severity", body: incident("severity", `"huge"`), field: "incident.severity", sentence: "minor, moderate, serious or critical"},
		{name: "bad impact", body: incident("impact_override", `"huge"`), field: "incident.impact_override", sentence: "huge"},
		{name: "unknown component", body: incident("component_ids", `["zzz"]`), field: "incident.component_ids", sentence: `no component "zzz"`},
		{name: "unknown level key", body: incident("components", `{"zzz":"operational"}`), field: "incident.components", sentence: `no component "zzz"`},
		{name: "odd level key", body: incident("components", `{"a b":"operational"}`), field: "incident.components", sentence: `"a b"`},
		{name: "bad level", body: incident("components", fmt.Sprintf(`{%q:"broken"}`, f.api)), field: "incident.components." + f.api, sentence: "not a component status"},
		{name: "group named", body: incident("component_ids", fmt.Sprintf(`[%q]`, group)), field: "incident.component_ids", sentence: "is a group"},
		{name: "metadata flat", body: incident("metadata", `{"a":1}`), field: "incident.metadata", sentence: "objects"},
		{name: "default locale", body: incident("translations", `{"en":{"name":"x"}}`), field: "incident.translations.en", sentence: "default language"},
		{name: "no window", body: incident("status", `"scheduled"`), field: "incident.scheduled_for", sentence: "begins"},
		{name: "backwards window", body: `{"incident":{"name":"M","scheduled_for":"2026-11-24T10:00:00Z","scheduled_until":"2026-11-23T10:00:00Z"}}`, field: "incident.scheduled_until", sentence: "end after"},
		{name: "injection", body: incident("component_ids", `["' OR 1=1 --"]`), field: "incident.component_ids", sentence: "no component"},
		{name: "null promise", method: http.MethodPatch, path: one, body: `{"incident":{"next_update_at":null}}`, field: "incident.next_update_at", sentence: "needs the time"},
		{name: "maintenance stage", method: http.MethodPatch, path: one, body: `{"incident":{"status":"in_progress"}}`, field: "incident.status", sentence: "not possible for this incident"},
		{name: "future entry", method: http.MethodPatch, path: one + "/incident_updates/" + update, body: `{"incident_update":{"display_at":"2027-01-01T00:00:00Z"}}`, field: "incident_update.display_at", sentence: "future"},
		{name: "unknown update field", method: http.MethodPut, path: one + "/incident_updates/" + update, body: `{"incident_update":{"status":"resolved"}}`, field: "incident_update.status", sentence: "no field"},
		{name: "component name", path: "/components", body: `{"component":{"name":""}}`, field: "component.name", sentence: "empty"},
		{name: "component status", path: "/components", body: `{"component":{"name":"x","status":"down"}}`, field: "component.status", sentence: "not a component status"},
		{name: "component date", path: "/components", body: `{"component":{"name":"x","start_date":"1 May"}}`, field: "component.start_date", sentence: "not a date"},
		{name: "component group", path: "/components", body: `{"component":{"name":"x","group_id":"zzz"}}`, field: "component.group_id", sentence: "no component group"},
		{name: "component unknown", path: "/components", body: `{"component":{"name":"x","position":3}}`, field: "component.position", sentence: "no field"},
		{name: "component audience", method: http.MethodPatch, path: "/components/" + f.api, body: `{"component":{"audience":-1}}`, field: "component.audience", sentence: "negative"},
		{name: "component control", method: http.MethodPatch, path: "/components/" + f.api, body: `{"component":{"description":"\u0007"}}`, field: "component.description", sentence: "U+0007"},
		{name: "level of group", method: http.MethodPatch, path: "/components/" + group, body: `{"component":{"status":"operational"}}`, field: "component.status", sentence: "follows from its components"},
		{name: "group in group", method: http.MethodPatch, path: "/components/" + group, body: fmt.Sprintf(`{"component":{"group_id":%q}}`, group), field: "component.group_id", sentence: "inside another"},
		{name: "group member", path: "/component-groups", body: `{"component_group":{"name":"x","components":["zzz"]}}`, field: "component_group.components", sentence: "no component"},
		{name: "group of groups", path: "/component-groups", body: fmt.Sprintf(`{"component_group":{"name":"x","components":[%q]}}`, group), field: "component_group.components", sentence: "inside another group"},
		{name: "member twice", path: "/component-groups", body: fmt.Sprintf(`{"component_group":{"name":"x","components":[%q,%q]}}`, f.api, f.api), field: "component_group.components", sentence: "twice"},
		{name: "group without members", path: "/component-groups", body: `{"component_group":{"name":"x"}}`, field: "component_group.components", sentence: "Name the components"},
		{name: "group without name", path: "/component-groups", body: `{"component_group":{"components":[]}}`, field: "component_group.name", sentence: "empty"},
		{name: "group unwrapped", path: "/component-groups", body: `{}`, field: "component_group", sentence: "object"},
		{name: "page zone", method: http.MethodPatch, path: "/", body: `{"page":{"time_zone":"Mars"}}`, field: "page.time_zone", sentence: "not a time zone"},
		{name: "page branding", method: http.MethodPatch, path: "/", body: `{"page":{"branding":"gold"}}`, field: "page.branding", sentence: "basic or premium"},
		{name: "page colour", method: http.MethodPatch, path: "/", body: `{"page":{"css_reds":"\u0001"}}`, field: "page.css_reds", sentence: "U+0001"},
		{name: "page unwrapped", method: http.MethodPatch, path: "/", body: `{}`, field: "page", sentence: "object"},
		{name: "page url", method: http.MethodPatch, path: "/", body: `{"page":{"url":"` + strings.Repeat("x", 300) + `"}}`, field: "page.url", sentence: "300 characters"},
	} {
		t.Run(w.name, func(t *testing.T) {
			if w.method == "" {
				w.method = http.MethodPost
			}
			if w.path == "" {
				w.path = "/incidents"
			}
			w.path, w.code = strings.TrimSuffix(w.path, "/"), 422
			w.check(t, f)
		})
	}
}

// TestBadFieldsByForm: a form is refused like JSON is.
func TestBadFieldsByForm(t *testing.T) {
	f := newFixture(t)
	for field, value := range map[string]string{
		"incident[nmae]": "x", "incident[backfilled]": "maybe", "incident[scheduled_for]": "soon", "incident[affected_users][share_percent]": "NaN",
		"incident[component_ids]": "x", "incident[name][]": "x", "incident[workaround]": "none",
	} {
		form := url.Values{"incident[body]": {"x"}}
		form.Set(field, value)
		path := strings.TrimSuffix(strings.NewReplacer("][", ".", "[", ".", "]", "").Replace(field), ".")
		wrong{method: http.MethodPost, path: "/incidents", contentType: formType, body: form.Encode(), code: 422, field: path, sentence: "."}.check(t, f)
	}
}

func TestUnknownThings(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	for _, path := range []string{
		"/v1/pages/other", "/v1/pages/other/incidents", "/components/zzz", "/components/a%20b", "/components/zzz/uptime", "/component-groups/" + f.api,
		"/component-groups/zzz", "/component-groups/" + f.api + "/uptime", "/incidents/zzz", "/incidents/%2e%2e",
	} {
		c.get(path).want(http.StatusNotFound)
	}
	for _, path := range []string{"/components/zzz", "/component-groups/" + f.api, "/incidents/zzz"} {
		c.delete(path).want(http.StatusNotFound)
	}
	c.patch("/components/zzz", `{"component":{"name":"x"}}`).want(http.StatusNotFound)
	c.patch("/component-groups/"+f.api, `{"component_group":{"name":"x"}}`).want(http.StatusNotFound)
	c.patch("/incidents/zzz", `{"incident":{"name":"x"}}`).want(http.StatusNotFound)
}

func TestBadQueries(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	for path, field := range map[string]string{
		"/components?page=0": "page", "/components?per_page=x": "per_page", "/components?page=1&page=2": "page", "/components?sort=name": "sort",
		"/incidents?limit=-1": "limit", "/incidents?page=99999999999999999999": "page", "/incidents?per_page=3": "per_page", "?x=1": "x",
		"/audit?before='": "before", "/audit?limit=0": "limit", "/reports?since=yesterday": "since", "/components/" + f.api + "/uptime?start=x": "start",
		"/components/" + f.api + "/uptime?start=2026-11-20&end=2026-11-10": "end",
	} {
		got := c.get(path).want(http.StatusUnprocessableEntity)
		if named := got.at("fields").(map[string]any); named[field] == nil {
			t.Errorf("%s names %v, want %q", path, named, field)
		}
	}
}

// A body without a length is cut where it grows too large, by us or by the server before us.
func TestEndlessBody(t *testing.T) {
	for _, limited := range []bool{false, true} {
		f := newFixture(t)
		if limited {
			f.echo.Use(middleware.BodyLimit("1MiB"))
		}
		r := httptest.NewRequest(http.MethodPost, f.page+"/incidents", io.LimitReader(zeroes{}, 1<<30))
		r.Header.Set("Content-Type", jsonType)
		r.Header.Set("Authorization", "OAuth "+f.secrets[status.Admin])
		w := httptest.NewRecorder()
		f.echo.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("answered %d: %s", w.Code, w.Body)
		}
	}
	f := newFixture(t)
	f.as(status.Admin).with("Content-Encoding", "gzip").post("/incidents", "{}").want(http.StatusUnsupportedMediaType)
}

// zeroes never ends.
type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}
