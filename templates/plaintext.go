package templates

import (
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// plainBlocks writes the blocks below a node, a blank line between paragraphs.
func plainBlocks(out *strings.Builder, parent ast.Node, src []byte, indent string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.List:
			plainList(out, n, src, indent)
		case *ast.Blockquote:
			plainBlocks(out, n, src, indent+"> ")
		case *ast.Paragraph, *ast.TextBlock:
			out.WriteString(indent + strings.ReplaceAll(plainWords(n, src), "\n", "\n"+indent) + "\n")
		}
		if n.Kind() != ast.KindTextBlock && n.NextSibling() != nil {
			out.WriteString("\n")
		}
	}
}

// plainList writes "- item" or "1. item" lines.
func plainList(out *strings.Builder, list *ast.List, src []byte, indent string) {
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if list.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		var inner strings.Builder
		plainBlocks(&inner, item, src, "")
		hang := "\n" + indent + strings.Repeat(" ", len(mark))
		out.WriteString(indent + mark + strings.ReplaceAll(strings.TrimSpace(inner.String()), "\n", hang) + "\n")
	}
}

// plainWords writes the words of one paragraph.
func plainWords(parent ast.Node, src []byte) string {
	var out strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			out.WriteString(html.UnescapeString(unescape(string(n.Segment.Value(src)))))
			if n.SoftLineBreak() || n.HardLineBreak() {
				out.WriteByte('\n')
			}
		case *ast.String:
			out.Write(n.Value)
		case *ast.AutoLink:
			out.Write(n.Label(src))
		case *ast.CodeSpan:
			out.WriteString(codeWords(n, src))
		case *ast.Link:
			words := plainWords(n, src)
			out.WriteString(words)
			if target := string(n.Destination); target != words && webAddress(target) {
				out.WriteString(" (" + target + ")")
			}
		default:
			out.WriteString(plainWords(n, src))
		}
	}
	return out.String()
}

// codeWords keeps a code word as it was typed.
func codeWords(n *ast.CodeSpan, src []byte) string {
	var out strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			out.Write(t.Segment.Value(src))
		}
	}
	return out.String()
}

// unescape drops the backslash before punctuation, as Markdown does.
func unescape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[i+1]) >= 0 {
			i++
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
