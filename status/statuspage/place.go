package statuspage

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"allclear/status"
)

// place says where in which file a value stands, such as
// "summary.json, incidents[2].incident_updates[0].body".
type place struct {
	file string
	path string
}

func (p place) at(key string) place {
	if p.path == "" {
		return place{p.file, key}
	}
	return place{p.file, p.path + "." + key}
}

func (p place) item(key string, i int) place { return p.at(fmt.Sprintf("%s[%d]", key, i)) }

// refuse makes the one sentence about a value.
func (p place) refuse(format string, args ...any) error {
	where := p.file
	if p.path != "" {
		where += ", " + p.path
	}
	return status.NewFault(status.CodeInvalid, p.path, "%s: %s", where, fmt.Sprintf(format, args...))
}

// adopt gives a fault of the domain its place in the file.
func (p place) adopt(err error) error {
	fault, ok := status.FaultOf(err)
	if !ok {
		return err
	}
	return place{p.file, fault.Field}.refuse("%s", fault.Message)
}

// refuseLine makes the sentence about a line.
func refuseLine(file string, line int, format string, args ...any) error {
	return status.NewFault(status.CodeMalformed, "", "%s, line %d: %s", file, line, fmt.Sprintf(format, args...))
}

func lineAt(data []byte, offset int64) int {
	offset = min(max(offset, 0), int64(len(data)))
	return bytes.Count(data[:offset], []byte("\n")) + 1
}

// clean removes a byte order mark and refuses what is not UTF-8 text at all.
func clean(file string, data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, status.NewFault(status.CodeMalformed, "", "%s is empty.", file)
	}
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			return nil, refuseLine(file, lineAt(data, int64(len(data)-len(rest))), "The text is not valid UTF-8.")
		}
		rest = rest[size:]
	}
	return data, nil
}

// unmarshal decodes one file; its errors name the line.
func unmarshal(file string, data []byte, into any) error {
	err := json.Unmarshal(data, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(data)):
		return refuseLine(file, lineAt(data, syntax.Offset), "The file ends in the middle of a value; it seems to be cut off.")
	case errors.As(err, &syntax):
		return refuseLine(file, lineAt(data, syntax.Offset), "This is not valid JSON (%s).", syntax.Error())
	case errors.As(err, &kind) && kind.Field != "":
		return refuseLine(file, lineAt(data, kind.Offset), "%s must be %s, not %s.", fieldPath(kind.Field), wanted(kind), article(kind.Value))
	case errors.As(err, &kind):
		return refuseLine(file, lineAt(data, kind.Offset), "Expected %s, not %s.", wanted(kind), article(kind.Value))
	}
	return refuseLine(file, 1, "The file cannot be read (%s).", err.Error())
}

// fieldPath leaves out the names of our own embedded types, which begin with a capital
// letter: a field of a document never does.
func fieldPath(path string) string {
	parts := strings.Split(path, ".")
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p != "" && p[0] >= 'A' && p[0] <= 'Z' }), ".")
}

func wanted(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "struct", "map":
		return "an object"
	case "slice", "array":
		return "a list"
	case "bool":
		return "true or false"
	case "int", "int64", "float64":
		return "a whole number"
	}
	return "a text"
}

func article(value string) string {
	switch word, rest, _ := strings.Cut(value, " "); word {
	case "object":
		return "an object"
	case "array":
		return "a list"
	case "bool":
		return "true or false"
	case "string":
		return "a text"
	case "number":
		if rest != "" {
			return rest
		}
		return "a number"
	default:
		return "a " + word
	}
}

// xmlFault says where an XML file is broken.
func xmlFault(file string, data []byte, offset int64, err error) error {
	var syntax *xml.SyntaxError
	if errors.Is(err, io.EOF) || errors.As(err, &syntax) && strings.Contains(syntax.Msg, "EOF") {
		return refuseLine(file, lineAt(data, int64(len(data))), "The file ends before the feed does; it seems to be cut off.")
	}
	if errors.As(err, &syntax) {
		return refuseLine(file, syntax.Line, "This is not valid XML (%s).", syntax.Msg)
	}
	return refuseLine(file, lineAt(data, offset), "This is not an Atom feed (%s).", err.Error())
}

// moment reads a time with or without a fraction of a second.
func (p place) moment(s Stamp) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, strings.TrimSpace(string(s)))
	if err != nil {
		return t, p.refuse("%q is not a time such as 2026-11-22T14:05:00.000Z.", string(s))
	}
	if t.Year() < 1990 || t.Year() >= 2100 {
		return t, p.refuse("The year of %q cannot be right.", string(s))
	}
	return t.UTC().Truncate(time.Millisecond), nil
}

// momentOr reads a time that some pages leave out.
func (p place) momentOr(s Stamp, fallback time.Time) (time.Time, error) {
	if s == "" {
		return fallback, nil
	}
	return p.moment(s)
}

func (p place) maybeMoment(s *Stamp) (*time.Time, error) {
	if s == nil || *s == "" {
		return nil, nil //nolint:nilnil // null is a value here
	}
	t, err := p.moment(*s)
	return &t, err
}

// id reads an identifier, whatever page made it.
func (p place) id(s string) (string, error) {
	if !status.ValidID(s) {
		return s, p.refuse("%q is not an id.", s)
	}
	return s, nil
}

// text refuses what no page can show and no database keeps: control characters and
// texts that are longer than any notice.
func (p place) text(s string, limit int) (string, error) {
	if n := utf8.RuneCountInString(s); n > limit {
		return s, p.refuse("The text has %d characters; at most %d are possible.", n, limit)
	}
	for _, r := range s {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return s, p.refuse("The text contains the control character U+%04X.", r)
		}
	}
	return s, nil
}

// name is a text of one line that is not empty.
func (p place) name(s string) error {
	if strings.TrimSpace(s) == "" {
		return p.refuse("The name must not be empty.")
	}
	if strings.ContainsAny(s, "\r\n") {
		return p.refuse("The name must be one line.")
	}
	_, err := p.text(s, status.MaxTitle)
	return err
}
