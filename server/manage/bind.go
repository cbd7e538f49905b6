package manage

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"allclear/status"
)

// binder puts a body's tree into a struct by its json names. Whatever does not fit is
// refused with the field's full path; nothing is converted silently.
type binder struct {
	// zone is where a date without a time begins.
	zone *time.Location
}

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

// bind fills into, a pointer to a struct.
func (b binder) bind(n *node, into any) error {
	return b.value(n, reflect.ValueOf(into).Elem(), "")
}

func (b binder) value(n *node, to reflect.Value, path string) error {
	switch {
	case to.Type() == timeType:
		return b.time(n, to, path)
	case to.Type() == rawType:
		return b.raw(n, to)
	case isMaybe(to.Type()):
		return b.maybe(n, to, path)
	}
	switch to.Kind() {
	case reflect.Pointer:
		if n.kind == null {
			return nil
		}
		v := reflect.New(to.Type().Elem())
		if err := b.value(n, v.Elem(), path); err != nil {
			return err
		}
		to.Set(v)
		return nil
	case reflect.Struct:
		return b.fields(n, to, path)
	case reflect.Map:
		return b.members(n, to, path)
	case reflect.Slice:
		return b.items(n, to, path)
	}
	return b.scalar(n, to, path)
}

// isMaybe recognises status.Maybe of whatever type.
func isMaybe(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && strings.HasPrefix(t.Name(), "Maybe[") && t.PkgPath() == reflect.TypeFor[status.Change]().PkgPath()
}

func (b binder) maybe(n *node, to reflect.Value, path string) error {
	to.FieldByName("Set").SetBool(true)
	if n.kind == null || n.form && n.kind == text && n.text == "" {
		return nil
	}
	return b.value(n, to.FieldByName("Value"), path)
}

// raw keeps a value as it came; null empties it.
func (b binder) raw(n *node, to reflect.Value) error {
	raw := json.RawMessage("{}")
	if n.kind != null {
		raw = n.raw()
	}
	to.SetBytes(raw)
	return nil
}

func (b binder) fields(n *node, to reflect.Value, path string) error {
	if n.kind == null {
		return nil
	}
	if n.kind != object {
		return mismatch(n, path, object)
	}
	at := map[string]int{}
	known := reflect.VisibleFields(to.Type())
	for i, field := range known {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			at[name] = i
		}
	}
	for _, name := range n.names {
		i, ok := at[name]
		if !ok {
			return unknownField(path, name, at)
		}
		if err := b.value(n.member(name), to.FieldByIndex(known[i].Index), join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func (b binder) members(n *node, to reflect.Value, path string) error {
	if n.kind == null {
		return nil
	}
	if n.kind != object {
		return mismatch(n, path, object)
	}
	m := reflect.MakeMapWithSize(to.Type(), len(n.names))
	for _, name := range n.names {
		if !status.ValidID(name) {
			return status.Invalid(path, "%s cannot have an entry called %q.", path, shorten(name))
		}
		v := reflect.New(to.Type().Elem()).Elem()
		if err := b.value(n.member(name), v, join(path, name)); err != nil {
			return err
		}
		m.SetMapIndex(reflect.ValueOf(name).Convert(to.Type().Key()), v)
	}
	to.Set(m)
	return nil
}

func (b binder) items(n *node, to reflect.Value, path string) error {
	if n.kind != list {
		return mismatch(n, path, list)
	}
	s := reflect.MakeSlice(to.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		if err := b.value(item, s.Index(i), join(path, strconv.Itoa(i))); err != nil {
			return err
		}
	}
	to.Set(s)
	return nil
}

func (b binder) scalar(n *node, to reflect.Value, path string) error {
	switch to.Kind() {
	case reflect.String:
		if n.kind != text {
			return mismatch(n, path, text)
		}
		to.SetString(n.text)
		return nil
	case reflect.Bool:
		return setBool(n, to, path)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.text, 64)
		if !n.is(number) || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return mismatch(n, path, number)
		}
		to.SetFloat(f)
		return nil
	}
	i, err := strconv.ParseInt(n.text, 10, to.Type().Bits())
	if !n.is(number) || err != nil {
		return status.Invalid(path, "%s must be a whole number.", path)
	}
	to.SetInt(i)
	return nil
}

// is says whether the value has this kind, or is a form's text that may be read so.
func (n *node) is(k kind) bool { return n.kind == k || n.form && n.kind == text }

func setBool(n *node, to reflect.Value, path string) error {
	if n.is(boolean) {
		switch n.text {
		case "true":
			to.SetBool(true)
			return nil
		case "false":
			return nil
		case "1", "0": // how forms spell it; in JSON these are numbers
			to.SetBool(n.text == "1")
			return nil
		}
	}
	return mismatch(n, path, boolean)
}

// time reads RFC 3339, or a date, which begins at midnight in the page's zone.
func (b binder) time(n *node, to reflect.Value, path string) error {
	if n.kind == text {
		if t, err := time.Parse(time.RFC3339, n.text); err == nil {
			to.Set(reflect.ValueOf(t.UTC().Truncate(time.Millisecond)))
			return nil
		}
		if t, err := time.ParseInLocation(time.DateOnly, n.text, b.zone); err == nil {
			to.Set(reflect.ValueOf(t.UTC()))
			return nil
		}
	}
	return status.Invalid(path, "%s must be a time such as 2026-11-22T14:05:00Z or 2026-11-22T15:05:00+01:00.", path)
}

func mismatch(n *node, path string, want kind) error {
	if n.kind == want || n.form && n.kind == text {
		return status.Invalid(path, "%s must be %s.", path, want)
	}
	return status.Invalid(path, "%s must be %s, not %s.", path, want, n.kind)
}

// shorten keeps a name that somebody made up from flooding the answer.
func shorten(name string) string {
	if r := []rune(name); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return name
}

func unknownField(parent, name string, known map[string]int) error {
	path := join(parent, shorten(name))
	best, distance := "", 3
	for other := range known {
		d := editDistance(name, other)
		if d < distance || d == distance && best != "" && other < best {
			best, distance = other, d
		}
	}
	if best != "" {
		return status.Invalid(path, "There is no field %q here; did you mean %q?", path, join(parent, best))
	}
	return status.Invalid(path, "There is no field %q here.", path)
}

// editDistance counts the letters to insert, delete, replace or swap with a neighbour;
// it gives up early on long names.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
