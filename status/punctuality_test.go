package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

// promising is a notice whose entries were made at these minutes after noon, each with
// the minute that it promised; −1 promises nothing.
func promising(minutes ...[2]int) status.Incident {
	n := status.Incident{ID: "n", Kind: status.Problem, Stage: status.Investigating}
	for _, m := range minutes {
		u := status.Update{CreatedAt: noon.Add(time.Duration(m[0]) * time.Minute), Facts: &status.Facts{}}
		if m[1] >= 0 {
			u.Facts.NextUpdateAt = new(noon.Add(time.Duration(m[1]) * time.Minute))
		}
		n.Updates = append([]status.Update{u}, n.Updates...)
	}
	return n
}

func TestPunctuality(t *testing.T) {
	day := 24 * 60
	draft, imported := promising([2]int{0, 10}), promising([2]int{0, 10}, [2]int{5, -1})
	draft.Draft = true
	for i := range imported.Updates {
		imported.Updates[i].Facts = nil
	}
	backdated := promising([2]int{0, 10}, [2]int{20, -1})
	backdated.Updates[0].DisplayAt = noon // shown earlier, made when it was made
	deleted := promising([2]int{0, 10}, [2]int{5, 30}, [2]int{8, -1})
	deleted.Updates[1].Deleted, deleted.Updates[1].Facts = true, nil
	for _, c := range []struct {
		name    string
		notices []status.Incident
		want    status.Promises
	}{
		{"nothing promised", nil, status.Promises{}},
		{"kept early", []status.Incident{promising([2]int{0, 10}, [2]int{4, -1})}, status.Promises{Made: 1, Kept: 1, Percent: 100}},
		{"kept at the very moment", []status.Incident{promising([2]int{0, 10}, [2]int{10, -1})}, status.Promises{Made: 1, Kept: 1, Percent: 100}},
		{"late", []status.Incident{promising([2]int{0, 10}, [2]int{13, -1})}, status.Promises{Made: 1, Lateness: 3 * time.Minute}},
		{"nobody kept it yet", []status.Incident{promising([2]int{0, 50})}, status.Promises{Made: 1, Lateness: 10 * time.Minute}},
		{"not due yet", []status.Incident{promising([2]int{0, 70})}, status.Promises{}},
		{"due later, kept already", []status.Incident{promising([2]int{0, 70}, [2]int{30, -1})}, status.Promises{Made: 1, Kept: 1, Percent: 100}},
		{"settled before the range", []status.Incident{promising([2]int{-30, -1}, [2]int{-20, day}, [2]int{-10, -1})}, status.Promises{}},
		{"settled after the range", []status.Incident{promising([2]int{0, 90}, [2]int{80, -1})}, status.Promises{}},
		{"due within, kept after the range", []status.Incident{promising([2]int{0, 50}, [2]int{75, -1})}, status.Promises{Made: 1, Lateness: 25 * time.Minute}},
		{"a chain", []status.Incident{
			promising([2]int{0, 10}, [2]int{9, 20}, [2]int{24, 40}, [2]int{50, -1}),
			promising([2]int{1, 5}, [2]int{7, -1}),
		}, status.Promises{Made: 4, Kept: 1, Percent: 25, Lateness: 4 * time.Minute}},
		{"an even number of late ones", []status.Incident{promising([2]int{0, 10}, [2]int{12, 20}, [2]int{24, -1})}, status.Promises{Made: 2, Lateness: 3 * time.Minute}},
		{"a draft promises nobody", []status.Incident{draft}, status.Promises{}},
		{"nothing is known of imported entries", []status.Incident{imported}, status.Promises{}},
		{"dated back", []status.Incident{backdated}, status.Promises{Made: 1, Lateness: 10 * time.Minute}},
		{"kept by an entry that was taken back", []status.Incident{deleted}, status.Promises{Made: 1, Kept: 1, Percent: 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, "promises", status.Punctuality(c.notices, noon, noon.Add(time.Hour)), c.want)
		})
	}
}

// What staff do leaves all that the figure needs.
func TestPunctualityOfALife(t *testing.T) {
	d := newDesk(t).open(status.Change{NextUpdateAt: status.Some(noon.Add(20 * time.Minute))})
	d.later(25 * time.Minute).apply(status.Change{Body: new("More."), NextUpdateAt: status.Some(noon.Add(45 * time.Minute))})
	d.later(10 * time.Minute).apply(status.Change{NextUpdateAt: status.Some(noon.Add(4 * time.Hour))}) // moved in silence
	d.later(15 * time.Minute).to(status.Resolved)
	got := status.Punctuality([]status.Incident{*d.n}, noon, noon.Add(time.Hour))
	same(t, "promises", got, status.Promises{Made: 2, Lateness: 5 * time.Minute})
	same(t, "first", d.n.Promises()[0], status.Promise{DueAt: noon.Add(20 * time.Minute), KeptAt: noon.Add(25 * time.Minute)})
}
