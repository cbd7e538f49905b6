package subscribers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"allclear/status"
)

// Look returns the subscription that a link belongs to, for a page that shows it.
func (s *Service) Look(ctx context.Context, purpose Purpose, token string) (status.Subscriber, error) {
	claim, err := s.keys.Read(token, purpose, s.now())
	if err != nil {
		return status.Subscriber{}, err
	}
	sub, err := s.store.Subscriber(ctx, claim.Subscriber)
	if err != nil {
		return sub, gone(err)
	}
	return sub, claim.opens(&sub)
}

// opens says whether the link may still act on the subscription. An unsubscribe link
// works for ever: it can only end, and every mail ever sent carries one.
func (c Claim) opens(sub *status.Subscriber) error {
	switch {
	case c.Purpose == ForUnsubscribe:
		return nil
	case c.Generation != sub.Generation, sub.State == status.Suppressed, sub.State == status.Ended:
		return ErrExpired
	case (c.Purpose == ForManage || c.Purpose == ForOwnData) && sub.State != status.Active:
		return ErrExpired
	}
	return nil
}

// gone makes one answer of all that is no more: purged, erased or never there.
func gone(err error) error {
	if status.FaultCode(err) == status.CodeNotFound {
		return ErrExpired
	}
	return err
}

// Confirmed is what the owner sees after the button.
type Confirmed struct {
	Subscriber status.Subscriber
	Secret     string // webhook: shown this once
}

// Confirm makes a subscription active, or its waiting choices valid. Repeating it changes
// nothing and says the same, but for the secret.
func (s *Service) Confirm(ctx context.Context, token string) (Confirmed, error) {
	claim, err := s.keys.Read(token, ForConfirm, s.now())
	if err != nil {
		return Confirmed{}, err
	}
	var out Confirmed
	out.Subscriber, err = s.store.ConfirmSubscriber(ctx, claim.Subscriber, func(sub, wish *status.Subscriber) error {
		out.Secret = ""
		if err := claim.opens(sub); err != nil {
			return err
		}
		if wish != nil && sub.State == status.Active {
			sub.Scope, sub.Locale = wish.Scope, wish.Locale
		}
		if err := sub.Confirm(s.now().UTC()); err != nil {
			return err
		}
		if sub.Channel == status.Webhook && len(sub.Secrets) == 0 {
			out.Secret = newSecret()
			sub.Secrets = []string{s.keys.Seal(out.Secret, sub.ID)}
		}
		return nil
	})
	return out, gone(err)
}

// Change sets what a subscriber wants to hear, and in which language.
func (s *Service) Change(ctx context.Context, token string, scope status.Scope, locale string) (status.Subscriber, error) {
	claim, err := s.keys.Read(token, ForManage, s.now())
	if err != nil {
		return status.Subscriber{}, err
	}
	next, err := s.Look(ctx, ForManage, token)
	if err != nil {
		return next, err
	}
	if next.Scope.IncidentID != "" {
		scope.IncidentID, scope.ComponentIDs, scope.GroupIDs = next.Scope.IncidentID, nil, nil
	}
	next.Scope, next.Locale = scope, locale
	if err := s.checkChoices(ctx, &next); err != nil {
		return next, err
	}
	sub, err := s.store.EditSubscriber(ctx, claim.Subscriber, func(sub *status.Subscriber) error {
		if err := claim.opens(sub); err != nil {
			return err
		}
		sub.Scope, sub.Locale = next.Scope, next.Locale
		return nil
	})
	return sub, gone(err)
}

// End ends a subscription by an unsubscribe link and takes back what is queued. It does
// not tell apart what is over already and what never was.
func (s *Service) End(ctx context.Context, token string) error {
	return s.end(ctx, ForUnsubscribe, token)
}

// TakeBack ends what the request behind the handle created, and nothing else. For a
// handle of a request that created nothing the answer is the same.
func (s *Service) TakeBack(ctx context.Context, handle string) error {
	return s.end(ctx, ForTakeBack, handle)
}

func (s *Service) end(ctx context.Context, purpose Purpose, token string) error {
	claim, err := s.keys.Read(token, purpose, s.now())
	if err != nil {
		return err
	}
	_, err = s.store.EditSubscriber(ctx, claim.Subscriber, func(sub *status.Subscriber) error {
		if claim.opens(sub) == nil && sub.State != status.Suppressed {
			sub.End(s.now().UTC())
		}
		return nil
	})
	if status.FaultCode(err) == status.CodeNotFound {
		return nil
	}
	return err
}

// ManagePath is where the subscriber changes the choices.
func (s *Service) ManagePath(page *status.Page, sub *status.Subscriber) string {
	return path(page, sub.Locale, s.keys.Token(Claim{Purpose: ForManage, Subscriber: sub.ID, Generation: sub.Generation}), "")
}

// UnsubscribePath is where the subscriber leaves.
func (s *Service) UnsubscribePath(page *status.Page, sub *status.Subscriber) string {
	return path(page, sub.Locale, s.keys.Token(Claim{Purpose: ForUnsubscribe, Subscriber: sub.ID, Generation: sub.Generation}), "/unsubscribe")
}

// Purge forgets what nobody confirmed and what was finished long ago. The clock calls it.
func (s *Service) Purge(ctx context.Context) error {
	now := s.now()
	if _, err := s.store.PurgePending(ctx, now.Add(-ConfirmFor)); err != nil {
		return err
	}
	if err := s.store.PurgeAskings(ctx, now.Add(-keepAskings)); err != nil {
		return err
	}
	_, err := s.store.PurgeDeliveries(ctx, now.Add(-keepDeliveries))
	return err
}

// AudienceFor estimates who would be told of a notice now.
func (s *Service) AudienceFor(ctx context.Context, n *status.Incident) (status.Audience, error) {
	return s.store.AudienceFor(ctx, n)
}

// Progress is how far telling of a notice has come, in messages.
type Progress struct {
	Waiting, Sending, Sent, Failed, Cancelled, Superseded int

	Ambiguous int // of all these: may have arrived twice
}

// Progress counts the messages of a notice.
func (s *Service) Progress(ctx context.Context, incident string) (Progress, error) {
	count, ambiguous, err := s.store.Progress(ctx, incident)
	return Progress{
		Waiting: count[status.Waiting], Sending: count[status.Sending], Sent: count[status.Sent], Failed: count[status.Failed],
		Cancelled: count[status.Withdrawn], Superseded: count[status.Superseded], Ambiguous: ambiguous,
	}, err
}

// Payload is the body of a webhook for staff to read, without the receiver's own links;
// "" while it is not written.
func (s *Service) Payload(ctx context.Context, delivery string) (string, error) {
	key, err := s.store.LetterOf(ctx, delivery)
	if err != nil || key == "" {
		return "", err
	}
	raw, err := s.store.Letter(ctx, key)
	if err != nil {
		return "", err
	}
	var l letter
	if err := json.Unmarshal(raw, &l); err != nil {
		return "", fmt.Errorf("read letter %s: %w", key, err)
	}
	return strings.NewReplacer(confirmMark, "…", manageMark, "…", unsubscribeMark, "…").Replace(l.Body), nil
}
