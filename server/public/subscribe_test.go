package public

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/store"
	"allclear/subscribers"
	"allclear/templates"
)

// signup is the subscription pages over a real database.
type signup struct {
	t       *testing.T
	echo    *echo.Echo
	store   *store.Store
	keys    *subscribers.Keys
	service *subscribers.Service
	now     time.Time
}

const base = "https://status.example.com"

func newSignup(t *testing.T) *signup {
	t.Helper()
	s := &signup{t: t, echo: echo.New(), now: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return s.now }
	var err error
	s.store, err = store.Open(t.Context(), store.Options{Database: "sqlite:" + filepath.Join(t.TempDir(), "test.db"), Now: clock})
	s.check(err)
	t.Cleanup(func() { s.check(s.store.Close()) })
	s.keys, err = subscribers.NewKeys([]byte("0123456789abcdef0123456789abcdef"))
	s.check(err)
	pages, err := templates.New(templates.Options{BaseURL: base})
	s.check(err)
	s.service = subscribers.NewService(subscribers.ServiceOptions{Store: s.store, Keys: s.keys, BaseURL: base, Now: clock})
	s.echo.HTTPErrorHandler = func(err error, c echo.Context) {
		f, ok := status.FaultOf(err)
		if !ok {
			s.echo.DefaultHTTPErrorHandler(err, c)
			return
		}
		code := map[status.Code]int{status.CodeNotFound: 404, status.CodeInvalid: 422, status.CodeMalformed: 400, status.CodeLimited: 429, status.CodeUnsupported: 415}[f.Code]
		_ = c.String(code, f.Field+": "+f.Message)
	}
	(&Subscriptions{
		Service: s.service, Pages: pages, Now: clock,
		Chrome: func(locale, path string) templates.Chrome {
			return templates.Chrome{Locale: locale, DefaultLocale: "en", Locales: []string{"en", "de"}, Path: path, PageName: "Status", Zone: "Europe/Berlin"}
		},
		Components: func() []status.Component {
			list, err := s.store.Components(t.Context())
			s.check(err)
			return list
		},
	}).Register(s.echo)
	return s
}

func (s *signup) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

type reply struct {
	code   int
	header http.Header
	body   string
}

