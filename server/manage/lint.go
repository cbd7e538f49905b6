package manage

import (
	"slices"

	"allclear/status"
	"allclear/status/lint"
)

// findings is the answer to a lint: what the rules say of a notice that is not saved.
type findings struct {
	Findings []lint.Finding `json:"findings"`
}

// lintIncident reads a notice as addIncident does and says what breaks the rules of
// disclosure and clarity. Nothing is written.
func lintIncident(x *call) error {
	in, err := x.incidentBody()
	if err != nil {
		return err
	}
	site, err := x.present()
	if err != nil {
		return err
	}
	trial := *site
	trial.Components = slices.Clone(site.Components)
	i, err := status.OpenIncident(&trial, status.NewID(), status.NewID(), *in)
	if err != nil {
		return err
	}
	rules := lint.RulesFor(&site.Page, x.desk.BaseURL, "en")
	for c := range site.Components {
		rules.Terms = append(rules.Terms, site.Components[c].Name)
	}
	found := lint.Check(lint.FromIncident(&site.Page, i, nil, bodies(&site.Page, in), trial.Now), rules)
	if found == nil {
		found = []lint.Finding{}
	}
	return x.ok(findings{found}, nil)
}

// bodies are the texts of the new entry by language.
func bodies(p *status.Page, in *status.Change) map[string]string {
	out := map[string]string{}
	if in.Body != nil {
		out[p.DefaultLocale] = *in.Body
	}
	for locale, t := range in.Translations {
		if t.Body != nil {
			out[locale] = *t.Body
		}
	}
	return out
}
