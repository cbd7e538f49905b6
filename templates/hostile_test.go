package templates

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostile breaks out of everything that is not escaped for its place.
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a></title></textarea>`

// poison puts the hostile text into every string of a model, and a script address
// into every string that is an address.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			switch {
			case !v.Field(i).CanSet(), name == "Sections", name == "Kind", name == "Locale", name == "DefaultLocale", name == "Zone":
			case v.Field(i).Kind() == reflect.String && (strings.HasSuffix(name, "URL") || name == "Action" || name == "Contact" || name == "Path"):
				v.Field(i).SetString("javascript:alert(4)//" + hostile)
			case v.Field(i).Kind() == reflect.String && name != "State" && name != "Stage" && name != "Mode" && name != "Level":
				v.Field(i).SetString(hostile)
			default:
				poison(v.Field(i))
			}
		}
	}
}

func poisoned[T any](d T) T {
	poison(reflect.ValueOf(&d).Elem())
	return d
}

func hostilePages(s *Set, locale string) []rendering {
	chrome := cannedChrome(locale, "/", "major")
	groups := cannedGroups(locale, 8)
	r := func(name string, do func(io.Writer) error) rendering { return rendering{name: name, do: do} }
	return []rendering{
		r("start", func(w io.Writer) error { return s.StartPage(w, poisoned(cannedStart(locale))) }),
		r("incident", func(w io.Writer) error { return s.NoticePage(w, poisoned(NoticePage{chrome, cannedIncident(locale)})) }),
		r("resolved", func(w io.Writer) error { return s.NoticePage(w, poisoned(NoticePage{chrome, cannedResolved(locale)})) }),
		r("component", func(w io.Writer) error { return s.ComponentPage(w, poisoned(cannedComponent(locale))) }),
		r("history", func(w io.Writer) error { return s.HistoryPage(w, poisoned(HistoryPage{chrome, []Month{{"", 1, 1}}})) }),
		r("month", func(w io.Writer) error {
			return s.MonthPage(w, poisoned(MonthPage{chrome, "", "x", "y", []Day{{"", []Notice{cannedResolved(locale)}}}, 2, 3}))
		}),
		r("subscribe", func(w io.Writer) error {
			return s.SubscribePage(w, poisoned(SubscribePage{Chrome: chrome, Groups: groups}))
		}),
		r("confirm", func(w io.Writer) error { return s.ConfirmPage(w, poisoned(ConfirmPage{Chrome: chrome})) }),
		r("confirmed", func(w io.Writer) error { return s.ConfirmPage(w, poisoned(ConfirmPage{Chrome: chrome, Done: true})) }),
		r("manage", func(w io.Writer) error { return s.ManagePage(w, poisoned(ManagePage{Chrome: chrome, Groups: groups})) }),
		r("owndata", func(w io.Writer) error {
			return s.OwnDataPage(w, poisoned(OwnDataPage{Chrome: chrome}))
		}),
		r("unsubscribe", func(w io.Writer) error { return s.UnsubscribePage(w, poisoned(UnsubscribePage{Chrome: chrome})) }),
		r("report", func(w io.Writer) error { return s.ReportPage(w, poisoned(ReportPage{Chrome: chrome, Groups: groups})) }),
		r("reported", func(w io.Writer) error { return s.ReportThanksPage(w, poisoned(ReportThanksPage{Chrome: chrome})) }),
		r("feeds", func(w io.Writer) error { return s.FeedsPage(w, poisoned(FeedsPage{chrome})) }),
		r("accessibility", func(w io.Writer) error { return s.AccessibilityPage(w, poisoned(AccessibilityPage{Chrome: chrome})) }),
		r("error", func(w io.Writer) error { return s.ErrorPage(w, poisoned(ErrorPage{Chrome: chrome, Code: 500})) }),
	}
}

func TestHostileTextStaysText(t *testing.T) {
	s := newSet(t)
	for _, locale := range s.Locales() {
		for _, r := range hostilePages(s, locale) {
			body := rendered(t, r)
			if !bytes.Contains(body, []byte("alert(1)")) && r.name != "feeds" {
				t.Errorf("%s: the hostile text did not reach the page, so nothing is proved", r.name)
			}
			checkHarmless(t, r.name, body)
		}
	}
}

// checkHarmless looks for anything that a browser would run.
func checkHarmless(t *testing.T, name string, body []byte) {
	t.Helper()
	d := parse(t, body)
	for _, el := range d.all(func(*html.Node) bool { return true }) {
		for _, a := range el.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s> listens with %s", name, el.Data, a.Key)
			}
			value := strings.ToLower(strings.TrimSpace(a.Val))
			if (a.Key == "href" || a.Key == "action" || a.Key == "src") && strings.HasPrefix(value, "javascript:") {
				t.Errorf("%s: <%s %s> runs %q", name, el.Data, a.Key, a.Val)
			}
		}
	}
	for _, el := range d.tags("script", "img", "iframe", "object", "embed") {
		switch {
		case attr(el, "type") == "application/ld+json":
			if !json.Valid([]byte(el.FirstChild.Data)) || strings.ContainsAny(el.FirstChild.Data, "<>") {
				t.Errorf("%s: the block of data is broken: %s", name, el.FirstChild.Data)
			}
			continue
		case el.Data == "img" && strings.HasSuffix(attr(el, "src"), "/badge.svg"):
			continue
		}
		if el.Data != "script" || !strings.HasPrefix(attr(el, "src"), "/s/live.") || words(el) != "" {
			t.Errorf("%s: a foreign <%s> got in", name, el.Data)
		}
	}
}