func (s *signup) do(method, path, kind, body string, client ...string) reply {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	if len(client) > 0 {
		r.RemoteAddr = client[0]
	}
	w := httptest.NewRecorder()
	s.echo.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

func (s *signup) get(path string) reply { return s.do(http.MethodGet, path, "", "") }

const formType = "application/x-www-form-urlencoded"

func (s *signup) post(path string, fields ...string) reply {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return s.do(http.MethodPost, path, formType, form.Encode())
}

// confirmations counts the queued confirmation mails and returns the newest one's link.
func (s *signup) confirmations() (n int, token string) {
	s.t.Helper()
	list, _, err := s.store.Exchange(s.t.Context(), status.Email, "test", time.Hour, nil, nil, 1000)
	s.check(err)
	for _, d := range list {
		sub, err := s.store.Subscriber(s.t.Context(), d.SubscriberID)
		s.check(err)
		token = s.keys.Token(subscribers.Claim{Purpose: subscribers.ForConfirm, Subscriber: sub.ID, Generation: sub.Generation, Expires: d.CreatedAt.Add(subscribers.ConfirmFor)})
	}
	return len(list), token
}

func TestSubscribeConfirmManageLeave(t *testing.T) {
	s := newSignup(t)
	form := s.get("/de/subscribe")
	if form.code != 200 || !strings.Contains(form.body, `action="/de/subscribe"`) || !strings.Contains(form.body, `name="website"`) {
		t.Fatalf("%d: %s", form.code, form.body)
	}
	if got := s.post("/de/subscribe", "channel", "email", "email", "ann@example.com", "locale", "de", "scope", "all", "level", "all"); got.code != 200 {
		t.Fatalf("%d: %s", got.code, got.body)
	}
	n, token := s.confirmations()
	if n != 1 {
		t.Fatalf("%d confirmations", n)
	}
	path := "/de/subscriptions/" + token + "/confirm"
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		page := s.do(method, path, "", "")
		if page.code != 200 || page.header.Get("Referrer-Policy") != "no-referrer" || page.header.Get("Cache-Control") != "no-store" || page.header.Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%s %s: %d %v", method, path, page.code, page.header)
		}
	}
	if a, err := s.service.AudienceFor(t.Context(), &status.Incident{}); a.Email != 0 || err != nil {
		t.Error("looking at the link confirmed it")
	}
	done := s.post(path)
	manage := regexp.MustCompile(`href="(/de/subscriptions/[A-Za-z0-9_-]+)"`).FindStringSubmatch(done.body)
	if done.code != 200 || manage == nil {
		t.Fatalf("confirmed: %d %s", done.code, done.body)
	}
	if again := s.post(path); again.code != 200 {
		t.Errorf("confirmed again: %d", again.code)
	}
	saved := s.post(manage[1], "scope", "all", "level", "start_and_end", "locale", "en", "kinds", "incident", "paused_until", "2026-03-12")
	if saved.code != 200 || !strings.Contains(saved.body, "saved") || !strings.Contains(saved.body, `value="2026-03-12"`) {
		t.Errorf("changed: %d %s", saved.code, saved.body)
	}
	leave := regexp.MustCompile(`href="(/subscriptions/[A-Za-z0-9_-]+/unsubscribe)"`).FindStringSubmatch(saved.body)
	if leave == nil {
		t.Fatalf("no way to leave in %s", saved.body)
	}
	if page := s.get(leave[1]); page.code != 200 || !strings.Contains(page.body, "<form") {
		t.Errorf("%d %s", page.code, page.body)
	}
	if page := s.get(manage[1]); page.code != 200 {
		t.Errorf("looking at the unsubscribe link ended it: %d", page.code)
	}
	for range 2 { // what a mail program posts: no cookie, no referrer, its own body
		if got := s.do(http.MethodPost, leave[1], formType, "List-Unsubscribe=One-Click"); got.code != 200 {
			t.Errorf("one click: %d %s", got.code, got.body)
		}
	}
	if page := s.get(manage[1]); page.code != 404 {
		t.Errorf("after leaving: %d", page.code)
	}
	if page := s.get(leave[1]); page.code != 200 || strings.Contains(page.body, "<form") {
		t.Errorf("after leaving: %d %s", page.code, page.body)
	}
}

func TestSubscribeAnswersAlike(t *testing.T) {
	s := newSignup(t)
	answers := map[string]bool{}
	for range 3 {
		got := s.post("/subscribe", "channel", "email", "email", "ann@example.com")
		answers[fmt.Sprint(got.code, got.body)] = true
	}
	answers[func() string {
		got := s.post("/subscribe", "email", "bob@example.com")
		return fmt.Sprint(got.code, got.body)
	}()] = true
	trap := s.post("/subscribe", "email", "eve@example.com", "website", "http://spam.example")
	answers[fmt.Sprint(trap.code, trap.body)] = true
	if len(answers) != 1 {
		t.Errorf("%d different answers", len(answers))
	}
	if n, _ := s.confirmations(); n != 2 {
		t.Errorf("%d confirmations, want one for ann and one for bob", n)
	}
}

func TestSubscribeKeepsWhatWasTyped(t *testing.T) {
	s := newSignup(t)
	got := s.post("/subscribe", "channel", "webhook", "email", "ann@example.com", "endpoint", "http://example.com/<hook>", "level", "start_and_end")
	if got.code != 422 || !strings.Contains(got.body, `value="http://example.com/&lt;hook&gt;"`) || !strings.Contains(got.body, `value="ann@example.com"`) ||
		!strings.Contains(got.body, `value="start_and_end" checked`) || !strings.Contains(got.body, "must begin with https://") {
		t.Errorf("%d: %s", got.code, got.body)
	}
	if bad := s.post("/subscribe", "email", "nonsense"); bad.code != 422 || !strings.Contains(bad.body, `aria-invalid="true"`) {
		t.Errorf("%d: %s", bad.code, bad.body)
	}
	if bad := s.post("/subscribe", "email", "ann@example.com", "paused_until", "soon"); bad.code != 422 || !strings.Contains(bad.body, "is not a date") {
		t.Errorf("%d: %s", bad.code, bad.body)
	}
	if n, _ := s.confirmations(); n != 0 {
		t.Errorf("%d confirmations for refused forms", n)
	}
}

