package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// showCLI is the program's own table and a command that does nothing but look
// at the settings.
type showCLI struct {
	CLI
	Show showCmd `cmd:""`
}

type showCmd struct{}

// load reads the configuration as a command does. env holds NAME=VALUE.
func load(t *testing.T, args, env []string) (Config, error) {
	t.Helper()
	var cli showCLI
	lookup := func(name string) string {
		for _, pair := range env {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
	parser, err := newParser(&cli, lookup, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"show"}, args...)); err != nil {
		return Config{}, err
	}
	return cli.Config, cli.complete()
}

func mustLoad(t *testing.T, args, env []string) Config {
	t.Helper()
	cfg, err := load(t, args, env)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// inFolderWith changes to an empty folder that holds only this allclear.toml.
func inFolderWith(t *testing.T, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if text == "" {
		return
	}
	if err := os.WriteFile("allclear.toml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// promised are the settings as users know them: name, default and a value that
// is accepted.
var promised = []struct{ flag, def, other string }{
	{"listen", ":8080", "127.0.0.1:9000"},
	{"data", "./data", "/var/lib/allclear"},
	{"database", "sqlite:data/allclear.db", "sqlite:other.db"},
	{"base-url", "http://localhost:8080", "https://status.example.com"},
	{"smtp", "", "smtps://mail.example.com:465"},
	{"mail-from", "status@localhost", "status@example.com"},
	{"mail-hold", "30s", "1m0s"},
	{"mail-rate", "50/s", "7/s"},
	{"mail-workers", "8", "3"},
	{"mail-reply-to", "", "help@example.com"},
	{"mail-bounce", "", "bounce@example.com"},
	{"dkim-key", "", "dkim.pem"},
	{"dkim-selector", "", "s1"},
	{"dkim-domain", "", "example.com"},
	{"tls-cert", "", "cert.pem"},
	{"tls-key", "", "key.pem"},
	{"acme-domain", "", "status.example.com"},
	{"secret-key", "", "redacted"},
	{"trusted-proxies", "", "10.0.0.0/8,2001:db8::/32"},
	{"allow-webhook-nets", "", "192.168.0.0/16"},
	{"export-dir", "", "/srv/status"},
	{"export-s3", "", "s3://id:redacted@s3.example.com/bucket?region=eu&tls=true"},
	{"sse-max", "50000", "10"},
	{"sse-max-per-ip", "100", "5"},
	{"metrics-listen", "", ":9090"},
	{"log-format", "text", "json"},
	{"log-level", "info", "debug"},
}

// together are values that only make sense beside others.
var together = map[string][]string{
	"dkim-key":      {"dkim-selector=s1", "dkim-domain=example.com"},
	"dkim-selector": {"dkim-key=k", "dkim-domain=example.com"},
	"dkim-domain":   {"dkim-key=k", "dkim-selector=s1"},
	"tls-cert":      {"tls-key=k", "base-url=https://status.example.com"},
	"tls-key":       {"tls-cert=c", "base-url=https://status.example.com"},
	"acme-domain":   {"base-url=https://status.example.com"},
}

// typed is what is written for a value that prints otherwise.
func typed(flag, value string) string {
	switch flag {
	case "secret-key":
		return base64.StdEncoding.EncodeToString(make([]byte, 32))
	case "export-s3":
		return strings.Replace(value, "redacted", "hunter2", 1)
	}
	return value
}

func TestPromisedDefaults(t *testing.T) {
	inFolderWith(t, "")
	want := map[string]string{}
	for _, p := range promised {
		if p.def != "" {
			want[p.flag] = p.def
		}
	}
	if diff := cmp.Diff(want, maps.Collect(mustLoad(t, nil, nil).all())); diff != "" {
		t.Error(diff)
	}
}

// Each setting is a flag, a variable and a key of the file.
func TestEverySettingFromEverySource(t *testing.T) {
	for _, p := range promised {
		t.Run(p.flag, func(t *testing.T) {
			given := append([]string{p.flag + "=" + typed(p.flag, p.other)}, together[p.flag]...)
			var args, env, file []string
			for _, pair := range given {
				key, value, _ := strings.Cut(pair, "=")
				args = append(args, "--"+pair)
				env = append(env, "ALLCLEAR_"+strings.ToUpper(strings.ReplaceAll(key, "-", "_"))+"="+value)
				file = append(file, fmt.Sprintf("%s = %q\n", key, value))
			}
			inFolderWith(t, "")
			check := func(source string, cfg Config) {
				if got := maps.Collect(cfg.all())[p.flag]; got != p.other {
					t.Errorf("from the %s: %q, want %q", source, got, p.other)
				}
			}
			check("flag", mustLoad(t, args, nil))
			check("environment", mustLoad(t, nil, env))
			inFolderWith(t, strings.Join(file, ""))
			check("file", mustLoad(t, nil, nil))
		})
	}
}

func TestFlagWinsThenEnvironmentThenFile(t *testing.T) {
	inFolderWith(t, "sse-max = 1\nmail-workers = 1\nlisten = ':1'\ntrusted-proxies = ['10.0.0.0/8', '192.0.2.7']\n")
	cfg := mustLoad(t, []string{"--sse-max=3"},
		[]string{"ALLCLEAR_SSE_MAX=2", "ALLCLEAR_MAIL_WORKERS=2", "ALLCLEAR_LISTEN="})
	if cfg.SSEMax != 3 || cfg.MailWorkers != 2 || cfg.Listen != ":1" {
		t.Errorf("sse-max %d, mail-workers %d, listen %s", cfg.SSEMax, cfg.MailWorkers, cfg.Listen)
	}
	want := Networks{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32")}
	if cfg.TrustedProxies.String() != want.String() {
		t.Errorf("trusted-proxies %v, want %v", cfg.TrustedProxies, want)
	}
}

// An empty flag takes back what the file gives.
func TestEmptyFlagSwitchesOff(t *testing.T) {
	inFolderWith(t, "smtp = 'smtp://mail.example.com'\n")
	if cfg := mustLoad(t, []string{"--smtp="}, nil); cfg.SMTP.IsSet() {
		t.Errorf("smtp is still %v", cfg.SMTP)
	}
}

func TestNamedFileReplacesTheDefaultOne(t *testing.T) {
	inFolderWith(t, "sse-max = 1\nmail-workers = 1\n")
	if err := os.WriteFile("other.toml", []byte("sse-max = 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]Config{
		"--config":        mustLoad(t, []string{"--config=other.toml"}, []string{"ALLCLEAR_CONFIG=absent.toml"}),
		"ALLCLEAR_CONFIG": mustLoad(t, nil, []string{"ALLCLEAR_CONFIG=other.toml"}),
	} {
		if cfg.SSEMax != 2 || cfg.MailWorkers != 8 {
			t.Errorf("%s: sse-max %d, mail-workers %d", name, cfg.SSEMax, cfg.MailWorkers)
		}
	}
}

func TestParsedValues(t *testing.T) {
	inFolderWith(t, "")
	cfg := mustLoad(t, []string{
		"--smtp=smtp://bot%40example.com:p%40ss@mail.example.com?tls=optional",
		"--database=postgres://app:pw@db/status?sslmode=require",
		"--export-s3=s3://id:secret@127.0.0.1:9000/bucket?tls=false",
		"--mail-from=\"Example Status\" <status@example.com>",
		"--mail-rate=600/m", "--mail-hold=1d12h",
		"--base-url=https://Status.Example.com/",
		"--secret-key=" + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xfb}, 32)),
	}, nil)
	if diff := cmp.Diff(SMTP{Host: "mail.example.com", Port: 587, User: "bot@example.com", Password: NewSecret("p@ss"), TLS: TLSOptional},
		cfg.SMTP, cmp.AllowUnexported(Secret{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(S3{Endpoint: "127.0.0.1:9000", Bucket: "bucket", KeyID: "id", Secret: NewSecret("secret")},
		cfg.ExportS3, cmp.AllowUnexported(Secret{})); diff != "" {
		t.Error(diff)
	}
	if cfg.Database.Engine != EnginePostgres || cfg.Database.URL.Reveal() != "postgres://app:pw@db/status?sslmode=require" {
		t.Errorf("database %v", cfg.Database)
	}
	if cfg.MailFrom.Name != "Example Status" || cfg.MailFrom.Address != "status@example.com" {
		t.Errorf("mail-from %v", cfg.MailFrom)
	}
	if cfg.MailRate.PerSecond != 10 || cfg.MailHold != 36*time.Hour || cfg.BaseURL != "https://status.example.com" {
		t.Errorf("mail-rate %v, mail-hold %v, base-url %v", cfg.MailRate, cfg.MailHold, cfg.BaseURL)
	}
	if !bytes.Equal(cfg.SecretKey.Bytes(), bytes.Repeat([]byte{0xfb}, 32)) {
		t.Error("secret-key differs")
	}
	if smtps := mustLoad(t, []string{"--smtp=smtps://mail.example.com"}, nil).SMTP; smtps.Port != 465 || smtps.TLS != TLSImplicit {
		t.Errorf("smtps %v", smtps)
	}
	if none := mustLoad(t, nil, nil); none.SecretKey.Bytes() != nil {
		t.Error("a secret key out of nowhere")
	}
}

// Each wrong value is refused by a sentence that names its key.
func TestWrongValues(t *testing.T) {
	inFolderWith(t, "")
	for key, wrong := range map[string][]string{
		"listen":          {"8080", "host", ":http", ":70000"},
		"database":        {"mysql://x", "sqlite:", "sqlite::memory:", "sqlite:a?mode=ro", "postgres://a:hunter2%zz@h/"},
		"base-url":        {"status.example.com", "ftp://x", "https://", "https://u:hunter2@x", "https://x?q=1", "https://x/status", "https://x#a"},
		"smtp":            {"mail.example.com", "http://x", "smtp://", "smtp://u:hunter2@h:0", "smtp://u:hunter2@h?tls=perhaps", "smtp://u@h", "smtps://h?tls=none", "smtp://u:hunter2@h?tls=none", "smtp://h?x=1", "smtp://u:hunter2%zz@h", "smtp://h/path"},
		"mail-from":       {"nobody", "a@b, c@d", "Status <a@b", "a@b\r\nBcc: x@y"},
		"mail-hold":       {"30", "-1s", "1x", "99999999d", "d", "soon"},
		"mail-rate":       {"50", "50/d", "-1/s", "x/s", "/s"},
		"mail-workers":    {"0", "-1", "many", "1.5"},
		"mail-bounce":     {"Name <a@b.example>"},
		"acme-domain":     {"https://status.example.com"},
		"secret-key":      {"hunter2", base64.StdEncoding.EncodeToString(make([]byte, 31))},
		"trusted-proxies": {"10.0.0.0/33", "everybody", "10.0.0.1%eth0"},
		"export-s3":       {"s3://host/bucket", "s3://id:hunter2@host", "s3://id:hunter2@host/a/b", "s3://id:hunter2@host/b?tls=x", "s3://id:hunter2@host/b?x=1", "http://id:hunter2@host/b"},
		"sse-max":         {"-1", "lots", "99999999999"},
		"metrics-listen":  {"9090"},
		"log-format":      {"xml"},
		"log-level":       {"loud"},
	} {
		for _, value := range wrong {
			if strings.Contains(value, "hunter2") {
				checkSecretKept(t, key, value)
			}
			for source, err := range map[string]error{
				"flag":        second(load(t, []string{"--" + key + "=" + value}, nil)),
				"environment": second(load(t, nil, []string{envName(key) + "=" + value})),
			} {
				if err == nil || !strings.Contains(err.Error(), key) {
					t.Errorf("%s=%s by %s: the error does not name the key: %v", key, value, source, err)
				}
			}
		}
	}
}

func checkSecretKept(t *testing.T, key, value string) {
	t.Helper()
	for _, err := range []error{
		second(load(t, []string{"--" + key + "=" + value}, nil)),
		second(load(t, nil, []string{envName(key) + "=" + value})),
	} {
		if err == nil || strings.Contains(sentence(err), "hunter2") {
			t.Errorf("%s=%s: the message must not repeat the secret: %v", key, value, err)
		}
	}
}

func second(_ Config, err error) error { return err }

func TestContradictions(t *testing.T) {
	inFolderWith(t, "")
	for _, c := range []struct {
		args []string
		keys []string
	}{
		{[]string{"--listen="}, []string{"listen"}},
		{[]string{"--data="}, []string{"data"}},
		{[]string{"--base-url="}, []string{"base-url"}},
		{[]string{"--mail-from="}, []string{"mail-from"}},
		{[]string{"--dkim-key=k"}, []string{"dkim-key", "dkim-selector", "dkim-domain"}},
		{[]string{"--tls-key=k"}, []string{"tls-cert", "tls-key"}},
		{[]string{"--tls-key=k", "--tls-cert=c"}, []string{"base-url", "https"}},
		{[]string{"--acme-domain=x.example", "--base-url=http://x.example"}, []string{"base-url", "https"}},
		{[]string{"--acme-domain=x.example", "--base-url=https://x.example", "--tls-cert=c", "--tls-key=k"}, []string{"acme-domain", "tls-cert"}},
		{[]string{"--metrics-listen=:8080"}, []string{"metrics-listen", "listen"}},
		{[]string{"--export-dir=data"}, []string{"export-dir"}},
		{[]string{"--export-dir=.", "--data=some/where"}, []string{"export-dir"}},
	} {
		_, err := load(t, c.args, nil)
		if err == nil {
			t.Errorf("%v is accepted", c.args)
			continue
		}
		for _, key := range c.keys {
			if !strings.Contains(err.Error(), key) {
				t.Errorf("%v: %q does not name %s", c.args, err, key)
			}
		}
	}
	mustLoad(t, []string{"--export-dir=data/copy"}, nil)
}

func TestWrongFiles(t *testing.T) {
	for text, want := range map[string]string{
		"mail-form = 'a@b'":                 "mail-form (from allclear.toml): there is no such setting; allclear --help lists all.",
		"config = 'x.toml'":                 "config (from allclear.toml): there is no such setting; allclear --help lists all.",
		"help = 'x'":                        "help (from allclear.toml): there is no such setting; allclear --help lists all.",
		"[mail]\nrate = 5":                  "mail (from allclear.toml): there is no such setting; allclear --help lists all.",
		"[data]\nfolder = 'x'":              "data (from allclear.toml): the value must be text in quotes, a whole number or a list of texts.",
		"mail-rate = true":                  "mail-rate (from allclear.toml): the value must be text in quotes, a whole number or a list of texts.",
		"trusted-proxies = [1]":             "trusted-proxies (from allclear.toml): each entry of the list must be text in quotes.",
		"mail-hold = 30":                    `mail-hold (from allclear.toml): "30" is not a duration; write 30s, 15m, 12h or 90d.`,
		"sse-max = 1\nsse-max = 2":          "allclear.toml: line 2 is not valid TOML (Key 'sse-max' has already been defined.).",
		"smtp = 'smtp://u:hunter2@h?tls=x'": "smtp (from allclear.toml): tls=x is unknown; write tls=required, tls=optional or tls=none.",
	} {
		inFolderWith(t, text)
		_, err := load(t, nil, nil)
		if err == nil {
			t.Errorf("%q is accepted", text)
		} else if got := sentence(err); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// However a configuration is printed, no secret is in it.
func TestSecretsAreNeverPrinted(t *testing.T) {
	inFolderWith(t, "")
	key := strings.Repeat("hunter2!", 4)
	cfg := mustLoad(t, []string{
		"--smtp=smtp://bot:hunter2@mail.example.com",
		"--database=postgres://app:hunter2@db/status?sslpassword=hunter2",
		"--export-s3=s3://id:hunter2@s3.example.com/bucket",
		"--secret-key=" + base64.StdEncoding.EncodeToString([]byte(key)),
	}, nil)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "config", cfg)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", &cfg)
	encoded, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for how, printed := range map[string]string{
		"String": cfg.String(), "log": log.String(), "JSON": string(encoded),
		"%v": fmt.Sprintf("%v", cfg), "%+v": fmt.Sprintf("%+v", &cfg), "%#v": fmt.Sprintf("%#v", cfg),
		"parts": fmt.Sprintln(cfg.SMTP, cfg.Database, cfg.ExportS3, cfg.SecretKey, cfg.SMTP.Password),
	} {
		if strings.Contains(printed, "hunter2") || strings.Contains(printed, "68756e74") {
			t.Errorf("%s shows a secret: %s", how, printed)
		}
		if !strings.Contains(printed, redacted) {
			t.Errorf("%s does not say that something is hidden: %s", how, printed)
		}
	}
	if !strings.Contains(cfg.String(), "smtp = \"smtp://bot:redacted@mail.example.com:587?tls=required\"\n") {
		t.Errorf("smtp is not readable in:\n%s", cfg)
	}
}
