package subscribers

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// TestTheMailToOwnData: the link in it opens what it promises, once the mail has arrived,
// and only for a day.
func TestTheMailToOwnData(t *testing.T) {
	a := newAsking(t)
	ann := a.subscriber("ann@example.com")
	manage := a.keys.Token(Claim{Purpose: ForManage, Subscriber: ann.ID, Generation: ann.Generation})
	a.check(a.service.MailOwnData(t.Context(), manage))
	mails := a.mailed()
	if len(mails) != 1 || mails[0].To != "ann@example.com" {
		t.Fatalf("%d mails", len(mails))
	}
	token := link(t, mails[0], "/data")
	body, err := a.service.OwnData(t.Context(), token)
	if err != nil || !strings.Contains(string(body), `"email": "ann@example.com"`) || !strings.Contains(string(body), `"own_data"`) {
		t.Errorf("%v: %s", err, body)
	}
	if _, err := a.service.OwnData(t.Context(), manage); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("with the link to the choices: %v", err)
	}
	a.clock.add(OwnDataFor + time.Minute)
	if err := a.service.Erase(t.Context(), token); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("a day later: %v", err)
	}
	if _, err := a.store.Subscriber(t.Context(), ann.ID); err != nil {
		t.Errorf("erased by a link that is too old: %v", err)
	}
}
