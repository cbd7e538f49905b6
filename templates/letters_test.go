package templates

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"allclear/status"
)

// everyLetter renders each mail in each of its faces.
func everyLetter(t *testing.T, s *Set, locale string) map[string]Message {
	t.Helper()
	letters := map[string]Message{}
	add := func(name string) func(Message, error) {
		return func(m Message, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			letters[name] = m
		}
	}
	l := cannedLetter(locale)
	add("created")(s.NoticeMail(NoticeMail{l, cannedIncident(locale), EventCreated}))
	add("overdue")(s.NoticeMail(NoticeMail{l, cannedSlow(locale), EventUpdated}))
	add("resolved")(s.NoticeMail(NoticeMail{l, cannedResolved(locale), EventUpdated}))
	add("maintenance")(s.NoticeMail(NoticeMail{l, cannedMaintenance(locale, "m1", "scheduled", "2026-11-24 22:00", "2026-11-25 01:00"), EventCreated}))
	add("reminder")(s.NoticeMail(NoticeMail{l, cannedMaintenance(locale, "m1", "scheduled", "2026-11-24 22:00", "2026-11-25 01:00"), EventReminder}))
	add("bare")(s.NoticeMail(NoticeMail{l, Notice{Kind: KindIncident, ID: "x", Title: "X", Stage: "investigating"}, EventCreated}))
	add("confirm")(s.ConfirmMail(ConfirmMail{l, "https://status.example.org/subscriptions/PERSONAL-LINK/confirm", 7}))
	add("owndata")(s.OwnDataMail(OwnDataMail{l, "https://status.example.org/subscriptions/PERSONAL-LINK/data", 24}))
	add("webhook")(s.WebhookMail(WebhookMail{l, "https://hooks.example.org/in", at("2026-11-16 21:00"), "The address answered 500."}))
	for _, c := range []status.CallType{status.PromiseDueSoon, status.PromiseDue, status.PromiseOverdue, status.WatchOver} {
		add("call " + string(c))(s.CallMail(CallMail{l, c, cannedSlow(locale), "P2", at("2026-11-21 20:00"), c == status.WatchOver, "https://status.example.org/admin/incidents/b7w1q8z5t6bb#update"}))
	}
	return letters
}

func TestEveryLetterInEveryLanguage(t *testing.T) {
	s := newSet(t)
	for _, locale := range s.Locales() {
		for name, m := range everyLetter(t, s, locale) {
			keep(t, fmt.Sprintf("mail-%s-%s.html", locale, name), []byte(m.HTML))
			keep(t, fmt.Sprintf("mail-%s-%s.txt", locale, name), []byte(m.Subject+"\n\n"+m.Text))
			checkLetter(t, locale+"/"+name, m)
		}
	}
}

func checkLetter(t *testing.T, name string, m Message) {
	t.Helper()
	if size := len(m.Text) + len(m.HTML); size > 25<<10 {
		t.Errorf("%s weighs %d bytes, more than 25 KB", name, size)
	}
	for line := range strings.SplitSeq(m.Text, "\n") {
		if len([]rune(line)) > 72 && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("%s has a line of %d columns: %q", name, len([]rune(line)), line)
		}
	}
	if strings.ContainsAny(m.Subject, "\r\n") || m.Subject == "" {
		t.Errorf("%s has the subject %q", name, m.Subject)
	}
	if strings.Contains(m.Text, "&#") || strings.Contains(m.Text, "<p>") {
		t.Errorf("%s has HTML in its text part:\n%s", name, m.Text)
	}
	d := parse(t, []byte(m.HTML))
	if len(d.tags("h1")) != 1 || len(d.tags("img", "script", "link", "iframe")) != 0 {
		t.Errorf("%s has %d h1, and foreign parts %v", name, len(d.tags("h1")), d.tags("img", "script", "link", "iframe"))
	}
	for _, table := range d.tags("table") {
		if attr(table, "role") != "presentation" {
			t.Errorf("%s has a layout table without role", name)
		}
	}
	for _, link := range d.tags("a") {
		if !strings.HasPrefix(attr(link, "href"), "https://") {
			t.Errorf("%s links to %q", name, attr(link, "href"))
		}
	}
}

