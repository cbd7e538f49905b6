package templates

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Form is what somebody typed, or what there is to edit, with what is wrong with it.
// Its fields carry the names of the Manage API, so that a fault finds its field.
type Form struct {
	ID      string // distinguishes the forms of one page
	Values  url.Values
	Faults  []FormFault
	Key     string // makes a second press of the same button harmless
	Version int64  // of the object that was shown; 0: a new one
	Seen    string // id of the newest entry that was shown
	// Theirs lists what somebody else changed meanwhile, beside one's own text.
	Theirs []Difference
	// Open: the form is unfolded.
	Open bool
	// Focus is the field to come back to.
	Focus string
	// Lint is what was found in the texts.
	Lint Lint
	// Place is the address under which the text is kept while it is typed; "" = it is not.
	Place string
	// Resumed is when the text was kept that the form was opened with; zero = it was not.
	Resumed time.Time
}

// FormFault is one thing that is wrong.
type FormFault struct {
	Field string // "" = the form as a whole
	Text  string
	Lang  string // language of Text when it is not the page's
}

// Difference is a field that somebody else changed while this form was open.
type Difference struct{ Field, Theirs, Mine string }

// Value is the field's content.
func (f *Form) Value(name string) string { return f.Values.Get(name) }

// Has says whether the field holds this value among others.
func (f *Form) Has(name, value string) bool {
	return slices.Contains(f.Values[name], value)
}

// Ticked says whether a box is ticked.
func (f *Form) Ticked(name string) bool { return f.Values.Get(name) != "" }

// Element is the id of a field's element.
func (f *Form) Element(name string) string { return f.ID + "-" + name }

// Fault is what is wrong with a field; nil when nothing is.
func (f *Form) Fault(name string) *FormFault {
	for i := range f.Faults {
		if f.Faults[i].Field == name {
			return &f.Faults[i]
		}
	}
	return nil
}

// Troubles lists what sent the form back: what is wrong, then what the texts must not say.
func (f *Form) Troubles() []FormFault {
	out := slices.Clone(f.Faults)
	for _, x := range f.Lint.Stops() {
		fault := FormFault{Text: x.Text}
		if x.Inline {
			fault.Field = x.Field
		}
		out = append(out, fault)
	}
	return out
}

// Filled says whether one of the fields has content or a fault, so that the part of
// the form that holds them is unfolded.
func (f *Form) Filled(names ...string) bool {
	for _, name := range names {
		for field, values := range f.Values {
			if matches(field, name) && strings.Join(values, "") != "" {
				return true
			}
		}
	}
	return f.Wrong(names...)
}

// Wrong says whether one of the fields has a fault, a finding, or the focus.
func (f *Form) Wrong(names ...string) bool {
	for _, name := range names {
		for i := range f.Faults {
			if matches(f.Faults[i].Field, name) {
				return true
			}
		}
		if matches(f.Focus, name) || slices.ContainsFunc(f.Lint.Findings, func(x FormFinding) bool { return x.Inline && matches(x.Field, name) }) {
			return true
		}
	}
	return false
}

// matches holds for the field itself and, with a dot at the end, for all below.
func matches(field, name string) bool {
	return field == name || strings.HasSuffix(name, ".") && strings.HasPrefix(field, name)
}

// Field is one control of a form, ready to be drawn.
type Field struct {
	Form     *Form
	Name, ID string
	Label    string
	Hint     string
	Lang     string // language that is written here
	Type     string
	Value    string
	Max      int
	Rows     int
	Auto     string // autocomplete
	Mode     string // inputmode
	Required bool
	Focus    bool
	Options  []Option
	Fault    *FormFault
	Judged   bool // customers read it, so its text is looked at
	Found    []FormFinding
}

// Option is one choice of a field.
type Option struct {
	Value, Label string
	Chosen       bool
}

