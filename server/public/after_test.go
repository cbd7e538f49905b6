package public

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/subscribers"
)

// browse sends a form as a browser does.
func browse(e *echo.Echo, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", formType)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

// leads follows the answer to a form to the page behind it.
func leads(t *testing.T, e *echo.Echo, w *httptest.ResponseRecorder, to string) string {
	t.Helper()
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), to) {
		t.Fatalf("%d %s, want a way to %s", w.Code, w.Header().Get("Location"), to)
	}
	page := send(e, http.MethodGet, w.Header().Get("Location"), "", "")
	if page.Code != http.StatusOK || page.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%s: %d %v", w.Header().Get("Location"), page.Code, page.Header())
	}
	return page.Body.String()
}

// TestAReloadSendsNoFormAgain: a browser is led from each form to a page of its own.
func TestAReloadSendsNoFormAgain(t *testing.T) {
	s := newSignup(t)
	known := s.member("ann@example.com")
	manage := s.link(subscribers.ForManage, &known, time.Time{})
	for _, address := range []string{"ann@example.com", "new@example.com"} {
		page := leads(t, s.echo, browse(s.echo, "/de/subscribe", url.Values{"email": {address}}), "/de/subscribe?sent")
		if !strings.Contains(page, "Wenn diese Adresse neu ist") || strings.Contains(page, "<form") {
			t.Errorf("%s: %s", address, page)
		}
	}
	if robot := browse(s.echo, "/subscribe", url.Values{"email": {"x@example.com"}, "website": {"spam"}}); robot.Header().Get("Location") != "/subscribe?sent" {
		t.Errorf("a robot learns from %d %v", robot.Code, robot.Header())
	}
	if page := leads(t, s.echo, browse(s.echo, manage, url.Values{"scope": {"all"}, "level": {"start_and_end"}, "locale": {"en"}}), manage+"?saved"); !strings.Contains(page, "Your choices are saved.") {
		t.Errorf("%s", page)
	}
	if page := leads(t, s.echo, browse(s.echo, manage+"/data", nil), manage+"?sent"); !strings.Contains(page, "on its way") {
		t.Errorf("%s", page)
	}
	if page := s.get(manage); strings.Contains(page.body, "Your choices are saved.") || strings.Contains(page.body, "on its way") {
		t.Error("a page that was only opened says that something was done")
	}
	if wrong := browse(s.echo, "/subscribe", url.Values{"email": {"nobody"}}); wrong.Code != 422 || !strings.Contains(wrong.Body.String(), `value="nobody"`) {
		t.Errorf("what was typed is gone: %d %s", wrong.Code, wrong.Body)
	}
}

func TestAReportLeadsToItsReference(t *testing.T) {
	e, k := reportDesk(t)
	page := leads(t, e, browse(e, "/de/report", url.Values{"symptom": {"slow"}}), "/de/report?reference=")
	if len(k.list) != 1 || !strings.Contains(page, k.list[0].ID) || strings.Contains(page, "<form") {
		t.Errorf("%d reports, %s", len(k.list), page)
	}
	robot := leads(t, e, browse(e, "/report", url.Values{"symptom": {"slow"}, "website": {"spam"}}), "/report?reference=")
	if len(k.list) != 1 || strings.Contains(robot, "<form") {
		t.Errorf("%d reports; a robot sees %s", len(k.list), robot)
	}
	for _, other := range []string{"", "short", "<script>", strings.Repeat("a", 13)} {
		if w := send(e, http.MethodGet, "/report?reference="+url.QueryEscape(other), "", ""); w.Code != 200 || !strings.Contains(w.Body.String(), "<form") {
			t.Errorf("%q: %d, want the form", other, w.Code)
		}
	}
}
