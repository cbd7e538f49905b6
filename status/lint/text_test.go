package lint

import (
	"slices"
	"testing"
)

func TestSentences(t *testing.T) {
	for text, want := range map[string]int{
		"One. Two. Three.":                                   3,
		"Wir melden uns um 14.30 Uhr. Danke.":                2,
		"Am 22. November ab 9 Uhr.":                          1,
		"Das gilt z. B. für Nr. 5 bzw. Nr. 6.":               1,
		"Dr. Weber und Prof. Klein fehlen.":                  1,
		"Version 1.2.3 is out. It works.":                    2,
		"See e.g. page 5, i.e. the next one.":                1,
		"We start at 8.30 a.m. and end at 9 p.m. on Monday.": 1,
		"First line\nSecond line":                            2,
		"Is it fixed? Yes! It is.":                           3,
		"About 1.266.500 pages. All are fine.":               2,
		"Siehe https://example.com/a.html. Danke.":           2,
		"Es dauert ca. 5 Std. Danach geht es.":               1,
		"Das war um 14. Danach nichts.":                      2,
		"":                                                   0,
		"...":                                                0,
	} {
		if got := len(newPassage("de", "", text).sentencesOf()); got != want {
			t.Errorf("%q has %d sentences, want %d", text, got, want)
		}
	}
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{
		"störung": 2, "anmeldung": 3, "derzeit": 2, "nicht": 1, "erreichbar": 3, "neue": 2, "bauen": 2, "beobachten": 4, "quelle": 2, "aktualisierung": 6,
		"wir": 1, "sie": 1, "ausgefallen": 4, "behoben": 3, "vollständig": 3, "kundinnen": 3, "möglich": 2, "überbrückung": 4, "daten": 2, "station": 3, "4711": 1,
	} {
		if got := syllables("de", word); got != want {
			t.Errorf("de %q has %d, want %d", word, got, want)
		}
	}
	for word, want := range map[string]int{
		"available": 4, "problem": 2, "moment": 2, "the": 1, "service": 2, "confirmed": 2, "looking": 2, "cause": 1, "affected": 3, "requests": 2, "customers": 3,
		"data": 2, "table": 2, "people": 2, "reason": 2, "action": 2, "area": 3, "various": 3, "changes": 2, "pages": 2, "fixed": 1, "started": 2, "notice": 2, "estimate": 3,
		"create": 2, "being": 2, "world": 1, "system": 2, "update": 2, "workaround": 3, "a": 1,
	} {
		if got := syllables("en", word); got != want {
			t.Errorf("en %q has %d, want %d", word, got, want)
		}
	}
}

func TestReadability(t *testing.T) {
	plain, _ := Readability("en", "The shop is not available at the moment. We are looking for the cause.")
	hard, _ := Readability("en", "Due to infrastructure configuration inconsistencies, authentication functionality availability deteriorated considerably.")
	if plain < 80 || hard > 0 {
		t.Errorf("English: plain %.0f, hard %.0f", plain, hard)
	}
	plain, _ = Readability("de", "Der Shop geht derzeit nicht. Wir suchen die Ursache.")
	hard, _ = Readability("de", "Aufgrund von technischen Schwierigkeiten im Zusammenhang mit Infrastrukturkomponenten ist die Verfügbarkeit beeinträchtigt.")
	if plain < 70 || hard > 20 {
		t.Errorf("German: plain %.0f, hard %.0f", plain, hard)
	}
	if _, ok := Readability("fr", "Bonjour."); ok {
		t.Error("there is no formula for French")
	}
}

func TestPassive(t *testing.T) {
	for text, want := range map[string]int{
		"Die Datei wurde gelöscht. Wir löschen sie.": 1, "Die Störung wird behoben.": 1, "Es wird kalt.": 0, "Wir werden uns melden.": 0, "Das Gerät wurde abgeschaltet.": 1,
	} {
		if got := countPassive("de", newPassage("de", "", text).sentencesOf()); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	for text, want := range map[string]int{
		"The file was deleted. We deleted it.": 1, "The problem is fully fixed.": 0, "The parts were found.": 1, "We are sorry.": 0, "Orders are still delayed.": 0,
	} {
		if got := countPassive("en", newPassage("en", "", text).sentencesOf()); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestWordsAndSoftHyphens(t *testing.T) {
	var keys []string
	for _, w := range wordsOf("Die Benachrich\u00adtigung\u00a0(E-Mail) kam um 9:30.") {
		keys = append(keys, w.key)
	}
	want := []string{"die", "benachrichtigung", "e", "mail", "kam", "um", "9", "30"}
	if !slices.Equal(keys, want) {
		t.Errorf("got %v", keys)
	}
}

func TestLexiconTakesTheLongestPhrase(t *testing.T) {
	l := newLexicon()
	for _, text := range []string{"data", "data center*", "=Square", "roll* out"} {
		l.add("list", text, "")
	}
	var got []string
	p := newPassage("en", "", "The data-centers lost Data. Square is no square. We rolled\nout. The roll. Out.")
	for _, h := range l.find(p) {
		got = append(got, p.of(h.at))
	}
	if want := []string{"data-centers", "Data", "Square", "rolled\nout"}; !slices.Equal(got[:4], want) {
		t.Errorf("got %q", got)
	}
}
