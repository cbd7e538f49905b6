package lint

import (
	"os"
	"strings"
	"testing"
)

// block is one generated building block in both languages.
type block struct{ name, en, de string }

// buildingBlocks reads the sentences that the composer puts together, with their slots
// filled.
func buildingBlocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile("testdata/blocks.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(parts) != 3 {
			t.Fatalf("%q is no block", line)
		}
		out = append(out, block{parts[0], parts[1], parts[2]})
	}
	return out
}

// TestBuildingBlocksPass: what the program writes itself never makes its own lint speak.
func TestBuildingBlocksPass(t *testing.T) {
	blocks := buildingBlocks(t)
	if len(blocks) < 45 {
		t.Fatalf("%d blocks, want all of them", len(blocks))
	}
	rules := Rules{ManyZones: true, Terms: []string{"Webmail"}}
	for _, b := range blocks {
		n := Notice{Locales: []string{"en", "de"}, Texts: map[string]Texts{"en": {Body: b.en}, "de": {Body: b.de}}}
		for _, f := range Check(n, rules) {
			t.Errorf("%s: %s %s %q: %s", b.name, f.Locale, f.Rule, f.Match, f.Message)
		}
	}
}

// TestBuildingBlocksReadEasily joins the blocks to notices, as the composer does.
func TestBuildingBlocksReadEasily(t *testing.T) {
	byName := map[string]block{}
	for _, b := range buildingBlocks(t) {
		byName[b.name] = b
	}
	for _, notice := range []string{
		"unreachable not_affected investigating no_eta workaround_unknown next_update",
		"slow not_affected investigating no_eta workaround_unknown next_update",
		"errors not_affected investigating no_workaround next_update",
		"sign_in not_affected data_safe unconfirmed no_action next_update",
		"wrong_data not_affected data_safe identified eta workaround next_update",
		"not_delivered identified no_eta none_possible next_update",
		"no_news next_update", "worse no_news next_update", "better identified next_update", "reopened no_workaround next_update",
		"overdue no_news next_update", "monitoring still_not_working next_update",
		"resolved what_happened fixed_yes no_loss recur_unlikely prevention_test action_none apology",
		"resolved_limits what_happened fixed_mostly recur_possible prevention_warn action_none",
		"recur_unknown what_happened", "false_alarm no_action", "correction",
		"scheduled", "reminder", "started", "extended", "completed no_action", "cancelled",
	} {
		var en, de []string
		for name := range strings.FieldsSeq(notice) {
			b, ok := byName[name]
			if !ok {
				t.Fatalf("there is no block %q", name)
			}
			en, de = append(en, b.en), append(de, b.de)
		}
		readsEasily(t, "en", strings.Join(en, " "))
		readsEasily(t, "de", strings.Join(de, " "))
	}
}

func readsEasily(t *testing.T, locale, text string) {
	t.Helper()
	score, ok := Readability(locale, text)
	if !ok || score < lowestScore {
		t.Errorf("%.0f points, want %d: %s", score, lowestScore, text)
	}
	t.Logf("%3.0f %s", score, text)
	if findings := Check(Notice{Locales: []string{locale}, Texts: map[string]Texts{locale: {Body: text}}}, Rules{ManyZones: true, Terms: []string{"Webmail"}}); len(findings) > 0 {
		t.Errorf("%s: %v", text, findings)
	}
}
