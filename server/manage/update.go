package manage

import (
	"slices"
	"time"

	"allclear/status"
	"allclear/status/lint"
	"allclear/store"
)

// updateFields correct an entry that was posted before.
type updateFields struct {
	Body               *string    `json:"body"`
	DisplayAt          *time.Time `json:"display_at"`
	Notify             *bool      `json:"deliver_notifications"`
	WantsTwitterUpdate *bool      `json:"wants_twitter_update"` // read and ignored
}

func editUpdate(x *call) error {
	id, err := x.id("incident")
	if err != nil {
		return err
	}
	var in struct {
		Update *updateFields `json:"incident_update"`
	}
	if err := x.decode(&in); err != nil {
		return err
	}
	if in.Update == nil {
		return status.Invalid("incident_update", "Put the update's fields into an object \"incident_update\".")
	}
	update, u := x.param("update_id"), in.Update
	return x.change(id, func(version int64) (store.Receipt, error) {
		return x.desk.Store.EditIncident(x.ctx(), x.by(), id, version, func(i *status.Incident, site *status.Site) error {
			if x.onlyDrafts() && !i.Draft {
				return draftsOnly()
			}
			return i.EditUpdate(site, update, u.Body, u.DisplayAt, u.Notify)
		})
	}, func(id string) (any, error) { return x.showUpdate(id, update) })
}

// undoUpdate takes a later entry back and answers with the notice, whose drafts hold its
// text. One that was sent leaves a tombstone.
func undoUpdate(x *call) error {
	id, err := x.id("incident")
	if err != nil {
		return err
	}
	update := x.param("update_id")
	return x.change(id, func(version int64) (store.Receipt, error) {
		return x.desk.Store.UndoUpdate(x.ctx(), x.by(), store.Undo{Incident: id, Update: update, Version: version})
	}, x.showIncident)
}

func (x *call) showUpdate(id, update string) (any, error) {
	i, err := x.desk.Store.Incident(x.ctx(), id)
	if err != nil {
		return nil, err
	}
	if x.mask {
		i = *lint.Clean(&i)
	}
	n := slices.IndexFunc(i.Updates, func(u status.Update) bool { return u.ID == update })
	if n < 0 {
		return nil, status.NotFound("incident update", shorten(update))
	}
	return x.shaper(&x.site).update(&i.Updates[n]), nil
}
