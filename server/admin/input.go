package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/status/lint"
	"allclear/store"
	"allclear/templates"
)

// input is a form that somebody sent. Reading a field notes what is wrong with it; the
// domain's own fault joins at the end.
type input struct {
	v      *visit
	id     string // of the form's elements
	noun   string // what the domain calls the object, such as "incident."
	values url.Values
	faults []templates.FormFault

	draft   bool           // the form is put by, not published
	found   []lint.Finding // in its texts
	looked  bool           // its texts were judged
	refused bool           // and sent the form back
	focus   string         // field to come back to
	// resumed is when the text was kept that the form was opened with; see draft.go.
	resumed time.Time
	// gapsStay: the form is a template's, whose gaps are its point; see slot.go.
	gapsStay bool
}

// input reads the request's form.
func (v *visit) input(id, noun string) (*input, error) {
	r := v.c.Request()
	if t := r.Header.Get("Content-Type"); !strings.HasPrefix(t, "application/x-www-form-urlencoded") && r.ContentLength != 0 {
		return nil, status.NewFault(status.CodeUnsupported, "", "Send this form as application/x-www-form-urlencoded.")
	}
	if err := r.ParseForm(); err != nil {
		return nil, status.NewFault(status.CodeMalformed, "", "The form could not be read; send it again.")
	}
	in := &input{v: v, id: id, noun: noun, values: url.Values{}}
	for name, values := range r.PostForm {
		for _, value := range values {
			in.values[name] = append(in.values[name], strings.ReplaceAll(value, "\r\n", "\n"))
		}
	}
	return in, nil
}

func (in *input) has(name string) bool { return in.values.Has(name) }

// raw is a field exactly as it was typed.
func (in *input) raw(name string) string { return in.values.Get(name) }

// value is a field without the space around it.
func (in *input) value(name string) string {
	return in.filled(name, strings.TrimSpace(in.values.Get(name)))
}

// text is the field, nil when the form has none of this name.
func (in *input) text(name string) *string {
	if !in.has(name) {
		return nil
	}
	s := in.value(name)
	return &s
}

func (in *input) ticked(name string) *bool {
	b := in.has(name)
	return &b
}

// lines splits a field into its lines.
func (in *input) lines(name string) []string {
	var out []string
	for line := range strings.Lines(in.values.Get(name)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// wrong notes that a field cannot be read; the sentence is "admin.wrong.KEY".
func (in *input) wrong(field, key string, args ...any) {
	in.faults = append(in.faults, templates.FormFault{Field: field, Text: in.v.voice.T("admin.wrong."+key, args...)})
}

// wrongOnce is wrong for a field that is read more than once.
func (in *input) wrongOnce(field, key string) {
	if !slices.ContainsFunc(in.faults, func(f templates.FormFault) bool { return f.Field == field }) {
		in.wrong(field, key)
	}
}

// number reads a whole number, plain or with its thousands set apart; empty is 0.
func (in *input) number(name string) int64 {
	digits := in.value(name)
	if grouped(digits) {
		digits = strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, digits)
	}
	if digits == "" {
		return 0
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		in.wrong(name, "number")
	}
	return n
}

// grouped holds for 1,234,567 and the same with points, spaces or apostrophes.
func grouped(s string) bool {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(".,'’ \u00a0\u202f", r) })
	for i, part := range parts {
		if i > 0 && len(part) != 3 {
			return false
		}
	}
	return len(parts) > 1
}

