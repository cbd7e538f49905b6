package subscribers

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"allclear/status"
)

// normalise makes one spelling of a mail address: the domain in lower case and in ASCII.
func normalise(field, address string) (string, error) {
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return "", status.Invalid(field, "%q is not a mail address.", address)
	}
	for _, r := range address[:at] {
		if r > 0x7e {
			return "", status.Invalid(field, "Mail addresses with the letter %q before the @ cannot be reached from here.", string(r))
		}
	}
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(address[at+1:], "."))
	if err != nil || domain == "" {
		return "", status.Invalid(field, "%q is not a mail address.", address)
	}
	return status.NormaliseEmail(field, address[:at]+"@"+domain)
}

// mailbox is who gets the mail to an address, as far as spelling tells: what follows a
// plus sign is the owner's own note, and some providers ignore dots. It only counts
// confirmations, so a wrong guess costs a day of patience.
func mailbox(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// checkEndpoint refuses addresses that a webhook can never have. What a name resolves to
// is checked at each dial, see Guard.
func (g Guard) checkEndpoint(field, endpoint string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(endpoint))
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return "", status.Invalid(field, "%q is not a webhook address; it must look like https://example.com/hook.", endpoint)
	}
	host, err := idna.Lookup.ToASCII(strings.TrimSuffix(u.Hostname(), "."))
	addr, notAddress := netip.ParseAddr(u.Hostname())
	if notAddress == nil {
		host, err = u.Host, nil
	} else if port := u.Port(); port != "" {
		host += ":" + port
	}
	if err != nil {
		return "", status.Invalid(field, "%q is not a webhook address; its host name is not possible.", endpoint)
	}
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || len(g.Allow) == 0):
		return "", status.Invalid(field, "A webhook address must begin with https://.")
	case notAddress == nil && !g.allows(addr, u.Scheme == "http"):
		return "", status.Invalid(field, "A webhook must be reachable from the internet; %s is not.", addr)
	}
	u.Host = strings.ToLower(host)
	return u.String(), nil
}
