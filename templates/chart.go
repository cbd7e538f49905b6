package templates

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Geometry of a chart, in its own units: wide enough for a year of weeks, small enough
// that its words stay readable on a phone. Values are drawn between the two lines.
const (
	chartWide   = 360
	chartLeft   = 30 // beside the words of the scale
	chartTop    = 16
	chartGround = 156
	chartHigh   = 176
)

// Kinds of chart.
const (
	ChartLine  = "line"  // the first series as line with dots, the others as dots
	ChartBars  = "bars"  // one bar a week
	ChartStack = "stack" // the series on top of each other
	ChartRatio = "ratio" // single points around one
)

// Chart is a picture of figures by week. A table beside it says the same.
type Chart struct {
	Kind   string
	Label  string // what it shows, in words
	Weeks  []time.Time
	Series []Series
	Points []Point // of ratios
	Band   float64 // up to here is as it should be; 0 = no such line
	Full   float64 // end of the scale; 0 = what the values need
	Scale  Scale
}

// Series are values by week; NaN is none.
type Series struct {
	Class  string
	Name   string // in the legend
	Values []float64
}

// Point is a value at a place between the chart's edges, 0 to 1.
type Point struct{ X, Y float64 }

// Scale is what the values of a chart are.
type Scale int

// The units.
const (
	ScaleMinutes Scale = iota
	ScalePercent
	ScaleNumber
)

// Nothing says whether there is not one value to draw.
func (c Chart) Nothing() bool {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if !math.IsNaN(v) && v > 0 {
				return false
			}
		}
	}
	return len(c.Points) == 0
}

// chart draws a chart: server-made, without styles of its own.
func (v *Voice) chart(c Chart) template.HTML {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartWide, chartHigh, template.HTMLEscapeString(c.Label))
	if c.Kind == ChartRatio {
		v.drawRatio(&out, c)
	} else {
		top, step := c.scale()
		if c.Band > 0 {
			y := height(c.Band, top)
			fmt.Fprintf(&out, `<rect class="band" x="0" y="%s" width="%d" height="%s"/>`, short(y), chartWide, short(chartGround-y))
		}
		drawMesh(&out, top, step)
		c.draw(&out, top)
		v.drawScale(&out, c.Scale, top, step)
		v.drawWeeks(&out, c.Weeks)
	}
	out.WriteString(`</svg>`)
	return template.HTML(out.String()) //nolint:gosec // numbers and escaped words only
}

// scale is the end of the vertical scale and the distance of its lines.
func (c Chart) scale() (top, step float64) {
	largest := max(c.Full, c.Band)
	if c.Kind == ChartStack {
		for n := range c.Weeks {
			sum := 0.0
			for _, s := range c.Series {
				sum += orZero(s.Values[n])
			}
			largest = max(largest, sum)
		}
	} else {
		for _, s := range c.Series {
			for _, v := range s.Values {
				largest = max(largest, orZero(v))
			}
		}
	}
	if largest == 0 {
		largest = 1
	}
	step = niceStep(largest/3, c.Scale)
	return math.Ceil(largest/step) * step, step
}

func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// niceStep is a round number not below the rough one.
func niceStep(rough float64, u Scale) float64 {
	if u == ScaleMinutes {
		for _, minutes := range []float64{1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440} {
			if minutes >= rough {
				return minutes
			}
		}
		return math.Ceil(rough/1440) * 1440
	}
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, factor := range []float64{1, 2, 2.5, 5} {
		if factor*power >= rough {
			return max(factor*power, 1)
		}
	}
	return max(10*power, 1)
}

// height is where a value lies.
func height(value, top float64) float64 {
	return chartGround - value/top*(chartGround-chartTop)
}

