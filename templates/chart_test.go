package templates

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// sketch checks that a picture is sound and counts its elements by name.
func sketch(t *testing.T, picture string) map[string]int {
	t.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("%v in %s", err, picture)
		}
		el, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		count[el.Name.Local]++
		for _, a := range el.Attr {
			if a.Name.Local == "style" || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
				t.Errorf("<%s %s=%q>", el.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
}

func TestCharts(t *testing.T) {
	v := newSet(t).Voice("en", "UTC")
	monday := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	weeks := []time.Time{monday, monday.AddDate(0, 0, 7), monday.AddDate(0, 0, 14)}
	gap := math.NaN()
	for _, c := range []struct {
		name  string
		chart Chart
		want  map[string]int
		says  []string
	}{
		{"line", Chart{Kind: ChartLine, Label: `a "b" <c>`, Weeks: weeks, Band: 5, Series: []Series{{Class: "median", Values: []float64{1, gap, 12}}, {Class: "high", Values: []float64{2, gap, 14}}}},
			map[string]int{"path": 1, "circle": 4, "rect": 1}, []string{"5 min", "15 min", "2 Nov", "9 Nov", "16 Nov", `aria-label="a &#34;b&#34; &lt;c&gt;"`}},
		{"bars", Chart{Kind: ChartBars, Weeks: weeks, Full: 100, Scale: ScalePercent, Series: []Series{{Class: "kept", Values: []float64{100, gap, 0}}}},
			map[string]int{"rect": 2}, []string{"50%", "100%"}},
		{"stack", Chart{Kind: ChartStack, Weeks: weeks, Scale: ScaleNumber, Series: []Series{{Class: "a", Values: []float64{3000, 0, 0}}, {Class: "b", Values: []float64{1000, 0, 1}}}},
			map[string]int{"rect": 3}, []string{"2,000", "4,000"}},
		{"ratio", Chart{Kind: ChartRatio, Weeks: weeks, Points: []Point{{0, 1}, {0.5, 1000}, {1, 0}}}, map[string]int{"circle": 3, "line": 5}, []string{"½ ×"}},
		{"empty", Chart{Kind: ChartLine, Series: []Series{{Class: "median"}}}, map[string]int{"path": 0}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			picture := string(v.chart(c.chart))
			got := sketch(t, picture)
			for name, n := range c.want {
				if got[name] != n {
					t.Errorf("%d <%s>, want %d: %s", got[name], name, n, picture)
				}
			}
			for _, text := range c.says {
				if !strings.Contains(picture, text) {
					t.Errorf("it does not say %q: %s", text, picture)
				}
			}
			if c.chart.Nothing() != (c.name == "empty") {
				t.Error("whether there is something to see")
			}
		})
	}
	if got := sketch(t, string(drawShare(0))+string(drawShare(7))); got["rect"] != 2 {
		t.Errorf("%v", got)
	}
}

func TestScales(t *testing.T) {
	for _, c := range []struct {
		rough float64
		scale Scale
		want  float64
	}{
		{0.2, ScaleMinutes, 1}, {3, ScaleMinutes, 5}, {31, ScaleMinutes, 60}, {700, ScaleMinutes, 720}, {2000, ScaleMinutes, 2880},
		{33.4, ScalePercent, 50}, {0.1, ScaleNumber, 1}, {21, ScaleNumber, 25}, {6e5, ScaleNumber, 1e6},
	} {
		if got := niceStep(c.rough, c.scale); got != c.want {
			t.Errorf("%v: %v, want %v", c.rough, got, c.want)
		}
	}
}

func TestProgressInWords(t *testing.T) {
	set := newSet(t)
	en, de := set.Voice("en", "UTC"), set.Voice("de", "UTC")
	at := time.Date(2026, 11, 21, 22, 5, 0, 0, time.UTC)
	tally := status.Tally{Waiting: 255, Sent: 1020, Failed: 9}
	channels := func(n status.Tally) map[status.Channel]status.Tally {
		return map[status.Channel]status.Tally{status.Email: n}
	}
	for _, c := range []struct {
		p       Progress
		en, de  string
		quarter int
	}{
		{Progress{Telling: status.Telling{Channels: channels(tally)}, Tally: tally, Left: 41 * time.Second}, "1,020 of 1,284 sent, 9 failed, 255 waiting, about 40 s left", "1.020 von 1.284 gesendet, 9 fehlgeschlagen, 255 warten, noch etwa 40 Sek.", 75},
		{Progress{Telling: status.Telling{Channels: channels(tally), Later: 255, Next: at}, Tally: tally, Left: time.Second}, "1,020 of 1,284 sent, 9 failed, 255 waiting; 255 are tried again from 22:05 UTC on", "1.020 von 1.284 gesendet, 9 fehlgeschlagen, 255 warten; 255 werden ab 22:05 Uhr UTC erneut versucht", 75},
		{Progress{Telling: status.Telling{Held: at, Listing: true}, Expected: 1284}, "About 1,284 messages wait for the undo time to pass", "Etwa 1.284 Nachrichten warten, bis die Zeit zum Zurücknehmen vorbei ist", 0},
		{Progress{Telling: status.Telling{Listing: true}, Expected: 1284}, "The messages are being prepared", "Die Nachrichten werden vorbereitet", 0},
		{Progress{Telling: status.Telling{Listing: true, Channels: channels(status.Tally{Sent: 642})}, Tally: status.Tally{Sent: 642}, Expected: 1284}, "642 of about 1,284 sent", "642 von etwa 1.284 gesendet", 50},
		{Progress{Telling: status.Telling{Channels: channels(status.Tally{Sent: 7})}, Tally: status.Tally{Sent: 7}}, "7 of 7 sent", "7 von 7 gesendet", 100},
		{Progress{}, "Nobody was to be told of this.", "Davon sollte niemand benachrichtigt werden.", 100},
	} {
		if got := en.Told(c.p); got != c.en {
			t.Errorf("%q, want %q", got, c.en)
		}
		if got := de.Told(c.p); got != c.de {
			t.Errorf("%q, want %q", got, c.de)
		}
		if got := c.p.Quarter(); got != c.quarter {
			t.Errorf("%s: %d %%, want %d", c.en, got, c.quarter)
		}
	}
	for d, want := range map[time.Duration]string{100 * time.Millisecond: "1 s", 7 * time.Second: "7 s", 43 * time.Second: "45 s", 10 * time.Minute: "10 min"} {
		if got := en.roughly(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}

// TestReasonsHaveWords: whatever keeps a message from arriving is said in plain words.
func TestReasonsHaveWords(t *testing.T) {
	set := newSet(t)
	for _, locale := range set.AdminLocales() {
		for _, why := range status.Reasons() {
			key := "admin.reason." + string(why)
			if text := set.Voice(locale, "UTC").T(key); text == key || !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is %q", locale, why, text)
			}
		}
	}
}
