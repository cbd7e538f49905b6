package status

import (
	"slices"
	"testing"
	"time"
)

func TestInflowPeriods(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 4, 9, 30, 0, 0, time.UTC) // 10:30 in Berlin
	list := InflowPeriods(now, berlin)
	if len(list) != 29 || !list[0].From.Equal(now.Add(-15*time.Minute)) || !list[0].Until.Equal(now) {
		t.Fatalf("%d periods, %v", len(list), list[0])
	}
	for _, p := range list[1:] {
		if local := p.Until.In(berlin).Format("15:04"); local != "10:30" || p.Until.Sub(p.From) != time.Hour {
			t.Errorf("%v to %v", p.From, p.Until)
		}
	}
	if oldest := list[28].From; now.Sub(oldest) >= KeepReports {
		t.Errorf("reports of %v are forgotten before they are compared", oldest)
	}
}

func TestInflows(t *testing.T) {
	of := func(ids ...string) Report { return Report{ComponentIDs: ids} }
	many := func(n int, ids ...string) (list []Report) {
		for range n {
			list = append(list, of(ids...))
		}
		return list
	}
	days := [][]Report{append(many(5, "a", "b"), append(many(2, "b"), of())...)}
	for n := range 28 {
		days = append(days, many(n%2*8, "a")) // 0 or 8 an hour: 4, which is 1 in a quarter
	}
	got := Inflows(days)
	want := []Inflow{{"b", 7, 0}, {"a", 5, 1}, {"", 1, 0}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if Inflows(nil) != nil || Inflows([][]Report{{of("a")}})[0].Usual != 0 {
		t.Error("without days nothing is usual")
	}
	for _, c := range []struct {
		i    Inflow
		want bool
	}{{Inflow{Now: 2}, false}, {Inflow{Now: 3}, true}, {Inflow{Now: 3, Usual: 1.5}, false}, {Inflow{Now: 4, Usual: 1.5}, true}, {Inflow{Now: 100, Usual: 60}, false}} {
		if c.i.Raised() != c.want {
			t.Errorf("%+v: %v", c.i, !c.want)
		}
	}
}

// TestManyReportsAreThoseOfManyNetworks: on the public page each network has one voice.
func TestManyReportsAreThoseOfManyNetworks(t *testing.T) {
	from := func(ids []string, sources ...string) []Report {
		var list []Report
		for _, s := range sources {
			list = append(list, Report{Source: s, ComponentIDs: ids})
		}
		return list
	}
	web, quiet := []string{"web"}, make([][]Report, 28)
	busy := make([][]Report, 28)
	for i := range busy {
		busy[i] = from(web, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
	}
	for name, c := range map[string]struct {
		now    []Report
		before [][]Report
		want   bool
	}{
		"nothing":                        {nil, quiet, false},
		"two networks":                   {from(web, "a", "b"), quiet, false},
		"three networks":                 {from(web, "a", "b", "c"), quiet, true},
		"three networks, nothing named":  {from(nil, "a", "b", "c"), quiet, true},
		"one network, three times":       {from(web, "a", "a", "a"), quiet, false},
		"one network, about three parts": {from([]string{"web", "card", "sepa"}, "a"), quiet, false},
		"as many as usual":               {from(web, "a", "b", "c"), busy, false},
		"more than twice as many":        {from(web, "a", "b", "c", "d", "e", "f", "g"), busy, true},
		"networks that are not known":    {from(web, "", "", ""), quiet, true},
	} {
		if got := MoreThanUsual(append([][]Report{c.now}, c.before...)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if MoreThanUsual(nil) {
		t.Error("without a count there are many")
	}
}
