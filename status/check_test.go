package status_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"allclear/status"
)

// Whatever text is accepted can be shown, put into XML and mailed; what is refused leaves
// one plain sentence that names the field and does not repeat what is wrong.
func TestTextsAreSafe(t *testing.T) {
	char := rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune("\x00\t\n\r\x1b\x7f\u0085\u2028\ufffe\uffff")))
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.OneOf(rapid.StringOf(char), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "body")
		d := &desk{t: t, site: shop(noon)}
		err := d.tryOpen(status.Change{Name: new("x"), Body: &body})
		bad := !utf8.ValidString(body) || strings.ContainsFunc(body, func(r rune) bool {
			printable := r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r < 0x7f || r >= 0xa0
			return !printable || r == 0xfffe || r == 0xffff // XML 1.0, and no C1 controls
		})
		if !bad {
			if err != nil || d.n.Newest().Body != body {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		refused(t, err, "incident.body", "The text ")
		if f, _ := status.FaultOf(err); !utf8.ValidString(f.Message) || strings.ContainsFunc(f.Message, func(r rune) bool { return r < 0x20 }) {
			t.Fatalf("sentence %q", f.Message)
		}
	})
}

// A name stays within its line, and there is something to read.
func TestNames(t *testing.T) {
	for name, sentence := range map[string]string{
		"API": "", "Zahlungen – Ü": "", "\u05e9\u05dc\u05d5\u05dd": "", "👨\u200d👩": "", "a\tb": "",
		"": "empty", " \u00a0\u3000": "empty", "\u200b\ufeff\u2060": "empty", "\u200f": "empty",
		"a\nb": "one line", "a\rb": "one line", "a\u2028b": "one line", "a\u2029b": "one line",
		"a\u202eb": "reverses", "a\u202db": "reverses", "a\x00b": "control character", "\x00": "empty",
	} {
		err := newDesk(t).tryOpen(status.Change{Name: &name})
		if sentence == "" && err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if sentence != "" {
			refused(t, err, "incident.name", "The ")
			if !strings.Contains(err.Error(), sentence) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
}

func TestLinks(t *testing.T) {
	for link, good := range map[string]bool{
		"https://status.acme.example/": true, "http://10.0.0.1:8080/a?b=c#d": true, "HTTPS://ACME.EXAMPLE": true, "": true,
		"acme.example": false, "//acme.example": false, "https:///path": false, "ftp://acme.example": false, "javascript:alert(1)": false,
		"data:text/html,x": false, "https://acme.example/\u0000": false, "https://acme.example/\u0085": false, "https://acme.example/\xff": false,
		"https://[::1": false, "https://acme.example/" + strings.Repeat("a", 2048): false,
	} {
		err := newDesk(t).tryOpen(status.Change{Name: new("x"), ThirdParty: &status.ThirdParty{State: "named", Vendor: "Acme Cloud", URL: link}})
		if good && err != nil {
			t.Errorf("%q: %v", link, err)
		}
		if !good {
			refused(t, err, "incident.third_party.url", "")
			if n := len(err.Error()); n > 400 {
				t.Errorf("%q: a sentence of %d bytes", link, n)
			}
		}
	}
}
