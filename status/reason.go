package status

import (
	"regexp"
	"strings"
)

// Reason says in one word why a message did not arrive.
type Reason string

// The reasons, first those of mail, then those of webhooks.
const (
	NoMailbox     Reason = "no_mailbox"
	MailboxFull   Reason = "mailbox_full"
	MailboxOff    Reason = "mailbox_off"
	NoMailDomain  Reason = "no_domain"
	MailTooBig    Reason = "too_big"
	MailPolicy    Reason = "policy"
	MailSignIn    Reason = "sign_in"
	MailBusy      Reason = "busy"
	MailRefused   Reason = "refused"
	MailAway      Reason = "server_away"
	MailSilent    Reason = "silent"
	HookGone      Reason = "hook_gone"
	HookRefused   Reason = "hook_refused"
	HookMoved     Reason = "hook_moved"
	HookBusy      Reason = "hook_busy"
	HookBroken    Reason = "hook_broken"
	HookSlow      Reason = "hook_slow"
	HookUntrusted Reason = "hook_tls"
	HookPrivate   Reason = "hook_private"
	HookAway      Reason = "hook_away"
	NotWanted     Reason = "not_wanted"
	OtherReason   Reason = "other"
)

// Reasons lists all of them.
func Reasons() []Reason {
	return []Reason{
		NoMailbox, MailboxFull, MailboxOff, NoMailDomain, MailTooBig, MailPolicy, MailSignIn, MailBusy, MailRefused, MailAway, MailSilent,
		HookGone, HookRefused, HookMoved, HookBusy, HookBroken, HookSlow, HookUntrusted, HookPrivate, HookAway, NotWanted, OtherReason,
	}
}

// smtpAnswer is a reply of a mail server: its code and, mostly, an enhanced code.
var smtpAnswer = regexp.MustCompile(`\b([245]\d\d)(?:[ -]+([245]\.\d{1,3}\.\d{1,3}))?(?:\s|$)`)

// hookAnswer is how we note what an endpoint answered.
var hookAnswer = regexp.MustCompile(`answered ([1-5]\d\d)\b`)

// ReasonOf reads the last answer to a message; code is the server's own, "" when it gave
// none.
func ReasonOf(channel Channel, answer string) (why Reason, code string) {
	if strings.Contains(answer, "no longer there") || strings.Contains(answer, "has ended") || strings.Contains(answer, "withdrawn") || strings.Contains(answer, "taken back") {
		return NotWanted, ""
	}
	if channel == Webhook {
		return hookReason(answer)
	}
	m := smtpAnswer.FindStringSubmatch(answer)
	switch {
	case m != nil:
		return smtpReason(m[1], m[2]), strings.TrimSpace(m[1] + " " + m[2])
	case strings.Contains(answer, "fell silent"):
		return MailSilent, ""
	case strings.Contains(answer, "mail server"):
		return MailAway, ""
	}
	return OtherReason, ""
}

// smtpReason goes by the enhanced code where it says something (RFC 3463).
func smtpReason(code, enhanced string) Reason {
	if why := enhancedReason(enhanced); why != "" {
		return why
	}
	switch {
	case code == "530" || code == "535":
		return MailSignIn
	case code == "552":
		return MailboxFull
	case (code == "550" || code == "551" || code == "553") && enhanced == "":
		return NoMailbox
	case code[0] == '4':
		return MailBusy
	}
	return MailRefused
}

// enhancedReason reads an enhanced code such as 5.1.1; "" where it says too little.
func enhancedReason(enhanced string) Reason {
	class, detail, ok := strings.Cut(enhanced, ".")
	if !ok {
		return ""
	}
	switch detail {
	case "1.2", "4.4", "1.10":
		return NoMailDomain
	case "2.1":
		return MailboxOff
	case "2.2":
		return MailboxFull
	case "2.3", "3.4":
		return MailTooBig
	case "7.8", "7.9":
		return MailSignIn
	}
	subject, _, _ := strings.Cut(detail, ".")
	switch {
	case subject == "1" && class == "5":
		return NoMailbox
	case subject == "7":
		return MailPolicy
	}
	return ""
}

func hookReason(answer string) (Reason, string) {
	if m := hookAnswer.FindStringSubmatch(answer); m != nil {
		switch code := m[1]; {
		case code == "410":
			return HookGone, code
		case code == "429" || code == "503":
			return HookBusy, code
		case code[0] == '5':
			return HookBroken, code
		case code[0] == '3':
			return HookMoved, code
		default:
			return HookRefused, code
		}
	}
	for _, known := range []struct {
		part string
		why  Reason
	}{
		{"did not answer within", HookSlow}, {"TLS", HookUntrusted}, {"not reachable from the internet", HookPrivate}, {"could not be reached", HookAway},
	} {
		if strings.Contains(answer, known.part) {
			return known.why, ""
		}
	}
	return OtherReason, ""
}
