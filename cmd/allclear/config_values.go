package main

import (
	"encoding"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Secret is a text that never prints itself: not by fmt, JSON or a log.
type Secret struct{ text string }

var _ encoding.TextMarshaler = Secret{}

const redacted = "redacted"

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal is the only way to the text.
func (s Secret) Reveal() string { return s.text }

// IsSet says whether there is any text.
func (s Secret) IsSet() bool { return s.text != "" }

// String says whether something is hidden, and nothing else.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return redacted
}

// GoString keeps %#v from showing the text.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText keeps encoders from showing the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// SecretKey is the instance's key; zero when it is to be generated.
type SecretKey struct{ Secret }

// Bytes are the 32 bytes of the key, nil when there is none.
func (k SecretKey) Bytes() []byte {
	if !k.IsSet() {
		return nil
	}
	return []byte(k.Reveal())
}

// UnmarshalText takes base64 in either alphabet, padded or not.
func (k *SecretKey) UnmarshalText(text []byte) error {
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(string(text), "="))
	key, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil || (len(key) != 0 && len(key) != 32) {
		return errors.New("the key must be the base64 of 32 bytes, as openssl rand -base64 32 prints it")
	}
	k.Secret = NewSecret(string(key))
	return nil
}

// ListenAddress is HOST:PORT, HOST may be empty; "" is none.
type ListenAddress string

// UnmarshalText checks the port; whether the host is ours shows when listening.
func (a *ListenAddress) UnmarshalText(text []byte) error {
	*a = ListenAddress(text)
	if len(text) == 0 {
		return nil
	}
	_, port, err := net.SplitHostPort(string(text))
	if _, errPort := strconv.ParseUint(port, 10, 16); err != nil || errPort != nil {
		return fmt.Errorf("%q is not an address to listen on; write :8080 or 127.0.0.1:8080", text)
	}
	return nil
}

// MailAddress is one address with an optional name; zero is none.
type MailAddress mail.Address

// UnmarshalText takes `"Name" <address>` or a bare address.
func (a *MailAddress) UnmarshalText(text []byte) error {
	*a = MailAddress{}
	if len(text) == 0 {
		return nil
	}
	parsed, err := mail.ParseAddress(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a mail address; write status@example.com or \"Example Status\" <status@example.com>", text)
	}
	*a = MailAddress(*parsed)
	return nil
}

// String is the address as it stands in a header, "" when there is none.
func (a MailAddress) String() string {
	switch {
	case a.Address == "":
		return ""
	case a.Name == "":
		return a.Address
	}
	return (*mail.Address)(&a).String()
}

// Rate is a ceiling per second; zero is no ceiling.
type Rate struct{ PerSecond float64 }

// UnmarshalText takes N/s, N/m, N/h or 0.
func (r *Rate) UnmarshalText(text []byte) error {
	*r = Rate{}
	if string(text) == "0" {
		return nil
	}
	number, unit, _ := strings.Cut(string(text), "/")
	seconds := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil || seconds == 0 {
		return fmt.Errorf("%q is not a rate; write 50/s, 600/m, 5000/h or 0 for no ceiling", text)
	}
	r.PerSecond = float64(n) / seconds
	return nil
}

// String is the rate per second.
func (r Rate) String() string {
	if r.PerSecond == 0 {
		return "0"
	}
	return strconv.FormatFloat(r.PerSecond, 'g', 6, 64) + "/s"
}

// Networks are address ranges.
type Networks []netip.Prefix

// UnmarshalText takes CIDRs with commas between; a bare address is itself.
func (n *Networks) UnmarshalText(text []byte) error {
	*n = nil
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if addr, errAddr := netip.ParseAddr(part); err != nil && errAddr == nil && addr.Zone() == "" {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is not a network; write 10.0.0.0/8 or 2001:db8::/32, with commas between several", part)
		}
		*n = append(*n, prefix.Masked())
	}
	return nil
}

// String is the list with commas.
func (n Networks) String() string {
	parts := make([]string, 0, len(n))
	for _, prefix := range n {
		parts = append(parts, prefix.String())
	}
	return strings.Join(parts, ",")
}

// LogFormat is how log lines are written.
type LogFormat string

const (
	logText LogFormat = "text"
	logJSON LogFormat = "json"
)

// UnmarshalText refuses every other format.
func (f *LogFormat) UnmarshalText(text []byte) error {
	*f = LogFormat(text)
	if *f != logText && *f != logJSON {
		return fmt.Errorf("%q is not a log format; write text or json", text)
	}
	return nil
}

// LogLevel is the least important level that is written.
type LogLevel struct{ slog.Level }

// UnmarshalText takes one of the four names.
func (l *LogLevel) UnmarshalText(text []byte) error {
	names := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := names[string(text)]
	if !ok {
		return fmt.Errorf("%q is not a log level; write debug, info, warn or error", text)
	}
	l.Level = level
	return nil
}

// String is the name as it is configured.
func (l LogLevel) String() string { return strings.ToLower(l.Level.String()) }

// maxDays keeps a duration within what time.Duration can hold.
const maxDays = 36500

// parseDuration takes what Go takes (30s, 12h) and days (90d, 1d12h).
func parseDuration(text string) (time.Duration, error) {
	days, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		days, rest = "0", text
	}
	n, errDays := strconv.ParseUint(days, 10, 32)
	var d time.Duration
	var errRest error
	if rest != "" || !hasDays {
		d, errRest = time.ParseDuration(rest)
	}
	if errDays != nil || errRest != nil || n > maxDays || d < 0 || d > maxDays*24*time.Hour {
		return 0, fmt.Errorf("%q is not a duration; write 30s, 15m, 12h or 90d", text)
	}
	return time.Duration(n)*24*time.Hour + d, nil
}

// decodeDuration is how the parser reads every duration.
func decodeDuration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := parseDuration(text)
	target.SetInt(int64(d))
	return err
}

// decodeCount is how the parser reads every number: things are counted here, so
// none is negative.
func decodeCount(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("number", &text); err != nil {
		return err
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", text)
	}
	target.SetInt(int64(n))
	return nil
}
