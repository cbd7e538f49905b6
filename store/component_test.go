package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// layoutOf writes the page's order as "A B G(C D)".
func layoutOf(t *testing.T, s *Store) string {
	t.Helper()
	list := must(s.Components(t.Context()))(t)
	var top []string
	for _, c := range list {
		if c.GroupID != "" {
			continue
		}
		word := c.Name
		if c.Group {
			var children []string
			for _, child := range list {
				if child.GroupID == c.ID {
					children = append(children, child.Name)
				}
			}
			word += "(" + strings.Join(children, " ") + ")"
		}
		top = append(top, word)
	}
	return strings.Join(top, " ")
}

// edit changes a component without a list of children.
func edit(t *testing.T, s *Store, id string, change func(*status.Component)) Receipt {
	t.Helper()
	return must(s.EditComponent(t.Context(), staff, id, 0, func(c *status.Component, _ *status.Site) (*[]string, error) {
		change(c)
		return nil, nil
	}))(t)
}

// children gives a group these children.
func children(t *testing.T, s *Store, group string, ids ...string) {
	t.Helper()
	must(s.EditComponent(t.Context(), staff, group, 0, func(*status.Component, *status.Site) (*[]string, error) {
		return &ids, nil
	}))(t)
}

func TestLayout(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		want := func(layout string) {
			t.Helper()
			if got := layoutOf(t, s); got != layout {
				t.Errorf("layout %q, want %q", got, layout)
			}
		}
		position := func(n int) func(*status.Component) {
			return func(c *status.Component) { c.Position = n }
		}
		a, b, c := addComponent(t, s, "A"), addComponent(t, s, "B"), addComponent(t, s, "C")
		want("A B C")
		edit(t, s, c, position(1))
		want("C A B")
		edit(t, s, c, position(3))
		want("A B C")
		edit(t, s, a, position(2))
		want("B A C")
		g := addGroup(t, s, "G", c, a)
		want("B G(C A)")
		d := addComponent(t, s, "D")
		edit(t, s, d, func(x *status.Component) { x.GroupID, x.Position = g, 2 })
		want("B G(C D A)")
		edit(t, s, b, func(x *status.Component) { x.GroupID = g })
		want("G(C D A B)") // no new position: at the end
		edit(t, s, d, func(x *status.Component) { x.GroupID, x.Position = "", 0 })
		want("G(C A B) D")
		children(t, s, g, a, d)
		want("G(A D) C B")
		must(s.DeleteComponent(t.Context(), staff, g))(t)
		want("C B A D")
		must(s.DeleteComponent(t.Context(), staff, b))(t)
		want("C A D")
	})
}

func TestPlaceAmongTies(t *testing.T) {
	list := []status.Component{{ID: "a", Position: 2}, {ID: "b", Position: 2}, {ID: "c", Position: 3}, {ID: "d", Position: 9}}
	l := newLayout(list)
	l.makeRoom("", 2, "new")
	var got []int
	for _, c := range l.list {
		got = append(got, c.Position)
	}
	if !slices.Equal(got, []int{3, 4, 5, 9}) || len(l.changed()) != 3 {
		t.Errorf("positions %v", got)
	}
}

func TestComponentFields(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		id := addComponent(t, s, "API")
		made := must(s.Component(t.Context(), id))(t)
		if made.Description != nil || !made.CreatedAt.Equal(start) || made.Version != 1 || made.Revision != 1 ||
			made.PageID != must(s.Site(t.Context()))(t).Page.ID {
			t.Errorf("made %+v", made)
		}
		c.add(time.Hour)
		r := edit(t, s, id, func(x *status.Component) {
			x.Name, x.Description, x.Showcase, x.StartDate = "API v2", new(""), true, "2026-01-31"
			x.OnlyShowIfDegraded, x.Audience, x.Criticality = true, 1200, status.Core
			x.ID, x.PageID, x.Group, x.Order, x.Version = "other", "other", true, 99, 99
		})
		got := must(s.Component(t.Context(), id))(t)
		want := made
		want.Name, want.Description, want.Showcase, want.StartDate = "API v2", got.Description, true, "2026-01-31"
		want.OnlyShowIfDegraded, want.Audience, want.Criticality = true, 1200, status.Core
		want.UpdatedAt, want.Version, want.Revision = start.Add(time.Hour), 2, r.Revision
		if got != want || got.Description == nil || *got.Description != "" {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if len(eventTypes(t, s, 0)) != 0 {
			t.Error("an edit without a change of level was told")
		}
	})
}

