package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"allclear/status"
)

func TestPlace(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, clock *clock) {
		a, b, c, d := addComponent(t, s, "A"), addComponent(t, s, "B"), addComponent(t, s, "C"), addComponent(t, s, "D")
		g := addGroup(t, s, "G", d)
		for _, step := range []struct {
			ids           []string
			group, before string
			want          string
		}{
			{[]string{c}, "", a, "C A B G(D)"},
			{[]string{c}, "", a, "C A B G(D)"},
			{[]string{a}, g, d, "C B G(A D)"},
			{[]string{b, c}, g, "", "G(A D B C)"},
			{[]string{c, a}, g, d, "G(C A D B)"},
			{[]string{d}, "", g, "D G(C A B)"},
			{[]string{g}, "", d, "G(C A B) D"},
			{[]string{g, d}, "", "", "G(C A B) D"},
			{[]string{a, b, c}, "", "", "G() D A B C"},
		} {
			clock.add(time.Second) // the audit sorts by time
			must(s.Place(t.Context(), staff, step.ids, step.group, step.before))(t)
			if got := layoutOf(t, s); got != step.want {
				t.Fatalf("got %q, want %q", got, step.want)
			}
		}
		before := must(s.Place(t.Context(), staff, []string{c}, "", ""))(t).Revision
		if again := must(s.Place(t.Context(), staff, []string{c}, "", ""))(t).Revision; again != before {
			t.Error("staying in place is a revision")
		}
		for name, err := range map[string]error{
			"unknown":          errorOf(s.Place(t.Context(), staff, []string{"nothing"}, "", "")),
			"no group":         errorOf(s.Place(t.Context(), staff, []string{a}, d, "")),
			"group in a group": errorOf(s.Place(t.Context(), staff, []string{g}, g, "")),
			"before nothing":   errorOf(s.Place(t.Context(), staff, []string{a}, "", "nothing")),
			"before itself":    errorOf(s.Place(t.Context(), staff, []string{a}, "", a)),
			"elsewhere":        errorOf(s.Place(t.Context(), staff, []string{a}, g, d)),
		} {
			if code := status.FaultCode(err); code != status.CodeInvalid && code != status.CodeNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		log := must(s.Audit(t.Context(), 1, ""))(t)
		if log[0].Action != "component.edit" || log[0].Detail != "C, A, B" {
			t.Errorf("audit: %+v", log[0])
		}
	})
}

func errorOf(_ Receipt, err error) error { return err }

// TestNumberMovesFew: whatever the positions are, the order is the one asked for, and only
// what stands in the way moves.
func TestNumberMovesFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		var list []status.Component
		position := 0
		for i := range n {
			position += rapid.IntRange(0, 3).Draw(t, "gap")
			list = append(list, status.Component{ID: string(rune('a' + i)), Name: "x", Level: status.Operational, Position: position, Order: int64(i)})
		}
		l := newLayout(list)
		id := list[rapid.IntRange(0, n-1).Draw(t, "moved")].ID
		to := rapid.IntRange(0, n-1).Draw(t, "to")
		want := []string{}
		for _, c := range list {
			if c.ID != id {
				want = append(want, c.ID)
			}
		}
		before := ""
		if to < len(want) {
			before = want[to]
		}
		want = slices.Insert(want, to, id)
		if err := l.place(id, "", before); err != nil {
			t.Fatal(err)
		}
		var got []string
		last := 0
		for _, c := range l.inOrder("") {
			got = append(got, c.ID)
			if c.ID == id && c.Position <= last {
				t.Fatalf("%s shares its position", id)
			}
			last = c.Position
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestSetLevels(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, clock *clock) {
		a, b := addComponent(t, s, "A"), addComponent(t, s, "B")
		g := addGroup(t, s, "G", b)
		before := must(s.Site(t.Context()))(t)
		clock.add(time.Minute)
		r := must(s.SetLevels(t.Context(), staff, []string{a, b}, status.MajorOutage))(t)
		for _, id := range []string{a, b} {
			c := must(s.Component(t.Context(), id))(t)
			if c.Level != status.MajorOutage || c.Revision != r.Revision || c.Version != before.Find(id).Version+1 {
				t.Errorf("%+v", c)
			}
		}
		if again := must(s.SetLevels(t.Context(), staff, []string{a, b}, status.MajorOutage))(t); again.Revision != r.Revision {
			t.Error("no change is a revision")
		}
		for _, err := range []error{
			errorOf(s.SetLevels(t.Context(), staff, []string{a, "nothing"}, status.Operational)),
			errorOf(s.SetLevels(t.Context(), staff, []string{a, g}, status.Operational)),
			errorOf(s.SetLevels(t.Context(), staff, []string{a}, "broken")),
		} {
			if status.FaultCode(err) == "" {
				t.Errorf("accepted or failed: %v", err)
			}
		}
		if must(s.Component(t.Context(), a))(t).Level != status.MajorOutage {
			t.Error("a refused change is half done")
		}
		log := must(s.Audit(t.Context(), 1, ""))(t)
		if log[0].Detail != "A, B" {
			t.Errorf("audit: %+v", log[0])
		}
	})
}

func TestNamedIsShort(t *testing.T) {
	var list []status.Component
	for range 9 {
		list = append(list, status.Component{Name: "X"})
	}
	if got := named(list); got != strings.Repeat("X, ", 4)+"X and 4 more" {
		t.Error(got)
	}
}
