package subscribers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/templates"
)

// DutySecret is the signing secret of the webhook at which whoever is on duty is reminded.
// It follows from the instance's secret key and the address, so that it can be shown again
// and another address does not learn it.
func (k *Keys) DutySecret(endpoint string) string {
	h := hmac.New(sha256.New, k.duty)
	h.Write([]byte(endpoint))
	return secretPrefix + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// DutySecret is the secret with which reminders to the page's on-duty address are signed,
// for the settings to show; "" when it is no web address.
func (s *Service) DutySecret(page *status.Page) string {
	if channel, address := page.Duty(); channel == status.Webhook {
		return s.keys.DutySecret(address)
	}
	return ""
}

// call makes a reminder to whoever is on duty ready, unless its reason went away.
func (e *Engine) call(ctx context.Context, d *status.Delivery) (Parcel, error) {
	c, err := e.store.Calling(ctx, d.ID)
	if err != nil {
		return Parcel{}, gently(err)
	}
	if !c.Holds(&c.Notice) || c.Stale(e.now()) {
		return Parcel{}, errNotWanted
	}
	if len(c.Letter) == 0 {
		if c.Letter, err = e.writeCall(&c, d); err != nil {
			return Parcel{}, err
		}
		if err := e.store.FixCall(ctx, d.ID, c.Letter); err != nil {
			return Parcel{}, err
		}
	}
	l := &letter{}
	if err := json.Unmarshal(c.Letter, l); err != nil {
		return Parcel{}, fmt.Errorf("read reminder %s: %w", d.ID, err)
	}
	if d.Channel == status.Webhook {
		return Parcel{ID: d.ID, To: c.Address, Body: []byte(l.Body), Secrets: []string{e.keys.DutySecret(c.Address)}, At: firstAt(d)}, nil
	}
	return e.mail(l, d, &status.Subscriber{Address: c.Address})
}

// writeCall renders a reminder in the page's own language.
func (e *Engine) writeCall(c *status.Calling, d *status.Delivery) ([]byte, error) {
	var l letter
	var err error
	if d.Channel == status.Webhook {
		l.Body, err = e.callJSON(c, d)
	} else {
		n, p := &c.Notice, &c.Page
		err = l.fill(e.pages.CallMail(templates.CallMail{
			Letter: e.head(p, p.DefaultLocale, false), Call: c.Type, Priority: priorityOf(c), Time: c.About,
			Notice:  templates.NoticeOf(n, p, p.DefaultLocale, func(string) *status.Component { return nil }, c.About),
			Resolve: c.AsksToResolve(n, p), StaffURL: e.staffURL(c),
		}))
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(l)
}

// priorityOf is the word that staff sort by; a maintenance has none.
func priorityOf(c *status.Calling) string {
	if c.Notice.Kind == status.Maintenance {
		return ""
	}
	return string(c.Notice.Priority(c.Page.PriorityMatrix))
}

// staffURL leads to the form with which the reminder is answered.
func (e *Engine) staffURL(c *status.Calling) string {
	folder, form := "incidents", "update"
	if c.Notice.Kind == status.Maintenance {
		folder = "maintenances"
	}
	if c.Type == status.WatchOver {
		form = "resolve"
	}
	return fmt.Sprintf("%s/admin/%s/%s#%s", e.base, folder, c.Notice.ID, form)
}

// callBody is the webhook of a reminder.
type callBody struct {
	ID           string            `json:"id"`
	Type         status.CallType   `json:"type"`
	Timestamp    statuspage.Stamp  `json:"timestamp"`
	Incident     callIncident      `json:"incident"`
	NextUpdateAt *statuspage.Stamp `json:"next_update_at"`
	// Resolve: the planned time of watching is over.
	Resolve bool `json:"resolve"`
}

type callIncident struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Status   status.Stage `json:"status"`
	Priority *string      `json:"priority"` // null for a maintenance
	URL      string       `json:"url"`      // for staff
}

func (e *Engine) callJSON(c *status.Calling, d *status.Delivery) (string, error) {
	encoder := statuspage.NewEncoder(&c.Page, nil, statuspage.Links{Base: e.base})
	stamp := func(t *time.Time) *statuspage.Stamp {
		if t == nil {
			return nil
		}
		s := encoder.Stamp(*t)
		return &s
	}
	body := callBody{
		ID: d.ID, Type: c.Type, Timestamp: encoder.Stamp(firstAt(d)), NextUpdateAt: stamp(c.Notice.NextUpdateAt), Resolve: c.AsksToResolve(&c.Notice, &c.Page),
		Incident: callIncident{ID: c.Notice.ID, Name: c.Notice.Name, Status: c.Notice.Stage, URL: e.staffURL(c)},
	}
	if p := priorityOf(c); p != "" {
		body.Incident.Priority = &p
	}
	raw, err := statuspage.JSON(body)
	return string(raw), err
}