func TestComponentLevelIsToldAndKept(t *testing.T) {
	for name, move := range map[string]func(*status.Component, *status.Site){
		"set":  func(c *status.Component, _ *status.Site) { c.Level = status.PartialOutage },
		"move": func(c *status.Component, site *status.Site) { site.Move(c.ID, status.PartialOutage) },
	} {
		t.Run(name, func(t *testing.T) {
			clocked(t, func(t *testing.T, s *Store, c *clock) {
				id := addComponent(t, s, "API")
				g := addGroup(t, s, "G", id)
				c.add(time.Minute)
				r := must(s.EditComponent(t.Context(), staff, id, 2, func(x *status.Component, site *status.Site) (*[]string, error) {
					x.Name = "API v2"
					move(x, site)
					return nil, nil
				}))(t)
				got := must(s.Component(t.Context(), id))(t)
				if got.Level != status.PartialOutage || got.Name != "API v2" || got.Version != 3 || level(t, s, g) != status.PartialOutage {
					t.Errorf("component %+v in a group at %s", got, level(t, s, g))
				}
				v := must(s.Public(t.Context(), r.Revision-1))(t)
				if len(v.Events) != 1 || v.Events[0].OldLevel != status.Operational || v.Events[0].NewLevel != status.PartialOutage || !v.Events[0].Notify {
					t.Errorf("events %+v", v.Events)
				}
				want := []status.Span{{From: start, Level: status.Operational}, {From: start.Add(time.Minute), Level: status.PartialOutage}}
				if !slices.Equal(v.History[id], want) || v.History[g] != nil {
					t.Errorf("history %v", v.History)
				}
			})
		})
	}
}

func TestTwoLevelsInOneMomentAreOneSpan(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		id := addComponent(t, s, "API")
		edit(t, s, id, func(c *status.Component) { c.Level = status.MajorOutage })
		v := must(s.Public(t.Context(), 0))(t)
		if want := []status.Span{{From: start, Level: status.MajorOutage}}; !slices.Equal(v.History[id], want) {
			t.Errorf("history %v", v.History[id])
		}
	})
}

func TestBadComponents(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		api := addComponent(t, s, "API")
		g := addGroup(t, s, "G")
		add := func(c status.Component, children ...string) error {
			_, err := s.AddComponent(t.Context(), staff, func(*status.Site) (status.Component, []string, error) {
				if c.ID == "" {
					c.ID = status.NewID()
				}
				return c, children, nil
			})
			return err
		}
		fault(t, add(status.Component{Name: " "}), status.CodeInvalid, "component.name", "The name must not be empty.")
		fault(t, add(status.Component{Group: true}), status.CodeInvalid, "component_group.name", "The name must not be empty.")
		fault(t, add(status.Component{Name: "x", GroupID: "none"}), status.CodeInvalid, "component.group_id", `There is no component group "none" on this page.`)
		fault(t, add(status.Component{Name: "x", GroupID: api}), status.CodeInvalid, "component.group_id", `There is no component group "`+api+`" on this page.`)
		fault(t, add(status.Component{Name: "x", Group: true, GroupID: g}), status.CodeInvalid, "component_group.group_id", "A group cannot be inside another group.")
		fault(t, add(status.Component{Name: "x", Group: true}, "none"), status.CodeInvalid, "component_group.components", `There is no component "none" on this page.`)
		fault(t, add(status.Component{Name: "x", Group: true}, g), status.CodeInvalid, "component_group.components", `"G" is a group; a group holds components only.`)
		fault(t, add(status.Component{ID: api, Name: "x"}), status.CodeConflict, "component.id", `There is already a component "`+api+`".`)
		refused := status.Invalid("component.name", "No.")
		_, err := s.AddComponent(t.Context(), staff, func(*status.Site) (status.Component, []string, error) {
			return status.Component{}, nil, refused
		})
		fault(t, err, refused.Code, refused.Field, refused.Message)
		same := func(*status.Component, *status.Site) (*[]string, error) { return nil, nil }
		_, err = s.EditComponent(t.Context(), staff, g, 7, same)
		fault(t, err, status.CodeConflict, "version",
			"This component group was changed meanwhile: you saw version 7, it is now version 1. Load it again and repeat your change.")
		_, err = s.EditComponent(t.Context(), staff, "none", 0, same)
		fault(t, err, status.CodeNotFound, "", `There is no component "none".`)
		_, err = s.DeleteComponent(t.Context(), staff, "none")
		fault(t, err, status.CodeNotFound, "", `There is no component "none".`)
		_, err = s.Component(t.Context(), "none")
		fault(t, err, status.CodeNotFound, "", `There is no component "none".`)
		if _, revision, _ := s.Revision(t.Context()); revision != 2 {
			t.Errorf("revision %d", revision)
		}
	})
}

// TestSameAgainIsNoChange: monitors report the same level again and again.
func TestSameAgainIsNoChange(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		id := addComponent(t, s, "API")
		before := must(s.Component(t.Context(), id))(t)
		audit := count(t, s, `SELECT COUNT(*) FROM audit`)
		_, revision, _ := s.Revision(t.Context())
		for range 3 {
			r := must(s.EditComponent(t.Context(), staff, id, 0, func(c *status.Component, site *status.Site) (*[]string, error) {
				site.Move(c.ID, status.Operational)
				return nil, nil
			}))(t)
			if r.Revision != revision || r.Version != before.Version {
				t.Errorf("receipt %+v", r)
			}
		}
		after := must(s.Component(t.Context(), id))(t)
		if !after.UpdatedAt.Equal(before.UpdatedAt) || after.Version != before.Version || count(t, s, `SELECT COUNT(*) FROM audit`) != audit {
			t.Errorf("%+v became %+v", before, after)
		}
		r := must(s.EditComponent(t.Context(), staff, id, 0, func(c *status.Component, site *status.Site) (*[]string, error) {
			site.Move(c.ID, status.MajorOutage)
			return nil, nil
		}))(t)
		if r.Revision != revision+1 || level(t, s, id) != status.MajorOutage {
			t.Errorf("a change: %+v", r)
		}
	})
}
