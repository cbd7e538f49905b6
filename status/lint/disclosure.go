package lint

import (
	"slices"
	"strings"
	"unicode"
)

// disclosure runs the rules D1 to D11 over a text. Credentials come first: what lies in
// one must not show in the match of another rule.
func (c *checker) disclosure(p *passage) {
	c.credentials(p)
	c.addressesOfMachines(p)
	c.hosts(p)
	hits := c.data.lexicons[""].find(p)
	c.weaknesses(p, hits)
	c.products(p, hits)
	c.vendors(p, hits)
	c.personal(p)
	c.traces(p)
	c.tickets(p)
	c.scale(p)
}

// weaknesses is rule D4.
func (c *checker) weaknesses(p *passage, hits []hit) {
	for _, m := range c.data.patterns.cve.all(p) {
		s := span{m[0], m[1]}
		p.taken = append(p.taken, s)
		c.report(p, "D4", Block, s, "")
	}
	for _, h := range hits {
		switch {
		case h.list != listVulnerability || touches(h.at, p.links):
		case !c.n.Security:
			c.report(p, "D4", Block, h.at, "")
		case !strings.HasPrefix(strings.ToLower(p.of(h.at)), "sicherheitsvorf"): // what the notice is about is no secret
			c.report(p, "D4.security", Warn, h.at, "")
		}
	}
}

// products is rule D5; a version makes it worse.
func (c *checker) products(p *passage, hits []hit) {
	for _, h := range hits {
		if h.list != listProducts || touches(h.at, p.taken) || touches(h.at, p.links) {
			continue
		}
		suggestion := c.swap(p, strings.TrimPrefix(h.replacement, "@"))
		if end := c.versionEnd(p, h.at.end); end > h.at.end {
			c.report(p, "D5.version", Block, span{h.at.start, end}, suggestion)
			continue
		}
		c.report(p, "D5", Warn, h.at, suggestion)
	}
}

// versionEnd is where a version behind a product ends; a time, a share or a count is
// none.
func (c *checker) versionEnd(p *passage, at int) int {
	m := c.data.patterns.version.FindStringIndex(p.text[at:])
	if m == nil {
		return c.yearEnd(p, at)
	}
	end := at + m[1]
	if after := p.after(end); isWordRune(after) || after == '%' || after == ':' {
		return at
	}
	switch p.next(end) {
	case "%", "uhr", "am", "pm", "percent", "prozent", "min", "minutes", "minuten", "hours", "stunden", "s", "ms", "gb", "mb", "tb", "seconds", "sekunden", "million", "millionen", "mio":
		return at
	}
	return end
}

// yearEnd accepts a year right behind a name, as in Windows Server 2019.
func (c *checker) yearEnd(p *passage, at int) int {
	rest := strings.TrimLeft(p.text[at:], " \u00a0")
	from := len(p.text) - len(rest)
	if from > at && len(rest) >= 4 && strings.HasPrefix(rest, "20") && year(digitsOf(rest[:4])) && !isWordRune(p.after(from+4)) {
		return from + 4
	}
	return at
}

// vendors is rule D6.
func (c *checker) vendors(p *passage, hits []hit) {
	for _, h := range hits {
		if h.list == listVendors && !touches(h.at, p.links) && !touches(h.at, p.taken) {
			c.report(p, "D6", Warn, h.at, c.swap(p, strings.TrimPrefix(h.replacement, "@")))
		}
	}
}

// traces is rule D9: what only a log or a terminal shows.
func (c *checker) traces(p *passage) {
	re := &c.data.patterns
	if strings.ContainsAny(p.text, `/\`) {
		for _, m := range re.path.all(p) {
			c.trace(p, "D9.path", submatch(m))
		}
	}
	for _, m := range re.stack.all(p) {
		c.trace(p, "D9.stack", span{m[0] + leading(p.text[m[0]:m[1]]), m[1]})
	}
	for _, m := range re.sql.all(p) {
		c.trace(p, "D9.sql", span{m[0], m[1]})
	}
	for _, m := range re.port.all(p) {
		if m[2] >= 0 {
			c.trace(p, "D9.port", span{m[0], m[1]})
			continue
		}
		c.trace(p, "D9.port", submatch(m))
	}
	if strings.Contains(p.text, "5") {
		for _, m := range re.code.all(p) {
			c.trace(p, "D9.code", span{m[0], m[1]})
		}
	}
}

func (c *checker) trace(p *passage, key string, s span) {
	if touches(s, p.links) {
		return
	}
	c.report(p, key, Warn, s, c.swap(p, key))
}

// submatch is the first group that took part.
func submatch(m []int) span {
	for i := 2; i < len(m); i += 2 {
		if m[i] >= 0 {
			return span{m[i], m[i+1]}
		}
	}
	return span{m[0], m[1]}
}

// leading is how much white space a text begins with.
func leading(s string) int { return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace)) }

// tickets is the part of rule D10 about numbers of tickets.
func (c *checker) tickets(p *passage) {
	for _, m := range c.data.patterns.ticket.all(p) {
		s := span{m[0], m[1]}
		if touches(s, p.links) || touches(s, p.taken) || touches(s, p.secrets) {
			continue
		}
		if m[6] >= 0 || p.ticket(s, p.text[m[2]:m[3]], p.text[m[4]:m[5]], c.data) {
			p.taken = append(p.taken, s)
			c.report(p, "D10.ticket", Block, s, "")
		}
	}
}

// ticket tells OPS-1234 from UTF-8, GPT-5, part numbers and longer words.
func (p *passage) ticket(s span, prefix, number string, d *data) bool {
	if strings.ContainsRune("-/._", p.before(s.start)) || strings.ContainsRune("-_", p.after(s.end)) || p.goesOn(s.end) {
		return false
	}
	if slices.ContainsFunc(p.lead(s.start, 2), ticketWord) {
		return true
	}
	prefix = strings.ToLower(prefix)
	place := d.has("cities", prefix) && len(number) <= 2
	return len(number) >= 2 && !place && !d.has("notickets", prefix) && !hasDigit(prefix) && !p.ordered(s)
}

// goesOn says whether a full stop at this place joins two parts of a word.
func (p *passage) goesOn(at int) bool {
	return p.after(at) == '.' && isWordRune(p.after(at+1))
}

// ticketWord says whether a number after this word is a ticket, however it looks.
func ticketWord(w string) bool {
	switch w {
	case "ticket", "tickets", "issue", "jira", "siehe", "see", "task", "vorgang", "bug", "story":
		return true
	}
	return false
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// scale is rule D11: how much there is of us, and where.
func (c *checker) scale(p *passage) {
	re := &c.data.patterns
	for _, m := range re.count.all(p) {
		if before := p.before(m[0]); before != '.' && before != ',' && before != '-' {
			c.report(p, "D11.count", Warn, span{m[0], m[1]}, c.swap(p, "count"))
		}
	}
	for _, m := range re.region.all(p) {
		if s := (span{m[0], m[1]}); !touches(s, p.links) && !touches(s, p.taken) && p.before(s.start) != '-' {
			c.report(p, "D11.place", Warn, s, c.swap(p, "place"))
		}
	}
	for _, m := range re.site.all(p) {
		s := span{m[0], m[1]}
		city := m[2] < 0 || c.data.has("cities", strings.ToLower(p.text[m[2]:m[3]]))
		if city && !touches(s, p.links) && !touches(s, p.taken) && p.after(s.end) != '-' && p.before(s.start) != '-' {
			c.report(p, "D11.place", Warn, s, c.swap(p, "place"))
		}
	}
}
