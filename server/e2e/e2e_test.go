package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// binary is the program, browser what shows its pages, and browsing that browser's context.
var (
	binary, browser string
	browsing        context.Context
)

// TestMain builds the program once. Without a browser these tests do not run, and say so;
// in CI that is a failure.
func TestMain(m *testing.M) {
	os.Exit(prepared(m))
}

func prepared(m *testing.M) int {
	var err error
	if browser, err = exec.LookPath("chromium"); err != nil {
		fmt.Println("e2e: there is no chromium; the browser tests are not run")
		if os.Getenv("CI") == "true" {
			return 1
		}
		return 0
	}
	dir, err := os.MkdirTemp("", "allclear-e2e")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "allclear")
	if out, err := exec.Command("go", "build", "-o", binary, "allclear/cmd/allclear").CombinedOutput(); err != nil {
		fmt.Printf("%v\n%s", err, out)
		return 1
	}
	var closeBrowser func()
	if browsing, closeBrowser, err = openBrowser(); err != nil {
		fmt.Println(err)
		return 1
	}
	defer closeBrowser()
	return m.Run()
}

// instance is a running program with its own data.
type instance struct {
	url, data, token string
	setup            chan string // the path of the page for the first account, when there is none
	stop             func()      // before the test ends
}

var (
	pageLine  = regexp.MustCompile(`Public page: (http://\S+)/`)
	setupLine = regexp.MustCompile(`Set up: +http://[^/]+(/setup/\S+)`)
)

// start runs the program on a port of the kernel's choice and waits for its first line.
func start(t *testing.T, args ...string) *instance {
	t.Helper()
	return startIn(t, filepath.Join(t.TempDir(), "data"), args...)
}

// startIn is start with a folder that may hold something already.
func startIn(t *testing.T, data string, args ...string) *instance {
	t.Helper()
	in := &instance{data: data, setup: make(chan string, 1)}
	cmd := exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", in.data, "--mail-hold", "0s"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in.stop = func() { _ = cmd.Process.Signal(os.Interrupt) }
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Logf("the program ended with %v\n%s", err, log.String())
		}
	})
	in.listen(t, bufio.NewScanner(out), &log)
	token, err := exec.Command(binary, "token", "create", "--data", in.data, "--name", "e2e", "--role", "admin").Output()
	if err != nil {
		t.Fatalf("token: %v", err)
	}
	in.token = strings.TrimSpace(string(token))
	return in
}

// listen reads what the program says: where its page is, then where the first account is made.
func (in *instance) listen(t *testing.T, lines *bufio.Scanner, log *bytes.Buffer) {
	t.Helper()
	for in.url == "" {
		if !lines.Scan() {
			t.Fatalf("the program did not start: %v\n%s", lines.Err(), log.String())
		}
		if found := pageLine.FindStringSubmatch(lines.Text()); found != nil {
			in.url = strings.Replace(found[1], "localhost", "127.0.0.1", 1)
		}
	}
	go func() {
		for lines.Scan() {
			if found := setupLine.FindStringSubmatch(lines.Text()); found != nil {
				in.setup <- found[1]
			}
		}
	}()
}

// api calls the Manage API and decodes the answer.
func (in *instance) api(t *testing.T, method, path string, body, answer any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, in.url+"/v1"+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "OAuth "+in.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			t.Fatal(err)
		}
	}
}

func (in *instance) page(t *testing.T) string {
	t.Helper()
	var list []struct{ ID string }
	in.api(t, "GET", "/pages", nil, &list)
	return "/pages/" + list[0].ID
}

// tab is a browser tab that shares no cookies, storage or cache with another.
type tab struct {
	t      *testing.T
	ctx    context.Context
	silent bool // complaints of the console do not count
}

// newTab opens a tab in the one browser of all tests.
func newTab(t *testing.T, width, height int) *tab {
	t.Helper()
	ctx, stopTab := chromedp.NewContext(browsing, chromedp.WithNewBrowserContext())
	b := &tab{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank"), chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatal(err)
	}
	// Several tabs at once: each believes that it has the keyboard.
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	complaints := b.listen()
	t.Cleanup(func() {
		stopTab()
		for _, text := range <-complaints {
			if b.silent {
				break
			}
			t.Errorf("the console complains: %s", text)
		}
	})
	return b
}

