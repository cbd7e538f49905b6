package templates

import (
	"fmt"
	"html/template"
	"strings"
)

// Geometry of the uptime bar: every day is a column of barStep units, drawn
// barWide wide, on a ground line at barHigh.
const (
	barStep = 5
	barWide = 4
	barHigh = 24
)

// barHeights gives each level a height of its own: with eyes that see no colour
// the bar still tells how bad a day was.
func barHeights() []struct {
	level  string
	height int
} {
	return []struct {
		level  string
		height int
	}{{"degraded", 12}, {"partial", 18}, {"major", 24}, {"maintenance", 12}, {levelUnknown, 2}}
}

// drawBar draws one component's days. All healthy days are one dashed line; each other
// level is one path on top of it. Ninety days cost a few dozen bytes instead of ninety
// elements.
func drawBar(days []string) template.HTML {
	var paths strings.Builder
	if line := healthyLine(days); line != "" {
		fmt.Fprintf(&paths, `<path class="ok" d="%s"/>`, line)
	}
	for _, b := range barHeights() {
		if columns := columnsOf(days, b.level, b.height); columns != "" {
			fmt.Fprintf(&paths, `<path class="%s" d="%s"/>`, b.level, columns)
		}
	}
	return template.HTML(paths.String()) //nolint:gosec // digits and fixed words only
}

// healthyLine is a horizontal line over every run of days; the style sheet dashes it into
// days. It runs on below the columns, which cover it, and so is the same for most
// components. Only where one would see through it is interrupted.
func healthyLine(days []string) string {
	var path strings.Builder
	for i := 0; i < len(days); {
		if seeThrough(days[i]) {
			i++
			continue
		}
		from := i
		for i < len(days) && !seeThrough(days[i]) {
			i++
		}
		fmt.Fprintf(&path, "M%d 20h%d", from*barStep, (i-from)*barStep-(barStep-barWide))
	}
	return path.String()
}

// seeThrough tells the days whose column is hatched or nearly nothing.
func seeThrough(day string) bool {
	key := levelKey(day)
	return key == "maintenance" || key == levelUnknown
}

func columnsOf(days []string, level string, height int) string {
	var path strings.Builder
	for i, day := range days {
		if levelKey(day) == level {
			fmt.Fprintf(&path, "M%d %dv-%d", i*barStep+barWide/2, barHigh, height)
		}
	}
	return path.String()
}

// barLabel says in words what a bar shows.
func (v *Voice) barLabel(c Component) string {
	events := v.T("bar.events", "n", c.BadDays())
	if !c.Uptime.Known {
		return v.T("bar.label_unknown", "name", c.Name, "n", len(c.Days), "events", events)
	}
	return v.T("bar.label", "name", c.Name, "percent", v.Percent(c.Uptime.Percent, 2), "n", len(c.Days), "events", events)
}