func TestBothPartsSayTheSameInTheSameOrder(t *testing.T) {
	s := newSet(t)
	m := everyLetter(t, s, "en")["created"]
	facts := []string{
		"Incident: Cause found · Critical", "SEPA direct debits are not carried out",
		"What is affected?", "Payments", "Direct debits due today stay open.", "Cards and cash machines work normally.",
		"Who is affected?", "About 1,200 people (around 8%).", "21:50 CET (20:50 UTC)",
		"What you can do now", "Urgent payments work as an", "instant transfer", "external provider",
		"Latest update", "22:05 CET (21:05 UTC)", "We have found the cause and are fixing it.",
		"Next update", "by 22:30 CET (21:30 UTC)",
	}
	for part, text := range map[string]string{
		"text": strings.Join(strings.Fields(m.Text), " "), "html": words(parse(t, []byte(m.HTML)).tags("td")[2]),
	} {
		from := 0
		for _, fact := range facts {
			at := strings.Index(text[from:], fact)
			if at < 0 {
				t.Fatalf("%s: %q is missing or out of order in\n%s", part, fact, text)
			}
			from += at
		}
	}
	if want := "https://status.example.org/incidents/k3v9x0p2m4aa\n"; !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, strings.TrimSpace(want)) {
		t.Errorf("the mail does not lead to the notice")
	}
}

func TestPersonalLinksComeOutByteForByte(t *testing.T) {
	s := newSet(t)
	for _, locale := range s.Locales() {
		l := cannedLetter(locale)
		l.ManageURL, l.UnsubscribeURL = "MANAGE-0123456789.abc_X", "UNSUBSCRIBE-0123456789.abc_X"
		m, err := s.NoticeMail(NoticeMail{l, cannedIncident(locale), EventCreated})
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range []string{l.ManageURL, l.ManageURL + "?level=start_and_end", l.UnsubscribeURL} {
			if strings.Count(m.Text, link+"\n") != 1 || strings.Count(m.HTML, `"`+link+`"`) != 1 {
				t.Errorf("%s: %s is %d times in the text and %d times in the HTML, want once each", locale, link, strings.Count(m.Text, link), strings.Count(m.HTML, link))
			}
		}
	}
}

func TestSubjects(t *testing.T) {
	s := newSet(t)
	maintenance := func(stage string) func(string) Notice {
		return func(l string) Notice { return cannedMaintenance(l, "m", stage, "2026-11-24 22:00", "2026-11-25 01:00") }
	}
	stage := func(stage string) func(string) Notice {
		return func(l string) Notice { n := cannedSlow(l); n.Stage = stage; return n }
	}
	for _, c := range []struct {
		notice func(string) Notice
		event  string
		en, de string
	}{
		{stage("investigating"), EventCreated, "Problem: Online banking responds slowly [P]", "Störung: Das Onlinebanking reagiert langsam [P]"},
		{stage("investigating"), EventUpdated, "Problem, news: Online banking responds slowly [P]", "Störung, Neues: Das Onlinebanking reagiert langsam [P]"},
		{stage("investigating"), EventReopened, "Problem is back: Online banking responds slowly [P]", "Erneut gestört: Das Onlinebanking reagiert langsam [P]"},
		{stage("identified"), EventUpdated, "Cause found: Online banking responds slowly [P]", "Ursache gefunden: Das Onlinebanking reagiert langsam [P]"},
		{stage("resolved"), EventUpdated, "Resolved: Online banking responds slowly [P]", "Behoben: Das Onlinebanking reagiert langsam [P]"},
		{maintenance("scheduled"), EventCreated, "Maintenance 24 Nov 23:00–02:00: Renewal of the card system [P]", "Wartung 24.11. 23:00–02:00 Uhr: Erneuerung des Kartensystems [P]"},
		{maintenance("scheduled"), EventReminder, "Reminder, 24 Nov 23:00–02:00: Renewal of the card system [P]", "Erinnerung, 24.11. 23:00–02:00 Uhr: Erneuerung des… [P]"},
		{maintenance("completed"), EventUpdated, "Maintenance, Completed: Renewal of the card system [P]", "Wartung, Abgeschlossen: Erneuerung des Kartensystems [P]"},
	} {
		for locale, want := range map[string]string{"en": c.en, "de": c.de} {
			l := cannedLetter(locale)
			l.PageName = "P"
			got := s.Subject(NoticeMail{l, c.notice(locale), c.event})
			if got != want {
				t.Errorf("%s: %q, want %q", locale, got, want)
			}
			if before := strings.TrimSuffix(got, " [P]"); len([]rune(before)) > 60 {
				t.Errorf("%q is longer than 60 characters", before)
			}
		}
	}
}

