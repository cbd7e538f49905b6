package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"allclear/status"
)

// NewsChoices are what an update of a problem offers beside its stages.
type NewsChoices struct {
	Worse   []LevelRow // components that work, and may be hit now
	Better  []LevelRow // components of the notice that do not work
	Overdue bool       // the promise was not kept
	Quiet   bool       // one more update without news would be the third
	Watch   status.Wait
}

// ClosingChoices are what a closing message offers.
type ClosingChoices struct {
	Rest  []LevelRow // components that may have limits
	Stuck []LevelRow // components that nothing brings back
	Days  []FollowUp
	// WatchedFrom is when the watching began; zero when nothing was watched.
	WatchedFrom time.Time
	// Required are the parts that the priority asks for.
	Required map[string]bool
}

// FollowUp is a day by which a report may be promised.
type FollowUp struct {
	Day   string // 2006-01-02
	Usual bool   // for the priority
}

// Use is an estimate that a person may confirm.
type Use struct {
	Reach    status.Reach
	Estimate Estimate
	Value    string // of the control that confirms it
}

// useWord begins the value of such a control; the numbers follow, so that what is
// confirmed is what was read.
const useWord = "use"

// UseOf offers an estimate.
func UseOf(r status.Reach, a status.AffectedUsers) Use {
	low, high := a.Low, a.High
	if a.Mode == "count" {
		low, high = a.Count, a.Count
	}
	return Use{Reach: r, Estimate: EstimateOf(a), Value: fmt.Sprint(useWord, " ", low, " ", high)}
}

// ReadUse reads the value of such a control; false when it is something else.
func ReadUse(value string) (status.AffectedUsers, bool) {
	a := status.AffectedUsers{Confidence: "first_look", Basis: "staff"}
	words := strings.Fields(value)
	if len(words) != 3 || words[0] != useWord {
		return a, false
	}
	low, err := strconv.ParseInt(words[1], 10, 64)
	high, err2 := strconv.ParseInt(words[2], 10, 64)
	if err != nil || err2 != nil || low < 1 || high < low {
		return a, false
	}
	a.Mode, a.Low, a.High = "range", low, high
	if low == high {
		a.Mode, a.Count, a.Low, a.High = "count", low, 0, 0
	}
	return a, true
}

// EstimateRow is one number of affected people in a notice's history.
type EstimateRow struct {
	At time.Time
	By string
	Estimate
}

// Plain is the estimate without its time, which stands beside it.
func (r EstimateRow) Plain() Estimate {
	e := r.Estimate
	e.AsOf = time.Time{}
	return e
}

// Doubt is how sure the estimate is: a word of its list, "" when it is none.
func (r EstimateRow) Doubt() string {
	if r.Mode == "unknown" || r.Mode == "" {
		return ""
	}
	return confidence(r.Estimate)
}
