package status_test

import (
	"fmt"
	"time"

	"allclear/status"
)

// An incident from its first notice to its end. Each verb is pure: it changes the values
// it is given, and what must be told lies beside them as events.
func ExampleOpenIncident() {
	page := status.NewPage("page00000001", "Shop", noon)
	cards := status.Component{ID: "card", Name: "Cards", Level: status.Operational}
	site := &status.Site{Now: noon, Page: page, Components: []status.Component{cards}}

	n, err := status.OpenIncident(site, "notice000001", "update000001", status.Change{
		Name: new("Card payments fail"), Body: new("We are looking for the cause."),
		Components: map[string]status.Level{"card": status.MajorOutage},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n.Stage, n.Severity, n.Priority(page.PriorityMatrix), "next update", n.NextUpdateAt.Format("15:04"))

	site.Now = noon.Add(20 * time.Minute)
	err = n.Apply(site, "update000002", status.Change{Stage: new(status.Resolved), Body: new("The problem is fully fixed.")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n.Stage, "at", n.ResolvedAt.Format("15:04"))
	for _, e := range append(site.Events(), n.Events()...) {
		fmt.Println(e.Type)
	}
	// Output:
	// investigating serious P2 next update 12:30
	// resolved at 12:20
	// component.updated
	// component.updated
	// incident.created
	// incident.resolved
}

// A refused change says in one sentence what is wrong, and where.
func ExampleFault() {
	site := &status.Site{Now: noon, Page: status.NewPage("page00000001", "Shop", noon)}
	_, err := status.OpenIncident(site, "notice000001", "update000001", status.Change{
		Name: new("Card payments fail"), NextUpdateAt: status.Some(noon.Add(-time.Hour)),
	})
	if fault, ok := status.FaultOf(err); ok {
		fmt.Println(fault.Code, fault.Field)
		fmt.Println(fault)
	}
	// Output:
	// invalid incident.next_update_at
	// The time of the next update must lie in the future, within a year.
}

// Low priority waits for working hours: Friday at four, plus four hours, is Monday at nine.
func ExamplePage_Promise() {
	page := status.NewPage("page00000001", "Shop", noon)
	friday := time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)
	for _, p := range []status.Priority{status.P1, status.P2, status.P3} {
		fmt.Println(p, page.Promise(p, status.Identified, false, friday, friday).Format("Monday 15:04"))
	}
	// Output:
	// P1 Friday 16:20
	// P2 Friday 16:45
	// P3 Monday 09:00
}

// Ninety minutes of outage on one day, partial for an hour of it.
func ExampleUptime() {
	midnight := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	history := []status.Span{
		{From: midnight.AddDate(0, 0, -1), Level: status.Operational},
		{From: midnight.Add(10 * time.Hour), Level: status.MajorOutage},
		{From: midnight.Add(10*time.Hour + 30*time.Minute), Level: status.PartialOutage},
		{From: midnight.Add(11*time.Hour + 30*time.Minute), Level: status.Operational},
	}
	days := status.Days(history, time.UTC, midnight.AddDate(0, 0, 1), 2)
	fmt.Println(days[0].Date, days[0].Worst, days[0].Minutes[status.MajorOutage], days[0].Minutes[status.PartialOutage])
	fmt.Println(status.Uptime(days, status.UptimeWeights{Major: 1, Partial: 0.3}))
	// Output:
	// 2026-11-22 major_outage 30 60
	// 96.66 true
}
