package status_test

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

func around(w status.Workaround) status.Change { return status.Change{Workaround: &w} }

// "We have not looked" and "we know of none" are different answers; both are kept.
func TestWorkaround(t *testing.T) {
	checked := noon.Add(-time.Hour)
	for _, c := range []struct{ in, want status.Workaround }{
		{status.Workaround{State: "unknown", Text: "x", CheckedAt: checked}, status.Workaround{State: "unknown"}},
		{status.Workaround{State: "none_known", Text: "x"}, status.Workaround{State: "none_known", CheckedAt: noon}},
		{status.Workaround{State: "none_possible"}, status.Workaround{State: "none_possible", CheckedAt: noon}},
		{status.Workaround{State: "not_needed", CheckedAt: checked}, status.Workaround{State: "not_needed", CheckedAt: checked}},
		{status.Workaround{State: "available", Text: "Pay by transfer."}, status.Workaround{State: "available", Text: "Pay by transfer.", CheckedAt: noon}},
	} {
		same(t, c.in.State, newDesk(t).open(around(c.in)).n.Workaround, c.want)
	}
}

func TestBadWorkarounds(t *testing.T) {
	refuseAll(t, []refusal{
		{"state", around(status.Workaround{State: "some"}), "incident.workaround.state", "use unknown, none_known, none_possible, not_needed or available."},
		{"available, but not said", around(status.Workaround{State: "available", Text: " \n"}), "incident.workaround.text", "Say what customers can do, or choose another state of the workaround."},
		{"long", around(status.Workaround{State: "available", Text: strings.Repeat("x", 25001)}), "incident.workaround.text", "at most 25000"},
		{"control character even where the text is dropped", around(status.Workaround{State: "unknown", Text: "\x00"}), "incident.workaround.text", "U+0000"},
		{"checked tomorrow", around(status.Workaround{State: "none_known", CheckedAt: noon.Add(1)}), "incident.workaround.checked_at", "The time of the check cannot lie in the future."},
		{"checked in 1970", around(status.Workaround{State: "none_known", CheckedAt: time.Unix(0, 0)}), "incident.workaround.checked_at", "The time of the check"},
	})
}
