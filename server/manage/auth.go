package manage

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"allclear/status"
	"allclear/store"
)

// authenticate finds the token of the request; "OAuth TOKEN" is Statuspage's spelling.
func (x *call) authenticate() error {
	unknown := status.NewFault(status.CodeUnauthenticated, "", "Send a valid API token in the header \"Authorization: OAuth TOKEN\".")
	scheme, secret, _ := strings.Cut(x.c.Request().Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "OAuth") && !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return unknown
	}
	token, err := x.desk.Store.TokenByHash(x.ctx(), store.SecretHash(secret))
	if status.FaultCode(err) == status.CodeNotFound {
		return unknown
	}
	if err != nil {
		return err
	}
	if !token.Live(x.now) {
		return status.NewFault(status.CodeUnauthenticated, "", "This API token has been revoked or has expired; ask for a new one.")
	}
	x.token = token
	return nil
}

// touchWait is how long noting a token's use may take; a busy writer has better to do.
const touchWait = 250 * time.Millisecond

// paced takes one request from the token's bucket, and now and then notes its use.
func (x *call) paced() error {
	allowed, touch := x.desk.pace.allow(x.token.ID, x.now)
	if !allowed {
		return status.NewFault(status.CodeLimited, "", "More than %d requests in a second; wait a second.", perSecond)
	}
	if !touch {
		return nil
	}
	ctx, cancel := context.WithTimeout(x.ctx(), touchWait)
	defer cancel()
	if err := x.desk.Store.TouchToken(ctx, x.token.ID); err != nil {
		x.desk.Log.Warn("use of a token not noted", slog.String("token", x.token.Name), slog.Any("err", err))
	}
	return nil
}

// need refuses what the token's role does not include.
func (x *call) need(role status.Role) error {
	if x.token.Role.May(role) {
		return nil
	}
	return status.NewFault(status.CodeForbidden, "", "This needs the role %s; the token %q has the role %s.", role, x.token.Name, x.token.Role)
}

// onlyDrafts says that whatever this caller writes must stay a draft.
func (x *call) onlyDrafts() bool { return !x.token.Role.May(status.Publisher) }

func draftsOnly() error {
	return status.NewFault(status.CodeForbidden, "incident.draft", "An author may only save drafts; send \"draft\": true, or ask a publisher.")
}