func TestHostileTextStaysTextInLetters(t *testing.T) {
	s := newSet(t)
	for _, locale := range s.Locales() {
		m := poisoned(NoticeMail{cannedLetter(locale), cannedIncident(locale), EventCreated})
		m.Notice.Title = hostile + "\r\nBcc: victim@example.org"
		got, err := s.NoticeMail(m)
		if err != nil {
			t.Fatal(err)
		}
		checkHarmless(t, locale, []byte(got.HTML))
		if strings.ContainsAny(got.Subject, "\r\n") {
			t.Errorf("the subject starts another header: %q", got.Subject)
		}
		w := poisoned(WebhookMail{Letter: cannedLetter(locale)})
		if got, err = s.WebhookMail(w); err != nil {
			t.Fatal(err)
		}
		checkHarmless(t, locale, []byte(got.HTML))
		call := poisoned(CallMail{Letter: cannedLetter(locale), Notice: cannedIncident(locale)})
		if got, err = s.CallMail(call); err != nil {
			t.Fatal(err)
		}
		checkHarmless(t, locale, []byte(got.HTML))
	}
}

// A reminder of a maintenance says so in its first sentence – unless it has begun since.
func TestReminderMail(t *testing.T) {
	s := newSet(t)
	for locale, want := range map[string]string{
		"en": "Reminder: Renewal of the card system starts 24 Nov 2026, 23:00 CET (22:00 UTC).",
		"de": "Erinnerung: Erneuerung des Kartensystems beginnt 24.11.2026, 23:00 Uhr MEZ (22:00 Uhr UTC).",
	} {
		m := everyLetter(t, s, locale)["reminder"]
		for part, text := range map[string]string{"text": strings.Join(strings.Fields(m.Text), " "), "html": words(parse(t, []byte(m.HTML)).tags("td")[2])} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%s: the %s does not say %q once:\n%s", locale, part, want, text)
			}
		}
		begun := NoticeMail{cannedLetter(locale), cannedMaintenance(locale, "m1", "in_progress", "2026-11-24 22:00", "2026-11-25 01:00"), EventReminder}
		late, err := s.NoticeMail(begun)
		if err != nil || strings.Contains(late.Text, want) || strings.HasPrefix(late.Subject, "Reminder") || strings.HasPrefix(late.Subject, "Erinnerung") {
			t.Errorf("%s, begun: %v %s\n%s", locale, err, late.Subject, late.Text)
		}
	}
}

// A reminder says on the lock screen what is due, and leads to where it is done.
func TestCallMail(t *testing.T) {
	letters := everyLetter(t, newSet(t), "en")
	for call, want := range map[status.CallType][2]string{
		status.PromiseDueSoon: {"Update due by 21:00 CET: Online banking responds slowly [Example", "Customers were promised an update by 21 Nov 2026, 21:00 CET"},
		status.PromiseDue:     {"Update due now: Online banking responds slowly [Example", "by 21 Nov 2026, 21:00 CET (20:00 UTC) is due now."},
		status.PromiseOverdue: {"Update overdue since 21:00 CET: Online banking responds… [Example", "is overdue. The public page says so."},
		status.WatchOver:      {"Resolved?: Online banking responds slowly [Example", "That is as long as planned. If everything is stable, please resolve the notice."},
	} {
		m := letters["call "+string(call)]
		if !strings.HasPrefix(m.Subject, want[0]) {
			t.Errorf("%s: subject %q", call, m.Subject)
		}
		text := strings.Join(strings.Fields(m.Text), " ")
		if !strings.Contains(text, want[1]) || !strings.Contains(text, " P2 ") || strings.Contains(text, "nsubscribe") {
			t.Errorf("%s: text\n%s", call, m.Text)
		}
		if link := "https://status.example.org/admin/incidents/b7w1q8z5t6bb#update"; !strings.Contains(m.Text, link+"\n") || !strings.Contains(m.HTML, `href="`+link+`"`) {
			t.Errorf("%s does not lead to the next step", call)
		}
	}
	for call := range letters {
		if asks := strings.Contains(letters[call].Text, "please resolve"); asks != (call == "call watch.over") {
			t.Errorf("%s asks to resolve: %v", call, asks)
		}
	}
}

func TestConfirmationCarriesOnlyOurWords(t *testing.T) {
	m := everyLetter(t, newSet(t), "en")["confirm"]
	if !strings.Contains(m.Text, "/subscriptions/PERSONAL-LINK/confirm\n") || !strings.Contains(m.Text, "7 days") {
		t.Errorf("the confirmation lacks its link or its term:\n%s", m.Text)
	}
	if regexp.MustCompile(`(?i)unsubscribe`).MatchString(m.Text + m.HTML) {
		t.Errorf("the confirmation offers to unsubscribe from what is not subscribed yet")
	}
}

func TestWrap(t *testing.T) {
	for in, want := range map[string]string{
		"one two three":       "one two\nthree",
		"- one two three":     "- one two\n  three",
		"averyveryverylong x": "averyveryverylong\nx",
		"":                    "",
		"  in dented words":   "  in\n  dented\n  words",
	} {
		if got := wrap(in, 9); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
