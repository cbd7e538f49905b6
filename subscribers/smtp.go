package subscribers

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// The ways to encrypt the connection to the mail server.
const (
	TLSRequired = "required" // STARTTLS or nothing
	TLSOptional = "optional" // STARTTLS where offered
	TLSNone     = "none"
	TLSImplicit = "implicit" // from the first byte (smtps)
)

// Times for the steps of one mail. After the final dot the server may take long, and to
// give up there makes duplicates (RFC 5321, 4.5.3.2.6).
const (
	stepTime   = 60 * time.Second
	dotTime    = 10 * time.Minute
	idleTime   = 30 * time.Second
	mailsPer   = 100       // on one connection
	replyLimit = 256 << 10 // bytes that a server may say on one connection between two mails
)

// SMTPOptions name the mail server.
type SMTPOptions struct {
	Host     string
	Port     int
	User     string
	Password string
	TLS      string // one of the TLS… values; "" is required
	Hello    string // name we greet with; "" is localhost
	// Step and Dot replace the time that a step and the final dot may take; zero keeps it.
	Step, Dot time.Duration
	// Root replaces the system's certificate authorities; nil keeps them.
	Root *tls.Config
}

// SMTP is a Sender to a mail server.
type SMTP struct {
	o     SMTPOptions
	usual []mail.Option
}

// NewSMTP checks the options and makes the sender. It does not connect.
func NewSMTP(o SMTPOptions) (*SMTP, error) {
	if o.Step == 0 {
		o.Step = stepTime
	}
	if o.Dot == 0 {
		o.Dot = dotTime
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.Root != nil {
		config = o.Root.Clone()
	}
	config.ServerName = o.Host
	o.Root = config
	s := &SMTP{o: o, usual: []mail.Option{
		mail.WithPort(o.Port), mail.WithTimeout(o.Step), mail.WithTLSConfig(config), mail.WithTLSPolicy(policy(o.TLS)),
		mail.WithoutNoop(), mail.WithoutSMTPUTF8(),
	}}
	if o.Hello != "" {
		s.usual = append(s.usual, mail.WithHELO(o.Hello))
	}
	if o.User != "" {
		kind := mail.SMTPAuthAutoDiscover
		if o.TLS == TLSNone {
			kind = mail.SMTPAuthPlainNoEnc
		}
		s.usual = append(s.usual, mail.WithSMTPAuth(kind), mail.WithUsername(o.User), mail.WithPassword(o.Password))
	}
	_, err := mail.NewClient(o.Host, s.usual...)
	if err != nil {
		return nil, fmt.Errorf("the mail server's settings are not possible: %w", err)
	}
	return s, nil
}

// policy is go-mail's word. With implicit TLS the connection is encrypted when go-mail
// gets it; it then finds no STARTTLS, and that is right.
func policy(word string) mail.TLSPolicy {
	switch word {
	case TLSNone:
		return mail.NoTLS
	case TLSOptional, TLSImplicit:
		return mail.TLSOpportunistic
	}
	return mail.TLSMandatory
}

// Carrier makes a worker's connection; it is dialled when the first mail comes.
func (s *SMTP) Carrier() Carrier { return &smtpCarrier{s: s} }

// smtpCarrier owns one connection. The mutex guards it against the idle timer only.
type smtpCarrier struct {
	s *SMTP

	mu     sync.Mutex
	client *smtp.Client
	wire   *wire
	sent   int
	idle   *time.Timer
}

// Carry sends one mail to one recipient.
func (c *smtpCarrier) Carry(ctx context.Context, p Parcel) Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle != nil {
		c.idle.Stop()
	}
	if c.client == nil {
		if err := c.dial(ctx); err != nil {
			if ctx.Err() != nil {
				return Answer{Verdict: NotTried}
			}
			return Answer{Verdict: Unreached, Text: unreached(err)}
		}
	}
	wire := c.wire
	stop := context.AfterFunc(ctx, func() { _ = wire.Close() }) // ends a step that waits
	defer stop()
	a, usable := c.converse(ctx, p)
	c.sent++
	if !usable || c.sent >= mailsPer {
		c.hangUp(usable)
		return a
	}
	c.wire.allow(replyLimit)
	c.idle = time.AfterFunc(idleTime, c.Close)
	return a
}

// Close says goodbye.
func (c *smtpCarrier) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.idle != nil {
		c.idle.Stop()
	}
	c.hangUp(true)
}

func (c *smtpCarrier) hangUp(polite bool) {
	if c.client == nil {
		return
	}
	if polite && c.client.UpdateDeadline(time.Second) == nil {
		_ = c.client.Quit() // whether the server answers does not matter any more
	}
	_ = c.wire.Close()
	c.client, c.wire, c.sent = nil, nil, 0
}