// Refused says whether the field's text sent the form back.
func (f Field) Refused() bool {
	return f.Form.Lint.Refused && slices.ContainsFunc(f.Found, func(x FormFinding) bool { return x.Must })
}

// DescribedBy lists the ids of the fault, the findings and the hint.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Fault != nil {
		ids = append(ids, f.ID+"-fault")
	}
	if f.Judged {
		ids = append(ids, f.ID+"-found")
	}
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	return strings.Join(ids, " ")
}

// field makes a control: its label is the message "admin.field.NAME", its hint, if
// there is one, "admin.hint.NAME". A field "translations.de.body" is labelled as
// "body" in that language. Options are words or word=value:
//
//	required focus rows=6 max=255 type=email auto=username mode=numeric label=KEY hint=KEY lang=de
//	of=severity is="minor serious" none=KEY       choices "severity.minor" …
func (v *Voice) field(f *Form, name string, options ...string) (Field, error) {
	out := Field{Form: f, Name: name, ID: f.Element(name), Type: "text", Value: f.Value(name), Fault: f.Fault(name), Focus: f.Focus == name}
	if out.Judged = f.Lint.On && judged(name); out.Judged {
		out.Found = f.Lint.At(name)
	}
	word := name
	if rest, ok := strings.CutPrefix(name, "translations."); ok {
		out.Lang, word, _ = strings.Cut(rest, ".")
	}
	label, hint, of, none := "admin.field."+word, "admin.hint."+word, "", ""
	var is []string
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "label":
			label = value
		case "hint":
			hint = value
		case "of":
			of = value
		case "is":
			is = strings.Fields(value)
		case "none":
			none = value
		case "lang":
			out.Lang = value
		default:
			if err := out.set(key, value); err != nil {
				return out, err
			}
		}
	}
	var err error
	if out.Label, err = v.strictText(label); err != nil {
		return out, err
	}
	if out.Lang != "" {
		out.Label += " (" + v.languageName(out.Lang) + ")"
	}
	if _, ok := v.words.messages[hint]; ok {
		out.Hint = v.T(hint)
	}
	return out, v.choices(&out, of, is, none)
}

func (f *Field) set(key, value string) (err error) {
	switch key {
	case "required":
		f.Required = true
	case "focus":
		f.Focus = true
	case "type":
		f.Type = value
	case "auto":
		f.Auto = value
	case "mode":
		f.Mode = value
	case "rows":
		f.Rows, err = strconv.Atoi(value)
	case "max":
		f.Max, err = strconv.Atoi(value)
	default:
		err = fmt.Errorf("templates: a field has no option %q", key)
	}
	return err
}

func (v *Voice) choices(f *Field, of string, is []string, none string) error {
	if none != "" {
		label, err := v.strictText(none)
		if err != nil {
			return err
		}
		f.Options = append(f.Options, Option{Label: label, Chosen: f.Value == ""})
	}
	for _, value := range is {
		label, err := v.strictText(of + "." + value)
		if err != nil {
			return err
		}
		f.Options = append(f.Options, Option{Value: value, Label: label, Chosen: f.Form.Has(f.Name, value)})
	}
	return nil
}

// languageName is what a language calls itself.
func (v *Voice) languageName(locale string) string {
	if name, ok := v.names[locale]; ok && name != "" {
		return name
	}
	return locale
}

// adminFuncs are the words that only staff templates use.
func (v *Voice) adminFuncs() template.FuncMap {
	return template.FuncMap{
		"field": v.field, "grid": v.grid, "many": many, "verdict": v.verdict, "readers": v.readers, "language": v.languageName, "join": strings.Join,
		"list":   func(words ...string) []string { return words },
		"deref":  instant,
		"direct": func() string { return v.direction() },
		"told":   v.told, "number": v.Number, "decimal": v.Decimal,
		"chart": func(c *Chart) template.HTML { return v.chart(*c) }, "share_bar": drawShare,
	}
}
