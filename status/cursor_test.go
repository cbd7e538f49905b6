package status_test

import (
	"testing"

	"allclear/status"
)

// A cursor travels as text and comes back as the same place.
func TestCursor(t *testing.T) {
	n := status.Incident{ID: "kctbh9vrtdwd", Order: -3, CreatedAt: noon}
	for _, c := range []status.Cursor{n.Cursor(), {Created: -1, ID: "a_b-C"}} {
		got, err := status.ParseCursor(c.String())
		if err != nil || got != c {
			t.Errorf("%q: %+v, %v", c, got, err)
		}
	}
	same(t, "place", n.Cursor(), status.Cursor{Created: noon.UnixMilli(), Order: -3, ID: "kctbh9vrtdwd"})
	first, err := status.ParseCursor("")
	if err != nil || first != status.Start() {
		t.Errorf("no cursor: %+v, %v", first, err)
	}
	for _, bad := range []string{"x", "1.2", "1.2.", "1.2.a b", "01.2.a", " 1.2.a", "1.2.a\n", "99999999999999999999.1.a"} {
		_, err := status.ParseCursor(bad)
		if f, ok := status.FaultOf(err); !ok || f.Code != status.CodeMalformed || f.Field != "cursor" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
