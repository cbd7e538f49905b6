package lint

import "regexp"

// patterns are the shapes that are found by expression; each finds candidates, and a
// function with an eye on the context decides.
type patterns struct {
	zone, version, rangeEnd, rangeHalf *regexp.Regexp // looked for at one place only

	link, mail, host                                                       pattern
	ipv4, ipv4part, ipv6, unc                                              pattern
	assigned, spoken, bearer, known, jwt, pem, userinfo, bareUserinfo, run pattern
	cve                                                                    pattern
	phone, digits, iban, title                                             pattern
	path, stack, sql, port, code                                           pattern
	ticket                                                                 pattern
	count, region, site                                                    pattern
	slot, mark, smiley                                                     pattern
	clock, hour, twelve, number, hundred                                   pattern
}

// compile makes the patterns ready; it runs once.
func compile() patterns {
	return patterns{
		rangeHalf: regexp.MustCompile(`(?i)^[ \x{a0}]*(?:to|and|until|–|-)[ \x{a0}]*\d{1,2}(?:[.:]\d\d)?[ \x{a0}]?([ap])\.?m\b`),
		rangeEnd:  regexp.MustCompile(`(?i)^[ \x{a0}]*(?:bis|und|–|-|oder)[ \x{a0}]*\d{1,2}(?:[.:]\d\d)?[ \x{a0}]*Uhr\b`),
		zone:      regexp.MustCompile(`(?:UTC|GMT|CEST|CET|MESZ|MEZ|BST|WEST|WET|WESZ|WEZ|EEST|EET|OESZ|OEZ|EDT|EST|CDT|CST|MDT|MST|PDT|PST|ET|CT|PT|JST|IST|AEST|AEDT|SGT|Z)\b(?:[+-]\d{1,2}(?::?\d\d)?)?|^[ \x{a0}]?[+-]\d\d:\d\d`),
		version:   regexp.MustCompile(`(?i)^(?:[ \x{a0}/_-]*(?:version|release|ver\.?|fassung)?[ \x{a0}]*)(?:v\d+(?:\.\d+)*|\d+(?:\.\d+)+)(?:-?[a-z]+\d*)?`),

		link: near(4, words("://"), `[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s<>"'`+"`"+`|\\^{}]+`),
		mail: near(4, words("@"), `[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}`),
		host: near(4, at(dotBetweenLetters), `[\p{L}\p{N}_][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_][\p{L}\p{N}_-]*)+`),

		ipv4:     near(4, at(digitDotDigit), `\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?`),
		ipv4part: near(4, words(".x", ".*"), `\b(?:10|172|192)(?:\.\d{1,3}){1,2}(?:\.[xX*]){1,2}`),
		ipv6:     near(4, at(twoColons), `[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:(?:\.\d{1,3}){3})?(?:/\d{1,3})?`),
		unc:      near(4, words("\\\\"), `\\\\[A-Za-z0-9_.-]{2,}\\[^\s"'<>|]+`),

		assigned: near(60, words("pass", "kennwort", "pwd", "secret", "key", "token", "sig", "session", "authoriz"), `(?i)(`+secretLabels+`)(["']?\s{0,2}[:=]{1,2}>?\s{0,2}["']?)([^\s"',;&<>{}()]{3,})`),
		spoken:   near(60, words("pass", "kennwort", "pin", "token", "secret", "key"), `(?i)\b(?:password|passphrase|passwort|kennwort|pin|token|secret|api[ -]?key)\s+(?:is|was|lautet|ist|war)(?:\s+now|\s+jetzt)?:?\s+["'„“]?([^\s"'„“”,;]{4,})`),
		bearer:   near(40, words("bearer"), `(?i)\bbearer\s+([A-Za-z0-9._~+/=-]{12,})`),
		known: near(4, words("akia", "asia", "aroa", "aida", "gh", "glpat", "xox", "_live_", "_test_", "whsec_", "aiza", "npm_", "sg.", "hf_", "ya29", "dop_v1"), `\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{16,}|`+
			`\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\b(?:sk|rk|pk|whsec)_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/=]{16,}|\bAIza[0-9A-Za-z_-]{30,}|`+
			`\bnpm_[A-Za-z0-9]{30,}|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\bhf_[A-Za-z0-9]{30,}|\bya29\.[A-Za-z0-9_-]{20,}|\bdop_v1_[a-f0-9]{40,}`),
		jwt:          near(4, words("eyj"), `\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?`),
		pem:          near(whole, words("-----begin "), `-----BEGIN [A-Z0-9 ]+-----`),
		userinfo:     near(60, words("://"), `[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s/:@]*:([^\s/@]+)@`),
		bareUserinfo: near(60, words("@"), `(?:^|[\s"'(])([A-Za-z][\w.-]{1,40}):([^\s:@/]{4,40})@[\w-]+`),
		run:          near(0, at(longRun), `[A-Za-z0-9+/_=-]{32,}`),

		cve: near(4, words("cve-", "ghsa", "cwe-"), `(?i)\bCVE-\d{4}-\d{3,}|\bGHSA(?:-[0-9a-z]{4}){3}\b|\bCWE-\d{2,4}\b`),

		phone: near(24, at(manyDigits), `(?:\+|\b00)[1-9][\d \x{a0}()/.-]{6,}\d|\(?\b0\d{1,5}\)?[ \x{a0}/-]{1,3}\d[\d \x{a0}/-]{3,}\d|\b01[5-7]\d{7,9}\b|\(\d{3}\) ?\d{3}-\d{4}\b|\b\d{3}-\d{3}-\d{4}\b`),
		digits: near(40, words("tel", "phone", "call", "fax", "mobil", "handy", "hotline", "rufnummer", "durchwahl", "whatsapp"), `(?i)\b(?:tel|telefon|telefonnummer|phone|telephone|call|fax|mobil|mobile|handy|hotline|rufnummer|durchwahl|whatsapp)\b[.:]?(?:\s+(?:us|uns|unter|at|on|number|no\.?|nr\.?|is|ist|lautet)){0,2}:?\s*`+
			`(\(?\d[\d \x{a0}()/-]{4,}\d)`),
		iban:  near(48, at(twoCapitalsTwoDigits), `\b[A-Z]{2}\d{2}(?:[ \x{a0}]?[A-Z0-9]{1,4}){3,8}\b`),
		title: near(40, words("herr", "frau", "mr", "ms.", "miss", "dr.", "prof."), `\b(?:Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.|Miss|Dr\.|Prof\.)(?:[ \x{a0}]+(?:Dr\.|Prof\.|med\.|Ing\.|von|van|de|zu))*[ \x{a0}]+\p{Lu}[\p{Ll}ß]+(?:[-'’]\p{Lu}?[\p{Ll}ß]+)*`),

		path: near(4, words("/var", "/etc", "/usr", "/opt", "/home", "/srv", "/tmp", "/mnt", "/root", "/proc", "/sys", "/bin", "/sbin", "/lib", "/dev", "/run", "/boot", "/data/www", "/export", "/vol", ":\\"), `(?:^|[\s"'`+"`"+`(=:])(/(?:var|etc|usr|opt|home|srv|tmp|mnt|root|proc|sys|bin|sbin|lib|dev|run|boot|data/www|export|vol\d*)(?:/[\w.@+-]+)+/?)|`+
			`(?:^|[\s"'`+"`"+`(=])([A-Za-z]:\\[\w.$ -]+(?:\\[\w.$-]+)*)`),
		stack: near(whole, words("traceback", "file \"", "goroutine", "panic", "exception", "error", "segmentation", "core dumped", ".php:", ".py:", ".rb:", ".js:", ".ts:", ".go:", ".java:", ".kt:", ".cs:", "on line", "native method"),
			`(?m)^\s*at [\w$.<>]+ ?\([\w$./]+(?:\.\w+)?(?::\d+)*\)|Traceback \(most recent call last\)|File "[^"\n]+", line \d+|goroutine \d+ \[|`+
				`\bpanic: |\b(?:\w+\.)*[A-Z][a-z]+\w*(?:Exception|Error)\b|\bin \S+\.(?:php|py|rb|js|go|java|cs):\d+|\bon line \d+ of \S+\.\w+|(?i:\bsegmentation fault\b)|(?i:\bcore dumped\b)`),
		sql: near(whole, words("select", "insert", "update", "delete", "drop", "alter", "create", "truncate", "where"), `\bSELECT\s+(?:\*|[\w.,()* ]+?)\s+FROM\s+\w+|(?i:\bselect \* from \w+)|\bINSERT\s+INTO\s+\w+|\bUPDATE\s+\w+\s+SET\s+\w+|\bDELETE\s+FROM\s+\w+|`+
			`\b(?:DROP|ALTER|CREATE|TRUNCATE)\s+(?:TABLE|DATABASE|INDEX|VIEW)\s+\w+|\bWHERE\s+\w+\s*(?:=|<|>|LIKE|IN)\s*\S+`),
		port: near(24, at(portLike), `(?i)\b(?:ports?|tcp|udp)(?:[ \x{a0}/-]+(?:number|nummer|tcp|udp))?[ \x{a0}:/-]+(\d{2,5})\b|(?:[\w-]+\.[\w.-]*[a-z]|localhost|\d\.\d{1,3}|\])(:\d{2,5})\b|(?:^|[\s(])(:\d{3,5})\b`),
		code: near(40, at(fiveHundred), `(?i)\bHTTP(?:[ \x{a0}/-]*(?:status|code|error|fehler|statuscode|\d\.\d))*[ \x{a0}:-]*5(?:\d\d|xx)s?\b|\b5xx(?:/\d(?:\d\d|xx)s?)?\b|`+
			`\b5\d\ds\b|\b5\d\d(?:\s+(?:or|and|und|oder)\s+5\d\d)?[ \x{a0}-]+(?:internal server|bad gateway|service unavailable|gateway time-?out|server error|http|status|errors?|error codes?|responses?|fehlern?|fehlermeldung\w*|statuscodes?)\b|`+
			`\b(?:errors?|error codes?|status|status codes?|statuscodes?|fehler|fehlercodes?|codes?)[ \x{a0}:]+5\d\d\b`),

		ticket: near(4, at(ticketLike), `\b([A-ZÄÖÜ][A-Z0-9ÄÖÜ]{1,9})-(\d{1,7})\b|\b((?:INC|CHG|PRB|RITM|REQ|TASK)\d{5,10})\b`),

		count: near(64, words("server", "node", "knoten", "host", "instan", "machine", "maschine", "rechner", "replica", "replik", "pod", "vm", "shard", "broker", "rack", "data cent", "datacent", "rechenzentr", "cluster", "router", "switch", "balancer"), `(?i)(?:\b(\d{1,5}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)`+
			`(?: (?:of|von|out of) (?:our |the |unseren |insgesamt )?(?:\d{1,5}|two|three|four|five|six|seven|eight|nine|ten|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn))?`+
			`(?:[ \x{a0}-](?:of|our|the|web|mail|database|application|app|api|file|virtual|physical|production|edge|backend|storage|cache|proxy|redundant|identical|unserer|unsere|virtuelle[rn]?|physische[rn]?|redundante[rn]?|identische[rn]?)){0,3}`+
			`[ \x{a0}-](?:servers?|servern|nodes?|knoten|hosts?|instances|instanzen|machines|maschinen|rechnern?|replicas|replikaten?|pods?|vms|shards|brokers?|racks?|data ?cent(?:er|re)s|datacenters?|rechenzentren|datenbankserver[n]?|webserver[n]?|mailserver[n]?|clusters?|clustern|routern?|routers|switches|load ?balancers?)\b)`),
		region: near(12, words("central", "north", "south", "east", "west"), `\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us|asia|europe|northamerica|southamerica|australia|africa|uk|de|fr|germany)-(?:gov-)?(?:central|north|south|east|west|northeast|northwest|southeast|southwest)-?\d{1,2}[a-f]?\b|`+
			`\b(?:east|west|central|north|south|northcentral|southcentral|westcentral)(?:us|europe)\d?\b|\b(?:germanywestcentral|germanynorth|switzerlandnorth|francecentral|uksouth|ukwest|swedencentral|norwayeast)\b`),
		site: near(4, at(capitalDigit), `\b([A-Z]{3})-?(\d{1,2})\b|\b(?:RZ|DC)[ -]?\d{1,2}\b`),

		slot:   near(whole, words("{"), `\{\{[^{}"\n]{0,60}\}\}|\{[^{}"\n:;]{0,60}\}`),
		mark:   near(0, words("!"), `!+`),
		smiley: near(3, words(":)", ":-", ";)", ";-", ":d", ":p", ":(", "<3", "xd", ":|"), `(?:^|\s)(?:[:;]-?[)D(P]|:-?\||<3|xD)(?:\s|$|[.,!?])`),

		clock:   near(16, at(clockLike), `\b([01]?\d|2[0-4])[:.]([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?:[ \x{a0}]?((?i:[ap]\.?m\b\.?)))?`),
		hour:    near(8, words("uhr", "clock"), `(?i)\b([01]?\d|2[0-4])[ \x{a0}](?:Uhr|o'clock)\b`),
		twelve:  near(8, at(halfDay), `(?i)\b(?:(1[0-2]|0?[1-9])[ \x{a0}]*(?:to|and|until|or|–|-)[ \x{a0}]*)?\b(1[0-2]|0?[1-9])[ \x{a0}]?([ap])\.?m\b\.?`),
		number:  near(0, at(digit), `\d+(?:[.,'’\x{a0}\x{202f}:]\d+)*`),
		hundred: near(12, words("100", "hundred", "hundert"), `(?i)(?:\b100[ \x{a0}]?(?:%|percent|prozent)|\b(?:hundred percent|hundert prozent))`),
	}
}

// secretLabels are words before a credential.
//
//nolint:gosec // words, no credential
const secretLabels = `\b(?:[a-z0-9]+[_-]){0,3}(?:password|passphrase|passwort|kennwort|passwd|pwd|passwd|pass|secret|client[_-]?secret|api[_-]?key|apikey|access[_-]?key|private[_-]?key|secret[_-]?key|account[_-]?key|shared[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|token|sig|signature|sessionid|session[_-]?id|authorization)`
