package status

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// VeilAddress keeps a mail address recognisable for whoever knows it, and for nobody else.
func VeilAddress(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return "…"
	}
	_, size := utf8.DecodeRuneInString(address)
	return address[:size] + "…" + address[at:]
}

// VeilEndpoint keeps of an endpoint what names the system: its path often holds a secret.
func VeilEndpoint(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return "…"
	}
	return u.Scheme + "://" + u.Host + "/…"
}