// percent reads a share, with a comma or a point; empty is 0.
func (in *input) percent(name string) float64 {
	text := strings.TrimSpace(strings.TrimSuffix(strings.Replace(in.value(name), ",", ".", 1), "%"))
	if text == "" {
		return 0
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != f {
		in.wrong(name, "percent")
	}
	return f
}

// local is how forms write times: in the page's zone, without naming it.
const local = "2006-01-02T15:04"

// typed is a time as its field shows it.
func (v *visit) typed(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(v.zone).Format(local)
}

// moment reads a time. changed is false when the field shows what is there already: a
// time that has passed meanwhile is not said anew.
func (in *input) moment(name string, have *time.Time) (t *time.Time, changed bool) {
	text := in.value(name)
	if !in.has(name) || text == in.v.typed(have) {
		return have, false
	}
	if text == "" {
		return nil, true
	}
	text = strings.Replace(text, " ", "T", 1)
	at, err := time.ParseInLocation(local, text[:min(len(text), len(local))], in.v.zone)
	if err != nil {
		in.wrong(name, "time")
		return have, false
	}
	at = at.UTC()
	return &at, true
}

// maybe is moment for a field that can be emptied.
func (in *input) maybe(name string, have *time.Time) status.Maybe[time.Time] {
	t, changed := in.moment(name, have)
	return status.Maybe[time.Time]{Set: changed, Value: t}
}

// version is the one that the form showed.
func (in *input) version() int64 {
	n, err := strconv.ParseInt(in.value("version"), 10, 64)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// by says who writes, with the form's key so that a second press changes nothing.
func (in *input) by() store.By {
	by := in.v.by()
	by.Lint = in.policy()
	if key := in.value("key"); key != "" && len(key) <= 64 {
		r := in.v.c.Request() // as it was sent: texts that follow from the time would differ
		sum := sha256.Sum256([]byte(r.URL.Path + "\n" + r.PostForm.Encode()))
		by.Once = &store.Once{Scope: "form " + in.v.account.ID, Key: key, Hash: hex.EncodeToString(sum[:])}
	}
	return by
}

// fault takes in what the domain says about the form; false when it is no fault of the
// form but something for the error page, or nothing at all.
func (in *input) fault(err error) bool {
	if in.blocked(err) {
		return true
	}
	f, ok := status.FaultOf(err)
	if !ok || f.Code != status.CodeInvalid && f.Code != status.CodeConflict {
		return false
	}
	if f.Field == "Idempotency-Key" {
		in.values.Del("key") // the form gets a new one: pressing again is then meant
		in.wrong("", "used")
		return true
	}
	field := f.Field
	if i := strings.IndexByte(field, '.'); i >= 0 {
		field = field[i+1:]
	}
	in.faults = append(in.faults, in.v.said(field, f.Message))
	return true
}

// said words a fault. The domain speaks English; in another language the field's own
// sentence does, and without one the English sentence says that it is.
func (v *visit) said(field, message string) templates.FormFault {
	f := templates.FormFault{Field: field, Text: message}
	if v.locale == "en" {
		return f
	}
	key := "admin.fault." + field
	if text := v.voice.T(key); text != key {
		f.Text = text
	} else {
		f.Lang = "en"
	}
	return f
}

// form is what was typed, with what is wrong.
func (in *input) form() *templates.Form {
	f := &templates.Form{ID: in.id, Values: in.values, Faults: distinct(in.faults), Lint: in.lint(), Focus: in.focus, Version: in.version(), Seen: in.value("seen"), Key: in.value("key"), Open: true, Place: in.raw("place"), Resumed: in.resumed}
	if f.Key == "" {
		f.Key = store.NewSecret()
	}
	return f
}

// distinct drops what was noted again when the form was read a second time.
func distinct(faults []templates.FormFault) (out []templates.FormFault) {
	for _, f := range faults {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// blank is a form to be filled in.
func blank(id string, values url.Values) *templates.Form {
	return &templates.Form{ID: id, Values: values, Key: store.NewSecret()}
}

// differences lists the fields in which the present object differs from what was typed.
func (v *visit) differences(mine, theirs url.Values) []templates.Difference {
	var list []templates.Difference
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		now, own := strings.Join(theirs[name], ", "), strings.Join(mine[name], ", ")
		if now != own {
			list = append(list, templates.Difference{Field: v.label(name), Theirs: v.voice.CellWord(name, now), Mine: v.voice.CellWord(name, own)})
		}
	}
	return list
}

// label is what a field is called on the screen.
func (v *visit) label(name string) string {
	word, locale := name, ""
	if rest, ok := strings.CutPrefix(name, "translations."); ok {
		locale, word, _ = strings.Cut(rest, ".")
		locale = " (" + locale + ")"
	}
	key := "admin.field." + word
	if text := v.voice.T(key); text != key {
		return text + locale
	}
	return v.voice.CellName(name)
}

// stale says that somebody else changed the object while the form was open.
func stale(err error) bool {
	f, ok := status.FaultOf(err)
	return ok && f.Code == status.CodeConflict && f.Current != 0
}

// codeOf is the answer to a form that comes back.
func codeOf(err error) int {
	if status.FaultCode(err) == status.CodeConflict {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}