// dial connects, encrypts and signs in. go-mail's Client serves as the dialer only.
func (c *smtpCarrier) dial(ctx context.Context) error {
	options := append([]mail.Option{mail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
		inner, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c.wire = &wire{Conn: inner}
		c.wire.allow(replyLimit)
		if c.s.o.TLS == TLSImplicit {
			return tls.Client(c.wire, c.s.o.Root), nil
		}
		return c.wire, nil
	})}, c.s.usual...)
	dialer, err := mail.NewClient(c.s.o.Host, options...)
	if err != nil {
		return err
	}
	c.wire = nil
	client, err := dialer.DialToSMTPClientWithContext(ctx)
	if err != nil {
		if c.wire != nil {
			_ = c.wire.Close()
			c.wire = nil
		}
		return err
	}
	c.client = client
	return nil
}

// step is a place in the conversation; what an error means depends on it.
type step int

const (
	stepMail step = iota
	stepRcpt
	stepData
	stepBody
	stepDot
)

// converse sends the mail over the open connection. usable says whether the connection
// can take another one.
func (c *smtpCarrier) converse(ctx context.Context, p Parcel) (a Answer, usable bool) {
	at, text, err := c.transfer(p)
	if err == nil {
		return Answer{Verdict: Delivered, Text: text}, true
	}
	a = verdict(at, err)
	if a.Verdict == Again && ctx.Err() != nil && at < stepDot {
		return Answer{Verdict: NotTried}, false
	}
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code == 421 {
		return a, false
	}
	return a, c.client.UpdateDeadline(c.s.o.Step) == nil && c.client.Reset() == nil
}

// transfer goes through the steps and says at which one it ended.
func (c *smtpCarrier) transfer(p Parcel) (step, string, error) {
	var body interface {
		Write([]byte) (int, error)
		Close() error
	}
	for _, s := range []struct {
		at  step
		run func() error
	}{
		{stepMail, func() error { return c.client.Mail("<" + p.From + ">") }},
		{stepRcpt, func() error { return c.client.Rcpt("<" + p.To + ">") }},
		{stepData, func() (err error) { body, err = c.client.Data(); return err }},
		{stepBody, func() error { _, err := body.Write(p.Body); return err }},
	} {
		if err := c.client.UpdateDeadline(c.s.o.Step); err != nil {
			return s.at, "", err
		}
		if err := s.run(); err != nil {
			return s.at, "", err
		}
	}
	if err := c.client.UpdateDeadline(c.s.o.Dot); err != nil {
		return stepBody, "", err
	}
	if err := body.Close(); err != nil {
		return stepDot, "", err
	}
	text := "250"
	if said, ok := body.(interface{ ServerResponse() string }); ok {
		text = strings.TrimSpace("250 " + said.ServerResponse())
	}
	return stepDot, clip(text), nil
}

// verdict is the decision table: 5xx is for good, everything else is tried again; silence
// after the final dot may be a success.
func verdict(at step, err error) Answer {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		if at == stepDot {
			return Answer{Verdict: Unclear, Text: "The mail server fell silent after the end of the mail; it may have arrived."}
		}
		return Answer{Verdict: Again, Text: "The connection to the mail server broke."}
	}
	a := Answer{Verdict: Again, Text: clip(strconv.Itoa(reply.Code) + " " + reply.Msg)}
	if reply.Code >= 500 && reply.Code < 600 && reply.Code != 530 { // 530: we must sign in first, which is no fault of the recipient
		a.Verdict = Refused
		a.Gone = noMailbox(at, reply)
	}
	return a
}

// noMailbox says whether a refusal means that the address does not exist – the only one
// that stops further mail to it. A policy (5.7.x) or a full mailbox does not.
func noMailbox(at step, reply *textproto.Error) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(reply.Msg), " ")
	if enhanced := strings.Split(first, "."); len(enhanced) == 3 && enhanced[0] == "5" {
		return enhanced[1] == "1" && enhanced[2] != "7" && enhanced[2] != "8" && at != stepMail // 5.1.7, 5.1.8 are about the sender
	}
	return at == stepRcpt && (reply.Code == 550 || reply.Code == 551 || reply.Code == 553)
}

func unreached(err error) string {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return clip("The mail server refuses to talk: " + strconv.Itoa(reply.Code) + " " + reply.Msg)
	}
	return "The mail server cannot be reached."
}

// clip keeps an answer short enough for a row and a screen.
func clip(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "")
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return s
}

// wire is the connection with an end to what a server may say: nobody reads 10 MB of reply.
type wire struct {
	net.Conn
	mu   sync.Mutex
	left int
}

var errTalkative = errors.New("the mail server says too much")

func (w *wire) allow(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left = n
}

// Read reads as much as is still allowed.
func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left -= n
	if w.left < 0 {
		return 0, errTalkative
	}
	return n, err
}
