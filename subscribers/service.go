package subscribers

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"allclear/status"
)

// Subscriptions is what the service needs of the database.
type Subscriptions interface {
	Site(ctx context.Context) (status.Site, error)
	PublicIncident(ctx context.Context, id string) (status.Incident, error)

	Subscriber(ctx context.Context, id string) (status.Subscriber, error)
	AskSubscriber(ctx context.Context, ask status.Subscriber, mailbox string,
		decide func(have *status.Subscriber, sent int, last time.Time) (save status.Subscriber, write, wish, mail bool)) error
	EditSubscriber(ctx context.Context, id string, change func(*status.Subscriber) error) (status.Subscriber, error)
	ConfirmSubscriber(ctx context.Context, id string, change func(sub, wish *status.Subscriber) error) (status.Subscriber, error)

	MailOwnData(ctx context.Context, id string, after time.Time) error
	ToldTo(ctx context.Context, subscriber string) ([]status.Delivery, error)
	EraseSubscriber(ctx context.Context, id string) error

	PurgePending(ctx context.Context, before time.Time) (int, error)
	PurgeAskings(ctx context.Context, before time.Time) error
	PurgeDeliveries(ctx context.Context, before time.Time) (int, error)

	AudienceFor(ctx context.Context, n *status.Incident) (status.Audience, error)
	Progress(ctx context.Context, incident string) (count map[status.DeliveryState]int, ambiguous int, err error)
	LetterOf(ctx context.Context, delivery string) (key string, err error)
	Letter(ctx context.Context, key string) ([]byte, error)
}

// How often a mailbox is asked to confirm, and how long things are kept.
const (
	AskAgainAfter   = 24 * time.Hour
	MostAskings     = 3 // without a confirmation
	keepAskings     = 365 * 24 * time.Hour
	keepDeliveries  = 90 * 24 * time.Hour
	consentTextDate = "2026-11" // version of the sentence at the form's address field
)

// ServiceOptions say how subscriptions are kept.
type ServiceOptions struct {
	Store   Subscriptions
	Keys    *Keys
	BaseURL string // without a slash at its end
	Guard   Guard
	Now     func() time.Time // nil is the system's clock
	Wake    func()           // tells the engine that something waits; may be nil
}

// Service keeps who is to be told. It is safe for concurrent use.
type Service struct {
	store Subscriptions
	keys  *Keys
	base  string
	guard Guard
	now   func() time.Time
	wake  func()
}

// NewService makes the service.
func NewService(o ServiceOptions) *Service {
	s := &Service{store: o.Store, keys: o.Keys, base: strings.TrimRight(o.BaseURL, "/"), guard: o.Guard, now: o.Now, wake: o.Wake}
	if s.now == nil {
		s.now = time.Now
	}
	if s.wake == nil {
		s.wake = func() {}
	}
	return s
}

// BaseURL is the site's address, without a slash at its end.
func (s *Service) BaseURL() string { return s.base }

// Site is the page and its components.
func (s *Service) Site(ctx context.Context) (status.Site, error) { return s.store.Site(ctx) }

// Incident is a published notice that somebody may follow alone.
func (s *Service) Incident(ctx context.Context, id string) (status.Incident, error) {
	return s.store.PublicIncident(ctx, id)
}

// Request is a visitor's wish to be told.
type Request struct {
	Channel  status.Channel
	Email    string // webhook: the contact, who confirms
	Endpoint string
	Format   string
	Locale   string // "" is the page's default
	Scope    status.Scope
	Source   string // page or api
	Path     string // of the form, for the record of consent
}

// Begin takes a request. It answers alike for known and unknown addresses; the handle
// can take back only what this very request created.
func (s *Service) Begin(ctx context.Context, r Request) (handle string, err error) {
	ask, err := s.check(ctx, r)
	if err != nil {
		return "", err
	}
	owned := Claim{Purpose: ForTakeBack}
	err = s.store.AskSubscriber(ctx, ask, s.keys.hash("mailbox", mailbox(ask.Address)),
		func(have *status.Subscriber, sent int, last time.Time) (status.Subscriber, bool, bool, bool) {
			d := decide(ask, have, sent, last, s.now())
			owned.Subscriber, owned.Generation = status.NewID(), 1
			if d.created {
				owned.Subscriber, owned.Generation = d.save.ID, d.save.Generation
			}
			return d.save, d.write, d.wish, d.mail
		})
	if err != nil {
		return "", err
	}
	s.wake()
	return s.keys.Token(owned), nil
}

