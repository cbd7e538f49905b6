package lint

import (
	"net/netip"
	"strings"
	"unicode"
)

// spare notes what may stay in a text: terms, public links and addresses.
func (c *checker) spare(p *passage) {
	p.named = c.own.find(p)
	for _, h := range p.named {
		if h.list == listTerms {
			p.public = append(p.public, h.at)
		}
	}
	for _, m := range c.data.patterns.link.all(p) {
		s := span{m[0], m[0] + len(strings.TrimRight(p.text[m[0]:m[1]], ".,;:!?)]*_"))}
		if c.openHost(c.linkHost(p.of(s))) || p.field == string(VendorURL) {
			p.public = append(p.public, s)
		}
		p.links = append(p.links, s)
	}
	for _, m := range c.data.patterns.mail.all(p) {
		s := span{m[0], m[1]}
		if address := strings.ToLower(p.of(s)); c.r.domain(address[strings.LastIndex(address, "@")+1:]) != "" || address == strings.ToLower(c.r.SupportContact) {
			p.public = append(p.public, s)
		}
		p.addresses = append(p.addresses, s)
	}
}

// linkHost is the host of a link in a text.
func (c *checker) linkHost(link string) string {
	_, rest, _ := strings.Cut(link, "://")
	rest = rest[:cutAt(rest, "/?#")]
	rest = rest[strings.LastIndex(rest, "@")+1:]
	if strings.HasPrefix(rest, "[") {
		return strings.ToLower(rest[:cutAt(rest, "]")])
	}
	return strings.ToLower(rest[:cutAt(rest, ":")])
}

func cutAt(s, chars string) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}

// openHost says whether a host may be named: it lies in a public domain, and no part of
// it is known inside only.
func (c *checker) openHost(host string) bool {
	domain := c.r.domain(host)
	if domain == "" {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSuffix(host, domain), "."), ".") {
		if c.data.has("internal", label) || c.data.has("trackers", label) || c.machine(label) {
			return false
		}
	}
	return true
}

// hosts is rule D2 and the links of rule D10.
func (c *checker) hosts(p *passage) {
	for _, s := range p.links {
		c.link(p, s)
	}
	for _, m := range c.data.patterns.unc.all(p) {
		c.machineName(p, "D2.name", span{m[0], m[1]})
	}
	if strings.Contains(p.text, ".") {
		for _, m := range c.data.patterns.host.all(p) {
			c.dotted(p, span{m[0], m[1]})
		}
	}
	for _, s := range compounds(p.text) {
		if !touches(s, p.addresses) && c.machine(p.of(s)) {
			c.machineName(p, "D2.name", s)
		}
	}
}

func (c *checker) machineName(p *passage, key string, s span) {
	if touches(s, p.taken) || p.spared(s) {
		return
	}
	p.taken = append(p.taken, s)
	kind := "D2"
	if key == "D10.link" {
		kind = "D10"
	}
	c.report(p, key, Block, s, c.swap(p, kind))
}

// link judges a link by its host.
func (c *checker) link(p *passage, s span) {
	host := c.linkHost(p.of(s))
	scheme, _, _ := strings.Cut(p.of(s), "://")
	_, notAddress := netip.ParseAddr(strings.Trim(host, "[]"))
	switch {
	case p.spared(s) || notAddress == nil && host != "":
	case chatScheme(scheme) || c.tracker(host) || c.inner(host) || !strings.Contains(host, "."):
		c.machineName(p, "D10.link", s)
	default:
		c.machineName(p, "D2.host", s)
	}
}

func chatScheme(s string) bool {
	switch strings.ToLower(s) {
	case "slack", "msteams", "mattermost", "zoommtg", "matrix", "tg":
		return true
	}
	return false
}

// tracker says whether the host is a chat, a ticket system or the like.
func (c *checker) tracker(host string) bool {
	first, rest, _ := strings.Cut(host, ".")
	if rest != "" && c.data.has("trackers", first) {
		return true
	}
	for ; host != ""; _, host, _ = strings.Cut(host, ".") {
		if strings.Contains(host, ".") && c.data.has("trackers", host) {
			return true
		}
	}
	return false
}

// inner says whether a part of the host is known inside networks only.
func (c *checker) inner(host string) bool {
	if strings.HasSuffix(host, ".home.arpa") {
		return true
	}
	for label := range strings.SplitSeq(host, ".") {
		if c.data.has("internal", label) {
			return true
		}
	}
	return false
}

// dotted judges words joined by dots: a name of a machine, or a missing space.
func (c *checker) dotted(p *passage, s span) {
	text := p.of(s)
	before := p.before(s.start)
	if touches(s, p.links) || touches(s, p.addresses) || before == '@' || before == '/' || before == '\\' || before == '.' {
		return
	}
	host := strings.ToLower(text)
	switch {
	case c.openHost(host) || c.data.has("nothosts", host):
	case c.tracker(host) && c.domainName(p, s):
		c.machineName(p, "D10.link", s)
	case c.innerName(text) || c.domainName(p, s):
		c.machineName(p, "D2.host", s)
	}
}

// innerName says whether the last part is one of inner networks, as in db1.internal.
func (c *checker) innerName(text string) bool {
	labels := strings.Split(text, ".")
	last := labels[len(labels)-1]
	return len(labels[0]) >= 2 && evenCase(last) && c.data.has("internal", strings.ToLower(last)) ||
		strings.HasSuffix(strings.ToLower(text), ".home.arpa")
}

// domainName says whether the words form an internet name.
func (c *checker) domainName(p *passage, s span) bool {
	text := p.of(s)
	labels := strings.Split(text, ".")
	last := labels[len(labels)-1]
	if !evenCase(last) || !c.data.has("tlds", strings.ToLower(last)) || allShort(labels) {
		return false
	}
	if last == strings.ToUpper(last) && text != strings.ToUpper(text) {
		return false
	}
	if !c.data.has("tldwords", last) || len(labels) > 2 && len(last) == 2 {
		return true
	}
	after := p.text[s.end:]
	switch {
	case sureName(labels[0]), last == "de", strings.HasPrefix(after, "/"):
		return true
	case strings.HasPrefix(after, ":"):
		return len(after) > 1 && unicode.IsDigit(rune(after[1]))
	}
	return last == "at" && evenCase(labels[0]) && len(labels[0]) > 3 && !unicode.IsDigit(p.after(s.end+blanks(after)))
}

// blanks is how many blanks a text begins with.
func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// sureName says whether a part of a name cannot be a word at the end of a sentence.
func sureName(label string) bool {
	return label == "www" || strings.ContainsAny(label, "0123456789-_")
}

// evenCase is false for a word that begins a sentence.
func evenCase(s string) bool {
	return s == strings.ToLower(s) || s == strings.ToUpper(s)
}

// allShort is true for abbreviations such as z.B.de.
func allShort(labels []string) bool {
	for _, l := range labels[:len(labels)-1] {
		if len(l) > 1 {
			return false
		}
	}
	return true
}
