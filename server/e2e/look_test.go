package e2e_test

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// axePath is where .ci/prepare puts axe-core.
const axePath = "../../.ci/pages/node_modules/axe-core/axe.min.js"

// lookScript measures what axe does not.
//
//go:embed testdata/look.js
var lookScript string

// examiner looks at pages as different people see them.
type examiner struct {
	*tab
	origin string
	axe    string // the script, "" when it is not installed
	phone  int64  // width of the phone
	finger int    // least size of a target on it
	dark   bool   // the phone is dark and the wide screen light; else it is the other way round
	public bool   // nothing may be stored, and targets count on the wide screen too
	seen   *lookedAt

	mu       sync.Mutex
	document network.RequestID // of the page that is open
	foreign  []string          // requests to other origins
}

const wideScreen, screenHeight = 1280, 900

func newExaminer(t *testing.T, origin string, phone int64, finger int, seen *lookedAt) *examiner {
	t.Helper()
	x := &examiner{tab: newTab(t, int(phone), screenHeight), origin: origin, phone: phone, finger: finger, seen: seen}
	script, err := os.ReadFile(axePath)
	if err != nil {
		notRun(t, "the rules of axe", err)
	}
	x.axe = string(script)
	if err := chromedp.Listen(x.ctx, func(event any) {
		if sent, ok := event.(*network.EventRequestWillBeSent); ok {
			x.note(sent)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return x
}

// note remembers the request for the page itself, and the address of each one that leaves
// the origin.
func (x *examiner) note(sent *network.EventRequestWillBeSent) {
	x.mu.Lock()
	defer x.mu.Unlock()
	address := sent.Request.URL
	if string(sent.RequestID) == string(sent.LoaderID) {
		x.document = sent.RequestID
	}
	if !strings.HasPrefix(address, x.origin+"/") && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "about:") {
		x.foreign = append(x.foreign, address)
	}
}

// strangers are the addresses of other origins asked since the last time.
func (x *examiner) strangers() (all []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, address := range x.foreign {
		all = append(all, "asks "+address)
	}
	x.foreign = nil
	return all
}

// source is the page as it came over the wire.
func (x *examiner) source() string {
	x.t.Helper()
	x.mu.Lock()
	id := x.document
	x.mu.Unlock()
	got, err := chromedp.Call(x.ctx, network.GetResponseBody, network.GetResponseBodyParams{RequestID: id})
	if err != nil {
		x.t.Fatalf("the page as it came: %v", err)
	}
	return string(got.Body)
}

// scripts lets pages run their scripts or not, from the next page on.
func (x *examiner) scripts(run bool) {
	x.t.Helper()
	if _, err := chromedp.Call(x.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run}); err != nil {
		x.t.Fatal(err)
	}
}

// examine looks at the page that is open: on the phone and on a wide screen, one of them
// dark, with text of twice the size, by keyboard. Each finding is an error of the test.
// Whoever looks in two languages sees each page on each screen in light and in dark.
func (x *examiner) examine(name string) {
	x.t.Helper()
	x.seen.keep(name, x.source())
	eval[bool](x.tab, x.axe+"\n;"+lookScript)
	if x.public {
		x.blame(name+", before anything is touched", x.strings(`look.stored()`))
	}
	eval[bool](x.tab, `look.unfold()`)
	x.blame(name, x.strings(`look.times().concat(look.forms(), look.order())`))
	x.look(name, x.phone, x.dark)
	x.look(name, wideScreen, !x.dark)
	x.blame(name, x.strangers())
}

// look is one way to see the page.
func (x *examiner) look(name string, width int64, dark bool) {
	x.t.Helper()
	x.screen(width, dark)
	where := fmt.Sprintf("%s, %d px, dark %v", name, width, dark)
	x.blame(where, x.strings(`look.wide().concat(look.cut())`))
	if width == x.phone || x.public {
		x.blame(where, x.strings(fmt.Sprintf(`look.small(%d)`, x.finger)))
	}
	if width == x.phone {
		x.walk(where)
	}
	if x.axe != "" {
		x.blame(where+", axe", x.strings(`look.barriers()`))
	}
	eval[bool](x.tab, `look.grow(200)`)
	x.blame(where+", text of 200 %", x.strings(`look.wide()`))
	eval[bool](x.tab, `look.grow(0)`)
}

// screen changes what the page believes to be shown on.
func (x *examiner) screen(width int64, dark bool) {
	x.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	if err := chromedp.Do(x.ctx, chromedp.EmulateViewport(width, screenHeight)); err != nil {
		x.t.Fatal(err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(x.ctx, emulation.SetEmulatedMedia, media); err != nil {
		x.t.Fatal(err)
	}
}

// walk goes through the page with the Tab key, then gives each element the focus. The way
// is the same in every language, so one of them is enough.
func (x *examiner) walk(where string) {
	x.t.Helper()
	presses := eval[int](x.tab, `look.startWay()`)
	if x.dark {
		presses = 1 // the focus shows itself to whoever uses the keyboard
	}
	for range presses {
		if err := chromedp.Do(x.ctx, chromedp.KeyEvent("\t")); err != nil {
			x.t.Fatal(err)
		}
	}
	if !x.dark {
		x.blame(where, x.strings(`look.endWay()`))
	}
	x.blame(where, x.strings(`look.focus()`))
}

// strings asks the page for sentences.
func (x *examiner) strings(expression string) []string {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, time.Minute)
	defer cancel()
	all, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		x.t.Fatalf("%s: %v", expression, err)
	}
	return all
}

// blame passes on each finding; of many the first ones are enough.
func (x *examiner) blame(where string, findings []string) {
	x.t.Helper()
	for i, f := range findings {
		if i == 12 {
			x.seen.fault(fmt.Sprintf("%s: and %d more", where, len(findings)-i))
			return
		}
		x.seen.fault(where + ": " + f)
	}
}

// crawl opens pages, examines each kind of page at most so often, and follows its links.
// kind names what an address shows; "" is no page to be examined.
func (x *examiner) crawl(first []string, most int, kind func(*url.URL) string) {
	x.t.Helper()
	seen, kinds := map[string]bool{}, map[string]int{}
	for queue := slices.Clone(first); len(queue) > 0; queue = queue[1:] {
		address := queue[0]
		u, err := url.Parse(address)
		if err != nil {
			x.t.Fatal(err)
		}
		k := kind(u)
		if k == "" || seen[address] || kinds[k] >= most && !slices.Contains(first, address) || x.public && !x.answers(address) {
			continue
		}
		seen[address] = true
		kinds[k]++
		x.open(x.origin + address)
		if code := eval[int](x.tab, `performance.getEntriesByType("navigation")[0].responseStatus`); code != 200 && !strings.HasSuffix(address, "/nowhere") {
			x.seen.fault(fmt.Sprintf("%s answers %d", address, code))
		}
		queue = append(queue, x.links()...)
		if x.seen.first(k, x.likeness()) {
			x.examine(address)
		}
	}
}

// likeness is what two pages have in common that look alike: all but the instance's port,
// hashes and the distance of times.
func (x *examiner) likeness() string {
	x.t.Helper()
	return eval[string](x.tab, `document.documentElement.lang + document.body.outerHTML.replaceAll(":" + location.port, "").replace(/ data-h="[^"]*"| title="[^"]*"/g, "")`)
}

// links are the addresses of the same origin that the page links to.
func (x *examiner) links() []string {
	x.t.Helper()
	return eval[[]string](x.tab, `[...new Set([...document.querySelectorAll("a[href]")].map(a => new URL(a.href)).filter(u => u.origin === location.origin).map(u => u.pathname + u.search))]`)
}
