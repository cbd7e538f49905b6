package publish

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"allclear/status"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a document with its file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./publish -update", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from testdata; if the change is meant: go test ./publish -update, then read the diff\n%s", name, got)
	}
}

func moment(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

//go:fix inline
func ref[T any](v T) *T { return new(v) }

// exampleView is a small page in two languages: an open incident with everything that
// can be said, a resolved one, and a planned and a cancelled maintenance.
func exampleView() *status.View {
	page := status.NewPage("pagepagepage", "Example", moment(1, 8, 0))
	page.Organization, page.TimeZone = "Example AG", "Europe/Berlin"
	components := []status.Component{
		exampleComponent("webwebwebweb", "Website", "", 1, status.Operational),
		exampleComponent("paypaypaypay", "Payments", "", 2, status.Operational),
		exampleComponent("cardcardcard", "Card payments", "paypaypaypay", 1, status.PartialOutage),
	}
	components[1].Group = true
	components[2].Audience, components[2].Criticality = 1200, status.Core
	components[2].Revision, components[2].UpdatedAt = 7, moment(21, 20, 10)
	v := status.ViewOf(page, components, []status.Incident{exampleIncident(), exampleResolved(), exampleMaintenance(), exampleCancelled()})
	v.Epoch, v.Revision, v.At = "epoch", 9, moment(21, 21, 0)
	v.Months = []status.Month{{Year: 2026, Month: 11, Incidents: 2, Maintenances: 2}}
	return &v
}

func exampleComponent(id, name, group string, position int, level status.Level) status.Component {
	return status.Component{
		ID: id, PageID: "pagepagepage", Name: name, GroupID: group, Level: level, Position: position, Order: int64(position),
		CreatedAt: moment(1, 8, 0), UpdatedAt: moment(1, 8, 0), Revision: 1,
	}
}

func exampleNotice(id, name string, kind status.Kind, stage status.Stage, at time.Time, revision int64) status.Incident {
	return status.Incident{
		ID: id, PageID: "pagepagepage", Name: name, Kind: kind, Stage: stage, Impact: status.ImpactMinor, CreatedAt: at, UpdatedAt: at,
		StartedAt: at, ComponentIDs: []string{"cardcardcard"}, Severity: status.Moderate, Urgency: status.UrgencyHigh, Category: "network",
		AffectedUsers: status.UnknownUsers(), Workaround: status.UnknownWorkaround(), ThirdParty: status.ThirdParty{State: "none"},
		Version: 1, Revision: revision, InternalNote: "SECRET", Assignee: "SECRET",
	}
}

func exampleUpdate(id, incident string, stage status.Stage, at time.Time, body string) status.Update {
	return status.Update{
		ID: id, IncidentID: incident, Stage: stage, Body: body, CreatedAt: at, UpdatedAt: at, DisplayAt: at, Notify: true, By: "SECRET",
	}
}

func exampleIncident() status.Incident {
	n := exampleNotice("openopenopen", "Card payments fail", status.Problem, status.Identified, moment(21, 19, 30), 7)
	n.UpdatedAt, n.NextUpdateAt, n.ExpectedResolutionAt = moment(21, 20, 10), new(moment(21, 20, 40)), new(moment(21, 22, 0))
	n.Symptom, n.CustomerImpact, n.NotAffected, n.DetectedAt = "errors", "Every third card payment fails.", "Direct debit works.", new(moment(21, 19, 25))
	n.AffectedUsers = status.AffectedUsers{Mode: "range", Low: 100, High: 400, Confidence: "first_look", Basis: "staff", AsOf: moment(21, 20, 0)}
	n.Workaround = status.Workaround{State: "available", Text: "Pay by **direct debit**.", CheckedAt: moment(21, 20, 0)}
	n.ThirdParty = status.ThirdParty{State: "unnamed"}
	n.Translations = map[string]status.Texts{"de": {Name: new("Kartenzahlungen schlagen fehl"), CustomerImpact: new("Jede dritte Kartenzahlung schlägt fehl.")}}
	second := exampleUpdate("update222222", n.ID, status.Identified, moment(21, 20, 10), "A line is broken.\n\n- We repair it.\n- We use [another](https://example.org/a?b=1&c=2).")
	second.Translations = map[string]string{"de": "Eine Leitung ist *gestört*."}
	second.Affected = []status.AffectedComponent{{Code: "cardcardcard", Name: "Payments - Card payments", OldLevel: status.DegradedPerformance, NewLevel: status.PartialOutage}}
	second.Facts = &status.Facts{Severity: status.Moderate, AffectedUsers: n.AffectedUsers, Workaround: n.Workaround, NextUpdateAt: n.NextUpdateAt}
	withdrawn := exampleUpdate("update333333", n.ID, status.Identified, moment(21, 20, 5), "SECRET")
	withdrawn.Deleted = true
	first := exampleUpdate("update111111", n.ID, status.Investigating, moment(21, 19, 30), "Some card payments fail. We look into it.\n\nMore soon.")
	n.Updates = []status.Update{second, withdrawn, first}
	return n
}

func exampleResolved() status.Incident {
	n := exampleNotice("donedonedone", "Slow website", status.Problem, status.Resolved, moment(20, 8, 0), 4)
	n.ComponentIDs, n.ResolvedAt, n.UpdatedAt = []string{"webwebwebweb", "gonegonegone"}, new(moment(20, 9, 30)), moment(20, 9, 30)
	n.Security, n.Category = true, "security"
	n.Resolution = &status.Resolution{WhatHappened: "A cache was full.", FullyFixed: "yes", DataLoss: "none", CanRecur: "unlikely", EndedAt: n.ResolvedAt}
	n.Updates = []status.Update{
		exampleUpdate("updateccccc3", n.ID, status.Resolved, moment(20, 9, 30), "It is fast again."),
		exampleUpdate("updateccccc2", n.ID, status.Investigating, moment(20, 8, 40), "Still slow."),
		exampleUpdate("updateccccc1", n.ID, status.Investigating, moment(20, 8, 0), "The website is slow."),
	}
	return n
}

func exampleMaintenance() status.Incident {
	n := exampleNotice("workworkwork", "New database", status.Maintenance, status.Scheduled, moment(19, 12, 0), 3)
	n.Impact, n.ComponentIDs = status.ImpactMaintenance, []string{"webwebwebweb"}
	n.ScheduledFor, n.ScheduledUntil = new(moment(24, 22, 0)), new(moment(25, 1, 0))
	n.Updates = []status.Update{exampleUpdate("updatewwwww1", n.ID, status.Scheduled, moment(19, 12, 0), "We move to a new database.")}
	return n
}

func exampleCancelled() status.Incident {
	n := exampleNotice("stopstopstop", "New router", status.Maintenance, status.Cancelled, moment(18, 12, 0), 2)
	n.Impact, n.UpdatedAt, n.ResolvedAt = status.ImpactMaintenance, moment(18, 13, 0), new(moment(18, 13, 0))
	n.ScheduledFor, n.ScheduledUntil = new(moment(22, 22, 0)), new(moment(22, 23, 0))
	n.Updates = []status.Update{
		exampleUpdate("updatesssss2", n.ID, status.Cancelled, moment(18, 13, 0), "This work is not needed."),
		exampleUpdate("updatesssss1", n.ID, status.Scheduled, moment(18, 12, 0), "We change a router."),
	}
	return n
}
