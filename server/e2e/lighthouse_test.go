//go:build lighthouse

package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// lighthousePath is where make lighthouse puts Lighthouse.
const lighthousePath = "../../.ci/lighthouse/node_modules/.bin/lighthouse"

// judged is what Lighthouse says of a page.
type judged struct {
	Categories map[string]struct{ Score float64 }
	Audits     map[string]struct {
		Score        *float64
		NumericValue float64
		Title        string
	}
}

// TestLighthouse holds the start page to the figures that it is promised to have on a slow
// phone: the median of three runs. The speed depends on the machine, which should have
// nothing else to do; so make test leaves this out and make lighthouse runs it.
func TestLighthouse(t *testing.T) {
	in := start(t, "--demo")
	for _, path := range []string{"/", "/de/"} {
		var runs []judged
		for range 3 {
			runs = append(runs, judge(t, in.url+path))
		}
		for category, least := range map[string]float64{"performance": .98, "accessibility": 1, "best-practices": 1, "seo": 1} {
			score := median(runs, func(j judged) float64 { return j.Categories[category].Score })
			t.Logf("%-4s %-15s %3.0f", path, category, score*100)
			if score < least {
				t.Errorf("%s: %s is %.0f, want %.0f", path, category, score*100, least*100)
			}
		}
		for _, audit := range []string{"first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "total-byte-weight"} {
			t.Logf("%-4s %-25s %8.2f", path, audit, median(runs, func(j judged) float64 { return j.Audits[audit].NumericValue }))
		}
		for id, a := range runs[0].Audits {
			if a.Score != nil && *a.Score < .9 {
				t.Logf("%-4s %s: %s", path, id, a.Title)
			}
		}
	}
}

// judge runs Lighthouse once, as a phone with a slow line.
func judge(t *testing.T, url string) judged {
	t.Helper()
	answer := filepath.Join(t.TempDir(), "answer.json")
	run := exec.CommandContext(t.Context(), lighthousePath, url, "--quiet", "--output=json", "--output-path="+answer,
		"--only-categories=performance,accessibility,best-practices,seo", "--chrome-flags=--headless=new --no-sandbox --disable-gpu")
	run.Env = append(os.Environ(), "CHROME_PATH="+browser)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("lighthouse: %v\n%s", err, out)
	}
	raw, err := os.ReadFile(answer)
	if err != nil {
		t.Fatal(err)
	}
	var j judged
	if err := json.Unmarshal(raw, &j); err != nil {
		t.Fatal(err)
	}
	return j
}

func median(runs []judged, of func(judged) float64) float64 {
	var all []float64
	for _, j := range runs {
		all = append(all, of(j))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
