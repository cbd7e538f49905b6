package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/store"
)

// noticeHelp explains what the flags of all three commands share.
const noticeHelp = `The id is printed on standard output. A running server shows the change within a
second; mail and webhooks leave after --mail-hold. A time is 30m (from now), 14:30,
"2026-11-24 22:00" in the page's time zone, or RFC 3339. A component is its id or its
name. Texts in another language: --translate LOCALE.FIELD=TEXT with the fields name,
body, customer_impact, not_affected, workaround_text, what_happened, limits,
prevention, customer_action. --body - reads the text from standard input.
`

// noticeFlags are what a notice can say; what is not given stays as it is. The choices
// themselves are known to package status alone, which explains a wrong one.
type noticeFlags struct {
	Status    *status.Stage `placeholder:"STAGE" help:"investigating, identified, monitoring or resolved; of a maintenance scheduled, in_progress, verifying, completed or cancelled."`
	Body      *string       `placeholder:"TEXT" help:"What customers read in this update (Markdown)."`
	Component []string      `sep:"none" placeholder:"COMPONENT=LEVEL" help:"Set a component to operational, degraded_performance, partial_outage, major_outage or under_maintenance; may be repeated."`
	Affects   []string      `sep:"none" placeholder:"COMPONENT" help:"Name a component without changing its level; may be repeated, and replaces the list."`
	Translate []string      `sep:"none" placeholder:"LOCALE.FIELD=TEXT" help:"A text in another language; may be repeated."`

	Severity       *status.Severity `placeholder:"SEVERITY" help:"minor, moderate, serious or critical."`
	Urgency        *status.Urgency  `placeholder:"URGENCY" help:"low, normal, high or immediate; internal."`
	Category       *status.Category `placeholder:"CATEGORY" help:"Where it came from, such as network or change."`
	Symptom        *status.Symptom  `placeholder:"SYMPTOM" help:"What customers notice, such as slow or unreachable."`
	SupportLevel   *int             `placeholder:"1-3" help:"Support level; internal."`
	Assignee       *string          `placeholder:"NAME" help:"Who works on it; internal."`
	InternalNote   *string          `placeholder:"TEXT" help:"Never published."`
	CustomerImpact *string          `placeholder:"TEXT" help:"What customers notice, in their words."`
	NotAffected    *string          `placeholder:"TEXT" help:"What works normally."`
	Affected       string           `placeholder:"PEOPLE" help:"unknown, none, 1200, 1000-2000 or 15%."`
	Confidence     string           `placeholder:"HOW" help:"How sure that number is: first_look, measured or final."`
	Workaround     string           `placeholder:"TEXT" help:"What customers can do meanwhile."`
	NoWorkaround   string           `placeholder:"WHY" help:"none_known, none_possible, not_needed or unknown."`
	ThirdParty     string           `placeholder:"WHO" help:"none, unnamed, or a vendor of the page's allow-list."`

	StartedAt      string `placeholder:"TIME" help:"When the problem began."`
	DetectedAt     string `placeholder:"TIME" help:"When it was noticed."`
	NextUpdate     string `placeholder:"TIME" help:"When customers hear more; without it, what the page's cadence asks for."`
	Expected       string `placeholder:"TIME" help:"When it is expected to work again."`
	ScheduledFor   string `placeholder:"TIME" help:"When a maintenance begins."`
	ScheduledUntil string `placeholder:"TIME" help:"When it ends."`
	Auto           *bool  `negatable:"" help:"Let a maintenance begin and end by itself."`

	Security       bool    `help:"A matter of security: nothing of its category is public, and a second person approves it first."`
	AskApproval    bool    `help:"Ask a second person to approve the draft on the staff pages."`
	ApprovalReason *string `placeholder:"WHY" help:"Publish without a second person, where nobody else could approve; kept in the log."`

	Lint  string `placeholder:"HOW" help:"How the texts are judged: strict refuses whatever must be mended, warn nothing; without it only what must not be disclosed is refused."`
	Quiet bool   `help:"Tell nobody by mail or webhook; page, API and feeds show it all the same."`
}

