package statuspage

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"allclear/status"
)

// feed is the part of an Atom history that we read.
type feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Entries []entry  `xml:"entry"`
}

type entry struct {
	Title     string `xml:"title"`
	Published string `xml:"published"`
	Updated   string `xml:"updated"`
	Links     []struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
	} `xml:"link"`
	Content string `xml:"content"`
}

// readAtom reads the history of a page from its feed. The feed knows minutes, no
// components and no impact.
func readAtom(file string, data []byte) (found, error) {
	var f found
	var doc feed
	decoder := xml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&doc); err != nil {
		return f, xmlFault(file, data, decoder.InputOffset(), err)
	}
	for i := range doc.Entries {
		n, err := doc.Entries[i].read(place{file, fmt.Sprintf("entry %d", i+1)})
		if err != nil {
			return f, err
		}
		f.incidents = append(f.incidents, n)
	}
	return f, nil
}

func (e *entry) read(at place) (status.Incident, error) {
	n := status.Incident{Name: strings.TrimSpace(e.Title), Impact: status.ImpactNone, ComponentIDs: []string{}}
	if err := at.at("title").name(n.Name); err != nil {
		return n, err
	}
	var err error
	if n.ID, err = e.id(at); err != nil {
		return n, err
	}
	if n.UpdatedAt, err = at.at("updated").moment(Stamp(e.Updated)); err != nil {
		return n, err
	}
	published, err := at.at("published").momentOr(Stamp(e.Published), n.UpdatedAt)
	if err != nil {
		return n, err
	}
	paragraphs := paragraph.FindAllStringSubmatchIndex(e.Content, -1)
	if len(paragraphs) == 0 {
		return n, at.at("content").refuse("The text holds no dated update.")
	}
	if err := e.updates(at, &n, paragraphs, published); err != nil {
		return n, err
	}
	if err := stages(at, &n, e.labels(paragraphs)); err != nil {
		return n, err
	}
	date(&n)
	complete(&n)
	return n, nil
}

// id is the last part of the entry's address.
func (e *entry) id(at place) (string, error) {
	for _, l := range e.Links {
		if l.Rel != "" && l.Rel != "alternate" {
			continue
		}
		path, _, _ := strings.Cut(l.Href, "?")
		path = strings.TrimRight(path, "/")
		return at.at("link").id(path[strings.LastIndexByte(path, '/')+1:])
	}
	return "", at.at("link").refuse("The entry has no link to its incident.")
}

// paragraph is the head of one update: month, day, year if there is one, time, zone and
// label. The update's text runs to the next head.
var paragraph = regexp.MustCompile(`<p>\s*<small>\s*(\w{3})\w*\.?\s+<var[^>]*>\s*(\d{1,2})</var>,\s*(?:(\d{4}),\s*)?` +
	`<var[^>]*>\s*(\d{1,2}:\d{2})</var>\s*([^<]*?)\s*</small>\s*<br\s*/?>\s*<strong>([^<]*)</strong>\s*-\s*`)

// group is the text of a group of a match.
func (e *entry) group(m []int, i int) string {
	if m[2*i] < 0 {
		return ""
	}
	return e.Content[m[2*i]:m[2*i+1]]
}

func (e *entry) labels(paragraphs [][]int) []string {
	out := make([]string, len(paragraphs))
	for i, m := range paragraphs {
		out[i] = strings.TrimSpace(e.group(m, 6))
	}
	return out
}

// updates reads the paragraphs, newest first. Their dates lack the year: it is found
// backwards from when the newest one was published.
func (e *entry) updates(at place, n *status.Incident, paragraphs [][]int, published time.Time) error {
	before := published
	zones := e.measure(paragraphs[0], published)
	for i, m := range paragraphs {
		end := len(e.Content)
		if i+1 < len(paragraphs) {
			end = paragraphs[i+1][0]
		}
		where := at.item("update", i+1)
		body, err := where.text(trimBody(e.Content[m[1]:end]), status.MaxBody)
		if err != nil {
			return err
		}
		when, err := e.when(where, m, before, zones)
		if err != nil {
			return err
		}
		before = when
		n.Updates = append(n.Updates, status.Update{
			ID: feedID(n.ID, len(paragraphs)-1-i), IncidentID: n.ID, Body: body,
			CreatedAt: when, UpdatedAt: when, DisplayAt: when,
		})
	}
	return nil
}

func trimBody(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(strings.TrimSuffix(s, "</p>"))
}

