package admin

import (
	"errors"
	"slices"
	"strings"

	"allclear/status"
	"allclear/status/lint"
	"allclear/templates"
)

// policy is how strictly the form's texts are judged: what customers will read must be
// mended, or published with a reason. The ready sentence that closes a false alarm owes
// no message about a solution.
func (in *input) policy() lint.Policy {
	p := lint.Policy{Mode: lint.Strict, Reason: in.value("anyway"), Language: in.v.locale}
	switch {
	case in.draft:
		p.Mode = lint.Keeping
	case in.id == "false_alarm":
		p.Mode = lint.Default
	}
	return p
}

// looks says that the press asks for a look at the texts alone: the button that checks
// them, or one that puts a suggestion in. Nothing is saved then.
func (in *input) looks() bool { return in.has("check") || in.has("replace") }

// look judges the texts of the notice that open makes of the form, after the suggestion
// was put in that was pressed. past is what customers have of the notice. open reads the
// form anew each time; where the form has faults there is nothing to judge yet.
func (in *input) look(past lint.Past, open func() (*status.Incident, error)) (*status.Incident, error) {
	n, err := in.study(past, open)
	key := in.value("replace")
	if key == "" || err != nil || n == nil {
		return n, err
	}
	in.values.Del("replace")
	if in.replace(key) {
		return in.study(past, open)
	}
	return n, nil
}

func (in *input) study(past lint.Past, open func() (*status.Incident, error)) (*status.Incident, error) {
	n, err := open()
	if err != nil || len(in.faults) > 0 {
		return nil, err
	}
	rules, err := in.v.Store.LintRules(in.v.ctx(), in.v.locale)
	if err != nil {
		return nil, err
	}
	in.found, in.looked = lint.Check(lint.FromIncident(in.v.page(), n, past, in.v.now), rules), true
	return n, nil
}

// glance answers a press that only looks: the form comes back, nothing is saved. have is
// the published notice that change would change.
func (in *input) glance(have *status.Incident, change func(*status.Incident, *status.Site) error) error {
	past := lint.PastOf(in.v.page(), have)
	_, err := in.look(past, func() (*status.Incident, error) {
		n, err := in.v.Store.Incident(in.v.ctx(), have.ID) // a copy that may be spoiled
		if err != nil {
			return nil, err
		}
		site := in.v.copied()
		return &n, change(&n, &site)
	})
	if in.fault(err) {
		return nil
	}
	return err
}

// stepLook reads a step's form and judges what it would publish.
func (in *input) stepLook(have *status.Incident, id string) (c status.Change, err error) {
	past := lint.PastOf(in.v.page(), have)
	_, err = in.look(past, func() (*status.Incident, error) {
		in.faults = nil
		c = in.stepChange(have, id)
		if len(in.faults) > 0 {
			return nil, nil // the caller shows them
		}
		n, _, err := in.v.trial(have, c)
		return n, err
	})
	return c, err
}

// opening makes the notice that a change would open, on a copy of the site.
func (v *visit) opening(c status.Change) (*status.Incident, *status.Site, error) {
	site := v.copied()
	n, err := status.OpenIncident(&site, "preview", "preview", c)
	return n, &site, err
}

// copied is a copy of the site whose levels may move.
func (v *visit) copied() status.Site {
	site := v.site
	site.Components, site.Now = slices.Clone(v.site.Components), v.now
	return site
}

// blocked takes in what stopped a write; false when it was something else.
func (in *input) blocked(err error) bool {
	b, ok := errors.AsType[*lint.Blocked](err)
	if !ok {
		return false
	}
	in.found, in.looked, in.refused = b.Findings, true, true
	return true
}

// replace puts the suggestion of a finding into its field, and comes back there.
func (in *input) replace(key string) bool {
	i := slices.IndexFunc(in.found, func(f lint.Finding) bool { return keyOf(f) == key })
	if i < 0 || !in.has(in.found[i].Path()) {
		return false
	}
	name := in.found[i].Path()
	in.values.Set(name, in.found[i].Mend(in.value(name)))
	in.focus = name
	return true
}

// keyOf names a finding by what it says, so that it is found again in a text that was
// changed meanwhile.
func keyOf(f lint.Finding) string { return strings.Join([]string{f.Rule, f.Path(), f.Match}, " ") }

// lint is what the form shows of its findings.
func (in *input) lint() templates.Lint {
	l := templates.Lint{On: strings.HasPrefix(in.noun, "incident"), Looked: in.looked, Refused: in.refused}
	for _, f := range in.found {
		l.Findings = append(l.Findings, in.shown(f))
	}
	return l
}

func (in *input) shown(f lint.Finding) templates.FormFinding {
	out := templates.FormFinding{
		Field: f.Path(), Must: len(lint.Blocking([]lint.Finding{f}, in.policy().Mode)) > 0, Secret: f.Credential(), Text: f.Message,
		Inline: f.Locale != "" && in.has(f.Path()),
	}
	if f.Rule == "C13" && in.id == "resolve" { // the part has a control, which may be empty
		out.Field, out.Inline = strings.Replace(out.Field, "resolution.prevention", "measure", 1), true
	}
	if f.Rule == "D4" && out.Must {
		out.Elsewhere = "/admin/new/security"
	}
	if out.Inline && f.Fits() {
		out.Suggestion, out.Key = f.Suggestion, keyOf(f)
	}
	if !out.Inline && f.Locale != "" {
		out.Text = in.v.label(f.Path()) + ": " + f.Message
	}
	return out
}
