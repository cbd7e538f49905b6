package manage

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"allclear/status"
)

// parseForm makes a tree of a form body: incident[name]=…, incident[component_ids][]=…,
// incident[affected_users][mode]=….
func parseForm(body []byte) (*node, error) {
	if bytes.Count(body, []byte("&")) >= maxValues {
		return nil, status.NewFault(status.CodeTooLarge, "", "The body has more than %d values.", maxValues)
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, malformed("The body is not a valid form; write it as name=value&name=value, percent-encoded.")
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, malformed("The body is empty; send at least one field.")
	}
	slices.Sort(names) // one order for one body, so that the same mistake is named each time
	root := &node{kind: object, form: true}
	for _, name := range names {
		if err := root.place(name, values[name]); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// place puts the values of one form name into the tree.
func (n *node) place(name string, values []string) error {
	parts, many, err := splitName(name)
	if err != nil {
		return err
	}
	path := shorten(strings.Join(parts, "."))
	for _, v := range append(slices.Clone(values), parts...) {
		if !utf8.ValidString(v) {
			return malformed("The body is not valid UTF-8.")
		}
	}
	for _, part := range parts[:len(parts)-1] {
		next := n.member(part)
		if next == nil {
			next = &node{kind: object, form: true}
			n.put(part, next)
		}
		if next.kind != object {
			return status.NewFault(status.CodeMalformed, path, "%s is given both as a value and as an object.", path)
		}
		n = next
	}
	last := parts[len(parts)-1]
	if n.member(last) != nil || !many && len(values) > 1 {
		return status.NewFault(status.CodeMalformed, path, "%s is given twice.", path)
	}
	n.put(last, leaf(values, many))
	return nil
}

func leaf(values []string, many bool) *node {
	if !many {
		return &node{kind: text, text: values[0], form: true}
	}
	n := &node{kind: list, form: true}
	for _, v := range values {
		// "name[]=" with nothing behind it is how a form says "an empty list".
		if v != "" || len(values) > 1 {
			n.items = append(n.items, &node{kind: text, text: v, form: true})
		}
	}
	return n
}

// splitName cuts "incident[component_ids][]" into its parts; many says that it ended in [].
func splitName(name string) (parts []string, many bool, err error) {
	wrong := malformed("The form name %q cannot be read; write it as incident[name] or incident[component_ids][].", shorten(name))
	head, rest, nested := strings.Cut(name, "[")
	if head == "" || strings.Contains(head, "]") {
		return nil, false, wrong
	}
	parts = []string{head}
	for nested {
		var part string
		var closed bool
		part, rest, closed = strings.Cut(rest, "]")
		if !closed || many || strings.Contains(part, "[") || len(parts) > maxDepth {
			return nil, false, wrong
		}
		if part == "" {
			many = true
		} else {
			parts = append(parts, part)
		}
		if rest == "" {
			return parts, many, nil
		}
		if rest[0] != '[' {
			return nil, false, wrong
		}
		rest = rest[1:]
	}
	return parts, false, nil
}
