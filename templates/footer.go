package templates

import (
	"slices"
	"strings"
)

// footerSlots are the footer links that pages of public bodies must have, and those that
// every page has. A label that is their name in some language is said in each reader's.
func footerSlots() []string {
	return []string{"footer.easy_language", "footer.sign_language", "footer.barrier", "footer.arbitration", "footer.imprint", "footer.privacy"}
}

// slotsOf collects the names of the slots in all languages.
func slotsOf(all map[string]catalogue) map[string]string {
	slots := map[string]string{}
	for _, c := range all {
		for _, key := range footerSlots() {
			slots[strings.ToLower(c.messages[key].text)] = key
		}
	}
	return slots
}

// slot is the key of a known label; empty for any other.
func (v *Voice) slot(label string) string { return v.slots[strings.ToLower(strings.TrimSpace(label))] }

// footed is the chrome with its known footer links in the reader's language.
func (v *Voice) footed(c Chrome) Chrome {
	c.FooterLinks = slices.Clone(c.FooterLinks)
	for i, link := range c.FooterLinks {
		if key := v.slot(link.Title); key != "" {
			c.FooterLinks[i].Title = v.T(key)
		}
	}
	return c
}
