package admin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

const (
	messagesShown = 50
	domainsShown  = 20
	// quicklyCounted is up to how many mails their domains are counted without being
	// asked for: every recipient has to be looked up.
	quicklyCounted = 100_000
	csvPart        = 5000
)

// deliveries shows who was told of a notice, and who was not.
func (d *desk) deliveries(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	p := templates.DeliveriesPage{Office: v.office("notices", "deliveries"), Notice: &n, Back: staffPath(&n), Path: staffPath(&n) + "/deliveries"}
	if p.Progress, err = d.telling(v.ctx(), &n, true); err != nil || p.Progress == nil {
		if err != nil {
			return err
		}
		return v.show(http.StatusOK, p)
	}
	p.Events = eventsPath(p.Progress)
	all, err := d.Store.Tellings(v.ctx(), n.ID)
	if err != nil {
		return err
	}
	chosen := &all[0]
	if i := slices.IndexFunc(all, func(t status.Telling) bool { return t.EventID == v.c.QueryParam("event") }); i > 0 {
		chosen = &all[i]
	}
	p.Event, p.Failed = chosen.EventID, chosen.All().Failed
	p.Channels = channelRows(chosen)
	p.Updates = v.updateRows(&n, all, chosen.EventID, p.Path)
	if err := v.domains(&p, chosen); err != nil {
		return err
	}
	if err := v.messages(&p, chosen); err != nil {
		return err
	}
	return v.show(http.StatusOK, p)
}

func channelRows(t *status.Telling) []templates.Delivered {
	var rows []templates.Delivered
	for _, c := range []status.Channel{status.Email, status.Webhook} {
		if tally, ok := t.Channels[c]; ok {
			rows = append(rows, templates.Delivered{Key: "admin.channel." + string(c), Tally: tally})
		}
	}
	return rows
}

// updateRows are the updates of which somebody was told; one alone needs no table.
func (v *visit) updateRows(n *status.Incident, all []status.Telling, chosen, path string) []templates.Delivered {
	if len(all) < 2 {
		return nil
	}
	var rows []templates.Delivered
	for i := range all {
		row := templates.Delivered{Name: v.eventName(n, &all[i]), At: all[i].At, Here: all[i].EventID == chosen, Tally: all[i].All(),
			Path: path + "?event=" + url.QueryEscape(all[i].EventID)}
		rows = append(rows, row)
	}
	return rows
}

// eventName is what an event told: the stage of its entry.
func (v *visit) eventName(n *status.Incident, t *status.Telling) string {
	if t.Type == status.MaintenanceReminder {
		return v.voice.T("admin.told.reminder")
	}
	for i := range n.Updates {
		if n.Updates[i].ID == t.UpdateID {
			return v.voice.StageLabel(string(n.Updates[i].Stage))
		}
	}
	return v.voice.T("admin.told.gone")
}

// domains counts the mails by domain, at once or when asked to.
func (v *visit) domains(p *templates.DeliveriesPage, t *status.Telling) error {
	mails := t.Channels[status.Email].Total()
	if mails == 0 {
		return nil
	}
	if mails > quicklyCounted && v.c.QueryParam("count") == "" {
		p.Count = p.Path + "?" + url.Values{"event": {t.EventID}, "count": {"1"}}.Encode()
		return nil
	}
	list, err := v.Store.Domains(v.ctx(), p.Notice.ID, t.EventID, domainsShown)
	for _, d := range list {
		row := templates.Delivered{Name: d.Domain, Tally: d.Tally}
		if d.Domain == "" {
			row.Key = "admin.told.others"
		}
		p.Domains = append(p.Domains, row)
	}
	return err
}

// messages lists the messages of one event, filtered by state.
func (v *visit) messages(p *templates.DeliveriesPage, t *status.Telling) error {
	state := v.c.QueryParam("state")
	at := func(state, after string) string {
		q := url.Values{"event": {t.EventID}, "state": {state}}
		if after != "" {
			q.Set("after", after)
		}
		return p.Path + "?" + q.Encode() + "#messages"
	}
	n := t.All()
	for _, c := range []struct {
		state string
		n     int
	}{
		{"", n.Total() + n.Cancelled + n.Superseded}, {"failed", n.Failed}, {"waiting", n.Waiting}, {"sending", n.Sending},
		{"sent", n.Sent}, {"cancelled", n.Cancelled}, {"superseded", n.Superseded},
	} {
		if c.n > 0 || c.state == state || c.state == "" {
			p.States = append(p.States, templates.StateChoice{Key: "admin.delivery." + c.state, N: c.n, Path: at(c.state, ""), Here: c.state == state})
		}
	}
	p.States[0].Key = "admin.told.all"
	f := store.MessageFilter{Incident: p.Notice.ID, Event: t.EventID, State: status.DeliveryState(state), After: v.c.QueryParam("after"), Limit: messagesShown}
	list, next, err := v.Store.Messages(v.ctx(), f)
	if err != nil {
		return err
	}
	for i := range list {
		p.Messages = append(p.Messages, v.messageRow(p.Path, &list[i]))
	}
	if next != "" {
		p.More = at(state, next)
	}
	p.CSV = p.Path + ".csv?" + url.Values{"event": {t.EventID}, "state": {state}}.Encode()
	return nil
}