// check turns a request into the subscription it asks for.
func (s *Service) check(ctx context.Context, r Request) (status.Subscriber, error) {
	now := s.now().UTC()
	ask := status.Subscriber{
		ID: status.NewID(), Channel: r.Channel, Format: r.Format, State: status.Pending, Locale: r.Locale,
		Scope: r.Scope, Generation: 1, CreatedAt: now,
		Consent: status.Consent{Source: r.Source, URL: s.base + r.Path, TextVersion: consentTextDate, AskedAt: now},
	}
	var err error
	if ask.Address, err = normalise("email", r.Email); err != nil {
		return ask, err
	}
	switch r.Channel {
	case status.Email:
		ask.Format = ""
	case status.Webhook:
		if ask.Format == "" {
			ask.Format = "statuspage"
		}
		if ask.Format != "statuspage" {
			return ask, status.Invalid("format", "Webhooks are sent in the format statuspage only.")
		}
		if ask.Endpoint, err = s.guard.checkEndpoint("endpoint", r.Endpoint); err != nil {
			return ask, err
		}
	default:
		return ask, status.Invalid("channel", "%q is not possible here; use email or webhook.", string(r.Channel))
	}
	return ask, s.checkChoices(ctx, &ask)
}

func (s *Service) checkChoices(ctx context.Context, sub *status.Subscriber) error {
	site, err := s.store.Site(ctx)
	if err != nil {
		return err
	}
	if sub.Locale == "" {
		sub.Locale = site.Page.DefaultLocale
	}
	slices.Sort(sub.Scope.ComponentIDs)
	slices.Sort(sub.Scope.GroupIDs)
	if len(sub.Scope.Kinds) == 2 {
		sub.Scope.Kinds = nil // both is everything
	}
	if sub.Scope.Level == "all" {
		sub.Scope.Level = ""
	}
	if sub.Scope.MinimumSeverity == status.Minor {
		sub.Scope.MinimumSeverity = "" // the lowest leaves nothing out
	}
	if err := sub.Check(&site); err != nil {
		return err
	}
	if id := sub.Scope.IncidentID; id != "" {
		if _, err := s.store.PublicIncident(ctx, id); err != nil {
			return status.Invalid("subscriber.incident_id", "There is no notice %q on this page.", id)
		}
	}
	return nil
}

// decision is what a request comes to.
type decision struct {
	save              status.Subscriber
	write, wish, mail bool
	created           bool // by this request
}

// decide is the whole rule of Begin: nobody learns what is known, nobody is bombed, and
// nobody who left or refused is brought back without a confirmation.
func decide(ask status.Subscriber, have *status.Subscriber, sent int, last, now time.Time) decision {
	d := decision{save: ask, mail: sent < MostAskings && (sent == 0 || now.Sub(last) >= AskAgainAfter)}
	if have == nil {
		d.write, d.created = d.mail, d.mail
		return d
	}
	d.save.ID, d.save.Generation, d.save.CreatedAt = have.ID, have.Generation, have.CreatedAt
	switch have.State {
	case status.Pending:
		d.write = true
	case status.Ended:
		d.write, d.created = d.mail, d.mail
		d.save.Generation++
	case status.Active:
		d.wish = d.mail && !sameChoices(&ask, have)
		d.mail = d.wish
	default:
		d.mail = false
	}
	return d
}

func sameChoices(a, b *status.Subscriber) bool {
	x, y := a.Scope, b.Scope
	return a.Locale == b.Locale && x.IncidentID == y.IncidentID && x.Level == y.Level && x.MinimumSeverity == y.MinimumSeverity &&
		slices.Equal(x.ComponentIDs, y.ComponentIDs) && slices.Equal(x.GroupIDs, y.GroupIDs) && slices.Equal(x.Kinds, y.Kinds)
}

// prefix leads to the pages in a subscriber's language.
func prefix(page *status.Page, locale string) string {
	if locale != page.DefaultLocale && slices.Contains(page.Locales, locale) {
		return "/" + locale
	}
	return ""
}

// path is a link's address on this site in the subscriber's language.
func path(page *status.Page, locale, token, what string) string {
	return prefix(page, locale) + "/subscriptions/" + url.PathEscape(token) + what
}
