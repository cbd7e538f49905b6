package e2e_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// publicPolicy is the Content-Security-Policy of every public page, framedPolicy that of
// those which other sites may show in a frame.
const (
	publicPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	framedPolicy = "frame-ancestors *"
)

// shownBy says at which kinds of address a template of a public page is seen. Those that
// only a form or a mail leads to are looked at by TestTheWayOfASubscriber.
func shownBy() map[string]string {
	return map[string]string{
		"accessibility.html": "/accessibility", "component.html": "/components/:id", "embed.html": "/embed", "feeds.html": "/feeds",
		"history.html": "/history", "month.html": "/history/:month", "notice.html": "/incidents/:id", "report.html": "/report",
		"start.html": "/", "strip.html": "/embed/banner", "subscribe.html": "/subscribe",
		"checkmail.html": "way", "confirm.html": "way", "manage.html": "way", "owndata.html": "way", "reported.html": "way", "unsubscribe.html": "way",
	}
}

// publicKind names what an address shows, "" when it is no page.
func publicKind(path string) string {
	path = strings.TrimPrefix(path, "/de")
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	switch {
	case path == "" || path == "/":
		return "/"
	case strings.HasPrefix(path, "/admin") || strings.Contains(last, "."):
		return ""
	case len(parts) == 3 && parts[1] == "history":
		return "/history/:month"
	case len(parts) == 3 && parts[1] != "embed":
		return "/" + parts[1] + "/:id"
	}
	return path
}

// state is a site in a situation.
type state struct {
	name  string
	make  func(*testing.T) *instance
	extra []string // addresses that no page links to
}

// situations are what a public page can be like.
func situations() []state {
	return []state{
		{"all good", func(t *testing.T) *instance {
			in := start(t, "--demo")
			in.settle(t)
			return in
		}, nil},
		{"major outage", func(t *testing.T) *instance {
			in := start(t, "--demo")
			in.breakDown(t)
			return in
		}, []string{"/incidents/signinfails1", "/maintenances/storagemove1", "/components/websignin001", "/subscribe?incident=signinfails1", "/report?component=websignin001"}},
		{"maintenance", func(t *testing.T) *instance {
			in := start(t, "--demo")
			in.settle(t)
			in.maintain(t)
			return in
		}, nil},
		{"empty", func(t *testing.T) *instance { return start(t) }, nil},
		{"463 components", imported, nil},
	}
}

// settle ends what the demo has open.
func (in *instance) settle(t *testing.T) {
	t.Helper()
	in.api(t, "PATCH", in.page(t)+"/incidents/signinfails1", map[string]any{"incident": map[string]any{
		"status": "resolved", "body": "The problem is fully fixed.",
		"components": map[string]string{"websignin001": "operational", "useradmin001": "operational"},
		"resolution": map[string]any{"what_happened": "A setting was wrong.", "data_loss": "none", "can_recur": "unlikely"},
	}}, nil)
}

// breakDown adds the worst that can happen, in one language only.
func (in *instance) breakDown(t *testing.T) {
	t.Helper()
	in.api(t, "POST", in.page(t)+"/incidents", map[string]any{"incident": map[string]any{
		"name": "Card payments and invoices are down", "severity": "critical", "urgency": "immediate",
		"body":       "We are looking for the cause:\n\n- card payments end with an error\n- invoices do not open\n\nSee the [help pages](https://example.org/help).",
		"components": map[string]string{"cardpayments": "major_outage", "invoices0001": "major_outage"}, "third_party": map[string]any{"state": "unnamed"},
	}}, nil)
}

// maintain begins planned work.
func (in *instance) maintain(t *testing.T) {
	t.Helper()
	at := func(hours int) string {
		return time.Now().Add(time.Duration(hours) * time.Hour).UTC().Format(time.RFC3339)
	}
	in.api(t, "POST", in.page(t)+"/incidents", map[string]any{"incident": map[string]any{
		"name": "Work on the network", "body": "We are renewing cables.", "status": "in_progress", "component_ids": []string{"publicapi001"},
		"scheduled_for": at(-1), "scheduled_until": at(1),
		"translations": map[string]any{"de": map[string]string{"name": "Arbeiten am Netz", "body": "Wir erneuern Kabel."}},
	}}, nil)
}

