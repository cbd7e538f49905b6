package static

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestSlimDropsOnlyWhatNobodyReads(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a.js", "// note\n\tlet a = \"// no  note\";\n\n\t\tb( a ) // said\n/* two\nlines */\nc()\n", `let a="// no  note";b(a)` + "\nc()\n"},
		{"a.js", "const f = (a, b) => {\n\treturn a - -b + +c;\n};\n", "const f=(a,b)=>{return a- -b+ +c;};"},
		{"a.js", "x = y\n\t? `a  ${ b } // c`\n\t: s.replace(/{ (\\w+) }/g, \"\");\n", "x=y?`a  ${ b } // c`:s.replace(/{ (\\w+) }/g,\"\");"},
		{"a.js", "if (a) b()\nelse {\n\tc()\n}\n(d)\n", "if(a)b()\nelse{c()}\n(d)\n"},
		{"a.js", "a / 2, b / 3", "a / 2,b / 3"},
		{"a.css", "/* note */\n@media (max-width: 30rem) {\n\t.a, .b > i { color: light-dark(#fff, #000); content: \" ; : , { /* \"; }\n}\n", `@media (max-width:30rem){.a,.b>i{color:light-dark(#fff,#000);content:" ; : , { /* "}}`},
		{"a.css", "h1 { font-size: clamp(1rem, 1.2rem + 1vw, 2rem) }\na:hover, a :focus { margin: 0 -1px }", "h1{font-size:clamp(1rem,1.2rem + 1vw,2rem)}a:hover,a :focus{margin:0 -1px}"},
		{"a.svg", "<svg> /* */ </svg>\n", "<svg> /* */ </svg>\n"},
	} {
		if got := string(slim(c.name, []byte(c.in))); got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

// TestSlimKeepsEveryWordInItsPlace takes what is served apart again: the same words and
// marks follow each other as in the files that we write.
func TestSlimKeepsEveryWordInItsPlace(t *testing.T) {
	token := regexp.MustCompile(`\w+|[^\s\w]`)
	note := regexp.MustCompile(`(?m)(^|\s)//.*$|/\*(?s:.*?)\*/`)
	for _, a := range Assets() {
		if !strings.HasSuffix(a.Name, ".js") && !strings.HasSuffix(a.Name, ".css") {
			continue
		}
		source, err := files.ReadFile(a.Name)
		if err != nil {
			t.Fatal(err)
		}
		ours := token.FindAllString(note.ReplaceAllString(string(source), ""), -1)
		served := token.FindAllString(string(a.Body), -1)
		if strings.HasSuffix(a.Name, ".css") { // the last of a block's semicolons may go
			ours = token.FindAllString(regexp.MustCompile(`;\s*}`).ReplaceAllString(note.ReplaceAllString(string(source), ""), "}"), -1)
		}
		if !slices.Equal(ours, served) {
			i := 0
			for i < min(len(ours), len(served)) && ours[i] == served[i] {
				i++
			}
			t.Errorf("%s: what is served differs from the file at %q", a.Name, ours[max(0, i-5):min(len(ours), i+5)])
		}
		if len(a.Body) >= len(source) {
			t.Errorf("%s is served with %d bytes of %d", a.Name, len(a.Body), len(source))
		}
	}
}
