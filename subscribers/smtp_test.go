package subscribers

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// sink is a mail server that takes everything, unless answer says otherwise.
type sink struct {
	mu     sync.Mutex
	mails  []string // whole messages, in order
	conns  int
	user   string
	answer func(step string) error // may be nil; step is MAIL, RCPT or DATA
	got    func(n int)             // may be nil; called with each mail, before it is acknowledged
}

func (s *sink) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns++
	return &session{sink: s}, nil
}

type session struct{ *sink }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "right" {
			return errors.New("no")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.user = user
		return nil
	}), nil
}

func (s *session) say(step string) error {
	if s.answer == nil {
		return nil
	}
	return s.answer(step)
}

func (s *session) Mail(string, *gosmtp.MailOptions) error { return s.say("MAIL") }
func (s *session) Rcpt(string, *gosmtp.RcptOptions) error { return s.say("RCPT") }
func (s *session) Reset()                                 {}
func (s *session) Logout() error                          { return nil }

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.say("DATA"); err != nil {
		return err
	}
	s.mu.Lock()
	s.mails = append(s.mails, string(body))
	n := len(s.mails)
	s.mu.Unlock()
	if s.got != nil {
		s.got(n)
	}
	return nil
}

func (s *sink) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

// serve starts the server on a port of the kernel's choice.
func (s *sink) serve(t testing.TB, listen func() (net.Listener, error), config *tls.Config) (port int) {
	t.Helper()
	l, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	server := gosmtp.NewServer(s)
	server.AllowInsecureAuth, server.TLSConfig, server.Domain = true, config, "sink"
	server.ErrorLog = log.New(io.Discard, "", 0) // clients that are killed are no error here
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

func plainListener() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }

func sender(t testing.TB, o SMTPOptions) *SMTP {
	t.Helper()
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	s, err := NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parcel(id string) Parcel {
	return Parcel{ID: id, From: "status@example.com", To: "ann@example.com", Body: []byte("Subject: " + id + "\r\n\r\n.dot\r\nend\r\n")}
}

func TestSMTPDelivers(t *testing.T) {
	s := &sink{}
	c := sender(t, SMTPOptions{Port: s.serve(t, plainListener, nil), TLS: TLSNone, Hello: "status.example.com"}).Carrier()
	defer c.Close()
	for i := range mailsPer + 1 {
		if a := c.Carry(t.Context(), parcel(fmt.Sprint(i))); a.Verdict != Delivered || !strings.HasPrefix(a.Text, "250") {
			t.Fatalf("mail %d: %+v", i, a)
		}
	}
	mails := s.all()
	if len(mails) != mailsPer+1 || mails[0] != "Subject: 0\r\n\r\n.dot\r\nend\r\n" {
		t.Errorf("%d mails, the first %q", len(mails), mails[0])
	}
	if s.conns != 2 {
		t.Errorf("%d connections for %d mails, want a new one after %d", s.conns, len(mails), mailsPer)
	}
}

// What the recipient's server says decides; what it says about us or itself does not
// take anybody off the list.
func TestSMTPAnswers(t *testing.T) {
	reply := func(code int, enhanced gosmtp.EnhancedCode, text string) error {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
	}
	none := gosmtp.NoEnhancedCode
	for _, c := range []struct {
		name    string
		step    string
		err     error
		verdict Verdict
		gone    bool
	}{
		{"greylisted", "RCPT", reply(450, gosmtp.EnhancedCode{4, 2, 0}, "try again"), Again, false},
		{"busy", "RCPT", reply(451, gosmtp.EnhancedCode{4, 7, 1}, "wait 300 seconds"), Again, false},
		{"no room", "RCPT", reply(452, gosmtp.EnhancedCode{4, 2, 2}, "full"), Again, false},
		{"unknown user", "RCPT", reply(550, gosmtp.EnhancedCode{5, 1, 1}, "no such user"), Refused, true},
		{"unknown user, bare", "RCPT", reply(550, none, "no such user"), Refused, true},
		{"moved, bare", "RCPT", reply(551, none, "gone"), Refused, true},
		{"unknown user after DATA", "DATA", reply(550, gosmtp.EnhancedCode{5, 1, 1}, "no such user"), Refused, true},
		{"bare refusal after DATA", "DATA", reply(550, none, "rejected"), Refused, false},
		{"full for good", "RCPT", reply(552, gosmtp.EnhancedCode{5, 2, 2}, "full"), Refused, false},
		{"policy", "RCPT", reply(550, gosmtp.EnhancedCode{5, 7, 1}, "blocked"), Refused, false},
		{"authentication policy", "DATA", reply(550, gosmtp.EnhancedCode{5, 7, 515}, "access denied"), Refused, false},
		{"spam", "DATA", reply(554, none, "spam"), Refused, false},
		{"sender refused", "MAIL", reply(550, gosmtp.EnhancedCode{5, 1, 7}, "bad sender"), Refused, false},
		{"sign in first", "MAIL", reply(530, gosmtp.EnhancedCode{5, 7, 0}, "authentication required"), Again, false},
		{"later", "DATA", reply(451, none, "later"), Again, false},
		{"closing", "MAIL", reply(421, gosmtp.EnhancedCode{4, 3, 2}, "shutting down"), Again, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := true
			s := &sink{answer: func(step string) error {
				if bad && step == c.step {
					return c.err
				}
				return nil
			}}
			carrier := sender(t, SMTPOptions{Port: s.serve(t, plainListener, nil), TLS: TLSNone}).Carrier()
			defer carrier.Close()
			a := carrier.Carry(t.Context(), parcel("a"))
			if a.Verdict != c.verdict || a.Gone != c.gone || len(s.all()) != 0 {
				t.Errorf("%+v, want verdict %d, gone %v", a, c.verdict, c.gone)
			}
			bad = false
			if a := carrier.Carry(t.Context(), parcel("b")); a.Verdict != Delivered {
				t.Errorf("the next mail: %+v", a)
			}
		})
	}
}

