package templates

import (
	"bytes"
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	goldtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Markdown turns the text of a notice into HTML: paragraphs, line breaks, lists,
// quotes, emphasis, code words and links, nothing else. Headings, images, tables
// and raw HTML are not part of the language, so they stay visible as text or,
// where imported text carries simple tags, vanish without their content.
//
// Two walls stand between a notice and its readers: the renderer knows no raw
// HTML, and what it made is sanitised once more.
func Markdown(source string) template.HTML {
	var out bytes.Buffer
	if err := writer().Convert([]byte(tame(source)), &out); err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(source) + "</p>") //nolint:gosec // escaped
	}
	return template.HTML(bytes.TrimSpace(policy().SanitizeBytes(out.Bytes()))) //nolint:gosec // sanitised
}

// PlainText is the same text without any markup, for mails and descriptions.
// Links keep their address in parentheses.
func PlainText(source string) string {
	src := []byte(tame(source))
	root := writer().Parser().Parse(goldtext.NewReader(src))
	var out strings.Builder
	plainBlocks(&out, root, src, "")
	return strings.TrimSpace(out.String())
}

// writer is the Markdown machine. It names each construct it understands; what is
// not named here is plain text.
var writer = sync.OnceValue(func() goldmark.Markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(), 999),
		),
		parser.WithASTTransformers(util.Prioritized(links{}, 100)),
	)
	r := renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(goldhtml.NewRenderer(goldhtml.WithHardWraps()), 1000)))
	return goldmark.New(goldmark.WithParser(p), goldmark.WithRenderer(r))
})

// policy is the second wall: the elements that a notice may have.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "ul", "ol", "li", "strong", "em", "code", "blockquote")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^nofollow noopener$`)).OnElements("a")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,4}$`)).OnElements("ol")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	return p
})

// links marks every link as not ours to vouch for, turns images into links, and
// leaves only the words of a link that leads nowhere on the web.
type links struct{}

func (links) Transform(doc *ast.Document, reader goldtext.Reader, _ parser.Context) {
	var found []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.Image:
			if entering {
				found = append(found, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range found {
		switch n := n.(type) {
		case *ast.Link:
			replaceLink(n, n.Destination)
		case *ast.Image:
			replaceLink(n, n.Destination)
		case *ast.AutoLink:
			if !webAddress(autoTarget(n, reader.Source())) {
				n.Parent().ReplaceChild(n.Parent(), n, ast.NewString(n.Label(reader.Source())))
				continue
			}
			n.SetAttributeString("rel", []byte("nofollow noopener"))
		}
	}
}

// replaceLink puts a marked link, or the bare words, where a link or image was.
func replaceLink(old ast.Node, target []byte) {
	parent := old.Parent()
	if !webAddress(string(target)) {
		for child := old.FirstChild(); child != nil; child = old.FirstChild() {
			parent.InsertBefore(parent, old, child)
		}
		parent.RemoveChild(parent, old)
		return
	}
	link := ast.NewLink()
	link.Destination = target
	link.SetAttributeString("rel", []byte("nofollow noopener"))
	for child := old.FirstChild(); child != nil; child = old.FirstChild() {
		link.AppendChild(link, child)
	}
	parent.ReplaceChild(parent, old, link)
}

// autoTarget is where a bare address leads.
func autoTarget(n *ast.AutoLink, source []byte) string {
	target := string(n.URL(source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(target), "mailto:") {
		return "mailto:" + target
	}
	return target
}

// Patterns of the simple HTML that other status pages put into their texts.
var (
	hiddenContent = regexp.MustCompile(`(?is)<(script|style|title|template|iframe|object|noscript)\b[^>]*>.*?(</\s*(script|style|title|template|iframe|object|noscript)\s*>|\z)`)
	comment       = regexp.MustCompile(`(?s)<!--.*?(-->|\z)`)
	lineBreak     = regexp.MustCompile(`(?i)<br\s*/?>[ \t]*\n?`)
	blockEnd      = regexp.MustCompile(`(?i)</\s*(p|div|ul|ol|h[1-6]|blockquote|tr|table)\s*>`)
	listItem      = regexp.MustCompile(`(?i)<li(\s[^<>]*)?>`)
	anchor        = regexp.MustCompile(`(?is)<a\s[^<>]*?href\s*=\s*("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)[^<>]*>(.*?)</\s*a\s*>`)
	anyTag        = regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>`)
)

// tame prepares a text: no invisible controls, line breaks and links of imported
// HTML as Markdown, all other tags gone.
func tame(source string) string {
	s := strings.Map(visible, strings.ReplaceAll(source, "\r\n", "\n"))
	if !strings.Contains(s, "<") {
		return s
	}
	s = comment.ReplaceAllString(s, "")
	s = hiddenContent.ReplaceAllString(s, "")
	s = lineBreak.ReplaceAllString(s, "\n")
	s = blockEnd.ReplaceAllString(s, "\n\n")
	s = listItem.ReplaceAllString(s, "\n- ")
	s = anchor.ReplaceAllStringFunc(s, markdownLink)
	return anyTag.ReplaceAllString(s, "")
}

// visible drops control characters and the marks that reorder text: they could
// make a notice read differently from what it says.
func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r':
		return '\n'
	case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
		return -1
	}
	return r
}

// markdownLink rewrites one HTML link; a link to anything but the web or a mail
// address keeps only its words.
func markdownLink(tag string) string {
	parts := anchor.FindStringSubmatch(tag)
	target := html.UnescapeString(strings.Trim(parts[1], `"'`))
	words := strings.TrimSpace(anyTag.ReplaceAllString(parts[2], ""))
	if !webAddress(target) || words == "" {
		return words
	}
	return "[" + linkWords.Replace(words) + "](<" + target + ">)"
}

var linkWords = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "\n", " ")

func webAddress(target string) bool {
	u, err := url.Parse(target)
	if err != nil || strings.ContainsAny(target, "<>\n\\") {
		return false
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" || u.Scheme == "mailto"
}
