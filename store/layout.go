package store

import (
	"cmp"
	"slices"

	"allclear/status"
)

// layout is the order of the page: which component stands where, in which group. It
// moves as few of the others as a change needs.
type layout struct {
	list   []status.Component // in API order
	before map[string]place
}

type place struct {
	group    string
	position int
}

func newLayout(list []status.Component) *layout {
	l := &layout{list: slices.Clone(list), before: make(map[string]place, len(list))}
	for _, c := range list {
		l.before[c.ID] = place{c.GroupID, c.Position}
	}
	return l
}

func noun(c *status.Component) string {
	if c.Group {
		return "component group"
	}
	return "component"
}

func (l *layout) find(id string) *status.Component {
	i := slices.IndexFunc(l.list, func(c status.Component) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &l.list[i]
}

// check refuses what no component may be, and groups inside of groups.
func (l *layout) check(c *status.Component) error {
	prefix := "component"
	if c.Group {
		prefix = "component_group"
	}
	if err := c.Check(prefix); err != nil {
		return err
	}
	if c.GroupID == "" {
		return nil
	}
	if c.Group {
		return status.Invalid("component_group.group_id", "A group cannot be inside another group.")
	}
	if g := l.find(c.GroupID); g == nil || !g.Group {
		return status.Invalid("component.group_id", "There is no component group %q on this page.", c.GroupID)
	}
	return nil
}

// add places a new component, or a new group with its children.
func (l *layout) add(c *status.Component, children []string) error {
	if c.Position <= 0 {
		c.Position = l.end(c.GroupID)
	} else {
		l.makeRoom(c.GroupID, c.Position, c.ID)
	}
	if !c.Group {
		return nil
	}
	return l.adopt(c.ID, children)
}

// edit moves a component to where its new position or group puts it.
func (l *layout) edit(before status.Component, c *status.Component, children *[]string) error {
	switch {
	case c.GroupID != before.GroupID && c.Position == before.Position, c.Position <= 0:
		c.Position = l.end(c.GroupID)
	case c.GroupID == before.GroupID && c.Position > before.Position:
		l.moveDown(c.GroupID, before.Position, c.Position, c.ID)
	case c.GroupID != before.GroupID || c.Position != before.Position:
		l.makeRoom(c.GroupID, c.Position, c.ID)
	}
	if children == nil || !c.Group {
		return nil
	}
	for i := range l.list {
		if child := &l.list[i]; child.GroupID == c.ID && !slices.Contains(*children, child.ID) {
			l.ungroup(child)
		}
	}
	return l.adopt(c.ID, *children)
}

// remove takes a component away; a group's children become ungrouped.
func (l *layout) remove(id string) {
	for i := range l.list {
		if l.list[i].GroupID == id {
			l.ungroup(&l.list[i])
		}
	}
}

func (l *layout) ungroup(c *status.Component) {
	c.Position = l.end("")
	c.GroupID = ""
}

// adopt gives a group its children, in this order.
func (l *layout) adopt(group string, children []string) error {
	for n, id := range children {
		c := l.find(id)
		if c == nil {
			return status.Invalid("component_group.components", "There is no component %q on this page.", id)
		}
		if c.Group {
			return status.Invalid("component_group.components", "%q is a group; a group holds components only.", c.Name)
		}
		c.GroupID, c.Position = group, n+1
	}
	return nil
}

// end is the position after the last one in a group ("" is the top of the page).
func (l *layout) end(group string) int {
	last := 0
	for _, c := range l.list {
		if c.GroupID == group {
			last = max(last, c.Position)
		}
	}
	return last + 1
}

// place puts a component or group into a group ("" is the top of the page), before
// another one there or, with before "", at the end.
func (l *layout) place(id, group, before string) error {
	c := l.find(id)
	if c == nil {
		return status.NotFound("component", id)
	}
	moved := *c
	moved.GroupID = group
	if err := l.check(&moved); err != nil {
		return err
	}
	var order []*status.Component
	found := before == ""
	for _, other := range l.inOrder(group) {
		if other.ID == before {
			order, found = append(order, c), true
		}
		if other.ID != id {
			order = append(order, other)
		}
	}
	if !found || before == id {
		return status.Invalid(noun(c)+".position", "There is no component %q in this group.", before)
	}
	if before == "" {
		order = append(order, c)
	}
	if c.GroupID != group {
		c.GroupID, c.Position = group, 0
	}
	renumber(order, c)
	return nil
}

// renumber gives c a position of its own in the order and moves those after it only as far
// as they have to go.
func renumber(order []*status.Component, c *status.Component) {
	last := 0
	for i, o := range order {
		fits := o.Position > last
		if o == c && i+1 < len(order) {
			fits = fits && o.Position < order[i+1].Position
		}
		if !fits {
			o.Position = last + 1
		}
		last = o.Position
	}
}

// inOrder lists what stands in a group.
func (l *layout) inOrder(group string) []*status.Component {
	var out []*status.Component
	for i := range l.list {
		if l.list[i].GroupID == group {
			out = append(out, &l.list[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *status.Component) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Order, b.Order))
	})
	return out
}

// makeRoom shifts what stands at a position, and what that pushes on.
func (l *layout) makeRoom(group string, position int, except string) {
	want := position + 1
	for i := range l.list {
		c := &l.list[i]
		if c.GroupID != group || c.ID == except || c.Position < position {
			continue
		}
		if c.Position >= want {
			return
		}
		c.Position = want
		want++
	}
}

// moveDown closes the gap that a component leaves when it goes further down its list.
func (l *layout) moveDown(group string, from, to int, except string) {
	for i := range l.list {
		c := &l.list[i]
		if c.GroupID == group && c.ID != except && c.Position > from && c.Position <= to {
			c.Position--
		}
	}
}

// nextOrder is the source order of a new component.
func (l *layout) nextOrder() int64 {
	next := int64(0)
	for _, c := range l.list {
		next = max(next, c.Order+1)
	}
	return next
}

// changed lists the components that stand elsewhere now.
func (l *layout) changed() []status.Component {
	var out []status.Component
	for _, c := range l.list {
		if l.before[c.ID] != (place{c.GroupID, c.Position}) {
			out = append(out, c)
		}
	}
	return out
}
