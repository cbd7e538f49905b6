package lint

import (
	"slices"
	"strings"
)

// countPassive is in how many sentences something is done by nobody.
func countPassive(lang string, sentences []sentence) int {
	n := 0
	for _, s := range sentences {
		if lang == "de" && germanPassive(s.words) || lang == "en" && englishPassive(s.words) {
			n++
		}
	}
	return n
}

// englishPassive looks for a form of "to be" with a participle close behind. A state
// ("is fixed", "are affected") is no passive.
func englishPassive(words []word) bool {
	for i, w := range words {
		switch w.key {
		case "is", "are", "was", "were", "be", "been", "being":
		default:
			continue
		}
		for _, next := range words[i+1 : min(len(words), i+3)] {
			if englishParticiple(next.key) {
				return true
			}
		}
	}
	return false
}

func englishParticiple(w string) bool {
	switch w {
	case "fixed", "affected", "closed", "limited", "finished", "delayed", "interested", "unaffected", "need", "indeed", "speed":
		return false
	case "found", "known", "made", "done", "sent", "lost", "seen", "taken", "given", "shown", "broken", "written", "held", "kept", "put", "set", "built", "brought", "told", "begun", "chosen", "driven", "paid", "run":
		return true
	}
	return len(w) > 4 && strings.HasSuffix(w, "ed")
}

// germanPassive looks for a form of "werden" with a participle in one sentence.
func germanPassive(words []word) bool {
	helper, participle := false, false
	for _, w := range words {
		switch w.key {
		case "wird", "werden", "wurde", "wurden", "worden":
			helper = true
		default:
			participle = participle || germanParticiple(w.key)
		}
	}
	return helper && participle
}

func germanParticiple(w string) bool {
	switch w {
	case "behoben", "betroffen", "verloren", "verschoben", "entschieden", "unterbrochen", "gegeben", "verwiesen", "vorgenommen", "übernommen":
		return true
	}
	if len(w) < 6 {
		return false
	}
	if at := strings.Index(w, "ge"); at >= 0 && len(w)-at > 5 && (strings.HasSuffix(w, "t") || strings.HasSuffix(w, "en")) {
		return at == 0 || separable(w[:at])
	}
	return strings.HasSuffix(w, "iert") || strings.HasSuffix(w, "t") && begins(w, "be", "ver", "er", "ent", "zer", "über", "unter", "wieder")
}

func begins(w string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(w, p) })
}

// separable says whether a syllable before "ge" makes a participle: ab-ge-schaltet.
func separable(prefix string) bool {
	switch prefix {
	case "ab", "an", "auf", "aus", "ein", "vor", "zu", "um", "her", "hin", "mit", "nach", "weg", "fest", "durch", "fort", "los", "frei", "bei", "dar":
		return true
	}
	return false
}
