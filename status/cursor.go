package status

import "fmt"

// Cursor is a place in the list of all notices, which is ordered by creation, newest
// first, then source order, then id. A notice keeps its place when it changes.
type Cursor struct {
	Created int64 // milliseconds since 1970
	Order   int64
	ID      string
}

// Start is the place before the first notice.
func Start() Cursor { return Cursor{Created: 1 << 62} }

// Cursor is the notice's own place; a page begins behind it.
func (i *Incident) Cursor() Cursor { return Cursor{i.CreatedAt.UnixMilli(), i.Order, i.ID} }

// String is how a cursor travels.
func (c Cursor) String() string { return fmt.Sprintf("%d.%d.%s", c.Created, c.Order, c.ID) }

// ParseCursor reads a cursor; "" is the start.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Start(), nil
	}
	var c Cursor
	if n, err := fmt.Sscanf(s, "%d.%d.%s", &c.Created, &c.Order, &c.ID); err != nil || n != 3 || c.String() != s {
		return c, NewFault(CodeMalformed, "cursor", "The cursor %q is not one that this page gave out; begin without one.", brief(s))
	}
	return c, nil
}
