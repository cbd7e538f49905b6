package status

import (
	"cmp"
	"slices"
	"time"
)

// MaxReport is the longest text of a problem report, in characters.
const MaxReport = 280

// Report is a customer's "I have this too". It is never published.
type Report struct {
	ID           string
	ComponentIDs []string
	Symptom      Symptom
	Text         string
	Email        string
	Source       string // hash of the network with a salt of the day
	CreatedAt    time.Time
}

// Check refuses what cannot be counted.
func (r *Report) Check(components []Component) error {
	for _, id := range r.ComponentIDs {
		if !slices.ContainsFunc(components, func(c Component) bool { return c.ID == id && !c.Group }) {
			return Invalid("component_ids", "There is no component %q on this page.", brief(id))
		}
	}
	if err := oneOf("symptom", r.Symptom, Symptoms()...); err != nil {
		return err
	}
	if r.Email != "" {
		address, err := NormaliseEmail("email", r.Email)
		if err != nil {
			return err
		}
		r.Email = address
	}
	return checkText("text", r.Text, MaxReport)
}

// KeepReports is how long problem reports are kept: four weeks to compare with, and one
// more.
const KeepReports = 5 * 7 * 24 * time.Hour

const (
	inflowWindow = 15 * time.Minute
	inflowSpan   = time.Hour
	inflowDays   = 28
	leastInflow  = 3 // fewer people may be mistaken
	raisedInflow = 2 // times as many as usual
)

// Period is a stretch of time: from one moment until before another.
type Period struct{ From, Until time.Time }

// InflowPeriods are the stretches whose reports are compared: first the last 15 minutes,
// then the hour up to the same time of day on each of the 28 days before.
func InflowPeriods(now time.Time, zone *time.Location) []Period {
	local := now.In(zone)
	list := []Period{{now.Add(-inflowWindow), now}}
	for day := 1; day <= inflowDays; day++ {
		end := local.AddDate(0, 0, -day)
		list = append(list, Period{end.Add(-inflowSpan), end})
	}
	return list
}

// Inflow is how many customers report a component now, and how many usually do.
type Inflow struct {
	ComponentID string // "" = reports that name none
	Now         int
	Usual       float64 // in as long a time
}

// Raised says whether clearly more customers than usual report the component.
func (i Inflow) Raised() bool {
	return i.Now >= leastInflow && float64(i.Now) > raisedInflow*i.Usual
}

// Inflows compares the reports of the periods, as InflowPeriods names them, by component:
// what is reported most now comes first. Usual is the median of the days.
func Inflows(reports [][]Report) []Inflow {
	if len(reports) == 0 {
		return nil
	}
	var days []map[string]int
	for _, day := range reports[1:] {
		days = append(days, countReports(day))
	}
	var list []Inflow
	for id, n := range countReports(reports[0]) {
		list = append(list, Inflow{id, n, usual(days, id)})
	}
	slices.SortFunc(list, func(a, b Inflow) int {
		return cmp.Or(cmp.Compare(b.Now, a.Now), cmp.Compare(a.ComponentID, b.ComponentID))
	})
	return list
}

// MoreThanUsual says whether clearly more networks than usual report some component. Unlike
// on the dashboard each network has one voice: nobody moves the public page by pressing often.
func MoreThanUsual(reports [][]Report) bool {
	voices := make([][]Report, len(reports))
	for i := range reports {
		voices[i] = oneVoiceEach(reports[i])
	}
	return slices.ContainsFunc(Inflows(voices), Inflow.Raised)
}

// oneVoiceEach keeps one report of each network about each component.
func oneVoiceEach(reports []Report) []Report {
	type voice struct{ source, id string }
	seen := map[voice]bool{}
	var out []Report
	for _, r := range reports {
		ids := r.ComponentIDs
		if len(ids) == 0 {
			ids = []string{""}
		}
		for _, id := range ids {
			if v := (voice{r.Source, id}); r.Source == "" || !seen[v] {
				seen[v] = true
				one := Report{Source: r.Source}
				if id != "" {
					one.ComponentIDs = []string{id}
				}
				out = append(out, one)
			}
		}
	}
	return out
}

// countReports counts by component; a report that names none counts under "".
func countReports(reports []Report) map[string]int {
	count := Reported(reports)
	for i := range reports {
		if len(reports[i].ComponentIDs) == 0 {
			count[""]++
		}
	}
	return count
}

// usual is the median of the days, for a quarter of an hour.
func usual(days []map[string]int, id string) float64 {
	if len(days) == 0 {
		return 0
	}
	counts := make([]int, len(days))
	for i, day := range days {
		counts[i] = day[id]
	}
	slices.Sort(counts)
	n := len(counts)
	middle := float64(counts[(n-1)/2]+counts[n/2]) / 2
	return middle * float64(inflowWindow) / float64(inflowSpan)
}