// imported is a site with the components and notices of a real, large page.
func imported(t *testing.T) *instance {
	data := filepath.Join(t.TempDir(), "data")
	run := exec.Command(binary, "import", "statuspage", "../../status/statuspage/testdata/cloudflare/summary-4-incidents-47-maintenances.json", "--data", data)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	return startIn(t, data)
}

// TestEveryPublicPage walks the public side in every situation and both languages, as
// TestEveryStaffScreen does the staff side; and nothing is stored, sent or asked elsewhere.
func TestEveryPublicPage(t *testing.T) {
	seen := newLookedAt(t)
	t.Run("in", func(t *testing.T) {
		for _, s := range situations() {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				in := s.make(t)
				for _, locale := range []string{"en", "de"} {
					x := newExaminer(t, in.url, 320, 24, seen)
					x.dark, x.public = locale == "de", true
					prefix := map[string]string{"en": "", "de": "/de"}[locale]
					first := []string{prefix + "/", prefix + "/nowhere", prefix + "/embed", prefix + "/embed/banner"}
					for _, extra := range s.extra {
						first = append(first, prefix+extra)
					}
					x.crawl(first, 1, func(u *url.URL) string {
						if (locale == "de") != strings.HasPrefix(u.Path, "/de/") {
							return ""
						}
						return publicKind(u.Path)
					})
					x.noCookies()
				}
			})
		}
	})
	seen.valid()
	templates, err := filepath.Glob("../../templates/public/[^_]*.html")
	if err != nil || len(templates) == 0 {
		t.Fatalf("no template was found (%v)", err)
	}
	for _, path := range templates {
		kind := shownBy()[filepath.Base(path)]
		if kind != "way" && !seen.kinds[kind] {
			t.Errorf("%s was not looked at: say in shownBy where it is shown", filepath.Base(path))
		}
	}
}

// noCookies is what the browser must have kept after a whole visit.
func (x *examiner) noCookies() {
	x.t.Helper()
	kept, err := chromedp.Call(x.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		x.t.Fatal(err)
	}
	for _, c := range kept.Cookies {
		x.t.Errorf("there is a cookie %s", c.Name)
	}
}

// answers checks a page as it comes over the wire: its policy, no cookie; false when the
// address holds no page.
func (x *examiner) answers(address string) bool {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, x.origin+address, http.NoBody)
	if err != nil {
		x.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		x.t.Fatal(err)
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return false
	}
	policy := resp.Header.Get("Content-Security-Policy")
	if framed := strings.Contains(address, "/embed"); framed && !strings.Contains(policy, framedPolicy) || !framed && policy != publicPolicy {
		x.t.Errorf("%s has the policy %q", address, policy)
	}
	if c := resp.Header.Values("Set-Cookie"); len(c) > 0 {
		x.t.Errorf("%s sets the cookie %q", address, c)
	}
	return true
}

// letter waits for a mail to an address and gives the first link in it that holds a word.
func (in *instance) letter(t *testing.T, address, word string) string {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-look.C {
		names, err := filepath.Glob(filepath.Join(in.data, "mail", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		for _, name := range slices.Backward(names) {
			if link := linkIn(name, address, word); link != "" {
				return link
			}
		}
	}
	t.Fatalf("no mail to %s with a link to %s", address, word)
	return ""
}

// linkIn reads a captured mail as far as is needed: its text part has one address a line.
func linkIn(name, address, word string) string {
	raw, err := os.ReadFile(name)
	if err != nil {
		return "" // it is just being written
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(raw), "=\r\n", ""), "=3D", "=")
	if !strings.Contains(text, address) {
		return ""
	}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \r\n<>\"()", r) }) {
		if u, err := url.Parse(part); err == nil && u.Host != "" && strings.HasSuffix(u.Path, word) {
			return u.Path
		}
	}
	return ""
}

