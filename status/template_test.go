package status_test

import (
	"strings"
	"testing"

	"allclear/status"
)

func template() status.Template {
	t := status.NewTemplate("tmpl00000001", "en", noon)
	t.Name, t.Title, t.Body = "Provider down", "{provider} is down", "We talk to {provider}. More by {time}."
	t.Translations = map[string]status.Texts{"de": {Name: new("{provider} ist ausgefallen"), Body: new("Wir sprechen mit {provider}. Mehr bis {uhrzeit}.")}}
	return t
}

func TestSlots(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                       nil,
		"No slot at all.":                        nil,
		"{a} and {b} and {a}":                    {"a", "b"},
		"{{a}} and { b c }":                      {"a", "b c"},
		"{Größe}":                                {"Größe"},
		"{}":                                     nil,
		"{.} {1} {{.}}":                          nil,
		"{ }":                                    nil,
		"https://example.org/orders/{id} {x}":    {"x"},
		`{"json": 1} {a: b} {a;b}`:               nil,
		"{" + strings.Repeat("x", 61) + "} {ok}": {"ok"},
		"{over\nlines}":                          nil,
		"{open":                                  nil,
	} {
		same(t, text, status.Slots(text), want)
	}
	same(t, "several texts", status.Slots("{b} {a}", "{a} {c}"), []string{"b", "a", "c"})
}

func TestFillingSlots(t *testing.T) {
	values := map[string]string{"a": "one", "b c": " two ", "empty": "  ", "again": "{a}"}
	for text, want := range map[string]string{
		"{a}{{b c}}":                     "onetwo",
		"From { a } to {b c}.":           "From one to two.",
		"{unknown} and {empty}":          "{unknown} and {empty}",
		"{again}":                        "{a}", // a value is text, no template
		"https://example.org/{a} is {a}": "https://example.org/{a} is one",
		"nothing":                        "nothing",
	} {
		same(t, text, status.Fill(text, values), want)
	}
}

func TestTemplateInItsLanguages(t *testing.T) {
	n := template()
	same(t, "slots", n.Slots(), []string{"provider", "time", "uhrzeit"})
	en, _ := n.In("en")
	de, ok := n.In("de")
	if en.Title != "{provider} is down" || !ok || de.Title != "{provider} ist ausgefallen" || de.CustomerImpact != "" {
		t.Errorf("%+v %+v %v", en, de, ok)
	}
	if _, ok := n.In("fr"); ok {
		t.Error("there is no French")
	}
	same(t, "kind", n.Kind(), status.Problem)
	n.Stage = status.Scheduled
	same(t, "kind of planned work", n.Kind(), status.Maintenance)
}

func TestTemplatesAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change          func(*status.Template)
		field, sentence string
	}{
		"no name":          {func(n *status.Template) { n.Name = " " }, "template.name", "The name must not be empty."},
		"no title":         {func(n *status.Template) { n.Title = "" }, "template.title", "The name must not be empty."},
		"no text":          {func(n *status.Template) { n.Body = "" }, "template.body", "Give the template a text."},
		"control letter":   {func(n *status.Template) { n.NotAffected = "\x00" }, "template.not_affected", "U+0000"},
		"group":            {func(n *status.Template) { n.GroupID = strings.Repeat("x", 300) }, "template.group_id", "at most 255"},
		"no such stage":    {func(n *status.Template) { n.Stage = "asleep" }, "template.update_status", `"asleep" is not a status`},
		"postmortem":       {func(n *status.Template) { n.Stage = status.PostmortemOut }, "template.update_status", "not a status that a template"},
		"severity":         {func(n *status.Template) { n.Severity = "huge" }, "template.severity", `"huge" is not a severity`},
		"symptom":          {func(n *status.Template) { n.Symptom = "smell" }, "template.symptom", `"smell" is not possible`},
		"urgency":          {func(n *status.Template) { n.Urgency = "" }, "template.urgency", "is not possible"},
		"category":         {func(n *status.Template) { n.Category = "moon" }, "template.category", `"moon"`},
		"third party":      {func(n *status.Template) { n.ThirdParty = "named" }, "template.third_party", `"named"`},
		"workaround":       {func(n *status.Template) { n.Workaround = "maybe" }, "template.workaround", `"maybe"`},
		"workaround text":  {func(n *status.Template) { n.Workaround = "available" }, "template.workaround_text", "Say what customers can do"},
		"component":        {func(n *status.Template) { n.ComponentIDs = []string{"gone"} }, "template.component_ids", `no component "gone"`},
		"group of several": {func(n *status.Template) { n.ComponentIDs = []string{"pay"} }, "template.component_ids", "is a group"},
		"own language":     {func(n *status.Template) { n.Translations["en"] = status.Texts{Body: new("x")} }, "template.translations.en", "the language of the template itself"},
		"other language":   {func(n *status.Template) { n.Translations["tlh"] = status.Texts{Body: new("x")} }, "template.translations.tlh", `no language "tlh"`},
		"translated title": {func(n *status.Template) { n.Translations["de"] = status.Texts{Name: new("a\nb")} }, "template.translations.de.name", "one line"},
	} {
		n := template()
		c.change(&n)
		t.Run(name, func(t *testing.T) { refused(t, n.Check(shop(noon)), c.field, c.sentence) })
	}
	n := template()
	n.Translations["fr"] = status.Texts{Name: new(""), Body: new("")}
	if err := n.Check(shop(noon)); err != nil {
		t.Fatal(err)
	}
	if _, ok := n.Translations["fr"]; ok || *n.Translations["de"].Body != "Wir sprechen mit {provider}. Mehr bis {uhrzeit}." {
		t.Errorf("kept %+v", n.Translations)
	}
}

// TestStockTemplates: each is complete in both languages, with the same slots in both.
func TestStockTemplates(t *testing.T) {
	for _, n := range status.StockTemplates(noon) {
		site := shop(noon)
		if err := n.Check(site); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
		en, _ := n.In("en")
		de, ok := n.In("de")
		for what, pair := range map[string][2]string{"title": {en.Title, de.Title}, "text": {en.Body, de.Body}, "impact": {en.CustomerImpact, de.CustomerImpact}} {
			if !ok || pair[0] == "" || pair[1] == "" || pair[0] == pair[1] {
				t.Errorf("%s has no %s in both languages", n.Name, what)
			}
			same(t, n.Name+", slots of the "+what, status.Slots(pair[0]), status.Slots(pair[1]))
		}
	}
}
