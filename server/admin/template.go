package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// templateList shows the notices prepared in advance.
func (d *desk) templateList(v *visit) error {
	rows, err := v.templateRows()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, templates.PreparedPage{Office: v.office("templates", "templates"), Templates: rows})
}

// templateRows are all templates, each with the form that begins with it.
func (v *visit) templateRows() ([]templates.TemplateRow, error) {
	list, err := v.Store.Templates(v.ctx())
	if err != nil {
		return nil, err
	}
	var rows []templates.TemplateRow
	for _, t := range list {
		words, ok := t.In(v.locale)
		if !ok || words.Title == "" {
			words, _ = t.In(t.Locale)
		}
		use := "/admin/new/review?template=" + url.QueryEscape(t.ID)
		if t.Kind() == status.Maintenance {
			use = "/admin/maintenances/new?template=" + url.QueryEscape(t.ID)
		}
		rows = append(rows, templates.TemplateRow{T: t, Title: open(words.Title), Use: use})
	}
	return rows, nil
}

// open shows the gaps of a text as gaps.
func open(text string) string {
	values := map[string]string{}
	for _, name := range status.Slots(text) {
		values[name] = "…"
	}
	return status.Fill(text, values)
}

// picked is the template that the address names; nil when it names none.
func (v *visit) picked() (*status.Template, error) {
	id := v.c.QueryParam("template")
	if id == "" {
		return nil, nil
	}
	t, err := v.Store.Template(v.ctx(), id)
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// answer gives the two questions the answers that a template has, as far as nobody has
// answered otherwise.
func (v *visit) answer(values url.Values, t *status.Template) {
	if t == nil {
		return
	}
	values.Set("template", t.ID)
	if len(values["c"]) == 0 {
		values["c"] = v.components(t.ComponentIDs)
	}
	if values.Get("symptom") == "" && t.Symptom != "" {
		values.Set("symptom", string(t.Symptom))
	}
}

// prepare fills a form with a template. A language that it lacks gets no text: the form's
// own proposal would say something else.
func (in *input) prepare(t *status.Template) {
	if t == nil {
		return
	}
	in.values.Set("template", t.ID)
	for name, value := range map[string]string{
		"status": string(t.Stage), "urgency": string(t.Urgency), "category": string(t.Category),
		"third_party.state": t.ThirdParty, "workaround.state": t.Workaround,
	} {
		in.values.Set(name, value)
	}
	if t.Severity != "" {
		in.values.Set("severity", string(t.Severity))
	}
	page := in.v.page()
	for _, locale := range append([]string{page.DefaultLocale}, page.Translated()...) {
		words, _ := t.In(locale)
		prefix, workaround := "", "workaround.text"
		if locale != page.DefaultLocale {
			prefix = "translations." + locale + "."
			workaround = prefix + "workaround_text"
		}
		in.values.Set(prefix+"name", words.Title)
		in.values.Set(prefix+"body", words.Body)
		in.values.Set(prefix+"customer_impact", words.CustomerImpact)
		in.values.Set(workaround, words.WorkaroundText)
		if words.NotAffected != "" {
			in.values.Set(prefix+"not_affected", words.NotAffected)
		}
	}
	in.nameComponents()
}

// nameComponents fills the gap for the names of the components, once they are known.
func (in *input) nameComponents() {
	ids := in.chosen()
	if len(ids) == 0 {
		return
	}
	for field, values := range in.values {
		if isWording(field) {
			in.values.Set(field, status.Fill(values[0], map[string]string{status.ComponentsSlot: in.v.listed(ids, localeOf(field))}))
		}
	}
}

// prepared are the values of a form with all fields, begun with the template that the
// address names.
func (v *visit) prepared(values url.Values) (url.Values, error) {
	t, err := v.picked()
	if t == nil || err != nil {
		return values, err
	}
	values["component_ids"] = v.components(t.ComponentIDs)
	if !t.Notify {
		values.Del("deliver_notifications")
	}
	in := &input{v: v, values: values}
	in.prepare(t)
	return in.values, nil
}

func (d *desk) newTemplate(v *visit) error {
	t := status.NewTemplate("", v.page().DefaultLocale, v.now)
	return v.showTemplate(http.StatusOK, v.templatePage(nil, blank("f", templateShown(&t))))
}

func (v *visit) templatePage(t *status.Template, form *templates.Form) templates.TemplatePage {
	p := templates.TemplatePage{Office: v.office("templates", "new_template"), Form: form, Action: "/admin/templates/new"}
	if t != nil {
		p.Title = t.Name
		p.Action = "/admin/templates/" + t.ID
		p.Delete = p.Action + "/delete"
	}
	return p
}

func (v *visit) showTemplate(code int, p templates.TemplatePage) error {
	p.Tongues, p.Groups = v.tongues(), v.levelGroups(func(string) bool { return false })
	return v.show(code, p)
}

// templateShown is a template as its form shows it.
func templateShown(t *status.Template) url.Values {
	f := url.Values{
		"name": {t.Name}, "title": {t.Title}, "body": {t.Body}, "customer_impact": {t.CustomerImpact}, "not_affected": {t.NotAffected},
		"workaround.state": {t.Workaround}, "workaround.text": {t.WorkaroundText}, "update_status": {string(t.Stage)},
		"severity": {string(t.Severity)}, "urgency": {string(t.Urgency)}, "symptom": {string(t.Symptom)}, "category": {string(t.Category)},
		"third_party.state": {t.ThirdParty}, "component_ids": slices.Clone(t.ComponentIDs),
	}
	if t.Notify {
		f.Set("should_send_notifications", "1")
	}
	return f
}

// templateForm shows a template in the page's present languages.
func (d *desk) templateForm(v *visit) error {
	t, err := d.Store.Template(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	form := blank("f", v.templateValues(&t))
	form.Version = t.Version
	return v.showTemplate(http.StatusOK, v.templatePage(&t, form))
}

// templateValues are a template's fields, its texts in the page's languages: the page's
// own language may be another one than when the template was written.
func (v *visit) templateValues(t *status.Template) url.Values {
	f := templateShown(t)
	own, _ := t.In(v.page().DefaultLocale)
	f.Set("title", own.Title)
	f.Set("body", own.Body)
	f.Set("customer_impact", own.CustomerImpact)
	f.Set("not_affected", own.NotAffected)
	f.Set("workaround.text", own.WorkaroundText)
	for _, locale := range v.page().Translated() {
		words, _ := t.In(locale)
		prefix := "translations." + locale + "."
		f.Set(prefix+"name", words.Title)
		f.Set(prefix+"body", words.Body)
		f.Set(prefix+"customer_impact", words.CustomerImpact)
		f.Set(prefix+"not_affected", words.NotAffected)
		f.Set(prefix+"workaround_text", words.WorkaroundText)
	}
	return f
}

// template reads the form into a template.
func (in *input) template(t *status.Template) {
	t.Name, t.Title, t.Body = in.value("name"), in.value("title"), in.value("body")
	t.CustomerImpact, t.NotAffected = in.value("customer_impact"), in.value("not_affected")
	t.Workaround, t.WorkaroundText = in.value("workaround.state"), in.value("workaround.text")
	t.Stage, t.Severity, t.Urgency = status.Stage(in.value("update_status")), status.Severity(in.value("severity")), status.Urgency(in.value("urgency"))
	t.Symptom, t.Category = status.Symptom(in.value("symptom")), status.Category(in.value("category"))
	t.ThirdParty, t.ComponentIDs = in.value("third_party.state"), slices.Clone(in.values["component_ids"])
	t.Notify = in.has("should_send_notifications")
	t.Translations = in.translations()
}

func (d *desk) addTemplate(v *visit) error {
	in, err := v.input("f", "template.")
	if err != nil {
		return err
	}
	in.gapsStay = true
	id := status.NewID()
	r, err := d.Store.AddTemplate(v.ctx(), in.by(), func(site *status.Site) (status.Template, error) {
		t := status.NewTemplate(id, site.Page.DefaultLocale, site.Now)
		in.template(&t)
		return t, nil
	})
	return v.templateSaved(in, nil, r, err)
}

func (d *desk) editTemplate(v *visit) error {
	have, err := d.Store.Template(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	in, err := v.input("f", "template.")
	if err != nil {
		return err
	}
	in.gapsStay = true
	r, err := d.Store.EditTemplate(v.ctx(), in.by(), have.ID, in.version(), func(t *status.Template, _ *status.Site) error {
		in.template(t)
		return nil
	})
	return v.templateSaved(in, &have, r, err)
}

// templateSaved ends a write, or brings the form back with what is wrong.
func (v *visit) templateSaved(in *input, have *status.Template, r store.Receipt, err error) error {
	if in.fault(err) {
		in.shiftFaults()
		form := in.form()
		if stale(err) {
			form.Theirs, form.Version, form.Faults = v.differences(in.values, v.templateValues(have)), have.Version, nil
		}
		return v.showTemplate(codeOf(err), v.templatePage(have, form))
	}
	if err != nil {
		return err
	}
	return v.done("/admin/templates#t-"+r.ObjectID, "saved", 0)
}

// shiftFaults names the fields as the form does where the domain calls them otherwise.
func (in *input) shiftFaults() {
	for i := range in.faults {
		switch in.faults[i].Field {
		case "workaround_text":
			in.faults[i].Field = "workaround.text"
		case "workaround":
			in.faults[i].Field = "workaround.state"
		case "third_party":
			in.faults[i].Field = "third_party.state"
		}
	}
}

func (d *desk) askDeleteTemplate(v *visit) error {
	t, err := d.Store.Template(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	path := "/admin/templates/" + t.ID
	return v.show(http.StatusOK, templates.RemovePage{
		Office: v.office("templates", "remove"), Name: t.Name, Why: "admin.remove.template", Back: path, Action: path + "/delete",
	})
}

func (d *desk) deleteTemplate(v *visit) error {
	if _, err := d.Store.DeleteTemplate(v.ctx(), v.by(), v.c.Param("id")); err != nil {
		return err
	}
	return v.done("/admin/templates", "deleted", 0)
}

// formPlace is the address of the form that is shown, as the place of its unsent text.
func (v *visit) formPlace() string {
	place := v.c.Request().URL.RequestURI()
	place, _, _ = strings.Cut(place, "#")
	return place
}

// unasked is the answer to a template that leaves one of the two questions open: whoever
// picks it has made no mistake.
func unasked(t *status.Template) int {
	if t != nil {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}