// rude is a server that follows a script: for each command, in order, what to say. An
// empty line hangs up, "stall" says nothing any more.
func rude(t *testing.T, greeting string, script map[string]string) (port int) {
	t.Helper()
	l, err := plainListener()
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	t.Cleanup(func() { close(over); _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go converseRudely(conn, greeting, script, over)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func converseRudely(conn net.Conn, greeting string, script map[string]string, over <-chan struct{}) {
	defer func() { _ = conn.Close() }()
	usual := map[string]string{"EHLO": "250 rude", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "RSET": "250 ok", "QUIT": "221 bye", ".": "250 queued"}
	say := func(line string) bool {
		if line == "stall" {
			<-over
		}
		if line == "" || line == "stall" {
			return false
		}
		_, err := io.WriteString(conn, strings.TrimSuffix(line, "!")+"\r\n")
		return err == nil && !strings.HasSuffix(line, "!") // ! says it and hangs up
	}
	if !say(greeting) {
		return
	}
	lines := bufio.NewScanner(conn)
	inData := false
	for lines.Scan() {
		verb := strings.ToUpper(strings.SplitN(lines.Text(), " ", 2)[0])
		if inData && lines.Text() != "." {
			continue
		}
		inData = verb == "DATA"
		answer, ok := script[verb]
		if !ok {
			answer = usual[verb]
		}
		if !say(answer) {
			return
		}
	}
}

func TestSMTPRudeServers(t *testing.T) {
	hello := "220 rude"
	for _, c := range []struct {
		name     string
		greeting string
		script   map[string]string
		verdict  Verdict
	}{
		{"refuses at the door", "421 not now", nil, Unreached},
		{"refuses for good at the door", "554 not you", nil, Unreached},
		{"hangs up at once", "", nil, Unreached},
		{"no greeting", "stall", nil, Unreached},
		{"garbage", "hello there", nil, Unreached},
		{"stalls at EHLO", hello, map[string]string{"EHLO": "stall", "HELO": "stall"}, Unreached},
		{"stalls at MAIL", hello, map[string]string{"MAIL": "stall"}, Again},
		{"stalls at RCPT", hello, map[string]string{"RCPT": "stall"}, Again},
		{"stalls at DATA", hello, map[string]string{"DATA": "stall"}, Again},
		{"hangs up at RCPT", hello, map[string]string{"RCPT": ""}, Again},
		{"garbage at RCPT", hello, map[string]string{"RCPT": "what?"}, Again},
		{"421 at RCPT", hello, map[string]string{"RCPT": "421 closing!"}, Again},
		{"talks for ever", hello, map[string]string{"RCPT": "250-" + strings.Repeat("x", 2*replyLimit)}, Again},
		{"stalls at the dot", hello, map[string]string{".": "stall"}, Unclear},
		{"hangs up at the dot", hello, map[string]string{".": ""}, Unclear},
		{"hangs up after 250", hello, map[string]string{".": "250 queued!"}, Delivered},
		{"several lines", hello, map[string]string{"MAIL": "250-yes\r\n250 ok", ".": "250-it is\r\n250 queued"}, Delivered},
	} {
		t.Run(c.name, func(t *testing.T) {
			carrier := sender(t, SMTPOptions{Port: rude(t, c.greeting, c.script), TLS: TLSNone, Step: 100 * time.Millisecond, Dot: 200 * time.Millisecond}).Carrier()
			defer carrier.Close()
			if a := carrier.Carry(t.Context(), parcel("a")); a.Verdict != c.verdict || a.Gone {
				t.Errorf("%+v, want verdict %d", a, c.verdict)
			}
		})
	}
}

// When we stop, a mail that was not handed over wholly was not tried; one whose final
// dot is unanswered may have arrived.
func TestSMTPStops(t *testing.T) {
	for step, want := range map[string]Verdict{"RCPT": NotTried, ".": Unclear} {
		ctx, cancel := context.WithCancel(t.Context())
		reached := make(chan struct{})
		port := rude(t, "220 rude", map[string]string{step: "stall"})
		if step == "." {
			s := &sink{got: func(int) { close(reached); <-t.Context().Done() }}
			port = s.serve(t, plainListener, nil)
		} else {
			close(reached)
		}
		carrier := sender(t, SMTPOptions{Port: port, TLS: TLSNone}).Carrier()
		go func() {
			<-reached
			cancel()
		}()
		if a := carrier.Carry(ctx, parcel("a")); a.Verdict != want {
			t.Errorf("stopped at %s: %+v, want verdict %d", step, a, want)
		}
		carrier.Close()
	}
}

func TestSMTPEncrypts(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	config := &tls.Config{Certificates: web.TLS.Certificates}
	trusting := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	implicit := func() (net.Listener, error) { return tls.Listen("tcp", "127.0.0.1:0", config) }
	for _, c := range []struct {
		name     string
		listen   func() (net.Listener, error)
		offered  *tls.Config
		options  SMTPOptions
		verdict  Verdict
		signedIn string
	}{
		{"STARTTLS", plainListener, config, SMTPOptions{TLS: TLSRequired, Root: trusting}, Delivered, ""},
		{"STARTTLS and password", plainListener, config, SMTPOptions{TLS: TLSRequired, Root: trusting, User: "u", Password: "right"}, Delivered, "u"},
		{"from the first byte", implicit, nil, SMTPOptions{TLS: TLSImplicit, Root: trusting, User: "u", Password: "right"}, Delivered, "u"},
		{"wrong password", plainListener, config, SMTPOptions{TLS: TLSRequired, Root: trusting, User: "u", Password: "wrong"}, Unreached, ""},
		{"required but not offered", plainListener, nil, SMTPOptions{TLS: TLSRequired, Root: trusting}, Unreached, ""},
		{"optional and not offered", plainListener, nil, SMTPOptions{TLS: TLSOptional, Root: trusting}, Delivered, ""},
		{"unknown certificate", plainListener, config, SMTPOptions{TLS: TLSRequired}, Unreached, ""},
		{"unknown certificate from the first byte", implicit, nil, SMTPOptions{TLS: TLSImplicit}, Unreached, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &sink{}
			c.options.Port = s.serve(t, c.listen, c.offered)
			carrier := sender(t, c.options).Carrier()
			defer carrier.Close()
			if a := carrier.Carry(t.Context(), parcel("a")); a.Verdict != c.verdict || s.user != c.signedIn {
				t.Errorf("%+v as %q, want verdict %d as %q", a, s.user, c.verdict, c.signedIn)
			}
		})
	}
}
