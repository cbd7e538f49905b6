package static

import (
	"path"
	"regexp"
	"strings"
)

// slim drops from style sheets and scripts what only we read – comments, indentation, the
// spaces and line ends around marks – because a reader on a train pays for it. Names and
// literals stay as they are.
func slim(name string, body []byte) []byte {
	switch path.Ext(name) {
	case ".css":
		return []byte(slimStyle(string(body)))
	case ".js":
		return []byte(slimScript(string(body)))
	}
	return body
}

// Pieces that are kept whole, and comments. A regular expression of a script is one that
// stands where no division can.
var (
	stylePieces  = regexp.MustCompile(`"[^"\n]*"|/\*(?s:.*?)\*/`)
	scriptPieces = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|` + "`(?:[^`\\\\]|\\\\.)*`" +
		`|[(=,:!&|?] ?/(?:[^/*\\\n]|\\.)(?:[^/\\\n]|\\.)*/[a-z]*|/\*(?s:.*?)\*/|//[^\n]*`)
)

// Gaps around marks. A script keeps the line ends behind which a statement may begin, and
// the spaces that part a plus from a plus.
var (
	styleGaps     = regexp.MustCompile(`\s*([{};,])\s*|\s+([>~])\s+|(:)\s+`)
	lastSemicolon = regexp.MustCompile(`;}`)
	lineGaps      = regexp.MustCompile(`[ \t]*\n\s*`)
	scriptGaps    = regexp.MustCompile(`[ \t]*([{}()\[\];,:?=<>*&|!])[ \t]*`)
	beforeSums    = regexp.MustCompile(`([\w)\]])[ \t]+([+-])`)
	behindSums    = regexp.MustCompile(`([+-])[ \t]+([\w(\[])`)
	openEnds      = regexp.MustCompile(`([{(\[;,:?=<>*&|])\n`)
	closeEnds     = regexp.MustCompile(`\n([})\],:?=&|.])`)
)

func slimStyle(sheet string) string {
	return between(stylePieces, sheet, func(code string) string {
		return lastSemicolon.ReplaceAllString(styleGaps.ReplaceAllString(code, "$1$2$3"), "}")
	})
}

func slimScript(script string) string {
	return between(scriptPieces, script, func(code string) string {
		code = lineGaps.ReplaceAllString(code, "\n")
		code = scriptGaps.ReplaceAllString(code, "$1")
		code = behindSums.ReplaceAllString(beforeSums.ReplaceAllString(code, "$1$2"), "$1$2")
		code = openEnds.ReplaceAllString(code, "$1")
		return closeEnds.ReplaceAllString(code, "$1")
	})
}

// between changes what lies between the pieces, keeps these and drops the comments.
func between(pieces *regexp.Regexp, text string, change func(string) string) string {
	var out, code strings.Builder
	at := 0
	for _, piece := range pieces.FindAllStringIndex(text, -1) {
		code.WriteString(text[at:piece[0]])
		at = piece[1]
		if found := text[piece[0]:piece[1]]; !strings.HasPrefix(found, "//") && !strings.HasPrefix(found, "/*") {
			out.WriteString(change(code.String()))
			out.WriteString(found)
			code.Reset()
		}
	}
	code.WriteString(text[at:])
	out.WriteString(change(code.String()))
	return strings.TrimLeft(out.String(), "\n")
}
