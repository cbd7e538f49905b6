package lint

import (
	"net/netip"
	"strings"
)

// addressesOfMachines is rule D1.
func (c *checker) addressesOfMachines(p *passage) {
	for _, m := range c.data.patterns.ipv4.all(p) {
		if s := (span{m[0], m[1]}); p.ipv4(s) {
			c.address(p, s)
		}
	}
	for _, m := range c.data.patterns.ipv4part.all(p) {
		c.address(p, span{m[0], m[1]})
	}
	if strings.Count(p.text, ":") < 2 {
		return
	}
	for _, m := range c.data.patterns.ipv6.all(p) {
		if s := (span{m[0], m[1]}); p.ipv6(s) {
			c.address(p, s)
		}
	}
}

func (c *checker) address(p *passage, s span) {
	if c.r.publicAddress(p.of(s)) || touches(s, p.taken) {
		return
	}
	p.taken = append(p.taken, s)
	c.report(p, "D1", Block, s, c.swap(p, "D1"))
}

// ipv4 tells an address from a version or a number of a chapter.
func (p *passage) ipv4(s span) bool {
	before, after := p.before(s.start), p.after(s.end)
	if isWordRune(before) || before == '.' || before == '-' || isWordRune(after) || after == '-' {
		return false
	}
	if p.goesOn(s.end) {
		return false
	}
	if _, err := network(p.of(s)); err != nil {
		return false
	}
	lead := p.lead(s.start, 1)
	return len(lead) == 0 || !versionWord(lead[0]) || strings.Contains(p.text[:s.start], "://")
}

// versionWord says whether a number after this word is a version, a chapter or the like.
func versionWord(w string) bool {
	switch w {
	case "version", "versions", "versionen", "v", "ver", "release", "releases", "build", "fassung", "ausgabe", "stand", "update", "patch",
		"section", "chapter", "abschnitt", "kapitel", "ziffer", "punkt", "clause", "paragraph", "client", "app", "firmware", "sdk", "api", "agent", "plugin":
		return true
	}
	return false
}

// ipv6 tells an address, or the address of a network card, from a time.
func (p *passage) ipv6(s span) bool {
	before, after := p.before(s.start), p.after(s.end)
	if isWordRune(before) || before == ':' || isWordRune(after) || after == ':' {
		return false
	}
	text := p.of(s)
	address, _, _ := strings.Cut(text, "/")
	if addr, err := netip.ParseAddr(address); err == nil {
		return !addr.IsLoopback() && !addr.IsUnspecified() && strings.ContainsAny(address, "0123456789") && len(address) > 4
	}
	groups := strings.Split(address, ":")
	if len(groups) != 6 {
		return false
	}
	for _, g := range groups {
		if len(g) != 2 {
			return false
		}
	}
	return true
}
