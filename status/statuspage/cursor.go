package statuspage

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"allclear/status"
)

// Position is a place in the list of incidents, which is ordered by time of change
// (newest first), then order, then id.
type Position struct {
	UpdatedAt time.Time
	Order     int64
	ID        string
}

// position is a cursor's content: milliseconds, order, id.
type position struct {
	Millis int64  `json:"t"`
	Order  int64  `json:"o"`
	ID     string `json:"id"`
}

// Cursor marks the place behind an incident.
func Cursor(n *status.Incident) string {
	raw, err := json.Marshal(position{n.UpdatedAt.UnixMilli(), n.Order, n.ID})
	if err != nil {
		panic(err) // two numbers and a text always encode
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// ParseCursor reads a cursor: the page begins behind this position.
func ParseCursor(cursor string) (Position, error) {
	var p position
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(raw, &p) != nil || !status.ValidID(p.ID) {
		return Position{}, status.NewFault(status.CodeMalformed, "cursor", "This cursor is not one that we gave; begin without one.")
	}
	return Position{UpdatedAt: time.UnixMilli(p.Millis).UTC(), Order: p.Order, ID: p.ID}, nil
}
