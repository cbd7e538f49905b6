package lint

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed words messages
var files embed.FS

// data are the word lists, patterns and sentences, made ready once.
type data struct {
	lexicons map[string]lexicon           // by language, "" for others
	sets     map[string]map[string]string // lists of single words with their kind, by name of the file
	messages map[string]map[string]string // by language and key
	patterns patterns
}

var loaded = sync.OnceValue(load)

func load() *data {
	d := &data{
		lexicons: map[string]lexicon{}, sets: map[string]map[string]string{},
		messages: map[string]map[string]string{}, patterns: compile(),
	}
	for _, lang := range []string{"", "en", "de"} {
		d.lexicons[lang] = lexiconOf(lang)
	}
	for _, name := range []string{"tlds", "tldwords", "nothosts", "servernames", "notmachines", "internal", "trackers", "notickets", "cities"} {
		set := map[string]string{}
		for _, line := range lines("words/" + name + ".txt") {
			set[strings.ToLower(line[0])] = line[1]
		}
		d.sets[name] = set
	}
	for _, lang := range []string{"en", "de"} {
		d.messages[lang] = map[string]string{}
		for _, line := range lines("messages/" + lang + ".txt") {
			d.messages[lang][line[0]] = line[1]
		}
	}
	return d
}

// lexiconOf gathers the lists for a language. What must not be disclosed is looked for
// in every language: people mix them.
func lexiconOf(lang string) lexicon {
	l := newLexicon()
	for _, name := range []string{"products", "vendors", "en/vulnerability", "de/vulnerability"} {
		l.addFile(name)
	}
	if lang == "" {
		return l
	}
	entries, err := fs.ReadDir(files, "words/"+lang)
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".txt"); name != listVulnerability {
			l.addFile(lang + "/" + name)
		}
	}
	return l
}

func (l lexicon) addFile(name string) {
	for _, line := range lines("words/" + name + ".txt") {
		l.add(path.Base(name), line[0], line[1])
	}
}

// lines are the entries of a list: a word, and what to write instead.
func lines(name string) [][2]string {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err) // a list that is not in the program is a fault of the build
	}
	var out [][2]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, instead, _ := strings.Cut(line, "\t")
		out = append(out, [2]string{word, instead})
	}
	return out
}

// The word lists, by the name of their file.
const (
	listProducts      = "products"
	listVendors       = "vendors"
	listVulnerability = "vulnerability"
	listJargon        = "jargon"
	listEmpty         = "empty"
	listSpeculation   = "speculation"
	listCulprits      = "culprits"
	listFaults        = "faults"
	listRelative      = "relative"
	listAbsolute      = "absolute"
	listHumour        = "humour"
	listEffects       = "effects"
	listPeople        = "people"
	listMachines      = "machines"
	listCauses        = "causes"
)

// has says whether a word is in one of the simple lists.
func (d *data) has(list, word string) bool {
	_, ok := d.sets[list][word]
	return ok
}

// say is the sentence for a finding, in the language of the reader.
func (c *checker) say(key string, f Finding, args ...string) string {
	text := c.sentence(c.r.Language, key)
	pairs := append([]string{"{match}", shorten(f.Match), "{suggestion}", f.Suggestion}, args...)
	return strings.NewReplacer(pairs...).Replace(text)
}

// sentence looks a key up; a language without catalogue reads English.
func (c *checker) sentence(language, key string) string {
	all, ok := c.data.messages[languageOf(language)]
	if !ok {
		all = c.data.messages["en"]
	}
	return all[key]
}

// swap is the safe replacement of a kind, in the language of the text.
func (c *checker) swap(p *passage, kind string) string { return c.sentence(p.locale, "swap."+kind) }

// shorten keeps a match readable inside a sentence.
func shorten(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return strings.TrimSpace(string(runes[:most])) + "…"
	}
	return s
}
