// Package publishtest is a public state in memory, for tests of whatever shows it.
package publishtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"allclear/status"
)

// Start is when the canned state begins.
var Start = time.Date(2026, 11, 20, 21, 0, 0, 0, time.UTC)

// Source is a publish.Source whose state a test changes through the domain's own verbs.
type Source struct {
	mu       sync.Mutex
	site     status.Site
	notices  []status.Incident
	history  map[string][]status.Span
	events   []status.Event
	revision int64
	down     bool
	wake     chan struct{}
}

// New is a page with four components, two of them in a group, and no notice.
func New() *Source {
	page := status.NewPage("pagepagepage", "Example Status", Start)
	page.Organization, page.TimeZone, page.Version = "Example AG", "Europe/Berlin", 1
	s := &Source{site: status.Site{Now: Start, Page: page}, revision: 1, history: map[string][]status.Span{}, wake: make(chan struct{}, 1)}
	add := func(id, name, group string, isGroup bool, position int) {
		s.site.Components = append(s.site.Components, status.Component{
			ID: id, PageID: page.ID, Name: name, Group: isGroup, GroupID: group, Level: status.Operational,
			Position: position, Order: int64(len(s.site.Components)), CreatedAt: Start.AddDate(0, 0, -100), UpdatedAt: Start.AddDate(0, 0, -100), Revision: 1,
		})
		s.history[id] = []status.Span{{From: Start.AddDate(0, 0, -100), Level: status.Operational}}
	}
	add("webwebwebweb", "Website", "", false, 1)
	add("paypaypaypay", "Payments", "", true, 2)
	add("cardcardcard", "Card payments", "paypaypaypay", false, 1)
	add("sepasepasepa", "SEPA direct debit", "paypaypaypay", false, 2)
	status.SortComponents(s.site.Components)
	return s
}

// Wake is signalled by every change.
func (s *Source) Wake() <-chan struct{} { return s.wake }

// SetDown makes every read fail, or work again.
func (s *Source) SetDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// Open begins a notice at a time and returns its id.
func (s *Source) Open(at time.Time, c status.Change) (string, error) {
	id := status.NewID()
	return id, s.change(at, func(site *status.Site) (*status.Incident, error) {
		return status.OpenIncident(site, id, status.NewID(), c)
	})
}

// Apply changes a notice at a time.
func (s *Source) Apply(at time.Time, id string, c status.Change) error {
	return s.change(at, func(site *status.Site) (*status.Incident, error) {
		i := slices.IndexFunc(s.notices, func(n status.Incident) bool { return n.ID == id })
		if i < 0 {
			return nil, status.NotFound("incident", id)
		}
		n := s.notices[i]
		return &n, n.Apply(site, status.NewID(), c)
	})
}

// Pass makes a revision of its own because time went on.
func (s *Source) Pass(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.site.Now = at
	s.revision++
	s.ring()
}

func (s *Source) change(at time.Time, f func(*status.Site) (*status.Incident, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	site := s.site
	site.Now, site.Components = at, slices.Clone(s.site.Components)
	n, err := f(&site)
	if err != nil {
		return err
	}
	s.revision++
	s.save(&site, n)
	s.ring()
	return nil
}

func (s *Source) save(site *status.Site, n *status.Incident) {
	for _, c := range site.Moved() {
		s.history[c.ID] = append(s.history[c.ID], status.Span{From: site.Now, Level: c.Level})
	}
	known := 0 // a notice that was changed before still carries what it told then
	for _, o := range s.notices {
		if o.ID == n.ID {
			known = len(o.Events())
		}
	}
	events := slices.Concat(site.Events(), n.Events()[known:])
	s.site = status.Site{Now: site.Now, Page: site.Page, Components: site.Components}
	for i := range s.site.Components {
		if c := &s.site.Components[i]; c.UpdatedAt.Equal(site.Now) {
			c.Revision = s.revision
		}
	}
	n.Revision = s.revision
	for _, e := range events {
		e.Revision = s.revision
		s.events = append(s.events, e)
	}
	s.notices = slices.DeleteFunc(s.notices, func(o status.Incident) bool { return o.ID == n.ID })
	s.notices = append(s.notices, *n)
}

func (s *Source) ring() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// ErrDown is what every read says while the source is down.
var ErrDown = errors.New("the database is gone")

func (s *Source) alive() error {
	if s.down {
		return ErrDown
	}
	return nil
}

// Public is the state now, with the events after since.
func (s *Source) Public(_ context.Context, since int64) (status.View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.alive(); err != nil {
		return status.View{}, err
	}
	v := status.ViewOf(s.site.Page, s.site.Components, slices.Clone(s.notices))
	v.Epoch, v.Revision, v.At, v.History = "epoch1", s.revision, s.site.Now, map[string][]status.Span{}
	for id, spans := range s.history {
		v.History[id] = slices.Clone(spans)
	}
	months := map[string]*status.Month{}
	for _, n := range s.notices {
		key := n.CreatedAt.Format("2006-01")
		if months[key] == nil {
			months[key] = &status.Month{Year: n.CreatedAt.Year(), Month: n.CreatedAt.Month()}
		}
		months[key].Incidents++
	}
	for _, m := range months {
		v.Months = append(v.Months, *m)
	}
	for _, e := range s.events {
		if since > 0 && e.Revision > since {
			v.Events = append(v.Events, e)
		}
	}
	return v, nil
}

// Revision is the number of the state.
func (s *Source) Revision(context.Context) (string, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return "epoch1", s.revision, s.alive()
}

// PublicIncident finds a notice.
func (s *Source) PublicIncident(_ context.Context, id string) (status.Incident, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.notices {
		if n.ID == id && !n.Draft {
			return n, s.alive()
		}
	}
	return status.Incident{}, errors.Join(status.NotFound("incident", id), s.alive())
}

// PublicMonth lists the notices of a month.
func (s *Source) PublicMonth(_ context.Context, month string) ([]status.Incident, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []status.Incident
	for _, n := range s.notices {
		if n.CreatedAt.Format("2006-01") == month {
			out = append(out, n)
		}
	}
	return out, s.alive()
}

// PublicPage lists incidents behind a cursor, newest created first.
func (s *Source) PublicPage(_ context.Context, _ status.Kind, before string, limit int) ([]status.Incident, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	after, err := status.ParseCursor(before)
	if err != nil {
		return nil, "", err
	}
	var list []status.Incident
	for _, n := range s.notices {
		if c := n.Cursor(); c.Created < after.Created {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b status.Incident) int { return b.CreatedAt.Compare(a.CreatedAt) })
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Cursor().String()
	}
	return list, next, s.alive()
}

// Ptr is the address of a value, for the fields of a status.Change.
//
//go:fix inline
func Ptr[T any](v T) *T { return new(v) }
