package status

import (
	"slices"
	"time"
)

// Site is what a change to a notice may see and move beside the notice itself: the
// page's settings, the components, and which of them other open notices hold.
type Site struct {
	Now        time.Time
	Page       Page
	Components []Component // in API order
	// Held are components that another open notice keeps from being operational.
	Held map[string]bool
	// By is who makes the change; "" where it is only tried out.
	By string

	moved  []string
	events []Event
	set    map[string]Level // what this change sets, even where the level was so before
	quiet  bool             // this change tells nobody but the live stream
}

// Find returns the component with this id; nil when there is none.
func (s *Site) Find(id string) *Component {
	i := slices.IndexFunc(s.Components, func(c Component) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Components[i]
}

// Move sets a component's level and asks for the event that tells it.
func (s *Site) Move(id string, l Level) {
	c := s.Find(id)
	if c == nil || c.Group {
		return
	}
	old := c.Level
	if !c.Set(l, s.Now) {
		return
	}
	s.touch(id)
	s.events = append(s.events, Event{
		ID: NewID(), Type: ComponentUpdated, At: s.Now,
		ComponentID: id, OldLevel: old, NewLevel: l, Notify: !s.quiet,
	})
}

func (s *Site) touch(id string) {
	if !slices.Contains(s.moved, id) {
		s.moved = append(s.moved, id)
	}
}

// Moved returns the components that changed level, for the store to save.
func (s *Site) Moved() []Component {
	var out []Component
	for _, id := range s.moved {
		out = append(out, *s.Find(id))
	}
	return out
}

// Events returns the component events of this change.
func (s *Site) Events() []Event { return s.events }

// FullName is "Group - Component" for a component in a group, as the API spells it.
func (s *Site) FullName(c *Component) string {
	if g := s.Find(c.GroupID); c.GroupID != "" && g != nil {
		return g.Name + " - " + c.Name
	}
	return c.Name
}
