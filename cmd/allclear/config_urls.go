package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// BaseURL is the site's own address, without a slash at its end.
type BaseURL string

// UnmarshalText takes an absolute http or https address of a whole host: every
// public path is fixed from the root on.
func (b *BaseURL) UnmarshalText(text []byte) error {
	*b = ""
	if len(text) == 0 {
		return nil
	}
	if strings.Contains(string(text), "@") { // what stands before it may be a password: not repeated
		return errors.New("the address is public and takes no user or password; write https://status.example.com")
	}
	u, err := url.Parse(string(text))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return fmt.Errorf("%q is not an absolute address; write https://status.example.com", text)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return fmt.Errorf("%q must end after the host: All Clear has a host of its own, such as https://status.example.com", text)
	}
	*b = BaseURL(u.Scheme + "://" + strings.ToLower(u.Host))
	return nil
}

// IsHTTPS says whether visitors come by HTTPS.
func (b BaseURL) IsHTTPS() bool { return strings.HasPrefix(string(b), "https://") }

// The engines of a Database.
const (
	EngineSQLite   = "sqlite"
	EnginePostgres = "postgres"
)

// Database says where everything is stored.
type Database struct {
	Engine string // EngineSQLite or EnginePostgres; "" when not configured
	Path   string // of the SQLite file
	URL    Secret // of the Postgres database, with its password
}

// UnmarshalText takes sqlite:PATH or postgres://….
func (d *Database) UnmarshalText(text []byte) error {
	*d = Database{}
	spec := string(text)
	path, isSQLite := strings.CutPrefix(spec, "sqlite:")
	switch {
	case spec == "":
		return nil
	case isSQLite && (path == "" || path == ":memory:" || strings.Contains(path, "?")):
		return errors.New("sqlite: must be followed by the path of a file, without a question mark")
	case isSQLite:
		*d = Database{Engine: EngineSQLite, Path: path}
		return nil
	case strings.HasPrefix(spec, "postgres://"), strings.HasPrefix(spec, "postgresql://"):
		if _, err := url.Parse(spec); err != nil { // the reason would repeat the password
			return errors.New("this postgres:// address cannot be read; write special characters of the password as %XX")
		}
		*d = Database{Engine: EnginePostgres, URL: NewSecret(spec)}
		return nil
	}
	return errors.New("a database is sqlite:PATH or postgres://user:password@host/name")
}

// String is the specification without passwords.
func (d Database) String() string {
	switch d.Engine {
	case EngineSQLite:
		return "sqlite:" + d.Path
	case EnginePostgres:
		return withoutPasswords(d.URL.Reveal())
	}
	return ""
}

