package templates

import (
	"strings"
	"testing"
	"unicode"
)

func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ name, in, html, plain string }{
		{"paragraphs", "a\n\nb", "<p>a</p>\n<p>b</p>", "a\n\nb"},
		{"line break", "a\nb", "<p>a<br>\nb</p>", "a\nb"},
		{"emphasis", "*a* **b** `c<d`", "<p><em>a</em> <strong>b</strong> <code>c&lt;d</code></p>", "a b c<d"},
		{"list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "- a\n- b"},
		{"numbers", "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>", "3. a\n4. b"},
		{"quote", "> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>", "> a\n> b"},
		{"link", "[a](https://x.example/?q=1&r=2)", `<p><a href="https://x.example/?q=1&amp;r=2" rel="nofollow noopener">a</a></p>`, "a (https://x.example/?q=1&r=2)"},
		{"bare address", "see https://x.example/a.", `<p>see <a href="https://x.example/a" rel="nofollow noopener">https://x.example/a</a>.</p>`, "see https://x.example/a."},
		{"mail address", "<mailto:a@x.example>", `<p><a href="mailto:a@x.example" rel="nofollow noopener">mailto:a@x.example</a></p>`, "mailto:a@x.example"},
		{"image is a link", "![a](https://x.example/a.png)", `<p><a href="https://x.example/a.png" rel="nofollow noopener">a</a></p>`, "a (https://x.example/a.png)"},
		{"heading stays text", "# a", "<p># a</p>", "# a"},
		{"less than", "latency < 5 and 7 > 6 & more", "<p>latency &lt; 5 and 7 &gt; 6 &amp; more</p>", "latency < 5 and 7 > 6 & more"},
		{"entities", "R&amp;D &quot;x&quot;", "<p>R&amp;D &#34;x&#34;</p>", `R&D "x"`},
		{"escapes", `\*a\*`, "<p>*a*</p>", "*a*"},
		{"imported break", "a<br />b<br>c", "<p>a<br>\nb<br>\nc</p>", "a\nb\nc"},
		{"imported link", `see <a href="https://x.example/y" target="_blank">the [page]</a>`, `<p>see <a href="https://x.example/y" rel="nofollow noopener">the [page]</a></p>`, "see the [page] (https://x.example/y)"},
		{"imported tags", "<p>a</p><p><b>b</b></p><ul><li>c</li><li>d</li></ul>", "<p>a</p>\n<p>b</p>\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>", "a\n\nb\n\n- c\n- d"},
		{"windows lines", "a\r\nb", "<p>a<br>\nb</p>", "a\nb"},
		{"empty", "", "", ""},
	} {
		if got := string(Markdown(c.in)); got != c.html {
			t.Errorf("%s: the HTML is\n%q, want\n%q", c.name, got, c.html)
		}
		if got := PlainText(c.in); got != c.plain {
			t.Errorf("%s: the text is\n%q, want\n%q", c.name, got, c.plain)
		}
	}
}

// attacks are texts that try to become more than text.
func attacks() []string {
	return []string{
		`<script>alert(1)</script>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`, `<SCRIPT SRC=//x.example></SCRIPT>`,
		`<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
		`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, `[x](java&#115;cript:alert(1))`, "[x](java\nscript:alert(1))",
		`[x](data:text/html;base64,PHNjcmlwdD4=)`, `[x](vbscript:x)`, `<javascript:alert(1)>`, `![x](javascript:alert(1))`,
		`<a href="javascript:alert(1)">x</a>`, `<a href='&#106;avascript:alert(1)'>x</a>`, `<a href=javascript:alert(1)>x</a>`,
		`<a href="https://x.example" onclick="alert(1)">x</a>`, `<a href="https://x.example/> <script>alert(1)</script>">x</a>`,
		`<a href="https://x.example/"onmouseover="alert(1)">x</a>`, "<a href=\"https://x.example/\\\" onclick=x\">x</a>",
		`<style>body{display:none}</style>`, `<iframe src="https://x.example"></iframe>`, `<object data=x></object>`,
		`<!--><script>alert(1)</script>-->`, `<!-- <p>a`, `<script>alert(1)`, `<b onmouseover=alert(1)>x</b>`, `</p></section></main><h1>x</h1>`,
		"a\x00b\x07c\x1b[31m", "\u202eevil\u202c", `[a]: javascript:alert(1)` + "\n\n[a]", `[<script>](https://x.example "><script>alert(1)</script>")`,
		"[](https:)", "[x](https://)", "<https:>", "![](mailto:)", "[a ![b](javascript:x) c](https://x.example)",
		strings.Repeat("> ", 200) + "deep", strings.Repeat("[", 500), strings.Repeat("*a", 500), strings.Repeat("- ", 100) + "x",
	}
}

// harmless fails when a rendered notice holds anything beyond its dozen elements.
func harmless(t *testing.T, in, out string) {
	t.Helper()
	d := parse(t, []byte("<!DOCTYPE html><title>x</title><body>"+out))
	allowed := " html head title body p br ul ol li strong em code blockquote a "
	for _, el := range d.all(func(n *htmlNode) bool { return true }) {
		if !strings.Contains(allowed, " "+el.Data+" ") {
			t.Errorf("%q became <%s>", in, el.Data)
		}
		for _, a := range el.Attr {
			web := strings.HasPrefix(a.Val, "http://") || strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "mailto:")
			if !(el.Data == "a" && (a.Key == "href" && web || a.Key == "rel" && a.Val == "nofollow noopener") || el.Data == "ol" && a.Key == "start") {
				t.Errorf("%q became <%s %s=%q>", in, el.Data, a.Key, a.Val)
			}
		}
	}
	for _, r := range out {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e {
			t.Errorf("%q kept the control character %U", in, r)
		}
	}
}

func TestMarkdownDisarmsAttacks(t *testing.T) {
	for _, in := range attacks() {
		harmless(t, in, string(Markdown(in)))
		if plain := PlainText(in); strings.ContainsAny(plain, "\x00\x07\x1b\u202e") {
			t.Errorf("%q kept control characters as text: %q", in, plain)
		}
	}
}

func TestDroppedTagsKeepTheirWords(t *testing.T) {
	for in, want := range map[string]string{
		`<div class="x">Payments <b>fail</b></div>`:       "Payments fail",
		`<a href="javascript:x">words</a>`:                "words",
		`<script>alert(1)</script>after`:                  "after",
		`<a href="/relative">words</a>`:                   "words",
		`before <!-- hidden --> after`:                    "before  after",
		`<a href="mailto:a@x.example">write</a>`:          "write (mailto:a@x.example)",
		`<a href="https://x.example"><img src=y></a>gone`: "gone",
	} {
		if got := PlainText(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, in := range attacks() {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		harmless(t, in, string(Markdown(in)))
		PlainText(in)
	})
}
