package subscribers

import (
	"context"
	"encoding/json"
	"time"

	"allclear/status"
)

// mailDataAgain is how soon the link to the own data is mailed a second time.
const mailDataAgain = time.Hour

// MailOwnData mails the owner of a subscription the link to what is kept about it: who
// has only the link to the choices may be somebody that a mail was forwarded to.
func (s *Service) MailOwnData(ctx context.Context, token string) error {
	sub, err := s.Look(ctx, ForManage, token)
	if err != nil {
		return err
	}
	if err := s.store.MailOwnData(ctx, sub.ID, s.now().Add(-mailDataAgain)); err != nil {
		return err
	}
	s.wake()
	return nil
}

// ownData is all that is kept about a subscription but its secrets and the keyed hash of
// its mailbox.
type ownData struct {
	Channel     status.Channel `json:"channel"`
	Email       string         `json:"email"`
	Endpoint    string         `json:"endpoint,omitempty"`
	Format      string         `json:"format,omitempty"`
	State       string         `json:"state"`
	Locale      string         `json:"locale"`
	Scope       status.Scope   `json:"scope"`
	Consent     status.Consent `json:"consent"`
	CreatedAt   time.Time      `json:"created_at"`
	ConfirmedAt *time.Time     `json:"confirmed_at"`
	Messages    []ownMessage   `json:"messages"` // of the last 90 days, oldest first
}

type ownMessage struct {
	Kind      status.DeliveryKind  `json:"kind"`
	Notice    string               `json:"incident_id,omitempty"`
	State     status.DeliveryState `json:"state"`
	Attempts  int                  `json:"attempts"`
	CreatedAt time.Time            `json:"created_at"`
	DoneAt    *time.Time           `json:"done_at"`
	Answer    string               `json:"answer,omitempty"`
}

// OwnData is what is kept about a subscription, as JSON.
func (s *Service) OwnData(ctx context.Context, token string) ([]byte, error) {
	sub, err := s.Look(ctx, ForOwnData, token)
	if err != nil {
		return nil, err
	}
	told, err := s.store.ToldTo(ctx, sub.ID)
	if err != nil {
		return nil, err
	}
	out := ownData{
		Channel: sub.Channel, Email: sub.Address, Endpoint: sub.Endpoint, Format: sub.Format, State: string(sub.State), Locale: sub.Locale,
		Scope: sub.Scope, Consent: sub.Consent, CreatedAt: sub.CreatedAt, ConfirmedAt: sub.ConfirmedAt, Messages: []ownMessage{},
	}
	for i := range told {
		d := &told[i]
		out.Messages = append(out.Messages, ownMessage{d.Kind, d.IncidentID, d.State, d.Attempts, d.CreatedAt, d.DoneAt, d.Answer})
	}
	return json.MarshalIndent(out, "", "  ")
}

// Erase forgets a subscription wholly.
func (s *Service) Erase(ctx context.Context, token string) error {
	sub, err := s.Look(ctx, ForOwnData, token)
	if err != nil {
		return err
	}
	return s.store.EraseSubscriber(ctx, sub.ID)
}