func withoutPasswords(spec string) string {
	u, err := url.Parse(spec)
	if err != nil {
		return redacted
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), redacted)
	}
	query := u.Query()
	for _, key := range []string{"password", "sslpassword"} {
		if query.Has(key) {
			query.Set(key, redacted)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// The ways to talk to a mail server.
const (
	TLSRequired = "required" // STARTTLS, or no mail
	TLSOptional = "optional" // STARTTLS when offered
	TLSNone     = "none"     // in the clear
	TLSImplicit = "implicit" // TLS from the first byte (smtps)
)

// SMTP is the mail server; zero when mail is written to files.
type SMTP struct {
	Host     string
	Port     int
	User     string
	Password Secret
	TLS      string // one of the TLS… values
}

// IsSet says whether there is a mail server.
func (s SMTP) IsSet() bool { return s.Host != "" }

// UnmarshalText takes smtp://user:pass@host:587?tls=… or smtps://…. No message
// repeats the text: it may hold a password.
func (s *SMTP) UnmarshalText(text []byte) error {
	*s = SMTP{}
	if len(text) == 0 {
		return nil
	}
	u, err := url.Parse(string(text))
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return errors.New("a mail server is smtp://user:password@host:587?tls=required; write special characters of the password as %XX")
	}
	password, hasPassword := u.User.Password()
	server := SMTP{Host: u.Hostname(), User: u.User.Username(), Password: NewSecret(password)}
	if server.Port, err = portOf(u, map[string]int{"smtp": 587, "smtps": 465}); err != nil {
		return err
	}
	if server.TLS, err = smtpTLS(u); err != nil {
		return err
	}
	if (server.User != "") != hasPassword {
		return errors.New("user and password belong together: smtp://user:password@host")
	}
	if hasPassword && server.TLS == TLSNone && !isLoopback(server.Host) {
		return errors.New("a password is not sent to another machine without TLS; use tls=required or leave user and password out")
	}
	*s = server
	return nil
}

func smtpTLS(u *url.URL) (string, error) {
	query := u.Query()
	mode := query.Get("tls")
	query.Del("tls")
	switch {
	case len(query) > 0:
		return "", errors.New("only tls may follow the question mark")
	case u.Scheme == "smtps" && mode == "":
		return TLSImplicit, nil
	case u.Scheme == "smtps":
		return "", errors.New("smtps:// is TLS from the first byte and takes no tls=")
	case mode == "":
		return TLSRequired, nil
	case mode == TLSRequired, mode == TLSOptional, mode == TLSNone:
		return mode, nil
	}
	return "", fmt.Errorf("tls=%s is unknown; write tls=required, tls=optional or tls=none", mode)
}

// portOf is the port of the address, else the usual one of its scheme.
func portOf(u *url.URL, usual map[string]int) (int, error) {
	if u.Port() == "" {
		return usual[u.Scheme], nil
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("port %s is not between 1 and 65535", u.Port())
	}
	return int(port), nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && addr.IsLoopback())
}

// String is the server without its password.
func (s SMTP) String() string {
	if !s.IsSet() {
		return ""
	}
	u := url.URL{Scheme: "smtp", Host: net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), RawQuery: "tls=" + s.TLS}
	if s.TLS == TLSImplicit {
		u.Scheme, u.RawQuery = "smtps", ""
	}
	if s.User != "" {
		u.User = url.UserPassword(s.User, redacted)
	}
	return u.String()
}

// S3 is the bucket that keeps a static copy; zero when there is none.
type S3 struct {
	Endpoint string // host or host:port
	Bucket   string
	Region   string
	KeyID    string
	Secret   Secret
	TLS      bool
}

// IsSet says whether there is a bucket.
func (s S3) IsSet() bool { return s.Bucket != "" }

// UnmarshalText takes s3://key:secret@host/bucket?region=…&tls=true|false. No
// message repeats the text: it may hold the secret.
func (s *S3) UnmarshalText(text []byte) error {
	*s = S3{}
	if len(text) == 0 {
		return nil
	}
	u, err := url.Parse(string(text))
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return errors.New("a bucket is s3://key:secret@host/bucket?region=…; write special characters of the secret as %XX")
	}
	secret, _ := u.User.Password()
	bucket := strings.Trim(u.Path, "/")
	query := u.Query()
	useTLS, err := strconv.ParseBool(cmp.Or(query.Get("tls"), "true"))
	switch {
	case u.User.Username() == "" || secret == "":
		return errors.New("key and secret are missing: s3://key:secret@host/bucket")
	case bucket == "" || strings.Contains(bucket, "/"):
		return errors.New("the path must be the name of one bucket: s3://key:secret@host/bucket")
	case err != nil:
		return errors.New("tls must be true or false")
	}
	for key := range query {
		if key != "region" && key != "tls" {
			return fmt.Errorf("%q is unknown; only region and tls may follow the question mark", key)
		}
	}
	*s = S3{Endpoint: u.Host, Bucket: bucket, Region: query.Get("region"), KeyID: u.User.Username(), Secret: NewSecret(secret), TLS: useTLS}
	return nil
}

// String is the bucket without its secret.
func (s S3) String() string {
	if !s.IsSet() {
		return ""
	}
	query := url.Values{"tls": {strconv.FormatBool(s.TLS)}}
	if s.Region != "" {
		query.Set("region", s.Region)
	}
	u := url.URL{Scheme: "s3", User: url.UserPassword(s.KeyID, redacted), Host: s.Endpoint, Path: "/" + s.Bucket, RawQuery: query.Encode()}
	return u.String()
}
