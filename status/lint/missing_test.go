package lint

import (
	"slices"
	"testing"

	"allclear/status"
)

func TestMissing(t *testing.T) {
	whole := &status.Resolution{WhatHappened: "A fault.", FullyFixed: "yes", DataLoss: "none", CanRecur: "unlikely", Prevention: "Tests.", CustomerAction: "Nothing."}
	for _, c := range []struct {
		r    *status.Resolution
		p    status.Priority
		want []Part
	}{
		{whole, status.P1, nil}, {nil, status.P4, []Part{PartFullyFixed}}, {&status.Resolution{FullyFixed: "yes"}, status.P4, nil},
		{&status.Resolution{FullyFixed: "yes", DataLoss: "unknown", CanRecur: "unlikely", WhatHappened: "x"}, status.P2, []Part{PartDataLoss, PartPrevention}},
	} {
		if got := Missing(c.r, c.p); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.p, got, c.want)
		}
	}
}