// openBrowser starts the browser of all tests.
func openBrowser() (context.Context, func(), error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocated, stopBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopTab := chromedp.NewContext(allocated)
	return ctx, func() { stopTab(); stopBrowser() }, chromedp.Do(ctx, chromedp.Navigate("about:blank"))
}

// listen collects what the console complains about until the tab is closed. A page that
// answers 404 or 422 is asked for on purpose.
func (b *tab) listen() <-chan []string {
	out := make(chan []string, 1)
	go func() {
		var all []string
		for m, err := range chromedp.Console(b.ctx) {
			if err != nil {
				break
			}
			bad := m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning || m.IsException()
			if bad && !strings.Contains(m.Text, "with a status of 4") {
				all = append(all, m.Text)
			}
		}
		out <- all
	}()
	return out
}

func (b *tab) open(url string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(url)); err != nil {
		b.t.Fatal(err)
	}
}

// eval asks the page for a value.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// shows waits until an expression becomes true in the page.
func (b *tab) shows(expression string) {
	b.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(20 * time.Second); !eval[bool](b, expression); <-look.C {
		if time.Now().After(end) {
			b.t.Fatalf("never true: %s\n%s", expression, eval[string](b, `document.body.innerText`))
		}
	}
}

func TestAnOpenPageChangesItself(t *testing.T) {
	in := start(t)
	page := in.page(t)
	var component struct{ ID string }
	in.api(t, "POST", page+"/components", map[string]any{"component": map[string]any{"name": "Card payments", "status": "operational"}}, &component)
	for path, want := range map[string][2]string{
		"/":    {"Cards are declined", "Resolved"},
		"/de/": {"Karten werden abgelehnt", "Behoben"},
	} {
		t.Run(path, func(t *testing.T) {
			b := newTab(t, 1280, 900)
			b.open(in.url + path)
			eval[bool](b, `window.unreloaded = true`)
			b.shows(`document.querySelector('main section[data-h]') !== null`)
			var incident struct{ ID string }
			in.api(t, "POST", page+"/incidents", map[string]any{"incident": map[string]any{
				"name": "Cards are declined", "body": "We are looking for the cause.",
				"components":   map[string]string{component.ID: "major_outage"},
				"translations": map[string]any{"de": map[string]string{"name": "Karten werden abgelehnt", "body": "Wir suchen die Ursache."}},
			}}, &incident)
			b.shows(fmt.Sprintf(`document.querySelector('#incidents').innerText.includes(%q)`, want[0]))
			b.shows(fmt.Sprintf(`document.title.includes(%q)`, want[0]))
			in.api(t, "PATCH", page+"/incidents/"+incident.ID, map[string]any{"incident": map[string]any{"status": "resolved", "body": "All works again."}}, nil)
			b.shows(fmt.Sprintf(`document.querySelector('h1').innerText.includes(%q)`, want[1]))
			if !eval[bool](b, `window.unreloaded === true`) {
				t.Error("the page was reloaded")
			}
		})
	}
}

func TestNoPageIsWiderThanThePhone(t *testing.T) {
	in := start(t, "--demo")
	b := newTab(t, 320, 800)
	for _, path := range []string{"/", "/de/", "/history", "/de/history", "/subscribe", "/de/subscribe", "/feeds", "/report", "/accessibility", "/de/nichts", "/admin/login"} {
		b.open(in.url + path)
		if wide := eval[int](b, `document.documentElement.scrollWidth - window.innerWidth`); wide > 0 {
			t.Errorf("%s is %d px too wide", path, wide)
		}
		if eval[int](b, `performance.getEntriesByType('resource').filter(e => !e.name.startsWith(location.origin)).length`) > 0 {
			t.Errorf("%s asks other origins", path)
		}
	}
}
