package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"allclear/status"
	"allclear/templates"
)

// lookback is how long before the range a problem may have been opened whose course is
// counted in it, and with which recurrences are compared.
const lookback = 45 * 24 * time.Hour

// trendDays are the ranges; the first one is shown unless another is asked for.
func trendDays() []int { return []int{90, 30, 365} }

// trend is what is counted: the range, and the problems that the filters leave.
type trend struct {
	*visit
	days     int
	weeks    status.Weeks
	filter   url.Values
	cases    []status.Case // that began within the range
	everyone []status.Case // and those before it
}

// trends shows how well staff kept what customers may expect.
func (d *desk) trends(v *visit) error {
	t, err := v.trend()
	if err != nil {
		return err
	}
	p := templates.TrendsPage{Office: v.office("trends", "trends"), Days: t.days, Count: len(t.cases), Filters: t.filters()}
	for _, days := range []int{30, 90, 365} {
		q := url.Values{"days": {strconv.Itoa(days)}}
		for name := range t.filter {
			q.Set(name, t.filter.Get(name))
		}
		p.Ranges = append(p.Ranges, templates.RangeChoice{Days: days, Path: "/admin/trends?" + q.Encode(), Here: days == t.days})
	}
	for _, f := range t.figures() {
		drawn, err := f.draw()
		if err != nil {
			return err
		}
		drawn.Key, drawn.CSV = f.key, t.csvPath(f.key)
		p.Figures = append(p.Figures, drawn.Figure)
	}
	return v.show(http.StatusOK, p)
}

// trendsCSV is one figure as a table of plain numbers.
func (d *desk) trendsCSV(v *visit) error {
	t, err := v.trend()
	if err != nil {
		return err
	}
	key := v.c.QueryParam("figure")
	if key == "" {
		key = t.figures()[0].key
	}
	i := slices.IndexFunc(t.figures(), func(f figureMaker) bool { return f.key == key })
	if i < 0 {
		return status.NotFound("figure", key[:min(len(key), 40)])
	}
	f, err := t.figures()[i].draw()
	if err != nil {
		return err
	}
	out := v.sheet("trends-" + key + "-" + strconv.Itoa(t.days) + ".csv")
	for _, row := range f.raw {
		if err := out.row(row...); err != nil {
			return err
		}
	}
	return out.send()
}

// trend reads what is asked for; what is not understood is the usual.
func (v *visit) trend() (*trend, error) {
	t := &trend{visit: v, days: trendDays()[0], filter: url.Values{}}
	if n, err := strconv.Atoi(v.c.QueryParam("days")); err == nil && slices.Contains(trendDays(), n) {
		t.days = n
	}
	t.weeks = status.WeeksOf(v.now, t.days, v.zone)
	for _, name := range []string{"component", "category", "severity"} {
		if value := v.c.QueryParam(name); value != "" {
			t.filter.Set(name, value)
		}
	}
	list, err := v.cases(v.ctx(), v.page(), t.weeks.From.Add(-lookback))
	if err != nil {
		return nil, err
	}
	for i := range list {
		if t.wanted(&list[i].Case) {
			t.everyone = append(t.everyone, list[i].Case)
		}
	}
	t.cases = t.weeks.Cases(t.everyone)
	return t, nil
}

func (t *trend) wanted(c *status.Case) bool {
	if id := t.filter.Get("component"); id != "" && !slices.Contains(c.ComponentIDs, id) {
		return false
	}
	if k := t.filter.Get("category"); k != "" && k != string(c.Category) {
		return false
	}
	s := t.filter.Get("severity")
	return s == "" || s == string(c.Severity)
}

func (t *trend) csvPath(key string) string {
	q := url.Values{"figure": {key}, "days": {strconv.Itoa(t.days)}}
	for name := range t.filter {
		q.Set(name, t.filter.Get(name))
	}
	return "/admin/trends.csv?" + q.Encode()
}

// filters are the lists to choose from.
func (t *trend) filters() []templates.FilterChoice {
	choice := func(name string) templates.FilterChoice {
		return templates.FilterChoice{Name: name, Label: "admin.trend_by." + name,
			Options: []templates.Option{{Label: t.voice.T("admin.trend.any"), Chosen: t.filter.Get(name) == ""}}}
	}
	component, category, severity := choice("component"), choice("category"), choice("severity")
	for _, r := range t.tree() {
		if !r.C.Group {
			component.Options = append(component.Options, templates.Option{Value: r.C.ID, Label: r.C.Name, Chosen: t.filter.Get("component") == r.C.ID})
		}
	}
	for _, c := range status.Categories() {
		category.Options = append(category.Options, templates.Option{Value: string(c), Label: t.categoryName(c), Chosen: t.filter.Get("category") == string(c)})
	}
	for _, s := range status.Severities() {
		severity.Options = append(severity.Options, templates.Option{Value: string(s), Label: t.voice.SeverityLabel(string(s)), Chosen: t.filter.Get("severity") == string(s)})
	}
	return []templates.FilterChoice{component, category, severity}
}

func (t *trend) categoryName(c status.Category) string {
	return t.voice.T("admin.category." + string(c))
}
