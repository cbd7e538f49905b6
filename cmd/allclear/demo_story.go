package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
)

// demoStory is demo.json. Its times are relative to the start of the demo (see demoTime),
// its changes are spelt as the Manage API spells them.
type demoStory struct {
	Page    json.RawMessage `json:"page"`
	Groups  []demoGroup     `json:"groups"`
	Notices []demoNotice    `json:"notices"`
	// Templates are spelt as status.Template; what is left out is as in a new one.
	Templates []json.RawMessage `json:"templates"`
}

type demoGroup struct {
	ID       string             `json:"id"`
	Name     string             `json:"name"`
	Children []status.Component `json:"children"`
}

type demoNotice struct {
	ID      string `json:"id"`
	Entries []struct {
		At     time.Time     `json:"at"`
		Change status.Change `json:"change"`
	} `json:"entries"`
}

// demoStep is one entry of a notice.
type demoStep struct {
	at     time.Time
	id     string
	first  bool
	change status.Change
}

// readDemo reads the story as it is told now.
func readDemo(text []byte, now time.Time) (*demoStory, error) {
	zone, err := demoZone(text)
	if err != nil {
		return nil, err
	}
	var bad error
	text = regexp.MustCompile(`"@[^"]*"`).ReplaceAllFunc(text, func(quoted []byte) []byte {
		at, err := demoTime(string(quoted[2:len(quoted)-1]), now.In(zone))
		if err != nil && bad == nil {
			bad = err
		}
		return []byte(strconv.Quote(at.UTC().Format(time.RFC3339)))
	})
	if bad != nil {
		return nil, bad
	}
	var story demoStory
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&story); err != nil {
		return nil, fmt.Errorf("demo.json: %w", err)
	}
	return &story, nil
}

func demoZone(text []byte) (*time.Location, error) {
	var head struct {
		Page status.Page `json:"page"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("demo.json: %w", err)
	}
	return head.Page.Zone(), nil
}

// demoTime reads "-47m" and "+22m" (from now), "5d 10:20" (five days ago) and
// "+2d 22:00" (in two days).
func demoTime(text string, now time.Time) (time.Time, error) {
	wrong := fmt.Errorf("demo.json: %q is not a time of the demo", "@"+text)
	days, clock, hasDay := strings.Cut(text, " ")
	if !hasDay {
		d, err := time.ParseDuration(text)
		if err != nil {
			return now, wrong
		}
		return now.Truncate(time.Minute).Add(d), nil
	}
	ago, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(days, "+"), "d"))
	at, errClock := time.Parse("15:04", clock)
	if err != nil || errClock != nil {
		return now, wrong
	}
	if strings.HasPrefix(days, "+") {
		ago = -ago
	}
	return time.Date(now.Year(), now.Month(), now.Day()-ago, at.Hour(), at.Minute(), 0, 0, now.Location()), nil
}

// applyPage gives the page the settings of the story.
func (s *demoStory) applyPage(p *status.Page) error {
	if err := json.Unmarshal(s.Page, p); err != nil {
		return fmt.Errorf("demo.json, page: %w", err)
	}
	return nil
}

// steps lists all entries in the order in which they happened.
func (s *demoStory) steps() []demoStep {
	var list []demoStep
	for _, n := range s.Notices {
		for i, e := range n.Entries {
			list = append(list, demoStep{at: e.At, id: n.ID, first: i == 0, change: e.Change})
		}
	}
	slices.SortStableFunc(list, func(a, b demoStep) int { return a.at.Compare(b.at) })
	return list
}