func TestSubscribeIsLimitedByNetwork(t *testing.T) {
	s := newSignup(t)
	ask := func(i int, client string) int {
		return s.do(http.MethodPost, "/subscribe", formType, url.Values{"email": {fmt.Sprintf("r%d@example.com", i)}}.Encode(), client).code
	}
	refused := 0
	for i := range 40 {
		if ask(i, fmt.Sprintf("[2001:db8:1:2::%x]:99", i)) == 429 {
			refused++
		}
	}
	if refused != 40-askBurst {
		t.Errorf("%d of 40 requests of one /64 were refused, want %d", refused, 40-askBurst)
	}
	if code := ask(100, "[2001:db8:1:3::1]:99"); code != 200 {
		t.Errorf("another network: %d", code)
	}
	s.now = s.now.Add(askEvery)
	if code := ask(101, "[2001:db8:1:2::1]:99"); code != 200 {
		t.Errorf("later: %d", code)
	}
}

func TestLimitIsBounded(t *testing.T) {
	var l limit
	now := time.Now()
	for i := range mostAsked + 5000 {
		l.allow(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), now)
	}
	if len(l.paid) > mostAsked {
		t.Errorf("%d networks are remembered", len(l.paid))
	}
	if !l.allow("not an address", now) {
		t.Error("an unreadable address is one network, not none")
	}
}

func TestTokenPagesRefuse(t *testing.T) {
	s := newSignup(t)
	old := s.keys.Token(subscribers.Claim{Purpose: subscribers.ForConfirm, Subscriber: "x", Generation: 1, Expires: s.now.Add(-time.Minute)})
	purged := s.keys.Token(subscribers.Claim{Purpose: subscribers.ForConfirm, Subscriber: "x", Generation: 1, Expires: s.now.Add(time.Minute)})
	leaving := s.keys.Token(subscribers.Claim{Purpose: subscribers.ForUnsubscribe, Subscriber: "x", Generation: 1})
	for _, c := range []struct {
		method, path string
		code         int
		text         string
	}{
		{"GET", "/subscriptions/nonsense/confirm", 404, "not valid"},
		{"POST", "/subscriptions/nonsense/confirm", 404, "not valid"},
		{"GET", "/subscriptions/" + old + "/confirm", 404, "/subscribe"},
		{"POST", "/subscriptions/" + old + "/confirm", 404, "/subscribe"},
		{"POST", "/subscriptions/" + purged + "/confirm", 404, "/subscribe"},
		{"GET", "/subscriptions/" + purged, 404, "not valid"},
		{"POST", "/subscriptions/" + leaving, 404, "not valid"},
		{"GET", "/subscriptions/nonsense/unsubscribe", 404, "not valid"},
		{"POST", "/subscriptions/nonsense/unsubscribe", 404, "not valid"},
		{"POST", "/subscriptions/" + leaving + "/unsubscribe", 200, ""},
		{"GET", "/en/subscribe", 308, ""},
		{"GET", "/xx/subscribe", 404, ""},
		{"GET", "/subscribe?incident=none", 404, "none"},
	} {
		got := s.do(c.method, c.path, formType, "")
		if got.code != c.code || !strings.Contains(got.body, c.text) {
			t.Errorf("%s %s: %d %.300s", c.method, c.path, got.code, got.body)
		}
	}
}

