package subscribers

import (
	"net/netip"
	"strings"
	"testing"

	"allclear/status"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{" Ann.Lee@Example.COM ", "Ann.Lee@example.com"},
		{"ann@bücher.example", "ann@xn--bcher-kva.example"},
		{"ann@example.com.", "ann@example.com"},
		{"ann+status@example.com", "ann+status@example.com"},
		{"", ""}, {"ann", ""}, {"@example.com", ""}, {"ann@", ""}, {"Ann <ann@example.com>", ""}, {"ann@exa mple.com", ""},
		{"ünn@example.com", ""}, {"ann@example.com\r\nBcc: bob@example.com", ""}, {"ann@@example.com", ""},
		{strings.Repeat("a", 250) + "@example.com", ""},
	} {
		got, err := normalise("email", c.in)
		if f, _ := status.FaultOf(err); got != c.want || (err == nil) != (c.want != "") || f != nil && f.Field != "email" {
			t.Errorf("%q became %q (%v), want %q", c.in, got, err, c.want)
		}
	}
}

func TestMailbox(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"ann@example.com", "ANN@example.com", true}, {"ann@example.com", "ann+x@example.com", true},
		{"a.n.n@gmail.com", "ann+y@googlemail.com", true}, {"a.nn@example.com", "ann@example.com", false},
		{"ann@example.com", "ann@example.org", false},
	} {
		if got := mailbox(c.a) == mailbox(c.b); got != c.same {
			t.Errorf("%s and %s: the same mailbox is %v, want %v", c.a, c.b, got, c.same)
		}
	}
}

func TestCheckEndpoint(t *testing.T) {
	open := Guard{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	for _, c := range []struct {
		guard    Guard
		in, want string
	}{
		{Guard{}, "https://Example.com/Hook?a=b", "https://example.com/Hook?a=b"},
		{Guard{}, "https://bücher.example:8443/x", "https://xn--bcher-kva.example:8443/x"},
		{Guard{}, "https://[2606:4700::1111]:99/", "https://[2606:4700::1111]:99/"},
		{Guard{}, "http://example.com/", ""}, {Guard{}, "ftp://example.com/", ""}, {Guard{}, "https://", ""}, {Guard{}, "example.com", ""},
		{Guard{}, "https://user:pass@example.com/", ""}, {Guard{}, "https://127.0.0.1/", ""}, {Guard{}, "https://[::1]/", ""},
		{Guard{}, "https://10.1.2.3/", ""}, {Guard{}, "https://example.com/#x", ""}, {Guard{}, "javascript:alert(1)", ""},
		{open, "http://10.1.2.3/x", "http://10.1.2.3/x"}, {open, "http://10.2.2.3/x", ""}, {open, "http://hooks.internal/x", "http://hooks.internal/x"},
	} {
		got, err := c.guard.checkEndpoint("endpoint", c.in)
		if f, _ := status.FaultOf(err); got != c.want || (err == nil) != (c.want != "") || f != nil && f.Field != "endpoint" {
			t.Errorf("%q became %q (%v), want %q", c.in, got, err, c.want)
		}
	}
}

func TestGuard(t *testing.T) {
	forbidden := strings.FieldsSeq(`127.0.0.1 127.255.1.1 0.0.0.0 10.0.0.1 100.64.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1
		192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 168.63.129.16 192.88.99.1
		:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::
		3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1`)
	for a := range forbidden {
		if (Guard{}).allows(netip.MustParseAddr(a), false) {
			t.Errorf("%s may be dialled", a)
		}
		everything := Guard{Allow: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
		if !everything.allows(netip.MustParseAddr(a), true) {
			t.Errorf("%s is closed although the operator opened it", a)
		}
	}
	for a := range strings.FieldsSeq(`1.1.1.1 8.8.8.8 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8`) {
		if !(Guard{}).allows(netip.MustParseAddr(a), false) {
			t.Errorf("%s is refused", a)
		}
		if (Guard{}).allows(netip.MustParseAddr(a), true) {
			t.Errorf("%s may be dialled without encryption", a)
		}
	}
	control := Guard{}.control(false)
	for _, c := range []struct{ network, address string }{
		{"tcp4", "127.0.0.1:443"}, {"udp4", "1.1.1.1:443"}, {"unix", "/run/x.sock"}, {"tcp4", "nonsense"},
	} {
		if control(c.network, c.address, nil) == nil {
			t.Errorf("%s %s may be dialled", c.network, c.address)
		}
	}
	if err := control("tcp4", "1.1.1.1:8443", nil); err != nil {
		t.Errorf("a public address at another port: %v", err)
	}
}