func (v *visit) messageRow(path string, m *store.Message) templates.MessageRow {
	row := templates.MessageRow{Delivery: m.Delivery, To: v.recipient(m), Ended: m.Subscription != status.Active, Path: path + "/" + m.ID}
	row.Reason, row.Code = status.ReasonOf(m.Channel, m.Answer)
	switch {
	case row.Ended || m.MayRetry() != nil:
	case m.State == status.Waiting:
		if m.NextAt.After(v.now) {
			row.Retry = "admin.told.retry_now"
		}
	case m.State == status.Sent:
		row.Retry = "admin.told.replay"
	default:
		row.Retry = "admin.told.retry"
	}
	return row
}

// recipient is whom a message is for. Addresses are subscribers' own data, which only
// administrators see in full.
func (v *visit) recipient(m *store.Message) string {
	return m.Recipient(v.account.Role.May(status.Admin))
}

// oneMessage shows a message with what became of it.
func (d *desk) oneMessage(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	m, err := d.Store.Message(v.ctx(), n.ID, v.c.Param("delivery"))
	if err != nil {
		return err
	}
	path := staffPath(&n) + "/deliveries"
	row := v.messageRow(path, &m)
	p := templates.MessagePage{Office: v.titled("notices", row.To), Notice: &n, Home: staffPath(&n), Back: path, Row: row}
	if m.Channel == status.Webhook && d.Payload != nil {
		if p.Payload, err = d.Payload(v.ctx(), m.ID); err != nil {
			return err
		}
		p.Payload = spaced(p.Payload)
	}
	return v.show(http.StatusOK, p)
}

// spaced lays JSON out for people.
func spaced(text string) string {
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(text), "", "  "); err != nil {
		return text
	}
	return out.String()
}

// retryAll sends again what failed, some at a time: each part is a transaction of its own.
func (d *desk) retryAll(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	event, total := v.c.FormValue("event"), 0
	for after := ""; ; {
		done, next, err := d.Store.RetryFailed(v.ctx(), v.by(), n.ID, event, after)
		if err != nil {
			return err
		}
		total += done
		if after = next; next == "" {
			break
		}
	}
	d.wake()
	return v.done(staffPath(&n)+"/deliveries?event="+url.QueryEscape(event), "retried", total)
}

// retryOne sends one message again, or earlier.
func (d *desk) retryOne(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	m, err := d.Store.RetryMessage(v.ctx(), v.by(), n.ID, v.c.Param("delivery"))
	if err != nil {
		return err
	}
	d.wake()
	return v.done(staffPath(&n)+"/deliveries?event="+url.QueryEscape(m.EventID)+"#messages", "retried", 1)
}

// suppress ends the subscription behind a message.
func (d *desk) suppress(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	if err := d.Store.SuppressRecipient(v.ctx(), v.by(), n.ID, v.c.Param("delivery")); err != nil {
		return err
	}
	d.wake() // the owner of a webhook is told
	return v.done(staffPath(&n)+"/deliveries/"+url.PathEscape(v.c.Param("delivery")), "suppressed", 0)
}

func (d *desk) wake() {
	if d.Wake != nil {
		d.Wake()
	}
}

// deliveriesCSV is the list as a table, however long it is.
func (d *desk) deliveriesCSV(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	f := store.MessageFilter{Incident: n.ID, Event: v.c.QueryParam("event"), State: status.DeliveryState(v.c.QueryParam("state")), Limit: csvPart}
	list, next, err := d.Store.Messages(v.ctx(), f)
	if err != nil {
		return err
	}
	out := v.sheet("deliveries-" + n.ID + ".csv")
	if err := out.row("id", "event", "channel", "recipient", "state", "attempts", "created_at", "first_attempt_at", "next_attempt_at", "done_at", "code", "reason", "answer", "may_have_arrived", "redelivery"); err != nil {
		return err
	}
	for {
		for i := range list {
			if err := out.row(v.csvRow(&list[i])...); err != nil {
				return err
			}
		}
		if err := out.send(); err != nil || next == "" {
			return err
		}
		f.After = next
		if list, next, err = d.Store.Messages(v.ctx(), f); err != nil {
			return err
		}
	}
}

func (v *visit) csvRow(m *store.Message) []string {
	stamp := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	var next *time.Time
	if m.State == status.Waiting {
		next = &m.NextAt
	}
	why, code := status.ReasonOf(m.Channel, m.Answer)
	reason := ""
	if m.Answer != "" && m.State != status.Sent {
		reason = v.voice.T("admin.reason." + string(why))
	}
	return []string{
		m.ID, m.EventID, string(m.Channel), v.recipient(m), string(m.State), strconv.Itoa(m.Attempts), stamp(&m.CreatedAt), stamp(m.FirstAt), stamp(next), stamp(m.DoneAt),
		code, reason, m.Answer, strconv.FormatBool(m.Ambiguous), strconv.FormatBool(m.Redelivery),
	}
}
