package status_test

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

func resolve(r status.Resolution) status.Change {
	return status.Change{Stage: new(status.Resolved), Resolution: &r}
}

func TestResolutionFillsWhatIsLeftOut(t *testing.T) {
	d := newDesk(t).open(status.Change{}).later(time.Hour).apply(resolve(status.Resolution{WhatHappened: "A disk broke."}))
	end := noon.Add(time.Hour)
	same(t, "resolution", d.n.Resolution, &status.Resolution{
		WhatHappened: "A disk broke.", FullyFixed: "yes", DataLoss: "unknown", CanRecur: "unknown", EndedAt: &end,
	})
}

// The end of the problem stays what it was, however often the message is corrected.
func TestResolutionKeepsItsEnd(t *testing.T) {
	message := func(r status.Resolution) status.Change { return status.Change{Resolution: &r} }
	end := func(d *desk, want time.Time) {
		t.Helper()
		if got := d.n.Resolution.EndedAt; got == nil || !got.Equal(want) {
			t.Errorf("ended at %v, want %v", got, want)
		}
	}
	end(newDesk(t).open(status.Change{}).to(status.Resolved).later(48*time.Hour).apply(message(status.Resolution{})), noon)
	said := noon.Add(30 * time.Minute)
	d := newDesk(t).open(status.Change{}).later(time.Hour).apply(resolve(status.Resolution{EndedAt: &said}))
	end(d, said)
	end(d.later(time.Hour).apply(message(status.Resolution{WhatHappened: "More."})), said)
	end(d.to(status.Investigating).later(time.Hour).apply(resolve(status.Resolution{})), noon.Add(3*time.Hour))
	end(newDesk(t).open(status.Change{Stage: new(status.Resolved), StartedAt: new(noon.Add(-time.Hour)), Resolution: &status.Resolution{}}), noon)
	past := noon.AddDate(0, -1, 0)
	end(newDesk(t).open(status.Change{Backfilled: new(true), BackfillDate: &past, Stage: new(status.Identified)}).apply(resolve(status.Resolution{})), noon)
	end(newDesk(t).open(status.Change{Backfilled: new(true), BackfillDate: &past, Resolution: &status.Resolution{}}), past)
}

func TestStartAndEndFit(t *testing.T) {
	d := newDesk(t).open(status.Change{}).later(2 * time.Hour)
	early := noon.Add(-time.Minute)
	refused(t, d.tryApply(resolve(status.Resolution{EndedAt: &early})), "incident.resolution.ended_at", "The problem cannot end before it started.")
	said := noon.Add(time.Hour)
	d.apply(resolve(status.Resolution{EndedAt: &said}))
	const order = "The problem cannot start after it ended."
	refused(t, d.tryApply(status.Change{StartedAt: new(said.Add(1))}), "incident.started_at", order)
	d.apply(status.Change{StartedAt: &said})

	d = newDesk(t).open(status.Change{}).to(status.Resolved).later(time.Hour)
	refused(t, d.tryApply(status.Change{StartedAt: new(noon.Add(1))}), "incident.started_at", order)
	d.apply(status.Change{StartedAt: new(noon.Add(time.Minute)), Stage: new(status.Investigating)}) // open again: no end

	// Times that were imported are not held against a later change.
	d.n = &status.Incident{ID: "old", Kind: status.Problem, Stage: status.Resolved, Imported: true, StartedAt: noon, ResolvedAt: new(noon.Add(-time.Hour))}
	d.apply(status.Change{Name: new("Renamed")})
}

func TestBadResolutions(t *testing.T) {
	control, long := "a\x1f", strings.Repeat("x", status.MaxBody+1)
	future := noon.Add(1)
	at := func(field string) string { return "incident.resolution." + field }
	refuseAll(t, []refusal{
		{"fully fixed", resolve(status.Resolution{FullyFixed: "no"}), at("fully_fixed"), `"no" is not possible here; use yes or with_limits.`},
		{"data loss", resolve(status.Resolution{DataLoss: "lots"}), at("data_loss"), "use none, some or unknown."},
		{"can recur", resolve(status.Resolution{CanRecur: "surely"}), at("can_recur"), "use unlikely, possible or unknown."},
		{"what happened", resolve(status.Resolution{WhatHappened: long}), at("what_happened"), "at most 25000"},
		{"limits", resolve(status.Resolution{Limits: control}), at("limits"), "control character U+001F"},
		{"prevention", resolve(status.Resolution{Prevention: control}), at("prevention"), "control"},
		{"customer action", resolve(status.Resolution{CustomerAction: control}), at("customer_action"), "control"},
		{"limits not said", resolve(status.Resolution{FullyFixed: "with_limits", Limits: " "}), at("limits"), "Say what still works only partly, or choose that everything is fixed."},
		{"ended in the future", resolve(status.Resolution{EndedAt: &future}), at("ended_at"), "The end of the problem cannot lie in the future."},
		{"follow-up", resolve(status.Resolution{FollowUpBy: "soon"}), at("follow_up_by"), `"soon" is not a date; write it as 2026-11-22.`},
		{"follow-up in the year 1", resolve(status.Resolution{FollowUpBy: "0001-01-01"}), at("follow_up_by"), "is not a date"},
		{"still open", status.Change{Stage: new(status.Monitoring), Resolution: &status.Resolution{}}, "incident.resolution", "A resolution message belongs to a resolved incident; set the status to resolved."},
		{"nothing said about the stage", status.Change{Resolution: &status.Resolution{}}, "incident.resolution", "belongs to a resolved incident"},
	})
	refused(t, window(t).tryApply(status.Change{Stage: new(status.Completed), Resolution: &status.Resolution{}}), "incident.resolution", "belongs to a resolved incident")
	d := newDesk(t).open(status.Change{}).apply(resolve(status.Resolution{FullyFixed: "with_limits", Limits: "Exports.", FollowUpBy: "2026-12-01"}))
	same(t, "limits", d.n.Resolution.Limits, "Exports.")
	refused(t, d.tryApply(status.Change{Stage: new(status.Investigating), Resolution: &status.Resolution{}}), "incident.resolution", "belongs to a resolved incident")
}
