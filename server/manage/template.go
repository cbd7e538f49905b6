package manage

import (
	"net/http"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/store"
)

// templateShape is a notice prepared in advance: Statuspage's keys, then ours.
type templateShape struct {
	ID           string           `json:"id"`
	Components   []componentShape `json:"components"`
	Name         string           `json:"name"`
	Title        string           `json:"title"`
	Body         string           `json:"body"`
	GroupID      *string          `json:"group_id"`
	UpdateStatus status.Stage     `json:"update_status"`
	Tweet        bool             `json:"should_tweet"` // always false
	Notify       bool             `json:"should_send_notifications"`

	CustomerImpact string                  `json:"customer_impact"`
	NotAffected    string                  `json:"not_affected"`
	Severity       *status.Severity        `json:"severity"` // null: proposed when it is used
	Urgency        status.Urgency          `json:"urgency"`
	Symptom        *status.Symptom         `json:"symptom"`
	Category       status.Category         `json:"category"`
	ThirdParty     templateState           `json:"third_party"`
	Workaround     templateState           `json:"workaround"`
	Translations   map[string]status.Texts `json:"translations"`
	Slots          []string                `json:"slots"` // gaps of the texts, to be filled in
	CreatedAt      statuspage.Stamp        `json:"created_at"`
	UpdatedAt      statuspage.Stamp        `json:"updated_at"`
	Version        int64                   `json:"version"`
}

func (s templateShape) version() int64 { return s.Version }

// templateState is a state, with its text where it has one.
type templateState struct {
	State string  `json:"state"`
	Text  *string `json:"text,omitempty"`
}

// templateFields are what a request may say about a template.
type templateFields struct {
	Name         *string              `json:"name"`
	Title        *string              `json:"title"`
	Body         *string              `json:"body"`
	GroupID      status.Maybe[string] `json:"group_id"`
	UpdateStatus *status.Stage        `json:"update_status"`
	Tweet        *bool                `json:"should_tweet"` // read and ignored
	Notify       *bool                `json:"should_send_notifications"`
	ComponentIDs *[]string            `json:"component_ids"`

	CustomerImpact *string                       `json:"customer_impact"`
	NotAffected    *string                       `json:"not_affected"`
	Severity       status.Maybe[status.Severity] `json:"severity"`
	Urgency        *status.Urgency               `json:"urgency"`
	Symptom        status.Maybe[status.Symptom]  `json:"symptom"`
	Category       *status.Category              `json:"category"`
	ThirdParty     *templateState                `json:"third_party"`
	Workaround     *templateState                `json:"workaround"`
	Translations   map[string]status.Texts       `json:"translations"`
}

func (f *templateFields) apply(t *status.Template) {
	set(&t.Name, f.Name)
	set(&t.Title, f.Title)
	set(&t.Body, f.Body)
	set(&t.Stage, f.UpdateStatus)
	set(&t.Notify, f.Notify)
	set(&t.ComponentIDs, f.ComponentIDs)
	set(&t.CustomerImpact, f.CustomerImpact)
	set(&t.NotAffected, f.NotAffected)
	set(&t.Urgency, f.Urgency)
	set(&t.Category, f.Category)
	orEmpty(&t.GroupID, f.GroupID)
	orEmpty(&t.Severity, f.Severity)
	orEmpty(&t.Symptom, f.Symptom)
	if f.ThirdParty != nil {
		t.ThirdParty = f.ThirdParty.State
	}
	if f.Workaround != nil {
		t.Workaround = f.Workaround.State
		set(&t.WorkaroundText, f.Workaround.Text)
	}
	t.Translate(f.Translations)
}

// orEmpty takes a field over that null empties.
func orEmpty[T any](to *T, from status.Maybe[T]) {
	if !from.Set {
		return
	}
	var none T
	*to = none
	set(to, from.Value)
}

// orNull is null for an empty text.
func orNull[T ~string](v T) *T {
	if v == "" {
		return nil
	}
	return &v
}

