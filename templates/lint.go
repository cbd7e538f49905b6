package templates

import (
	"slices"
	"strings"
)

// FormFinding is what a text of a form was found to say.
type FormFinding struct {
	Field string // name of the control
	Must  bool   // it has to be mended, or published with a reason
	// Secret: it is a credential. Such a text is not kept anywhere.
	Secret bool
	// Elsewhere is the address of the form that such a text belongs into; "" = this one.
	Elsewhere  string
	Inline     bool   // the control is on the form, and shows it
	Text       string // the sentence
	Suggestion string // can stand in its place; "" when nothing can
	Key        string // names it to the server
}

// Lint is what is known about the texts of a form.
type Lint struct {
	On     bool   // texts are judged here
	Looked bool   // they were
	Path   string // where a look goes that saves nothing; "" = where the form goes
	// Refused: the form was sent, and came back because of the findings.
	Refused  bool
	Findings []FormFinding
}

// At lists what was found in one control.
func (l Lint) At(name string) []FormFinding {
	return l.those(func(f FormFinding) bool { return f.Inline && f.Field == name })
}

// Loose lists what no control shows.
func (l Lint) Loose() []FormFinding { return l.those(func(f FormFinding) bool { return !f.Inline }) }

// Musts lists what has to be mended.
func (l Lint) Musts() []FormFinding { return l.those(func(f FormFinding) bool { return f.Must }) }

// Stops lists what sent the form back.
func (l Lint) Stops() []FormFinding {
	return l.those(func(f FormFinding) bool { return l.Refused && f.Must })
}

// Hints counts what may stay as it is.
func (l Lint) Hints() int { return len(l.Findings) - len(l.Musts()) }

// Secret says whether one of the texts holds a credential.
func (l Lint) Secret() bool {
	return slices.ContainsFunc(l.Findings, func(f FormFinding) bool { return f.Secret })
}

// Overridable says whether a reason is enough to publish all the same.
func (l Lint) Overridable() bool { return len(l.Musts()) > 0 && !l.Secret() }

func (l Lint) those(want func(FormFinding) bool) []FormFinding {
	var out []FormFinding
	for _, f := range l.Findings {
		if want(f) {
			out = append(out, f)
		}
	}
	return out
}

// judged says whether customers read what is typed into a control.
func judged(name string) bool {
	if rest, ok := strings.CutPrefix(name, "translations."); ok {
		_, name, _ = strings.Cut(rest, ".")
	}
	switch name {
	case "name", "customer_impact", "not_affected", "body", "workaround.text", "workaround_text", "third_party.url",
		"what_happened", "limits", "prevention", "customer_action",
		"resolution.what_happened", "resolution.limits", "resolution.prevention", "resolution.customer_action",
		"resolution.fully_fixed", "resolution.data_loss", "resolution.can_recur", "measure":
		return true
	}
	return false
}

// verdict says how the texts of a form were judged.
func (v *Voice) verdict(l Lint) string {
	must, hints := len(l.Musts()), l.Hints()
	switch {
	case must == 0 && hints == 0:
		return v.T("admin.lint.none")
	case must == 0:
		return v.T("admin.lint.hints", "n", hints)
	case hints == 0:
		return v.T("admin.lint.musts", "n", must)
	}
	return v.T("admin.lint.both", "musts", v.T("admin.lint.musts", "n", must), "hints", v.T("admin.lint.hints", "n", hints))
}

// readers says how many mails go out, and in which languages.
func (v *Voice) readers(a Audience) string {
	mails := v.T("admin.mails", "n", a.Email)
	if len(a.Languages) < 2 {
		return mails
	}
	var parts []string
	for _, r := range a.Languages {
		parts = append(parts, v.Number(r.Count)+"\u00a0"+strings.ToUpper(r.Locale))
	}
	return v.T("admin.readers", "mails", mails, "list", strings.Join(parts, ", "))
}