// change is what the flags ask for. Standard input is read here, before the door.
func (f *noticeFlags) change(ctx context.Context, app *App, s *store.Store) (status.Change, error) {
	c := status.Change{
		Stage: f.Status, Severity: f.Severity, Urgency: f.Urgency, Category: f.Category, Symptom: f.Symptom,
		SupportLevel: f.SupportLevel, Assignee: f.Assignee, InternalNote: f.InternalNote,
		CustomerImpact: f.CustomerImpact, NotAffected: f.NotAffected, AutoInProgress: f.Auto, AutoCompleted: f.Auto,
	}
	c.ApprovalReason = f.ApprovalReason
	if f.Security {
		c.Security = &f.Security
	}
	if f.AskApproval {
		c.AskApproval = &f.AskApproval
	}
	if f.Quiet {
		notify := false
		c.Notify = &notify
	}
	site, err := s.Site(ctx)
	if err != nil {
		return c, err
	}
	site.Now = app.Now()
	for _, fill := range []func(*status.Site, *status.Change) error{
		f.components, f.translations, f.estimate, f.remedy, f.times, func(_ *status.Site, c *status.Change) error { return f.body(app.Stdin, c) },
	} {
		if err := fill(&site, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// maxBodyInput is more than the longest text that is accepted, in bytes.
const maxBodyInput = 4*status.MaxBody + 1

func (f *noticeFlags) body(stdin io.Reader, c *status.Change) error {
	c.Body = f.Body
	if f.Body == nil || *f.Body != "-" {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(stdin, maxBodyInput))
	if err != nil {
		return fmt.Errorf("the text cannot be read from standard input: %w", err)
	}
	body := strings.TrimRight(string(text), "\r\n")
	c.Body = &body
	return nil
}

func (f *noticeFlags) components(site *status.Site, c *status.Change) error {
	for _, given := range f.Component {
		cut := strings.LastIndexByte(given, '=')
		if cut < 0 {
			return fmt.Errorf("--component %q says no level; write --component %q", given, given+"=major_outage")
		}
		id, err := componentID(site, given[:cut])
		if err != nil {
			return err
		}
		if c.Components == nil {
			c.Components = map[string]status.Level{}
		}
		c.Components[id] = status.Level(given[cut+1:])
	}
	if f.Affects == nil {
		return nil
	}
	ids := []string{}
	for _, given := range f.Affects {
		id, err := componentID(site, given)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	c.ComponentIDs = &ids
	return nil
}

// componentID finds a component by its id or its name, with or without its group's.
func componentID(site *status.Site, given string) (string, error) {
	var found []string
	for i := range site.Components {
		c := &site.Components[i]
		if c.ID == given {
			return c.ID, nil
		}
		if !c.Group && (strings.EqualFold(c.Name, given) || strings.EqualFold(site.FullName(c), given)) {
			found = append(found, c.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("there is no component %q on this page", given)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%q is the name of several components; use one of the ids %s", given, strings.Join(found, ", "))
}

func (f *noticeFlags) translations(_ *status.Site, c *status.Change) error {
	for _, given := range f.Translate {
		where, text, ok := strings.Cut(given, "=")
		locale, field, dotted := strings.Cut(where, ".")
		if !ok || !dotted {
			return fmt.Errorf("--translate %q is not understood; write --translate \"de.body=…\"", given)
		}
		if c.Translations == nil {
			c.Translations = map[string]status.Texts{}
		}
		texts := c.Translations[locale]
		to := textField(&texts, field)
		if to == nil {
			return fmt.Errorf("--translate: there is no text %q; allclear incident open --help lists them", field)
		}
		*to = &text
		c.Translations[locale] = texts
	}
	return nil
}

func textField(t *status.Texts, name string) **string {
	return map[string]**string{
		"name": &t.Name, "body": &t.Body, "customer_impact": &t.CustomerImpact, "not_affected": &t.NotAffected,
		"workaround_text": &t.WorkaroundText, "what_happened": &t.WhatHappened, "limits": &t.Limits,
		"prevention": &t.Prevention, "customer_action": &t.CustomerAction,
	}[name]
}

func (f *noticeFlags) estimate(_ *status.Site, c *status.Change) error {
	if f.Affected == "" {
		if f.Confidence != "" {
			return errors.New("--confidence belongs to --affected: give both")
		}
		return nil
	}
	users, err := parsePeople(f.Affected)
	users.Confidence = f.Confidence
	c.AffectedUsers = &users
	return err
}

// parsePeople reads an estimate of how many people are affected.
func parsePeople(text string) (status.AffectedUsers, error) {
	if text == "unknown" || text == "none" {
		return status.AffectedUsers{Mode: text}, nil
	}
	if share, ok := strings.CutSuffix(text, "%"); ok {
		if percent, err := strconv.ParseFloat(share, 64); err == nil {
			return status.AffectedUsers{Mode: "share", SharePercent: percent}, nil
		}
	}
	from, to, isRange := strings.Cut(text, "-")
	low, errLow := strconv.ParseInt(from, 10, 64)
	high, errHigh := strconv.ParseInt(to, 10, 64)
	switch {
	case errLow == nil && isRange && errHigh == nil:
		return status.AffectedUsers{Mode: "range", Low: low, High: high}, nil
	case errLow == nil && !isRange:
		return status.AffectedUsers{Mode: "count", Count: low}, nil
	}
	return status.AffectedUsers{}, fmt.Errorf("--affected %q is not understood; write unknown, none, 1200, 1000-2000 or 15%%", text)
}

func (f *noticeFlags) remedy(_ *status.Site, c *status.Change) error {
	switch {
	case f.Workaround != "" && f.NoWorkaround != "":
		return errors.New("--workaround and --no-workaround contradict each other: give one of them")
	case f.Workaround != "":
		c.Workaround = &status.Workaround{State: "available", Text: f.Workaround}
	case f.NoWorkaround == "available":
		return errors.New("say what customers can do with --workaround")
	case f.NoWorkaround != "":
		c.Workaround = &status.Workaround{State: f.NoWorkaround}
	}
	switch f.ThirdParty {
	case "":
	case "none", "unnamed":
		c.ThirdParty = &status.ThirdParty{State: f.ThirdParty}
	default:
		c.ThirdParty = &status.ThirdParty{State: "named", Vendor: f.ThirdParty}
	}
	return nil
}

func (f *noticeFlags) times(site *status.Site, c *status.Change) error {
	for _, t := range []struct {
		flag, text string
		past       bool
		set        func(time.Time)
	}{
		{"started-at", f.StartedAt, true, func(t time.Time) { c.StartedAt = &t }},
		{"detected-at", f.DetectedAt, true, func(t time.Time) { c.DetectedAt = status.Some(t) }},
		{"next-update", f.NextUpdate, false, func(t time.Time) { c.NextUpdateAt = status.Some(t) }},
		{"expected", f.Expected, false, func(t time.Time) { c.ExpectedResolutionAt = status.Some(t) }},
		{"scheduled-for", f.ScheduledFor, false, func(t time.Time) { c.ScheduledFor = status.Some(t) }},
		{"scheduled-until", f.ScheduledUntil, false, func(t time.Time) { c.ScheduledUntil = status.Some(t) }},
	} {
		if t.text == "" {
			continue
		}
		moment, err := parseMoment(t.text, site.Page.Zone(), site.Now, t.past)
		if err != nil {
			return fmt.Errorf("--%s %w", t.flag, err)
		}
		t.set(moment)
	}
	return nil
}

// parseMoment reads a time as people write it; past says where a duration or a bare
// time of day points to.
func parseMoment(text string, zone *time.Location, now time.Time, past bool) (time.Time, error) {
	if d, err := parseDuration(text); err == nil {
		if past {
			d = -d
		}
		return now.Add(d).UTC().Truncate(time.Second), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a time; write 30m, 14:30, \"2026-11-24 22:00\" or 2026-11-24T22:00:00Z", text)
	}
	today := now.In(zone)
	on := func(days int) time.Time {
		return time.Date(today.Year(), today.Month(), today.Day()+days, clock.Hour(), clock.Minute(), 0, 0, zone).UTC()
	}
	switch at := on(0); {
	case past && at.After(now):
		return on(-1), nil
	case !past && !at.After(now):
		return on(1), nil
	default:
		return at, nil
	}
}

// resolutionFlags are the parts of the closing message.
type resolutionFlags struct {
	WhatHappened   string `placeholder:"TEXT" help:"What happened, in plain words."`
	Limits         string `placeholder:"TEXT" help:"What still works only partly; without it, everything is fixed."`
	DataLoss       string `placeholder:"ANSWER" help:"none, some or unknown."`
	CanRecur       string `placeholder:"ANSWER" help:"unlikely, possible or unknown."`
	Prevention     string `placeholder:"TEXT" help:"What we change so that it does not happen again."`
	CustomerAction string `placeholder:"TEXT" help:"What customers need to do; without it, nothing."`
	EndedAt        string `placeholder:"TIME" help:"When the problem ended; without it, now."`
	FollowUpBy     string `placeholder:"DATE" help:"Until when we tell more, such as 2026-11-30."`
}

// resolution is nil when no part of the closing message was given.
func (f *resolutionFlags) resolution(site *status.Site) (*status.Resolution, error) {
	if *f == (resolutionFlags{}) {
		return nil, nil // no message is an answer
	}
	r := &status.Resolution{
		WhatHappened: f.WhatHappened, Limits: f.Limits, DataLoss: f.DataLoss, CanRecur: f.CanRecur,
		Prevention: f.Prevention, CustomerAction: f.CustomerAction, FollowUpBy: f.FollowUpBy,
	}
	if f.Limits != "" {
		r.FullyFixed = "with_limits"
	}
	if f.EndedAt == "" {
		return r, nil
	}
	end, err := parseMoment(f.EndedAt, site.Page.Zone(), site.Now, true)
	if err != nil {
		return nil, fmt.Errorf("--ended-at %w", err)
	}
	r.EndedAt = &end
	return r, nil
}
