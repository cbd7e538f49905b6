package public

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/templates"
)

// kept collects reports.
type kept struct{ list []status.Report }

func (k *kept) AddReport(_ context.Context, r status.Report) error {
	k.list = append(k.list, r)
	return nil
}

func reportDesk(t *testing.T) (*echo.Echo, *kept) {
	t.Helper()
	pages, err := templates.New(templates.Options{BaseURL: "https://status.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	e, k := echo.New(), &kept{}
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		code := http.StatusInternalServerError
		if f, ok := status.FaultOf(err); ok {
			code = map[status.Code]int{status.CodeInvalid: 422, status.CodeMalformed: 400, status.CodeUnsupported: 415, status.CodeLimited: 429, status.CodeNotFound: 404}[f.Code]
		}
		_ = c.String(code, err.Error())
	}
	(&Reports{
		Store: k, Pages: pages, Secret: []byte("salt"), Now: func() time.Time { return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) },
		Chrome: func(locale, path string) templates.Chrome {
			return templates.Chrome{Locale: locale, DefaultLocale: "en", Locales: []string{"en", "de"}, Path: path, PageName: "Status", Zone: "Europe/Berlin"}
		},
		Components: func() []status.Component {
			return []status.Component{{ID: "webwebwebweb", Name: "Website", Level: status.Operational}}
		},
	}).Register(e)
	return e, k
}

func send(e *echo.Echo, method, path, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

const formKind, jsonKind = "application/x-www-form-urlencoded", "application/json"

func TestAReportIsKeptAndNeverPublished(t *testing.T) {
	e, k := reportDesk(t)
	if w := send(e, "GET", "/report?component=webwebwebweb", "", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `value="webwebwebweb" checked`) {
		t.Errorf("form: %d", w.Code)
	}
	form := url.Values{"component_ids": {"webwebwebweb"}, "symptom": {"slow"}, "text": {" It takes a minute. "}, "email": {"anna@EXAMPLE.org"}}
	w := send(e, "POST", "/de/report", formKind, form.Encode())
	if w.Code != 202 || !strings.Contains(w.Body.String(), `lang="de"`) || len(k.list) != 1 {
		t.Fatalf("%d, %d reports", w.Code, len(k.list))
	}
	got := k.list[0]
	if got.Symptom != "slow" || got.Text != "It takes a minute." || got.Email != "anna@example.org" || got.Source == "" || strings.Contains(got.Source, "192.0.2") {
		t.Errorf("kept %+v", got)
	}
	if !strings.Contains(w.Body.String(), got.ID) || w.Header().Get("Cache-Control") != "no-store" {
		t.Error("the answer lacks the reference or may be stored")
	}
}

func TestProgramsReportToo(t *testing.T) {
	e, k := reportDesk(t)
	w := send(e, "POST", "/api/v3/reports", jsonKind, `{"component_ids":["webwebwebweb"],"symptom":"errors"}`)
	if w.Code != 202 || !strings.Contains(w.Body.String(), `"reference"`) || len(k.list) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestBadReports(t *testing.T) {
	e, k := reportDesk(t)
	for _, tc := range []struct {
		kind, body string
		code       int
		says       string
	}{
		{jsonKind, `{"symptom":"explodes"}`, 422, "is not possible here"},
		{jsonKind, `{"component_ids":["nosuchthing0"],"symptom":"slow"}`, 422, "There is no component"},
		{jsonKind, `{"symptom":"slow","text":"` + strings.Repeat("x", 281) + `"}`, 422, "281 characters"},
		{jsonKind, `{"symptom":"slow","email":"nobody"}`, 422, "is not a mail address"},
		{jsonKind, `{"symptom":"slow","colour":"red"}`, 422, `no field "colour"`},
		{jsonKind, `{"symptom":7}`, 422, "symptom"},
		{jsonKind, `[1]`, 400, "must be a JSON object"},
		{jsonKind, `{"symptom":"slow"} {}`, 400, "nothing after it"},
		{jsonKind, `{"symptom":`, 400, "not valid JSON"},
		{"text/plain", `slow`, 415, "application/json"},
	} {
		w := send(e, "POST", "/api/v3/reports", tc.kind, tc.body)
		if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.says) {
			t.Errorf("%.60s: %d %s", tc.body, w.Code, w.Body)
		}
	}
	w := send(e, "POST", "/report", formKind, url.Values{"symptom": {"slow"}, "email": {"nobody"}, "text": {"Typed with care."}}.Encode())
	if w.Code != 422 || !strings.Contains(w.Body.String(), "Typed with care.") || !strings.Contains(w.Body.String(), "is not a mail address") {
		t.Errorf("form: %d; what was typed must stay", w.Code)
	}
	if w := send(e, "POST", "/report", formKind, url.Values{"symptom": {"slow"}, "website": {"https://spam.example"}}.Encode()); w.Code != 202 {
		t.Errorf("trap: %d", w.Code)
	}
	if len(k.list) != 0 {
		t.Errorf("%d bad reports were kept", len(k.list))
	}
}

func TestANetworkCannotFloodUsWithReports(t *testing.T) {
	e, k := reportDesk(t)
	last := 0
	for range 30 {
		last = send(e, "POST", "/api/v3/reports", jsonKind, `{"symptom":"slow"}`).Code
	}
	if last != http.StatusTooManyRequests || len(k.list) != askBurst {
		t.Errorf("%d, %d kept", last, len(k.list))
	}
}

func TestFaultsSpeakTheReadersLanguage(t *testing.T) {
	e, _ := reportDesk(t)
	form := url.Values{"symptom": {"slow"}, "email": {"nobody"}}.Encode()
	for path, says := range map[string]string{"/report": "is not a mail address", "/de/report": "Das ist keine E-Mail-Adresse."} {
		if w := send(e, "POST", path, formKind, form); w.Code != 422 || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d, want %q", path, w.Code, says)
		}
	}
}
