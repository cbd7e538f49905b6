package main

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"time"
)

// Config is everything that can be configured from outside. It exists only
// here: packages receive plain values. Each field is a flag, an environment
// variable (see envName) and a key of the file; a type that can be wrong checks
// itself in UnmarshalText, what only the whole can contradict is in complete.
//
// Passwords and keys are held in Secret and so cannot be printed.
type Config struct {
	File string `name:"config" placeholder:"FILE" help:"Configuration file; without it, allclear.toml in the working directory when there is one."`

	Listen   ListenAddress `name:"listen" default:":8080" help:"Address to serve on."`
	Data     string        `name:"data" default:"./data" placeholder:"FOLDER" help:"Folder for the database, keys, the last snapshot and captured mail (${default})."`
	Database Database      `name:"database" placeholder:"URL" help:"sqlite:PATH or postgres://…; without it, a SQLite file in the data folder."`
	BaseURL  BaseURL       `name:"base-url" default:"http://localhost:8080" help:"Address that every link, feed and mail uses."`

	SMTP         SMTP          `name:"smtp" placeholder:"URL" help:"smtp://user:pass@host:587?tls=required|optional|none or smtps://…; without it, mail is written to DATA/mail/*.eml."`
	MailFrom     MailAddress   `name:"mail-from" default:"status@localhost" help:"Sender, \"Name\" <address>."`
	MailHold     time.Duration `name:"mail-hold" default:"30s" help:"Time to undo before notifications leave; 0s switches it off."`
	MailRate     Rate          `name:"mail-rate" default:"50/s" help:"Ceiling of outgoing mail; 0 for none."`
	MailWorkers  int           `name:"mail-workers" default:"8" help:"SMTP connections, and the most mails that a crash can double."`
	MailReplyTo  MailAddress   `name:"mail-reply-to" placeholder:"ADDRESS" help:"Support address that answers go to."`
	MailBounce   MailAddress   `name:"mail-bounce" placeholder:"ADDRESS" help:"Return address; each mail gets local+TOKEN@domain of it."`
	DKIMKey      string        `name:"dkim-key" placeholder:"FILE" help:"Private key (PEM) that signs mail."`
	DKIMSelector string        `name:"dkim-selector" placeholder:"NAME" help:"Selector of that key in the DNS."`
	DKIMDomain   string        `name:"dkim-domain" placeholder:"DOMAIN" help:"Domain that signs."`

	TLSCert    string `name:"tls-cert" placeholder:"FILE" help:"Certificate chain (PEM), for HTTPS without a proxy."`
	TLSKey     string `name:"tls-key" placeholder:"FILE" help:"Private key (PEM) of that certificate."`
	ACMEDomain string `name:"acme-domain" placeholder:"DOMAIN" help:"Fetch and renew the certificate for this domain."`

	SecretKey        SecretKey `name:"secret-key" placeholder:"BASE64" help:"32 bytes that encrypt stored secrets and sign links; without it, made once in DATA/secret.key. All nodes of one database need the same."`
	TrustedProxies   Networks  `name:"trusted-proxies" placeholder:"CIDR,…" help:"Proxies whose X-Forwarded-For is believed."`
	AllowWebhookNets Networks  `name:"allow-webhook-nets" placeholder:"CIDR,…" help:"Private networks that webhooks and upstream polls may reach."`

	ExportDir string `name:"export-dir" placeholder:"FOLDER" help:"Keep a static copy of the site there."`
	ExportS3  S3     `name:"export-s3" placeholder:"URL" help:"Keep it in a bucket: s3://key:secret@host/bucket?region=…&tls=…"`

	SSEMax        int           `name:"sse-max" default:"50000" help:"Most open live connections."`
	SSEMaxPerIP   int           `name:"sse-max-per-ip" default:"100" help:"The same per client address (/32, /64)."`
	MetricsListen ListenAddress `name:"metrics-listen" placeholder:"ADDRESS" help:"Separate address for /metrics and pprof."`

	LogFormat LogFormat `name:"log-format" default:"text" help:"text or json."`
	LogLevel  LogLevel  `name:"log-level" default:"info" help:"debug, info, warn or error."`
}

// complete fills in what depends on other settings and refuses what contradicts
// them; the sentence names the keys.
func (c *Config) complete() error {
	for _, rule := range c.contradictions() {
		if rule.broken {
			return errors.New(rule.sentence)
		}
	}
	if c.Database.Engine == "" {
		c.Database = Database{Engine: EngineSQLite, Path: filepath.Join(c.Data, "allclear.db")}
	}
	return nil
}

type contradiction struct {
	broken   bool
	sentence string
}

func (c *Config) contradictions() []contradiction {
	https := c.TLSCert != "" || c.ACMEDomain != ""
	return []contradiction{
		{c.Listen == "", "listen must name an address, such as :8080"},
		{c.Data == "", "data must name a folder"},
		{c.BaseURL == "", "base-url must be an address, such as https://status.example.com"},
		{c.MailFrom.Address == "", "mail-from must be an address, such as status@example.com"},
		{c.MailWorkers < 1, "mail-workers must be at least 1"},
		{c.MailBounce.Name != "", "mail-bounce must be a bare address without a name"},
		{!allOrNone(c.DKIMKey, c.DKIMSelector, c.DKIMDomain), "dkim-key, dkim-selector and dkim-domain belong together: give all three or none"},
		{!allOrNone(c.TLSCert, c.TLSKey), "tls-cert and tls-key belong together: give both or none"},
		{c.TLSCert != "" && c.ACMEDomain != "", "acme-domain and tls-cert exclude each other: the certificate comes from one of them"},
		{strings.ContainsAny(c.ACMEDomain, "/: "), "acme-domain must be a bare domain, such as status.example.com"},
		{https && !c.BaseURL.IsHTTPS(), "base-url must begin with https:// because tls-cert or acme-domain makes this server speak HTTPS"},
		{c.MetricsListen != "" && c.MetricsListen == c.Listen, "metrics-listen must differ from listen: metrics are not for the public"},
		{c.ExportDir != "" && contains(c.ExportDir, c.Data), "export-dir must not hold the data folder: the copy is for the public"},
	}
}

// allOrNone says whether the values are all given or all absent.
func allOrNone(values ...string) bool {
	for _, value := range values {
		if (value == "") != (values[0] == "") {
			return false
		}
	}
	return true
}

// contains says whether folder is or lies above path.
func contains(folder, path string) bool {
	folder, errFolder := filepath.Abs(folder)
	path, errPath := filepath.Abs(path)
	inside, err := filepath.Rel(folder, path)
	return errFolder == nil && errPath == nil && err == nil && filepath.IsLocal(inside)
}

// String lists the settings as lines of the file, secrets redacted.
func (c Config) String() string {
	var b strings.Builder
	for key, value := range c.all() {
		fmt.Fprintf(&b, "%s = %q\n", key, value)
	}
	return b.String()
}

// LogValue is the same for the log.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for key, value := range c.all() {
		attrs = append(attrs, slog.String(key, value))
	}
	return slog.GroupValue(attrs...)
}

// all yields each setting that has a value, in the order of the fields. Every
// value prints itself, so that Secret decides what is seen.
func (c Config) all() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		v := reflect.ValueOf(c)
		for i := range v.NumField() {
			text := fmt.Sprint(v.Field(i).Interface())
			if text != "" && !yield(v.Type().Field(i).Tag.Get("name"), text) {
				return
			}
		}
	}
}
