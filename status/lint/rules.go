package lint

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"allclear/status"
)

// Rules is what may be public on this page, and what must not be.
type Rules struct {
	// Language is that of the messages: en or de; anything else reads English.
	Language string
	// BaseHost is the host of the status page itself.
	BaseHost string
	// PublicDomains may be named, with everything below them; addresses and networks
	// (203.0.113.7, 203.0.113.0/24) can be listed, too.
	PublicDomains []string
	// SupportContact is a mail address, a telephone number or a link.
	SupportContact string
	// Vendors may be named.
	Vendors []string
	// StaffNames and CustomerNames must not appear.
	StaffNames    []string
	CustomerNames []string
	// Terms are public words: names of components, groups, regions, the organization.
	Terms []string
	// ManyZones says that readers live in more than one time zone.
	ManyZones bool
}

// RulesFor are the rules of a page: its settings, its components' names, and the people
// who work on it, by their mail addresses.
func RulesFor(p *status.Page, components []status.Component, staff []string, baseURL, language string) Rules {
	r := Rules{
		Language: language, BaseHost: hostOf(baseURL), SupportContact: strings.TrimPrefix(p.SupportURL, "mailto:"),
		PublicDomains: slices.Clone(p.PublicDomains), Vendors: slices.Clone(p.VendorAllowList),
		CustomerNames: slices.Clone(p.CustomerNames), ManyZones: p.ManyZones,
		Terms: []string{p.Name, p.Organization},
	}
	for i := range components {
		r.Terms = append(r.Terms, components[i].Name)
	}
	for _, address := range staff {
		if name := staffName(address); name != "" {
			r.StaffNames = append(r.StaffNames, name)
		}
	}
	for _, link := range slices.Concat(p.FooterLinks, []status.FooterLink{{URL: p.SupportURL}}) {
		if host := hostOf(link.URL); host != "" {
			r.PublicDomains = append(r.PublicDomains, host)
		}
	}
	return r
}

// staffName reads the name of a member of staff out of a mail address such as
// anna.becker@example.org; "" when it is not one person's.
func staffName(address string) string {
	local, _, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	var parts []string
	for _, part := range strings.FieldsFunc(local, func(r rune) bool { return strings.ContainsRune("._-", r) }) {
		if strings.ContainsAny(part, "0123456789") || slices.Contains(roles(), strings.ToLower(part)) {
			return ""
		}
		first, size := utf8.DecodeRuneInString(part)
		parts = append(parts, string(unicode.ToUpper(first))+part[size:])
	}
	return strings.Join(parts, " ")
}

// hostOf is the host of a link, "" when there is none.
func hostOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// publicDomains are all names that may appear in this notice, in one spelling.
func (r Rules) publicDomains(n Notice) []string {
	all := append(slices.Clone(r.PublicDomains), r.BaseHost)
	if n.Vendor != "" {
		for _, t := range n.Texts {
			all = append(all, hostOf(t[VendorURL]))
		}
	}
	if strings.Contains(r.SupportContact, "://") {
		all = append(all, hostOf(r.SupportContact))
	}
	out := all[:0]
	for _, d := range all {
		if strings.Contains(d, "://") {
			d = hostOf(d)
		}
		d = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(d), "*."))
		if d = strings.Trim(d, "."); d != "" {
			out = append(out, d)
		}
	}
	return out
}

// domain is the public domain that the host is or lies below; "" when it is not public.
func (r *Rules) domain(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	longest := ""
	for _, d := range r.PublicDomains {
		if (host == d || strings.HasSuffix(host, "."+d)) && len(d) > len(longest) {
			longest = d
		}
	}
	return longest
}

// publicAddress says whether an address or network may be named.
func (r *Rules) publicAddress(text string) bool {
	if slices.Contains(r.PublicDomains, strings.ToLower(text)) {
		return true
	}
	prefix, err := network(text)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(r.PublicDomains, func(d string) bool {
		allowed, err := network(d)
		return err == nil && allowed.Overlaps(prefix) && allowed.Bits() <= prefix.Bits()
	})
}

// network reads an address as a network of one.
func network(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		return netip.ParsePrefix(text) //nolint:wrapcheck // only its being nil counts
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err //nolint:wrapcheck // as above
	}
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}

// The lists of names that the caller gives.
const (
	listTerms     = "terms"
	listStaff     = "staff"
	listCustomers = "customers"
)

// lexicon makes the caller's names findable.
func (r Rules) lexicon(n Notice) lexicon {
	l := newLexicon()
	for _, name := range slices.Concat(r.Terms, r.Vendors, []string{n.Vendor}) {
		if utf8.RuneCountInString(name) >= 2 {
			l.add(listTerms, name, "")
		}
	}
	for _, name := range r.CustomerNames {
		if utf8.RuneCountInString(name) >= 3 {
			l.add(listCustomers, name, "")
		}
	}
	for _, name := range r.StaffNames {
		addStaff(l, name)
	}
	return l
}

// addStaff adds a name in the forms that people write. A single word counts only with
// its capital and only when it is no role, so that an account "support" harms nobody.
func addStaff(l lexicon, name string) {
	parts := strings.Fields(name)
	switch {
	case len(parts) >= 2:
		first, last := parts[0], parts[len(parts)-1]
		initial, _ := utf8.DecodeRuneInString(first)
		for _, form := range []string{name, first + " " + last, string(initial) + " " + last, last + " " + first} {
			l.add(listStaff, form, "")
		}
	case utf8.RuneCountInString(name) >= 4 && !slices.Contains(roles(), strings.ToLower(name)):
		l.add(listStaff, "="+name, "")
	}
}

// roles are names of accounts that are no names of people.
func roles() []string {
	return []string{
		"admin", "administrator", "support", "team", "service", "operations", "office", "staff",
		"owner", "editor", "publisher", "author", "viewer", "root", "test", "demo", "user", "system",
		"status", "technik", "betrieb", "kundendienst", "leitstelle", "bereitschaft", "redaktion",
	}
}