// short writes a coordinate with one decimal at most.
func short(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

func drawMesh(out *strings.Builder, top, step float64) {
	for value := 0.0; value <= top; value += step {
		y := short(height(value, top))
		fmt.Fprintf(out, `<line class="mesh" x1="0" x2="%d" y1="%s" y2="%s"/>`, chartWide, y, y)
	}
}

// drawScale names the lines of the scale, on top of what is drawn.
func (v *Voice) drawScale(out *strings.Builder, u Scale, top, step float64) {
	for value := step; value <= top; value += step {
		fmt.Fprintf(out, `<text x="0" y="%s">%s</text>`, short(height(value, top)-3), template.HTMLEscapeString(v.Amount(value, u)))
	}
}

// Amount says a value with its unit.
func (v *Voice) Amount(value float64, u Scale) string {
	switch u {
	case ScaleMinutes:
		return v.Duration(time.Duration(value * float64(time.Minute)))
	case ScalePercent:
		return v.Percent(value, 0)
	case ScaleNumber:
	}
	return v.Number(int(math.Round(value)))
}

// drawWeeks names the first, the middle and the last week.
func (v *Voice) drawWeeks(out *strings.Builder, weeks []time.Time) {
	if len(weeks) == 0 {
		return
	}
	last := len(weeks) - 1
	for _, l := range []struct {
		n      int
		anchor string
	}{{0, "start"}, {last / 2, "middle"}, {last, "end"}} {
		x := center(l.n, len(weeks))
		switch l.anchor {
		case "start":
			x = chartLeft
		case "end":
			x = chartWide
		}
		fmt.Fprintf(out, `<text class="%s" x="%s" y="%d">%s</text>`, l.anchor, short(x), chartHigh-6, template.HTMLEscapeString(v.weekName(weeks[l.n])))
	}
}

// weekName is the Monday of a week: "16 Nov".
func (v *Voice) weekName(monday time.Time) string {
	values := v.dateValues(monday)
	return v.T("admin.trend.day", "d", values["d"], "mon", values["mon"])
}

// center is the middle of a week's column.
func center(n, weeks int) float64 { return chartLeft + (float64(n)+0.5)*column(weeks) }

// column is how wide a week is.
func column(weeks int) float64 { return (chartWide - chartLeft) / float64(weeks) }

func (c Chart) draw(out *strings.Builder, top float64) {
	switch c.Kind {
	case ChartBars:
		c.drawBars(out, top)
	case ChartStack:
		c.drawStack(out, top)
	default:
		for i, s := range slices.Backward(c.Series) {
			c.drawLine(out, s, top, i == 0)
		}
	}
}

func (c Chart) drawLine(out *strings.Builder, s Series, top float64, joined bool) {
	var path, dots strings.Builder
	for n, value := range s.Values {
		if math.IsNaN(value) {
			continue
		}
		x, y := short(center(n, len(c.Weeks))), short(height(value, top))
		letter := "L"
		if path.Len() == 0 {
			letter = "M"
		}
		path.WriteString(letter + x + " " + y)
		fmt.Fprintf(&dots, `<circle cx="%s" cy="%s" r="2.5"/>`, x, y)
	}
	fmt.Fprintf(out, `<g class="%s">`, s.Class)
	if joined && path.Len() > 0 {
		fmt.Fprintf(out, `<path d="%s"/>`, path.String())
	}
	out.WriteString(dots.String() + `</g>`)
}

// barShare is how much of a week's column its bar takes.
const barShare = 0.72

func (c Chart) drawBars(out *strings.Builder, top float64) {
	for _, s := range c.Series {
		fmt.Fprintf(out, `<g class="%s">`, s.Class)
		for n, value := range s.Values {
			if !math.IsNaN(value) {
				c.bar(out, n, 0, value, top)
			}
		}
		out.WriteString(`</g>`)
	}
}

func (c Chart) drawStack(out *strings.Builder, top float64) {
	ground := make([]float64, len(c.Weeks))
	for _, s := range c.Series {
		fmt.Fprintf(out, `<g class="%s">`, s.Class)
		for n, value := range s.Values {
			if value > 0 {
				c.bar(out, n, ground[n], value, top)
				ground[n] += value
			}
		}
		out.WriteString(`</g>`)
	}
}

// bar draws one value of a week on top of what is there; what is not nothing is seen.
func (c Chart) bar(out *strings.Builder, week int, from, value, top float64) {
	wide := barShare * column(len(c.Weeks))
	bottom, y := height(from, top), height(from+value, top)
	fmt.Fprintf(out, `<rect x="%s" y="%s" width="%s" height="%s"/>`,
		short(center(week, len(c.Weeks))-wide/2), short(min(y, bottom-1)), short(wide), short(max(bottom-y, 1)))
}

// drawRatio puts points around the line of one, on a scale on which twice too much is as
// far away as half too little.
func (v *Voice) drawRatio(out *strings.Builder, c Chart) {
	const most = 8
	at := func(ratio float64) float64 {
		part := math.Log2(min(max(ratio, 1.0/most), most)) / math.Log2(most) // -1 to 1
		return (chartTop+chartGround)/2 - part*(chartGround-chartTop)/2
	}
	for _, line := range []struct {
		ratio float64
		text  string
	}{{most, "8 ×"}, {2, "2 ×"}, {1, "1 ×"}, {0.5, "½ ×"}, {1.0 / most, "⅛ ×"}} {
		class := "mesh"
		if line.ratio == 1 {
			class = "mesh even"
		}
		y := at(line.ratio)
		fmt.Fprintf(out, `<line class="%s" x1="0" x2="%d" y1="%s" y2="%s"/><text x="0" y="%s">%s</text>`, class, chartWide, short(y), short(y), short(y-3), line.text)
	}
	out.WriteString(`<g class="median">`)
	for _, p := range c.Points {
		fmt.Fprintf(out, `<circle cx="%s" cy="%s" r="3"/>`, short(chartLeft+p.X*(chartWide-chartLeft-4)), short(at(p.Y)))
	}
	out.WriteString(`</g>`)
	v.drawWeeks(out, c.Weeks)
}

// drawShare is a bar in a row of a table, from nothing to the largest row.
func drawShare(part float64) template.HTML {
	return template.HTML(`<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="` + //nolint:gosec // a number
		short(min(max(part*100, 0.5), 100)) + `" height="8"/></svg>`)
}
