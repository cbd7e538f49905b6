package lint

import (
	"math/big"
	"slices"
	"strings"
	"unicode"
)

// personal is rule D7: what leads to a person.
func (c *checker) personal(p *passage) {
	for _, s := range p.addresses {
		if !inside(s, p.secrets) {
			c.report(p, "D7.mail", Block, s, c.swap(p, "contact"))
		}
	}
	var ibans []span
	for _, m := range c.data.patterns.iban.all(p) {
		if s, ok := p.iban(span{m[0], m[1]}); ok {
			ibans = append(ibans, s)
			c.report(p, "D7.iban", Block, s, "")
		}
	}
	c.phones(p, ibans)
	for _, m := range c.data.patterns.title.all(p) {
		c.report(p, "D7.name", Block, span{m[0], m[1]}, c.swap(p, "staff"))
	}
	for _, h := range p.named {
		switch h.list {
		case listStaff:
			c.report(p, "D7.name", Block, h.at, c.swap(p, "staff"))
		case listCustomers:
			c.report(p, "D8", Block, h.at, c.swap(p, "customer"))
		}
	}
}

// phones finds telephone numbers by their shape, or by the word before them.
func (c *checker) phones(p *passage, ibans []span) {
	var found []span
	for _, m := range c.data.patterns.phone.all(p) {
		if s := (span{m[0], m[1]}); p.phone(s) {
			found = append(found, s)
		}
	}
	for _, m := range c.data.patterns.digits.all(p) {
		if s := (span{m[2], m[3]}); len(digitsOf(p.of(s))) >= 6 && !p.dated(s) {
			found = append(found, s)
		}
	}
	for _, s := range merged(found) {
		if !touches(s, ibans) && !touches(s, p.links) && !c.supportNumber(p.of(s)) {
			c.report(p, "D7.phone", Block, s, c.swap(p, "contact"))
		}
	}
}

// phone tells a telephone number from a date, an order number or a range.
func (p *passage) phone(s span) bool {
	text, before := p.of(s), p.before(s.start)
	n := len(digitsOf(text))
	international := strings.HasPrefix(text, "+") || strings.HasPrefix(text, "00")
	switch {
	case isWordRune(before) || strings.ContainsRune(".-/:,_#+", before) && before != 0:
		return false
	case isWordRune(p.after(s.end)) || n < 8 || n > 15 || international && n < 9:
		return false
	case strings.HasPrefix(text, "+") && strings.ContainsAny(text, " ") && small(text):
		return false
	}
	return !p.ordered(s) && !p.dated(s)
}

// small is true for rows of short numbers such as "+15 20 30 60 90".
func small(text string) bool {
	for part := range strings.FieldsSeq(text) {
		if len(digitsOf(part)) > 2 {
			return false
		}
	}
	return len(strings.Fields(text)) < 6
}

// ordered says whether the words before call a number an order, an invoice or the like.
func (p *passage) ordered(s span) bool {
	for _, w := range p.lead(s.start, 2) {
		switch w {
		case "nr", "no", "nummer", "number", "auftrag", "bestellung", "order", "orders", "rechnung", "invoice", "id", "ids", "ticket", "vorgang", "kundennummer",
			"auftragsnummer", "bestellnummer", "rechnungsnummer", "ordernumber", "case", "fall", "aktenzeichen", "zeichen", "referenz", "reference", "ref", "serial", "seriennummer",
			"model", "modell", "typ", "type", "part", "artikel", "artikelnummer", "sku", "isbn", "build", "version", "tracking", "sendung", "sendungsnummer", "konto", "account":
			return true
		}
	}
	return false
}

// dated says whether a number is written as a date or a time: 2026-11-22, 01.02.2026.
func (p *passage) dated(s span) bool {
	text := p.of(s)
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '/' || r == '.' || r == ' ' })
	if len(parts) < 2 || p.after(s.end) == ':' {
		return p.after(s.end) == ':'
	}
	return year(parts[0]) && len(parts[1]) <= 2 || len(parts) >= 3 && len(parts[0]) <= 2 && len(parts[1]) <= 2 && year(parts[2])
}

// supportNumber says whether a number is that of the support, however it is written.
func (c *checker) supportNumber(text string) bool {
	support, given := digitsOf(c.r.SupportContact), digitsOf(text)
	const tail = 7 // enough to tell numbers apart whatever comes before
	return len(support) >= tail && len(given) >= tail && support[len(support)-tail:] == given[len(given)-tail:]
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// iban finds the account number at the beginning of a place, by its length and checksum.
func (p *passage) iban(s span) (span, bool) {
	compact, ends := "", []int{}
	for i, r := range p.of(s) {
		if !unicode.IsSpace(r) {
			compact += string(r)
			ends = append(ends, s.start+i+len(string(r)))
		}
	}
	for n := min(len(compact), 34); n >= 15; n-- {
		end := ends[n-1]
		if !isWordRune(p.after(end)) && ibanValid(compact[:n]) {
			return span{s.start, end}, true
		}
	}
	return span{}, false
}

// ibanValid is ISO 13616: the country and the check digits go to the end, letters count
// from 10, and the rest of a division by 97 is 1.
func ibanValid(s string) bool {
	var digits strings.Builder
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			digits.WriteString(big.NewInt(int64(r - 'A' + 10)).String())
		default:
			return false
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Cmp(big.NewInt(1)) == 0 && slices.Contains(ibanLengths(s[:2]), len(s))
}

// ibanLengths are the lengths of a country's account numbers; any for countries that
// this table does not know.
func ibanLengths(country string) []int {
	known := map[string]int{
		"AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22,
		"GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
		"PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26,
	}
	if n, ok := known[country]; ok {
		return []int{n}
	}
	return []int{len(country) + 13, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34}
}
