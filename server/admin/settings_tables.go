package admin

import (
	"math"
	"net/url"
	"slices"
	"strconv"

	"allclear/status"
	"allclear/templates"
)

// cell is the name of a table's control: row, a dot, column.
func cell(row, column string) string { return row + "." + column }

func showSeverities(p *status.Page) url.Values {
	out, usual := url.Values{}, status.DefaultSeverities()
	for _, loss := range templates.Losses() {
		for _, reach := range templates.Reaches() {
			s := p.SeverityMatrix[loss][reach]
			if s == "" {
				s = usual[loss][reach]
			}
			out.Set(cell(loss, reach), string(s))
		}
	}
	return out
}

func (in *input) severities() func(*status.Page) {
	m := status.SeverityMatrix{}
	for _, loss := range templates.Losses() {
		m[loss] = map[string]status.Severity{}
		for _, reach := range templates.Reaches() {
			m[loss][reach] = choice(in, cell(loss, reach), status.Severities())
		}
	}
	return func(p *status.Page) { p.SeverityMatrix = m }
}

func showPriorities(p *status.Page) url.Values {
	out, usual := url.Values{}, status.DefaultPriorities()
	for _, s := range status.Severities() {
		for _, u := range status.Urgencies() {
			prio := p.PriorityMatrix[s][u]
			if prio == "" {
				prio = usual[s][u]
			}
			out.Set(cell(string(s), string(u)), string(prio))
		}
	}
	return out
}

func (in *input) priorities() func(*status.Page) {
	m := status.PriorityMatrix{}
	for _, s := range status.Severities() {
		m[s] = map[status.Urgency]status.Priority{}
		for _, u := range status.Urgencies() {
			m[s][u] = choice(in, cell(string(s), string(u)), status.Priorities())
		}
	}
	return func(p *status.Page) { p.PriorityMatrix = m }
}

// waits are a pace's entries by the names of the table's columns.
func waits(p *status.Pace) map[string]*status.Wait {
	return map[string]*status.Wait{"first": &p.First, "scope": &p.Scope, "early": &p.Early, "later": &p.Later, "watch": &p.Watch, "follow_up": &p.FollowUp}
}

func showCadence(p *status.Page) url.Values {
	out := url.Values{}
	for _, prio := range status.Priorities() {
		pace := p.Pace(prio)
		for column, w := range waits(&pace) {
			name, n, unit := cell(string(prio), column), w.Minutes, templates.UnitMinutes
			if w.Days > 0 {
				n, unit = w.Days, templates.UnitDays
			}
			out.Set(name, "")
			if n > 0 {
				out.Set(name, strconv.Itoa(n))
			}
			out.Set(name+".unit", unit)
		}
	}
	return out
}

func (in *input) cadence() func(*status.Page) {
	c := status.Cadence{}
	for _, prio := range status.Priorities() {
		var pace status.Pace
		all := waits(&pace)
		for _, column := range templates.Paces() {
			*all[column] = in.wait(cell(string(prio), column), slices.Contains([]string{"early", "later", "watch"}, column))
		}
		c[prio] = pace
	}
	return func(p *status.Page) { p.Cadence = c }
}

// wait reads a number of minutes or working days.
func (in *input) wait(name string, needed bool) (w status.Wait) {
	before := len(in.faults)
	n := in.number(name)
	unit := choice(in, name+".unit", []string{templates.UnitMinutes, templates.UnitDays})
	if len(in.faults) > before {
		return w
	}
	limit := status.MaxWaitMinutes
	if unit == templates.UnitDays {
		limit = status.MaxWaitDays
	}
	switch {
	case n < 0 || n > int64(limit):
		in.wrong(name, "wait_long", "n", limit)
	case n == 0 && needed:
		in.wrong(name, "wait_needed")
	case unit == templates.UnitDays:
		w.Days = int(n)
	default:
		w.Minutes = int(n)
	}
	return w
}

func showWeights(p *status.Page) url.Values {
	percent := func(w float64) []string {
		return []string{strconv.FormatFloat(math.Round(w*10000)/100, 'f', -1, 64)}
	}
	w := p.UptimeWeights
	return url.Values{"major.weight": percent(w.Major), "partial.weight": percent(w.Partial), "degraded.weight": percent(w.Degraded)}
}

func (in *input) weights() func(*status.Page) {
	share := func(name string) float64 {
		before := len(in.faults)
		n := in.percent(name)
		if len(in.faults) == before && (in.value(name) == "" || n < 0 || n > 100) {
			in.wrong(name, "weight")
		}
		return n / 100
	}
	w := status.UptimeWeights{Major: share("major.weight"), Partial: share("partial.weight"), Degraded: share("degraded.weight")}
	return func(p *status.Page) { p.UptimeWeights = w }
}
