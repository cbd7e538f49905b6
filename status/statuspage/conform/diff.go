package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// token is one token of a document with the path at which it stands.
type token struct {
	path  string
	value json.Token
}

// Diff names the first difference between a captured document and ours, or "". Keys,
// their order, values and the order of items must be equal. Excepted are page.url and
// shortlink, the spelling of times (the instant counts), and reminder_intervals, which
// old captures lack and which then must be null.
func Diff(captured, ours []byte) string {
	want, err := tokens(captured)
	if err != nil {
		return "captured document: " + err.Error()
	}
	got, err := tokens(ours)
	if err != nil {
		return "our document: " + err.Error()
	}
	for i, j := 0, 0; i < len(want) || j < len(got); i, j = i+1, j+1 {
		if j+1 < len(got) && got[j].value == json.Token("reminder_intervals") && got[j+1].value == nil &&
			(i >= len(want) || want[i].path != got[j].path) {
			j += 2
		}
		switch {
		case i >= len(want) && j >= len(got):
			return ""
		case i >= len(want):
			return fmt.Sprintf("%s: we have %v, the capture has ended", got[j].path, got[j].value)
		case j >= len(got):
			return fmt.Sprintf("%s: the capture has %v, we have ended", want[i].path, want[i].value)
		case want[i].path != got[j].path:
			return fmt.Sprintf("the capture has %s, we have %s", want[i].path, got[j].path)
		case !equal(want[i], got[j]):
			return fmt.Sprintf("%s: the capture has %v, we have %v", want[i].path, want[i].value, got[j].value)
		}
	}
	return ""
}

func equal(want, got token) bool {
	if want.value == got.value {
		return true
	}
	if want.path == "page.url" || strings.HasSuffix(want.path, "shortlink") {
		url, ok := got.value.(string)
		return ok && strings.HasPrefix(url, "http")
	}
	a, aText := want.value.(string)
	b, bText := got.value.(string)
	return aText && bText && sameInstant(a, b)
}

func sameInstant(a, b string) bool {
	x, errX := time.Parse(time.RFC3339, a)
	y, errY := time.Parse(time.RFC3339, b)
	return errX == nil && errY == nil && x.Equal(y) && len(b) >= len("2006-01-02T15:04:05.000Z")
}

// tokens flattens a document; a key is a token of its own, so that order counts.
func tokens(data []byte) ([]token, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var out []token
	err := walk(decoder, "", &out)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one value")
	}
	return out, nil
}

func walk(decoder *json.Decoder, path string, out *[]token) error {
	t, err := decoder.Token()
	if err != nil {
		return err //nolint:wrapcheck // shown to a developer as it is
	}
	*out = append(*out, token{path, t})
	delim, _ := t.(json.Delim)
	for i := 0; (delim == '{' || delim == '[') && decoder.More(); i++ {
		inner := fmt.Sprintf("%s[%d]", path, i)
		if delim == '{' {
			key, err := decoder.Token()
			if err != nil {
				return err //nolint:wrapcheck // as above
			}
			inner = strings.TrimPrefix(path+"."+key.(string), ".")
			*out = append(*out, token{inner, key})
		}
		if err := walk(decoder, inner, out); err != nil {
			return err
		}
	}
	if delim == '{' || delim == '[' {
		end, err := decoder.Token()
		*out = append(*out, token{path, end})
		return err //nolint:wrapcheck // as above
	}
	return nil
}