func TestSubscribersAPI(t *testing.T) {
	s := newSignup(t)
	answer := func(got reply) (body map[string]any, id string) {
		t.Helper()
		if got.code != http.StatusCreated || got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Fatalf("%d: %s", got.code, got.body)
		}
		s.check(json.Unmarshal([]byte(got.body), &body))
		id, _ = body["id"].(string)
		delete(body, "id")
		return body, id
	}
	first, handle := answer(s.do("POST", "/api/v2/subscribers.json", "application/json; charset=utf-8", `{"subscriber":{"email":"ann@example.com"}}`))
	second, other := answer(s.do("POST", "/api/v2/subscribers.json", formType, `subscriber[email]=ann@example.com`))
	if fmt.Sprint(first) != fmt.Sprint(second) || len(handle) != len(other) || handle == other {
		t.Errorf("known and unknown differ: %v %s, %v %s", first, handle, second, other)
	}
	if first["mode"] != "email_sms" || first["email"] != "ann@example.com" || first["can_select_components"] != true || first["page"] == nil {
		t.Errorf("answered %v", first)
	}
	_, token := s.confirmations()
	for i, h := range []string{other, handle, handle} {
		if got := s.do("DELETE", "/api/v2/subscribers/"+h+".json", "", ""); got.code != 200 || got.body != "true\n" {
			t.Errorf("taken back: %d %s", got.code, got.body)
		}
		want := 404
		if i == 0 {
			want = 200 // it was not that request's to take back
		}
		if page := s.get("/subscriptions/" + token + "/confirm"); page.code != want {
			t.Errorf("after DELETE %d the confirmation page answers %d, want %d", i, page.code, want)
		}
	}
	hook, _ := answer(s.do("POST", "/api/v2/subscribers.json", formType,
		`subscriber[endpoint]=https://example.com/hook&subscriber[email]=bob@example.com&subscriber[kinds][]=incident&subscriber[level]=start_and_end`))
	if hook["mode"] != "webhook" || hook["webhook"] != "https://example.com/hook" {
		t.Errorf("answered %v", hook)
	}
	_, token = s.confirmations()
	if page := s.post("/subscriptions/" + token + "/confirm"); !strings.Contains(page.body, "whsec_") {
		t.Errorf("no secret on the page that confirms: %s", page.body)
	}
	if page := s.post("/subscriptions/" + token + "/confirm"); page.code != 200 || strings.Contains(page.body, "whsec_") {
		t.Errorf("the secret is shown twice: %s", page.body)
	}
}

func TestSubscribersAPIRefuses(t *testing.T) {
	s := newSignup(t)
	const asJSON = "application/json"
	for _, c := range []struct {
		kind, body string
		code       int
		text       string
	}{
		{asJSON, `{"subscriber":{"email":"nonsense"}}`, 422, "subscriber.email: "},
		{asJSON, `{"subscriber":{}}`, 422, "subscriber.email: "},
		{asJSON, `{"email":"ann@example.com"}`, 422, "subscriber.email: There is no field"},
		{asJSON, `{}`, 422, "subscriber: "},
		{asJSON, `{"subscriber":{"email":"ann@example.com","admin":true}}`, 422, "subscriber.admin: "},
		{asJSON, `{"subscriber":{"email":7}}`, 422, "subscriber.email"},
		{asJSON, `["a@example.com"]`, 400, "must be a JSON object"},
		{asJSON, `{"subscriber":{"email":"ann@example.com"}} {}`, 400, "not valid JSON"},
		{asJSON, `{"subscriber":`, 400, "not valid JSON"},
		{asJSON, `{"subscriber":{"phone_number":"1","phone_country":"de"}}`, 422, "subscriber.phone_number: "},
		{asJSON, `{"subscriber":{"endpoint":"https://example.com"}}`, 422, "subscriber.email: "},
		{asJSON, `{"subscriber":{"email":"a@example.com","endpoint":"https://127.0.0.1/"}}`, 422, "subscriber.endpoint: "},
		{asJSON, `{"subscriber":{"email":"a@example.com","component_id":"none"}}`, 422, "subscriber.component_ids: "},
		{asJSON, `{"subscriber":{"email":"a@example.com","locale":"xx"}}`, 422, "subscriber.locale: "},
		{formType, `subscriber[email]=a@example.com&subscriber[email]=b@example.com`, 422, "given twice"},
		{formType, `email=a@example.com`, 422, "email: "},
		{formType, `subscriber[email=a@example.com`, 422, "not possible here"},
		{"text/plain", `subscriber[email]=a@example.com`, 415, ""},
		{"", ``, 415, ""},
	} {
		got := s.do("POST", "/api/v2/subscribers.json", c.kind, c.body)
		if got.code != c.code || !strings.Contains(got.body, c.text) {
			t.Errorf("%s %s: %d %s", c.kind, c.body, got.code, got.body)
		}
		s.now = s.now.Add(askEvery) // the limit has its own test
	}
	if got := s.do("DELETE", "/api/v2/subscribers/nonsense.json", "", ""); got.code != 404 {
		t.Errorf("an unknown handle: %d %s", got.code, got.body)
	}
	if got := s.do("OPTIONS", "/api/v2/subscribers.json", "", ""); got.code != 204 || !strings.Contains(got.header.Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("a preflight: %d %v", got.code, got.header)
	}
	if n, _ := s.confirmations(); n != 0 {
		t.Errorf("%d confirmations for refused requests", n)
	}
}
