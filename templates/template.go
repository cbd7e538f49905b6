package templates

import "allclear/status"

// PreparedPage lists the notices prepared in advance.
type PreparedPage struct {
	Office
	Templates []TemplateRow
}

// TemplateRow is one of them in a list or in the picker.
type TemplateRow struct {
	T     status.Template
	Title string // in the account's language, as far as there is one
	Use   string // address of the form that begins with it
}

// Maintenance says whether it plans work.
func (r TemplateRow) Maintenance() bool { return r.T.Kind() == status.Maintenance }

// TemplatePage is the form of a template.
type TemplatePage struct {
	Office
	Form   *Form
	Action string
	Delete string // address of the question; empty for a new one
	Tongues
	Groups []LevelGroup // whose components it may name
}

// Slot is a gap in a text, to be filled in before it is published.
type Slot struct {
	Name  string // as it stands in the text
	Field string // name of the control that fills it
	Label string
}

func (PreparedPage) file() string { return "templates" }
func (TemplatePage) file() string { return "template" }
