package lint

import (
	"slices"
	"strings"
	"testing"
)

func TestMachineNames(t *testing.T) {
	c := newChecker(Notice{}, Rules{})
	for name := range strings.FieldsSeq("db-prod-03 srv12 web01 DB01 fra-web02 k8s-worker-12 vm-0042 mailserver01 nas01 lb-02 SRV-DB-07 prod-db esx07 mysql1 dc01 db_prod_03 node01 app-07 proxy3") {
		if !c.machine(name) {
			t.Errorf("%q is a machine", name)
		}
	}
	for name := range strings.FieldsSeq("node-20 node18 web3 web2 ES6 db2 mysql8 redis7 postgres16 us-east-1 e-mail app-1 web-app test-server api-v2 COVID-19 sql2019 DC2 h264 mp3 A4 covid log4j ubuntu-24 windows-2022 2026-11-22 store-2 stage-3 core-2 test-2024-11 mail-app IPv6 sha256 S-24 x86 x86-64 3-db backup-2026") {
		if c.machine(name) {
			t.Errorf("%q is no machine", name)
		}
	}
}

// TestAnchorsMissNothing: reading only around anchors finds what reading everything does.
func TestAnchorsMissNothing(t *testing.T) {
	re := &loaded().patterns
	patterns := map[string]pattern{
		"link": re.link, "mail": re.mail, "host": re.host, "ipv4": re.ipv4, "ipv4part": re.ipv4part, "unc": re.unc, "assigned": re.assigned, "spoken": re.spoken,
		"bearer": re.bearer, "known": re.known, "jwt": re.jwt, "pem": re.pem, "run": re.run, "cve": re.cve, "phone": re.phone, "digits": re.digits, "iban": re.iban,
		"title": re.title, "path": re.path, "stack": re.stack, "sql": re.sql, "port": re.port, "code": re.code, "ticket": re.ticket, "count": re.count,
		"region": re.region, "slot": re.slot, "mark": re.mark, "clock": re.clock, "hour": re.hour, "twelve": re.twelve, "number": re.number, "hundred": re.hundred,
	}
	for name, q := range patterns {
		found := 0
		for _, text := range corpusTexts(t) {
			p := newPassage("en", "body", text)
			var want, got []string
			for _, m := range q.re.FindAllString(text, -1) {
				want = append(want, strings.TrimSpace(m))
			}
			for _, m := range q.all(p) {
				got = append(got, strings.TrimSpace(text[m[0]:m[1]]))
			}
			found += len(got)
			if missing := slices.DeleteFunc(want, func(w string) bool { return slices.Contains(got, w) }); len(missing) > 0 && !candidateOnly(name) {
				t.Errorf("%s misses %q in %q", name, missing, text)
			}
		}
		if found == 0 {
			t.Errorf("%s finds nothing in any text", name)
		}
	}
}

// candidateOnly are patterns whose anchor refuses more than the expression does.
func candidateOnly(name string) bool { return name == "port" || name == "phone" || name == "ticket" }

func corpusTexts(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, rule := range allRules() {
		for _, c := range corpus(t, rule) {
			out = append(out, c.text, "Before it: "+c.text+" And behind it more words follow.")
		}
	}
	for _, n := range realNotices(t) {
		out = append(out, n.Body)
	}
	return out
}

func TestClocks(t *testing.T) {
	c := newChecker(Notice{}, Rules{})
	for text, want := range map[string][]int{
		"at 14:30 UTC": {870}, "um 14.30 Uhr": {870}, "um 14 Uhr": {840}, "2 pm": {840}, "2:30 p.m.": {870}, "12 am": {0}, "12 pm": {720}, "from 2 to 3 pm": {840, 900},
		"von 14.00 bis 15.30 Uhr": {840, 930}, "from 2:00 to 3:30 pm": {840, 930}, "version 14.30": nil, "10.30 %": nil, "1.2.3": nil, "24:00": {1440}, "9:05:10": {545},
	} {
		var got []int
		for _, clock := range c.clocks(newPassage("en", "", text)) {
			got = append(got, clock.minute)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestNumbersInOneNotation(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		want       []string
	}{
		{"en", "1,266.50", []string{"1266.5"}},
		{"de", "1.266,5", []string{"1266.5"}},
		{"de", "22.11.2026", []string{"22", "11", "2026"}},
		{"en", "1.2.3", []string{"1", "2", "3"}},
		{"de", "007", []string{"7"}},
		{"en", "12'000", []string{"12000"}},
		{"de", "1.266.500", []string{"1266500"}},
	} {
		if got := plainNumbers(c.text, c.lang); !slices.Equal(got, c.want) {
			t.Errorf("%s %q: %q, want %q", c.lang, c.text, got, c.want)
		}
	}
}

func TestTooLongForItsPlace(t *testing.T) {
	long := strings.Repeat("mail ", 17)
	for field, want := range map[Field]bool{Name: true, Body: false, CustomerImpact: false} {
		got := Check(Notice{Locales: []string{"en"}, Texts: map[string]Texts{"en": {field: long}}}, Rules{})
		found := slices.ContainsFunc(got, func(f Finding) bool { return strings.Contains(f.Message, "85 characters") })
		if found != want {
			t.Errorf("%s: %v", field, got)
		}
	}
}