func (x *call) templateBody() (*templateFields, error) {
	var in struct {
		Template *templateFields `json:"template"`
	}
	if err := x.decode(&in); err != nil {
		return nil, err
	}
	if in.Template == nil {
		return nil, status.Invalid("template", "Put the template's fields into an object \"template\".")
	}
	return in.Template, nil
}

// template writes a template in the page's present default language, as incidents are.
func (s shaper) template(t *status.Template) templateShape {
	page := &s.site.Page
	own, _ := t.In(page.DefaultLocale)
	out := templateShape{
		ID: t.ID, Components: []componentShape{}, Name: t.Name, Title: own.Title, Body: own.Body, UpdateStatus: t.Stage, Notify: t.Notify,
		CustomerImpact: own.CustomerImpact, NotAffected: own.NotAffected, Urgency: t.Urgency, Category: t.Category,
		ThirdParty: templateState{State: t.ThirdParty}, Workaround: templateState{t.Workaround, &own.WorkaroundText},
		Translations: map[string]status.Texts{}, Slots: append([]string{}, t.Slots()...),
		CreatedAt: s.Stamp(t.CreatedAt), UpdatedAt: s.Stamp(t.UpdatedAt), Version: t.Version,
	}
	out.GroupID, out.Severity, out.Symptom = orNull(t.GroupID), orNull(t.Severity), orNull(t.Symptom)
	for _, locale := range page.Translated() {
		if words, ok := t.In(locale); ok {
			out.Translations[locale] = words.Texts()
		}
	}
	for _, id := range t.ComponentIDs {
		if c := s.site.Find(id); c != nil {
			out.Components = append(out.Components, s.component(c))
		}
	}
	return out
}

func listTemplates(x *call) error {
	offset, limit, err := x.paging("per_page", 100)
	if err != nil {
		return err
	}
	list, err := x.desk.Store.Templates(x.ctx())
	if err != nil {
		return err
	}
	s, shapes := x.shaper(&x.site), []templateShape{}
	for _, t := range part(list, offset, limit) {
		shapes = append(shapes, s.template(&t))
	}
	return x.json(http.StatusOK, shapes)
}

func getTemplate(x *call) error {
	id, err := x.id("template")
	if err != nil {
		return err
	}
	return x.ok(x.showTemplate(id))
}

func (x *call) showTemplate(id string) (any, error) {
	site, err := x.present()
	if err != nil {
		return nil, err
	}
	t, err := x.desk.Store.Template(x.ctx(), id)
	if err != nil {
		return nil, err
	}
	return x.shaper(site).template(&t), nil
}

func addTemplate(x *call) error {
	in, err := x.templateBody()
	if err != nil {
		return err
	}
	id := status.NewID()
	return x.create(func(by store.By) (store.Receipt, error) {
		return x.desk.Store.AddTemplate(x.ctx(), by, func(site *status.Site) (status.Template, error) {
			t := status.NewTemplate(id, site.Page.DefaultLocale, site.Now)
			in.apply(&t)
			return t, nil
		})
	}, x.showTemplate)
}

func editTemplate(x *call) error {
	id, err := x.id("template")
	if err != nil {
		return err
	}
	in, err := x.templateBody()
	if err != nil {
		return err
	}
	return x.change(id, func(version int64) (store.Receipt, error) {
		return x.desk.Store.EditTemplate(x.ctx(), x.by(), id, version, func(t *status.Template, _ *status.Site) error {
			in.apply(t)
			return nil
		})
	}, x.showTemplate)
}

func deleteTemplate(x *call) error {
	id, err := x.id("template")
	if err != nil {
		return err
	}
	t, err := x.desk.Store.Template(x.ctx(), id)
	if err != nil {
		return err
	}
	gone := x.shaper(&x.site).template(&t)
	done, err := x.remove(id, t.Version, "template", func(by store.By) (store.Receipt, error) {
		return x.desk.Store.DeleteTemplate(x.ctx(), by, id)
	}, x.showTemplate)
	if !done {
		return err
	}
	return x.json(http.StatusOK, gone)
}
