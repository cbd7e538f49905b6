package subscribers

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// Guard decides which addresses a webhook may reach. It is asked about the address that
// is dialled, after the name was resolved, so that a name server that changes its answer
// gains nothing.
type Guard struct {
	Allow []netip.Prefix // private networks that the operator opened
}

// errForbidden reveals nothing about the network behind us.
var errForbidden = errors.New("the address is not reachable from the internet")

// special are the networks that are not the internet: IANA's registries of special
// purpose addresses, and those that carry an IPv4 address inside.
var special = func() []netip.Prefix {
	var list []netip.Prefix
	for p := range strings.FieldsSeq(`
		0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
		192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24
		198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
		::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16
		2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8`) {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}()

// allows says whether an address may be dialled; plain says that the connection would
// not be encrypted, which is for the opened networks only.
func (g Guard) allows(addr netip.Addr, plain bool) bool {
	addr = addr.Unmap()
	holds := func(p netip.Prefix) bool { return p.Contains(addr.WithZone("")) }
	if slices.ContainsFunc(g.Allow, holds) {
		return true
	}
	return !plain && addr.IsGlobalUnicast() && !slices.ContainsFunc(special, holds)
}

// control is the dialer's last question before it connects.
func (g Guard) control(plain bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		addr, err := netip.ParseAddrPort(address)
		if err != nil || !strings.HasPrefix(network, "tcp") || !g.allows(addr.Addr(), plain) {
			return errForbidden
		}
		return nil
	}
}
