package admin

import (
	"slices"
	"strconv"

	"allclear/status"
	"allclear/templates"
)

// guesses compares the first estimates with the last ones.
func (t *trend) guesses() figure {
	list, middle := status.Guesses(t.cases)
	f := figure{Figure: templates.Figure{Head: []string{"admin.trend.problem", "admin.trend.first", "admin.trend.final", "admin.trend.ratio"}},
		raw: [][]string{{"id", "name", "started_at", "first", "final", "ratio"}}}
	f.Chart = &templates.Chart{Kind: templates.ChartRatio, Weeks: t.weeks.Starts()}
	span := t.weeks.Until.Sub(t.weeks.From)
	for _, g := range list {
		f.Chart.Points = append(f.Chart.Points, templates.Point{X: float64(g.Case.StartedAt.Sub(t.weeks.From)) / float64(span), Y: g.Ratio})
		f.raw = append(f.raw, []string{g.Case.ID, g.Case.Name, day(g.Case.StartedAt), strconv.FormatInt(g.First, 10), strconv.FormatInt(g.Final, 10), strconv.FormatFloat(g.Ratio, 'f', 2, 64)})
	}
	for _, g := range slices.Backward(list) {
		if len(f.Rows) == trendRows {
			f.Note = "admin.trend.cut"
			break
		}
		f.Rows = append(f.Rows, templates.FigureRow{Name: g.Case.Name, Path: "/admin/incidents/" + g.Case.ID,
			Cells: []string{t.voice.Number(int(g.First)), t.voice.Number(int(g.Final)), t.times(g.Ratio)}})
	}
	f.Lead = t.voice.T("admin.trend_empty.guesses")
	if len(list) > 0 {
		f.Lead = t.voice.T("admin.trend.guessed", "times", t.times(middle), "n", len(list))
	}
	f.Chart.Label = t.voice.T("admin.trend.guesses") + ": " + f.Lead
	return f
}

// times writes a ratio: "1.3 ×".
func (t *trend) times(ratio float64) string { return t.voice.Decimal(ratio) + " ×" }

// trendRows is how many single problems a table lists; all of them are in its CSV.
const trendRows = 50

// recurrence lists what came back within 30 days.
func (t *trend) recurrence() figure {
	f := figure{Figure: templates.Figure{Head: []string{"admin.trend.problem", "admin.trend_by.component", "admin.trend_by.category", "admin.trend.after"}},
		raw: [][]string{{"id", "name", "started_at", "component", "category", "earlier_id", "days"}}}
	n := 0
	for _, r := range status.Recurrences(t.everyone) {
		if t.weeks.Of(r.Now.StartedAt) < 0 {
			continue
		}
		n++
		gap := r.Now.StartedAt.Sub(r.Earlier.StartedAt)
		name, category := t.componentName(r.ComponentID), t.categoryName(r.Now.Category)
		if n <= trendRows {
			f.Rows = append(f.Rows, templates.FigureRow{Name: r.Now.Name, Path: "/admin/incidents/" + r.Now.ID, Cells: []string{name, category, t.voice.Duration(gap)}})
		}
		f.raw = append(f.raw, []string{r.Now.ID, r.Now.Name, day(r.Now.StartedAt), name, category, r.Earlier.ID, strconv.FormatFloat(gap.Hours()/24, 'f', 1, 64)})
	}
	if n > trendRows {
		f.Note = "admin.trend.cut"
	}
	f.Lead = t.voice.T("admin.trend_empty.recurrence")
	if n > 0 {
		f.Lead = t.voice.T("admin.trend.came_back", "n", n)
	}
	return f
}

// reach is how many messages about the problems arrived. Whether anybody opened one is
// not tracked.
func (t *trend) reach() (figure, error) {
	f := figure{Figure: templates.Figure{Head: []string{"admin.told.channel", "admin.delivery.sent", "admin.delivery.failed", "admin.trend.arrived"}, Note: "admin.trend.untracked"},
		raw: [][]string{{"channel", "sent", "failed", "percent"}}}
	ids := make([]string, len(t.cases))
	for i := range t.cases {
		ids[i] = t.cases[i].ID
	}
	sums, err := t.Store.Reached(t.ctx(), ids)
	if err != nil {
		return f, err
	}
	var all status.Tally
	for _, channel := range []status.Channel{status.Email, status.Webhook} {
		n := sums[channel]
		if n.Over() == 0 {
			continue
		}
		all = all.Plus(n)
		percent := 100 * float64(n.Sent) / float64(n.Over())
		f.Rows = append(f.Rows, templates.FigureRow{Name: t.voice.T("admin.channel." + string(channel)),
			Cells: []string{t.voice.Number(n.Sent), t.voice.Number(n.Failed), t.voice.Percent(percent, 1)}})
		f.raw = append(f.raw, []string{string(channel), strconv.Itoa(n.Sent), strconv.Itoa(n.Failed), decimals(percent)})
	}
	f.Lead = t.voice.T("admin.trend_empty.reach")
	if all.Over() > 0 {
		f.Lead = t.voice.T("admin.trend.reached", "share", t.voice.Percent(100*float64(all.Sent)/float64(all.Over()), 1), "n", all.Over())
	}
	return f, nil
}
