package status_test

import (
	"strings"
	"testing"

	"allclear/status"
)

func TestComponentCheck(t *testing.T) {
	good := func() status.Component {
		return status.Component{Name: "Website", Level: ok, Description: new("What you see."), StartDate: "2024-02-29", Criticality: status.Core, Audience: 5}
	}
	c := good()
	if err := c.Check("component"); err != nil {
		t.Fatal(err)
	}
	c.Description, c.StartDate, c.Criticality, c.Audience = nil, "", "", 0
	if err := c.Check("component"); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		field, sentence string
		change          func(*status.Component)
	}{
		{"name", "The name must not be empty.", func(c *status.Component) { c.Name = "" }},
		{"name", "The name must be one line.", func(c *status.Component) { c.Name = "a\rb" }},
		{"status", `"" is not a component status; use operational,`, func(c *status.Component) { c.Level = "" }},
		{"status", `"down" is not a component status`, func(c *status.Component) { c.Level = "down" }},
		{"description", "at most 25000", func(c *status.Component) { c.Description = new(strings.Repeat("x", 25001)) }},
		{"start_date", `"2023-02-29" is not a date; write it as 2026-11-22.`, func(c *status.Component) { c.StartDate = "2023-02-29" }},
		{"criticality", `"vital" is not a criticality; use core or normal.`, func(c *status.Component) { c.Criticality = "vital" }},
		{"audience", "The number of users cannot be negative.", func(c *status.Component) { c.Audience = -1 }},
	} {
		c := good()
		bad.change(&c)
		refused(t, c.Check("component"), "component."+bad.field, bad.sentence)
	}
}

func TestComponentSet(t *testing.T) {
	c := status.Component{Level: ok}
	if c.Set(ok, noon) || !c.UpdatedAt.IsZero() {
		t.Error("the same level counts as a change")
	}
	if !c.Set(major, noon) || c.Level != major || !c.UpdatedAt.Equal(noon) {
		t.Errorf("after a change: %+v", c)
	}
}

// The API lists by position over the whole flat list; ties keep the source's order.
func TestComponentOrder(t *testing.T) {
	list := []status.Component{
		{ID: "d", Position: 2, Order: 1}, {ID: "c", Position: 1, Order: 9, GroupID: "d"},
		{ID: "b", Position: 1, Order: 3}, {ID: "a", Position: 1, Order: 2, GroupID: "d"},
	}
	status.SortComponents(list)
	var got string
	for _, c := range list {
		got += c.ID
	}
	same(t, "order", got, "abcd")
	same(t, "children", status.ChildIDs(list, "d"), []string{"a", "c"})
	same(t, "no children", status.ChildIDs(list, "a"), []string{})
}
