package manage

import (
	"net/http"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// auditShape is one line of who did what.
type auditShape struct {
	ID     string           `json:"id"`
	At     statuspage.Stamp `json:"at"`
	Actor  string           `json:"actor"`
	Action string           `json:"action"`
	Object string           `json:"object"`
	Detail string           `json:"detail"`
}

// listAudit lists the newest lines; before is the id of the last one that was seen.
func listAudit(x *call) error {
	limit, err := x.number("limit", 100)
	if err != nil {
		return err
	}
	before := x.c.QueryParam("before")
	if before != "" && !status.ValidID(before) {
		return status.Invalid("before", "before must be the id of an audit entry.")
	}
	list, err := x.desk.Store.Audit(x.ctx(), min(limit, 1000), before)
	if err != nil {
		return err
	}
	shapes, s := []auditShape{}, x.shaper(&x.site)
	for _, e := range list {
		shapes = append(shapes, auditShape{e.ID, s.Stamp(e.At), e.Actor, e.Action, e.Object, e.Detail})
	}
	return x.json(http.StatusOK, shapes)
}

// reportShape is a customer's problem report. The address is a customer's own matter
// and is for admins only.
type reportShape struct {
	ID           string           `json:"id"`
	ComponentIDs []string         `json:"component_ids"`
	Symptom      status.Symptom   `json:"symptom"`
	Text         string           `json:"text"`
	Email        *string          `json:"email"`
	CreatedAt    statuspage.Stamp `json:"created_at"`
}

// reportWindow is how far back reports are listed unless the query says otherwise.
const reportWindow = 24 * time.Hour

// listReports lists the problem reports since a time, oldest first.
func listReports(x *call) error {
	since, err := x.moment("since")
	if err != nil {
		return err
	}
	from := x.now.Add(-reportWindow)
	set(&from, since)
	list, err := x.desk.Store.Reports(x.ctx(), from)
	if err != nil {
		return err
	}
	shapes, s := []reportShape{}, x.shaper(&x.site)
	for _, r := range list {
		shape := reportShape{ID: r.ID, ComponentIDs: r.ComponentIDs, Symptom: r.Symptom, Text: r.Text, CreatedAt: s.Stamp(r.CreatedAt)}
		if r.Email != "" && x.token.Role.May(status.Admin) {
			shape.Email = &r.Email
		}
		if shape.ComponentIDs == nil {
			shape.ComponentIDs = []string{}
		}
		shapes = append(shapes, shape)
	}
	return x.json(http.StatusOK, shapes)
}
