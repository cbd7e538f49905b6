package subscribers

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

const (
	hookTimeout = 15 * time.Second
	hookAnswer  = 64 << 10 // bytes read of an answer
	mostWait    = 24 * time.Hour
)

// hook makes one endpoint's message ready. The secrets are decrypted only here.
func (e *Engine) hook(l *letter, d *status.Delivery, sub *status.Subscriber) (Parcel, error) {
	p := Parcel{ID: d.ID, To: sub.Endpoint, Body: []byte(e.personal(d, sub).Replace(l.Body)), At: firstAt(d)}
	if d.Redelivery && sub.Format == "statuspage" {
		p.Body = statuspage.Redelivered(p.Body)
	}
	for _, sealed := range sub.Secrets {
		secret, err := e.keys.Unseal(sealed, sub.ID)
		if err != nil {
			return p, fmt.Errorf("secret of subscription %s: %w", sub.ID, err)
		}
		p.Secrets = append(p.Secrets, secret)
	}
	return p, nil
}

// Hooks sends webhooks: signed by the Standard Webhooks scheme, to public addresses only,
// without proxies and redirects.
type Hooks struct {
	Guard Guard
	Now   func() time.Time // nil is the system's clock
}

// Carrier makes a worker's HTTP client.
func (h Hooks) Carrier() Carrier {
	c := &hookCarrier{now: h.Now, clients: map[string]*http.Client{}}
	if c.now == nil {
		c.now = time.Now
	}
	for _, scheme := range []string{"https", "http"} {
		dialer := &net.Dialer{Timeout: hookTimeout, Control: h.Guard.control(scheme == "http")}
		c.clients[scheme] = &http.Client{
			Timeout: hookTimeout,
			Transport: &http.Transport{
				Proxy: nil, DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true,
				TLSHandshakeTimeout: hookTimeout, MaxResponseHeaderBytes: hookAnswer,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return c
}

type hookCarrier struct {
	now     func() time.Time
	clients map[string]*http.Client // by scheme: http is for opened networks
}

// Carry posts one message.
func (c *hookCarrier) Carry(ctx context.Context, p Parcel) Answer {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.To, bytes.NewReader(p.Body))
	if err != nil || c.clients[req.URL.Scheme] == nil {
		return Answer{Verdict: Refused, Text: "The address of the webhook is not possible."}
	}
	now := c.now()
	signature, err := sign(p, now)
	if err != nil {
		return Answer{Verdict: Again, Text: "The secret of the webhook cannot be used."}
	}
	req.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"allclear-webhook"}, "Webhook-Id": {p.ID},
		"Webhook-Timestamp": {strconv.FormatInt(now.Unix(), 10)}, "Webhook-Signature": {signature},
	}
	resp, err := c.clients[req.URL.Scheme].Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Answer{Verdict: Unclear, Text: "The server was stopped before the answer came."}
		}
		return Answer{Verdict: Again, Text: hookTrouble(err)}
	}
	defer func() { _ = resp.Body.Close() }() // nothing is written by closing
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, hookAnswer))
	return hookVerdict(resp, now)
}

// Close gives nothing back: connections are not kept.
func (c *hookCarrier) Close() {}

// hookVerdict reads the receiver's answer. Only 2xx is success; a redirect is not followed,
// because it would leave the address that was checked and confirmed.
func hookVerdict(resp *http.Response, now time.Time) Answer {
	a := Answer{Text: fmt.Sprintf("The endpoint answered %d.", resp.StatusCode)}
	switch {
	case resp.StatusCode/100 == 2:
		a.Verdict = Delivered
	case resp.StatusCode == http.StatusGone:
		a.Verdict, a.Gone = Refused, true
	default:
		a.Verdict, a.RetryAfter = Again, retryAfter(resp.Header.Get("Retry-After"), now)
	}
	return a
}

// retryAfter understands seconds and dates, and forgets what is over a day.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil && seconds > 0 {
		return min(time.Duration(seconds)*time.Second, mostWait)
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), mostWait)
	}
	return 0
}

// hookTrouble says what went wrong without telling about the network behind us.
func hookTrouble(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, errForbidden):
		return "The endpoint is not reachable from the internet."
	case errors.As(err, &timeout) && timeout.Timeout():
		return "The endpoint did not answer within 15 seconds."
	case strings.Contains(err.Error(), "tls:") || strings.Contains(err.Error(), "x509:"):
		return "The endpoint's TLS certificate or encryption was not accepted."
	}
	return "The endpoint could not be reached."
}

// sign makes the signature header: one entry for each valid secret, so that a receiver
// that knows either accepts it.
func sign(p Parcel, at time.Time) (string, error) {
	var all []string
	for _, secret := range p.Secrets {
		key, err := rawSecret(secret)
		if err != nil {
			return "", err
		}
		h := hmac.New(sha256.New, key)
		fmt.Fprintf(h, "%s.%d.%s", p.ID, at.Unix(), p.Body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	return strings.Join(all, " "), nil
}
