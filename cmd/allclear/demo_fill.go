package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/subscribers"
)

//go:embed demo.json
var demoText []byte

// demoAge is how long the demo organisation has existed: a little more than the 90 days
// that the page shows.
const demoAge = 97 * 24 * time.Hour

// demo is a store whose clock we set.
type demo struct {
	store *store.Store
	at    time.Time
}

// fillDemo tells the demo organisation's story to an empty database: every change goes
// through the door that staff use, at the time at which it happened. So history, bars,
// months and versions are what they would be. Nobody is told of the past.
func fillDemo(ctx context.Context, app *App) error {
	now := app.Now()
	story, err := readDemo(demoText, now)
	if err != nil {
		return err
	}
	d := &demo{at: now.Add(-demoAge)}
	d.store, err = store.Open(ctx, store.Options{
		Database: databaseAddress(&app.Config), Now: func() time.Time { return d.at }, Log: app.Log,
	})
	if err != nil {
		return err
	}
	err = d.tell(ctx, story)
	if err == nil {
		d.at = now
		err = d.hush(ctx)
	}
	if err == nil {
		err = d.subscribe(ctx, app)
	}
	if e := d.store.Close(); err == nil {
		err = e
	}
	return err
}

// demoBy is who made the demo, as the audit names it.
var demoBy = store.By{Actor: "demo"}

func (d *demo) tell(ctx context.Context, story *demoStory) error {
	if _, err := d.store.EditPage(ctx, demoBy, 0, story.applyPage); err != nil {
		return err
	}
	for _, g := range story.Groups {
		if err := d.group(ctx, g); err != nil {
			return fmt.Errorf("component group %q: %w", g.Name, err)
		}
	}
	for _, raw := range story.Templates {
		if err := d.template(ctx, raw); err != nil {
			return fmt.Errorf("demo.json, templates: %w", err)
		}
	}
	for _, step := range story.steps() {
		d.at = step.at
		if err := d.step(ctx, step); err != nil {
			return fmt.Errorf("notice %s at %s: %w", step.id, step.at.Format(time.RFC3339), err)
		}
	}
	return nil
}

// group adds a group, then its components: each goes to the end of where it belongs.
func (d *demo) group(ctx context.Context, g demoGroup) error {
	if err := d.component(ctx, status.Component{ID: g.ID, Name: g.Name, Group: true}); err != nil {
		return err
	}
	for _, c := range g.Children {
		c.GroupID, c.Level, c.Showcase, c.StartDate = g.ID, status.Operational, true, d.at.Format(time.DateOnly)
		if err := d.component(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) component(ctx context.Context, c status.Component) error {
	_, err := d.store.AddComponent(ctx, demoBy, func(*status.Site) (status.Component, []string, error) { return c, nil, nil })
	return err
}

// template adds a notice prepared in advance to those that a fresh page has.
func (d *demo) template(ctx context.Context, raw json.RawMessage) error {
	_, err := d.store.AddTemplate(ctx, demoBy, func(site *status.Site) (status.Template, error) {
		t := status.NewTemplate(status.NewID(), site.Page.DefaultLocale, site.Now)
		return t, json.Unmarshal(raw, &t)
	})
	return err
}

// step opens the notice or adds to it.
func (d *demo) step(ctx context.Context, s demoStep) error {
	quiet := false
	s.change.Notify = &quiet
	update := status.NewID()
	if s.first {
		_, err := d.store.AddIncident(ctx, demoBy, func(site *status.Site) (*status.Incident, error) {
			return status.OpenIncident(site, s.id, update, s.change)
		})
		return err
	}
	_, err := d.store.EditIncident(ctx, demoBy, s.id, 0, func(n *status.Incident, site *status.Site) error {
		return n.Apply(site, update, s.change)
	})
	return err
}

// hush lets what still waits to be told find nobody: webhooks hear of components whether
// or not a notice wants to be quiet.
func (d *demo) hush(ctx context.Context) error {
	for {
		_, next, err := d.store.ExpandEvents(ctx, 100)
		if err != nil || next.IsZero() || next.After(d.at) {
			return err
		}
	}
}

// subscribe adds one subscriber of each kind, confirmed already. The endpoint's name is
// reserved for examples: it leads nowhere, so the demo shows how a failing one is handled.
func (d *demo) subscribe(ctx context.Context, app *App) error {
	secret, _, err := secretKey(&app.Config)
	if err != nil {
		return err
	}
	keys, err := subscribers.NewKeys(secret)
	if err != nil {
		return err
	}
	mail := d.subscriber(status.Email)
	hook := d.subscriber(status.Webhook)
	hook.Endpoint, hook.Format = "https://hooks.beispiel-cloud.example/status", "statuspage"
	hook.Secrets = []string{keys.Seal(demoSecret(), hook.ID)}
	for _, s := range []status.Subscriber{mail, hook} {
		err := d.store.AskSubscriber(ctx, s, store.SecretHash(s.ID), func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool) {
			return s, true, false, false
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) subscriber(channel status.Channel) status.Subscriber {
	return status.Subscriber{
		ID: status.NewID(), Channel: channel, Address: demoEmail, State: status.Active, Locale: "en", Generation: 1,
		Consent: status.Consent{Source: "demo", AskedAt: d.at}, CreatedAt: d.at, ConfirmedAt: &d.at,
	}
}

// demoSecret is a signing secret that nobody is shown: the endpoint is nobody's.
func demoSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: crypto/rand aborts the program instead
	return "whsec_" + base64.StdEncoding.EncodeToString(raw)
}
