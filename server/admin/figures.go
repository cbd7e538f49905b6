package admin

import (
	"math"
	"strconv"
	"time"

	"allclear/status"
	"allclear/templates"
)

// figureMaker works one figure out.
type figureMaker struct {
	key  string
	draw func() (figure, error)
}

// figure is one as it is shown, with its plain numbers.
type figure struct {
	templates.Figure
	raw [][]string
}

func (t *trend) figures() []figureMaker {
	plain := func(f func() figure) func() (figure, error) { return func() (figure, error) { return f(), nil } }
	return []figureMaker{
		{"notice", plain(t.notice)}, {"resolve", plain(t.resolve)}, {"promises", plain(t.promises)}, {"interval", plain(t.interval)},
		{"categories", plain(t.categories)}, {"components", plain(t.components)}, {"impact", plain(t.impact)},
		{"guesses", plain(t.guesses)}, {"recurrence", plain(t.recurrence)}, {"reach", t.reach},
	}
}

// none is a week without a value.
func none() float64 { return math.NaN() }

func minutes(d time.Duration) float64 { return d.Minutes() }

// decimals writes a number for a spreadsheet.
func decimals(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

func day(t time.Time) string { return t.Format(time.DateOnly) }

// course draws a duration by week: its median as a line, what nine of ten stay below as
// dots.
func (t *trend) course(c status.Course, key string, target time.Duration) figure {
	f := figure{Figure: templates.Figure{Head: []string{"admin.trend.week", "admin.trend.count", "admin.trend.median", "admin.trend.p90"}}}
	f.raw = [][]string{{"week", "count", "median_minutes", "p90_minutes"}}
	middle := templates.Series{Class: "median", Name: t.voice.T("admin.trend.median")}
	high := templates.Series{Class: "high", Name: t.voice.T("admin.trend.p90")}
	chart := &templates.Chart{Kind: templates.ChartLine, Band: minutes(target)}
	for _, w := range c.Weeks {
		chart.Weeks = append(chart.Weeks, w.Start)
		if w.Count == 0 {
			middle.Values, high.Values = append(middle.Values, none()), append(high.Values, none())
			continue
		}
		middle.Values, high.Values = append(middle.Values, minutes(w.Median)), append(high.Values, minutes(w.P90))
		f.Rows = append(f.Rows, templates.FigureRow{Name: t.voice.ShortDay(day(w.Start)), Cells: []string{t.voice.Number(w.Count), t.voice.Duration(w.Median), t.voice.Duration(w.P90)}})
		f.raw = append(f.raw, []string{day(w.Start), strconv.Itoa(w.Count), decimals(minutes(w.Median)), decimals(minutes(w.P90))})
	}
	chart.Series = []templates.Series{middle, high}
	f.Lead = t.voice.T("admin.trend_empty." + key)
	if c.Count > 0 {
		f.Lead = t.voice.T("admin.trend.course", "median", t.voice.Duration(c.Median), "p90", t.voice.Duration(c.P90), "n", c.Count)
	}
	chart.Label = t.voice.T("admin.trend."+key) + ": " + f.Lead
	f.Chart = chart
	return f
}

// notice is the time until customers were told. What priority P1 asks for is the aim.
func (t *trend) notice() figure {
	aim := time.Duration(t.page().Pace(status.P1).First.Minutes) * time.Minute
	f := t.course(status.TimeToNotice(t.everyone, t.weeks), "notice", aim)
	if aim > 0 {
		f.Chart.Series = append(f.Chart.Series, templates.Series{Class: "aim", Name: t.voice.T("admin.trend.aim", "time", t.voice.Duration(aim))})
	}
	return f
}

func (t *trend) resolve() figure {
	return t.course(status.TimeToResolve(t.everyone, t.weeks), "resolve", 0)
}

func (t *trend) interval() figure {
	return t.course(status.UpdateInterval(t.everyone, t.weeks), "interval", 0)
}

func (t *trend) promises() figure {
	all, weeks := status.PromisesKept(t.everyone, t.weeks)
	f := figure{Figure: templates.Figure{Head: []string{"admin.trend.week", "admin.trend.made", "admin.trend.kept", "admin.trend.lateness"}}}
	f.raw = [][]string{{"week", "made", "kept", "percent", "median_lateness_minutes"}}
	s := templates.Series{Class: "kept"}
	f.Chart = &templates.Chart{Kind: templates.ChartBars, Full: 100, Scale: templates.ScalePercent}
	for _, w := range weeks {
		f.Chart.Weeks = append(f.Chart.Weeks, w.Start)
		if w.Made == 0 {
			s.Values = append(s.Values, none())
			continue
		}
		s.Values = append(s.Values, w.Percent)
		late := "–"
		if w.Lateness > 0 {
			late = t.voice.Duration(w.Lateness)
		}
		f.Rows = append(f.Rows, templates.FigureRow{Name: t.voice.ShortDay(day(w.Start)), Cells: []string{t.voice.Number(w.Made), t.voice.Percent(w.Percent, 0), late}})
		f.raw = append(f.raw, []string{day(w.Start), strconv.Itoa(w.Made), strconv.Itoa(w.Kept), decimals(w.Percent), decimals(minutes(w.Lateness))})
	}
	f.Chart.Series = []templates.Series{s}
	f.Lead = t.voice.T("admin.trend_empty.promises")
	if all.Made > 0 {
		f.Lead = t.voice.T("admin.trend.kept_of", "share", t.voice.Percent(all.Percent, 0), "n", all.Made)
	}
	if all.Lateness > 0 {
		f.Lead += " " + t.voice.T("admin.trend.late_by", "time", t.voice.Duration(all.Lateness))
	}
	f.Chart.Label = t.voice.T("admin.trend.promises") + ": " + f.Lead
	return f
}

// shares lists how much of the trouble belongs to one thing each.
func (t *trend) shares(list []status.Share, head, column string, name func(string) string) figure {
	f := figure{Figure: templates.Figure{Head: []string{head, "admin.trend.count", "admin.trend.lasted"}}, raw: [][]string{{column, "count", "minutes"}}}
	f.Lead = t.voice.T("admin.trend_empty.shares")
	for i, s := range list {
		called := name(s.Key)
		if i == 0 {
			f.Lead = t.voice.T("admin.trend.most", "name", called, "n", s.Count)
		}
		f.Rows = append(f.Rows, templates.FigureRow{Name: called, Bar: float64(s.Count) / float64(list[0].Count),
			Cells: []string{t.voice.Number(s.Count), t.lasted(s.Minutes)}})
		f.raw = append(f.raw, []string{called, strconv.Itoa(s.Count), decimals(s.Minutes)})
	}
	return f
}

// lasted says minutes as a time; none is none.
func (t *trend) lasted(minutes float64) string {
	if minutes < 0.5 {
		return "–"
	}
	return t.voice.Duration(time.Duration(minutes * float64(time.Minute)))
}

func (t *trend) categories() figure {
	return t.shares(status.ByCategory(t.cases), "admin.trend_by.category", "category", func(key string) string { return t.categoryName(status.Category(key)) })
}

func (t *trend) components() figure {
	return t.shares(status.ByComponent(t.cases), "admin.trend_by.component", "component", t.componentName)
}

// componentName is what a component is called, also when it is gone from the page.
func (t *trend) componentName(id string) string {
	if name := t.nameOf(id); name != "" {
		return name
	}
	return t.voice.T("admin.trend.gone")
}

func (t *trend) impact() figure {
	total, weeks, unknown := status.ImpactMinutes(t.weeks.Ended(t.everyone), t.weeks)
	f := figure{Figure: templates.Figure{Head: []string{"admin.trend.week"}}, raw: [][]string{{"week"}}}
	f.Chart = &templates.Chart{Kind: templates.ChartStack, Scale: templates.ScaleNumber}
	for _, s := range status.Severities() {
		f.Head, f.raw[0] = append(f.Head, "severity."+string(s)), append(f.raw[0], string(s))
		f.Chart.Series = append(f.Chart.Series, templates.Series{Class: "s-" + string(s), Name: t.voice.SeverityLabel(string(s))})
	}
	for _, w := range weeks {
		f.Chart.Weeks = append(f.Chart.Weeks, w.Start)
		row, raw, sum := templates.FigureRow{Name: t.voice.ShortDay(day(w.Start))}, []string{day(w.Start)}, 0.0
		for i, s := range status.Severities() {
			f.Chart.Series[i].Values = append(f.Chart.Series[i].Values, w.By[s])
			row.Cells, raw, sum = append(row.Cells, t.people(w.By[s])), append(raw, decimals(w.By[s])), sum+w.By[s]
		}
		if sum > 0 {
			f.Rows, f.raw = append(f.Rows, row), append(f.raw, raw)
		}
	}
	f.Lead = t.voice.T("admin.trend_empty.impact")
	if total > 0 {
		f.Lead = t.voice.T("admin.trend.impact_sum", "amount", t.people(total))
	}
	if unknown > 0 {
		f.Lead += " " + t.voice.T("admin.trend.unknown", "n", unknown)
	}
	f.Chart.Label = t.voice.T("admin.trend.impact") + ": " + f.Lead
	return f
}

// people writes person-minutes, which nobody knows to the last digit.
func (t *trend) people(x float64) string {
	if x < 0.5 {
		return "–"
	}
	step := math.Pow(10, max(math.Floor(math.Log10(x))-2, 0))
	return t.voice.Number(int(math.Round(x/step) * step))
}
