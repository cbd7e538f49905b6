package manage

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"allclear/status"
)

// Limits of a request's body.
const (
	maxBody   = 1 << 20
	maxDepth  = 20
	maxValues = 10_000
)

// kind is what a value of a body is.
type kind int

const (
	null kind = iota
	text
	number
	boolean
	list
	object
)

func (k kind) String() string {
	return [...]string{"null", "a text", "a number", "true or false", "a list", "an object"}[k]
}

// node is one value of a body. JSON and forms both become trees of it, so that one
// binder serves both.
type node struct {
	kind    kind
	text    string // of a text, a number, true or false
	items   []*node
	names   []string // of members, in the order of the request
	members map[string]*node
	// form: the value came from a form, where everything is text; the field decides.
	form bool
}

func (n *node) member(name string) *node { return n.members[name] }

func (n *node) put(name string, v *node) {
	if n.members == nil {
		n.members = map[string]*node{}
	}
	n.names = append(n.names, name)
	n.members[name] = v
}

// readBody reads at most maxBody bytes; the bytes also feed the idempotency hash.
func readBody(r *http.Request) ([]byte, error) {
	tooLarge := status.NewFault(status.CodeTooLarge, "", "The body is larger than 1 MiB.")
	if r.ContentLength > maxBody {
		return nil, tooLarge
	}
	if r.Header.Get("Content-Encoding") != "" {
		return nil, status.NewFault(status.CodeUnsupported, "", "Send the body uncompressed.")
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		if cut, ok := errors.AsType[*echo.HTTPError](err); ok && cut.Code == http.StatusRequestEntityTooLarge {
			return nil, tooLarge // the server's own limit
		}
		return nil, status.NewFault(status.CodeMalformed, "", "The body broke off before its end.")
	}
	if len(b) > maxBody {
		return nil, tooLarge
	}
	return b, nil
}

// parseBody makes a tree of a JSON or form body.
func parseBody(contentType string, body []byte) (*node, error) {
	media, params, err := mime.ParseMediaType(contentType)
	charset := strings.ToLower(params["charset"])
	if err != nil || charset != "" && charset != "utf-8" {
		media = ""
	}
	switch media {
	case "application/json":
		return parseJSON(body)
	case "application/x-www-form-urlencoded":
		return parseForm(body)
	}
	return nil, status.NewFault(status.CodeUnsupported, "", "Send the body as application/json or application/x-www-form-urlencoded, in UTF-8.")
}

func malformed(format string, args ...any) error {
	return status.NewFault(status.CodeMalformed, "", format, args...)
}

// place turns a byte offset into a line and a column, both from 1.
func place(body []byte, offset int64) (line, column int) {
	before := body[:min(int(offset), len(body))]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

func parseJSON(body []byte) (*node, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, malformed("The body is empty; send a JSON object.")
	}
	if !utf8.Valid(body) {
		return nil, malformed("The body is not valid UTF-8.")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		offset := int64(len(body))
		if s, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = max(s.Offset-1, 0)
		}
		line, column := place(body, offset)
		return nil, malformed("The body is not valid JSON at line %d, column %d.", line, column)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	p := &jsonParser{body: body, dec: dec}
	n, err := p.value("", 0)
	if err != nil {
		return nil, err
	}
	if n.kind != object {
		return nil, malformed("The body must be a JSON object, not %s.", n.kind)
	}
	return n, nil
}

// jsonParser walks a body already known to be valid JSON and refuses what
// encoding/json would let pass: repeated names, deep nesting, floods of values.
type jsonParser struct {
	body   []byte
	dec    *json.Decoder
	values int
}

func (p *jsonParser) value(path string, depth int) (*node, error) {
	if p.values++; p.values > maxValues {
		return nil, status.NewFault(status.CodeTooLarge, "", "The body has more than %d values.", maxValues)
	}
	if depth > maxDepth {
		return nil, malformed("The body is nested more than %d levels deep.", maxDepth)
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return p.list(path, depth)
		}
		return p.object(path, depth)
	case string:
		return &node{kind: text, text: t}, nil
	case json.Number:
		return &node{kind: number, text: t.String()}, nil
	case bool:
		if t {
			return &node{kind: boolean, text: "true"}, nil
		}
		return &node{kind: boolean, text: "false"}, nil
	}
	return &node{kind: null}, nil
}

func (p *jsonParser) list(path string, depth int) (*node, error) {
	n := &node{kind: list}
	for p.dec.More() {
		v, err := p.value(path, depth+1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, v)
	}
	_, err := p.dec.Token()
	return n, err
}

func (p *jsonParser) object(path string, depth int) (*node, error) {
	n := &node{kind: object}
	for p.dec.More() {
		token, err := p.dec.Token()
		if err != nil {
			return nil, err
		}
		name := token.(string)
		at := join(path, shorten(name))
		if n.member(name) != nil {
			line, column := place(p.body, p.dec.InputOffset())
			return nil, status.NewFault(status.CodeMalformed, at, "%s is given twice, the second time before line %d, column %d.", at, line, column)
		}
		v, err := p.value(at, depth+1)
		if err != nil {
			return nil, err
		}
		n.put(name, v)
	}
	_, err := p.dec.Token()
	return n, err
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// raw is the value as JSON again, for fields that are kept as they came.
func (n *node) raw() json.RawMessage {
	b, err := json.Marshal(n.plain())
	if err != nil { // a tree of texts, numbers and lists always has a JSON form
		return json.RawMessage("null")
	}
	return b
}

func (n *node) plain() any {
	switch n.kind {
	case text:
		return n.text
	case number:
		return json.Number(n.text)
	case boolean:
		return n.text == "true"
	case list:
		out := make([]any, 0, len(n.items))
		for _, v := range n.items {
			out = append(out, v.plain())
		}
		return out
	case object:
		out := make(map[string]any, len(n.names))
		for _, name := range n.names {
			out[name] = n.members[name].plain()
		}
		return out
	}
	return nil
}