// when dates a paragraph: in the year it names, else in the latest year that does not
// put it after the update above it.
func (e *entry) when(at place, m []int, before time.Time, zones measured) (time.Time, error) {
	offset, err := zones.offset(at, e.group(m, 5))
	if err != nil {
		return before, err
	}
	text := e.group(m, 1) + " " + e.group(m, 2) + " " + e.group(m, 4)
	year := before.Year()
	if y := e.group(m, 3); y != "" {
		_, _ = fmt.Sscan(y, &year) // four digits by the pattern
	} else {
		year++ // a zone ahead of UTC may already be in the next year
	}
	for back := range 6 { // 29 February may be four years away, eight around 2100
		wall, err := time.Parse("2006 Jan 2 15:04", fmt.Sprintf("%d %s", year-back, text))
		if err != nil {
			if isLeapDay(e.group(m, 1), e.group(m, 2)) && e.group(m, 3) == "" {
				continue
			}
			return wall, at.refuse("%q is not a date.", text)
		}
		t := wall.Add(-offset)
		if e.group(m, 3) != "" || !t.After(before.Add(time.Minute)) {
			return t, nil
		}
	}
	return before, at.refuse("%q is not a date.", text)
}

func isLeapDay(month, day string) bool { return month == "Feb" && day == "29" }

// measured is the zone of an entry's newest update, whose wall clock is known from when
// the entry was published.
type measured struct {
	name  string
	ahead time.Duration
}

func (e *entry) measure(newest []int, published time.Time) measured {
	wall, err := time.Parse("15:04", e.group(newest, 4))
	if err != nil {
		return measured{}
	}
	const day = 24 * time.Hour
	clock := time.Duration(published.Hour())*time.Hour + time.Duration(published.Minute())*time.Minute
	ahead := (time.Duration(wall.Hour())*time.Hour + time.Duration(wall.Minute())*time.Minute - clock).Round(15 * time.Minute)
	switch {
	case ahead > day/2:
		ahead -= day
	case ahead <= -day/2:
		ahead += day
	}
	return measured{e.group(newest, 5), ahead}
}

// offset is how far a zone's clock is ahead of UTC: as its abbreviation or number says,
// or as it was measured.
func (z measured) offset(at place, zone string) (time.Duration, error) {
	if hours, ok := zoneHours[zone]; ok {
		return time.Duration(hours * float64(time.Hour)), nil
	}
	for _, layout := range []string{"-07", "-0700", "-07:00"} {
		if t, err := time.Parse(layout, zone); err == nil {
			_, seconds := t.Zone()
			return time.Duration(seconds) * time.Second, nil
		}
	}
	if zone == "" || zone != z.name {
		return 0, at.refuse("The time zone %q is not known.", zone)
	}
	return z.ahead, nil
}

// zoneHours are the abbreviations that pages use, in hours ahead of UTC.
var zoneHours = map[string]float64{
	"UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3,
	"IST": 5.5, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
	"NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
	"PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}

// stages turns the labels, newest first, into stages. "Update" repeats the stage of
// the update below it.
func stages(at place, n *status.Incident, labels []string) error {
	n.Kind = status.Problem
	for _, l := range labels {
		if status.KindOf(stageOfLabel(l)) == status.Maintenance {
			n.Kind = status.Maintenance
		}
	}
	stage := status.Stages(n.Kind)[0]
	for i := len(labels) - 1; i >= 0; i-- {
		if labels[i] != "Update" {
			stage = stageOfLabel(labels[i])
		}
		if status.KindOf(stage) == "" {
			return at.item("update", i+1).refuse("%q is not a status of an incident or a maintenance.", labels[i])
		}
		n.Updates[i].Stage = stage
	}
	n.Stage = stage
	return nil
}

func stageOfLabel(label string) status.Stage {
	return status.Stage(strings.ReplaceAll(strings.ToLower(label), " ", "_"))
}

// date takes the notice's own times from its updates.
func date(n *status.Incident) {
	first := n.Updates[len(n.Updates)-1].DisplayAt
	n.CreatedAt, n.StartedAt = first, first
	if n.Kind == status.Maintenance {
		n.Impact = status.ImpactMaintenance
	}
	for _, v := range slices.Backward(n.Updates) {
		stage, at := v.Stage, v.DisplayAt
		switch {
		case stage == status.Monitoring && n.MonitoringAt == nil:
			n.MonitoringAt = &at
		case stage.Closed() && n.ResolvedAt == nil:
			n.ResolvedAt = &at
		}
	}
}

// feedID is the id of an update that a feed tells without one: always the same for the
// same update, counted from the oldest.
func feedID(incident string, index int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", incident, index))
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	id := make([]byte, 12)
	for i := range id {
		id[i] = alphabet[sum[i]%36]
	}
	return string(id)
}

// FromFeed says whether an imported notice was read from a feed, which knows less than
// the JSON documents do.
func FromFeed(n *status.Incident) bool {
	return len(n.Updates) > 0 && n.Updates[len(n.Updates)-1].ID == feedID(n.ID, 0)
}
