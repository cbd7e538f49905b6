package lint

import (
	"strconv"
	"strings"
	"unicode"
)

// compounds are the runs of letters, digits, - and _ in a text that begin with a letter
// and hold more than letters.
func compounds(text string) []span {
	var out []span
	start, special := -1, false
	end := func(at int) {
		if start >= 0 && special {
			if name := strings.TrimRight(text[start:at], "-_"); name != "" {
				out = append(out, span{start, start + len(name)})
			}
		}
		start, special = -1, false
	}
	for at, r := range text {
		letter, mark := unicode.IsLetter(r), unicode.IsDigit(r) || r == '-' || r == '_'
		switch {
		case !letter && !mark:
			end(at)
		case start < 0:
			start, special = at, mark
		default:
			special = special || mark
		}
	}
	end(len(text))
	return out
}

// machine says whether a word is a bare name of a machine, such as db-prod-03 or srv12.
// Everyday words with numbers (node-20, web3, ES6, us-east-1) are none.
func (c *checker) machine(name string) bool {
	name = strings.ToLower(name)
	if strings.IndexFunc(name, unicode.IsLetter) != 0 {
		return false
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' })
	for _, part := range parts {
		stem, number := split(part)
		if c.data.glued(stem, number) && (len(parts) == 1 || c.data.has("servernames", stem)) {
			return true
		}
	}
	return len(parts) > 1 && c.data.compound(parts)
}

// compound judges a name of several parts by how many of them tell of machines, and by
// the number at its end.
func (d *data) compound(parts []string) bool {
	var known, numbers, environments int
	for _, part := range parts {
		switch {
		case numeric(part):
			numbers++
		case d.has("servernames", part):
			known++
			if d.sets["servernames"][part] == "environment" {
				environments++
			}
		}
	}
	last := parts[len(parts)-1]
	switch {
	case numbers == 0:
		return environments == 1 && known == len(parts)
	case numbers > 1 || !numeric(last) || len(last) > 4 || year(last):
		return false
	case len(parts) == 2:
		return d.sets["servernames"][parts[0]] == "machine" || known == 1 && strings.HasPrefix(last, "0")
	}
	return known >= 2 || known == 1 && len(last) >= 2
}

// numeric says whether a part is a number only.
func numeric(part string) bool { stem, number := split(part); return stem == "" && number != "" }

// split parts a word into letters and the digits behind them; a word of another shape
// has no number.
func split(word string) (stem, number string) {
	at := strings.IndexFunc(word, unicode.IsDigit)
	if at < 0 {
		return word, ""
	}
	if strings.ContainsFunc(word[at:], func(r rune) bool { return !unicode.IsDigit(r) }) {
		return word, ""
	}
	return word[:at], word[at:]
}

// glued says whether letters with digits right behind them (srv12, web01) name a machine.
func (d *data) glued(stem, number string) bool {
	if stem == "" || number == "" || len(number) > 4 || year(number) || d.has("notmachines", stem+number) {
		return false
	}
	padded := strings.HasPrefix(number, "0")
	switch d.sets["servernames"][stem] {
	case "machine", "glued":
		return true
	case "product":
		n, err := strconv.Atoi(number)
		return err == nil && (padded || n < 5 || n > 19) // else a version
	case "place", "software":
		return padded
	}
	return len(number) >= 2 && machineEnding(stem)
}

// machineEnding is true for words such as fraweb or mailserver.
func machineEnding(stem string) bool {
	for _, end := range []string{"server", "srv", "host", "proddb", "vm", "web", "node", "sqldb"} {
		if strings.HasSuffix(stem, end) && stem != end {
			return true
		}
	}
	return false
}

// year says whether a number is one of our years.
func year(number string) bool {
	return len(number) == 4 && (strings.HasPrefix(number, "19") || strings.HasPrefix(number, "20"))
}