// TestTheWayOfASubscriber reports a problem, subscribes, confirms, changes and leaves, all
// with scripts switched off: each page on the way is looked at, wrong entries included.
func TestTheWayOfASubscriber(t *testing.T) {
	in := start(t, "--demo")
	seen := newLookedAt(t)
	for _, locale := range []string{"en", "de"} {
		t.Run(locale, func(t *testing.T) {
			t.Parallel()
			x := newExaminer(t, in.url, 320, 24, seen)
			x.dark, x.public = locale == "de", true
			prefix := map[string]string{"en": "", "de": "/de"}[locale]
			mail := "reader-" + locale + "@example.org"
			x.scripts(false)
			at := func(name string) { // the page was made without its scripts; ours may run now
				x.scripts(true)
				x.examine(prefix + " " + name)
				x.scripts(false)
			}

			x.open(in.url + prefix + "/report")
			x.send("main form", `f.text.value = "I cannot sign in."; f.email.value = "no address"`, `document.querySelector("[aria-invalid]")`)
			at("report with a mistake")
			x.send("main form", `f.email.value = ""`, `!document.querySelector("form")`)
			at("reported")

			x.open(in.url + prefix + "/subscribe")
			x.send("main form", `f.email.value = "no address"`, `document.querySelector("[aria-invalid]")`)
			at("subscribe with a mistake")
			x.send("main form", `f.email.value = "`+mail+`"`, `!document.querySelector("form")`)
			at("check your mail")

			x.open(in.url + in.letter(t, mail, "/confirm"))
			at("confirm")
			x.send("main form", ``, `!document.querySelector("form") && document.querySelector("main a[href*='/subscriptions/']")`)
			at("confirmed")
			manage := eval[string](x.tab, `document.querySelector("main a[href*='/subscriptions/']").href`)
			x.open(manage)
			at("manage")
			x.send("main form", `f.elements.paused_until.value = "2099-12-31"`, `document.querySelector("[role=status], .saved, .flash") || location.href`)
			at("saved")
			leave := eval[string](x.tab, `document.querySelector("main a[href*='/unsubscribe']").href`)
			x.send("main form[action$='/data']", ``, `document.querySelector("[role=status]")`)
			at("own data asked for")
			x.open(in.url + in.letter(t, mail, "/data"))
			at("own data")
			x.send("main form:has([value=delete])", ``, `!document.querySelector("main form")`)
			at("own data deleted")
			x.open(leave)
			at("nobody is left to unsubscribe")

			x.open(in.url + prefix + "/subscribe")
			x.send("main form", `f.email.value = "second-`+mail+`"`, `!document.querySelector("main form")`)
			x.open(in.url + in.letter(t, "second-"+mail, "/confirm"))
			x.send("main form", ``, `!document.querySelector("main form")`)
			x.open(eval[string](x.tab, `document.querySelector("main a[href*='/subscriptions/']").href`))
			x.open(eval[string](x.tab, `document.querySelector("main a[href*='/unsubscribe']").href`))
			at("unsubscribe")
			x.send("main form", ``, `!document.querySelector("main form")`)
			at("unsubscribed")
			x.open(in.url + prefix + "/subscriptions/wrong/confirm")
			at("a link that ended")
			x.noCookies()
		})
	}
}

// send fills in a form of the page, presses its button and waits for what the next page
// must be like.
func (x *examiner) send(form, fill, next string) {
	x.t.Helper()
	eval[bool](x.tab, `(f => { window.before = true; f.noValidate = true; `+fill+`; f.requestSubmit(f.querySelector("button")); return true })(document.querySelector("`+form+`"))`)
	x.comes(`!window.before && !!(` + next + `)`)
}
