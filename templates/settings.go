package templates

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/number"

	textmessage "golang.org/x/text/message"

	"allclear/status"
)

// SettingsPage is one screen of the page's settings or, without one, the list of them.
type SettingsPage struct {
	Office
	Tongues
	Screens   []string
	Screen    string // the one that is shown; empty: none
	Form      *Form
	Speakable []string  // languages that the page can be in
	Rows      []LinkRow // of the footer links
	Usual     bool      // the screen has values that are usual
	// Light and Dark are the brand colour for words on a light and on a dark page.
	Light, Dark string
	// Secret signs what the on-duty web address gets; Hidden says that there is one, to be
	// shown once the password was given again.
	Secret       string
	Hidden       bool
	All, Counted int // components, and those whose number of users is known
}

// LinkRow is one footer link of the form: its number and how its fields' names begin.
type LinkRow struct {
	N    int
	Name string
}

func (SettingsPage) file() string { return "settings" }

// Losses are the rows of the table that proposes a severity, Reaches its columns.
func Losses() []string { return []string{"cosmetic", "partly", "core", "all"} }

// Reaches are explained at Losses.
func Reaches() []string { return []string{"few", "some", "many", "most"} }

// Paces are the columns of the table that says how often customers hear from us.
func Paces() []string { return []string{"first", "scope", "early", "later", "watch", "follow_up"} }

// Units of a wait.
const (
	UnitMinutes = "minutes"
	UnitDays    = "days"
)

// Grid is a table of controls. A control is called ROW.COLUMN.
type Grid struct {
	Form    *Form
	Name    string // of the table, for faults of the whole
	Caption string
	Corner  string // what the rows are
	Columns []string
	Rows    []GridRow
}

// GridRow is a row of a Grid.
type GridRow struct {
	Head  string
	Cells []GridCell
}

// GridCell is a control of a Grid: a choice, or a number with its unit.
type GridCell struct {
	Field
	Column string
	Unit   *Field
	Mode   string // inputmode of a number
	Suffix string // behind a number
}

// Number says whether the cell's first control is a number.
func (c GridCell) Number() bool { return c.Mode != "" }

// plan is what a table consists of: its words' keys are a prefix, a dot and the name.
type plan struct {
	rows, columns      []string
	rowWords, colWords string
	options            []string // of a choice
	optionWords        string   // "" = the options speak for themselves
	mode               string
	units              bool
	suffix             string
}

func wordsOf[T ~string](list []T) []string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

func plans() map[string]plan {
	severities, priorities := wordsOf(status.Severities()), wordsOf(status.Priorities())
	return map[string]plan{
		"severity_matrix": {rows: Losses(), rowWords: "admin.loss", columns: Reaches(), colWords: "admin.reach", options: severities, optionWords: "severity"},
		"priority_matrix": {rows: severities, rowWords: "severity", columns: wordsOf(status.Urgencies()), colWords: "admin.urgency", options: priorities},
		"cadence":         {rows: priorities, columns: Paces(), colWords: "admin.pace", mode: "numeric", units: true},
		"uptime_weights":  {rows: []string{"major", "partial", "degraded"}, rowWords: "level", columns: []string{"weight"}, colWords: "admin.weights", mode: "decimal", suffix: "%"},
	}
}

// word is what a row, column or option is called.
func (v *Voice) word(prefix, name string) (string, error) {
	if prefix == "" {
		return name, nil
	}
	return v.strictText(prefix + "." + name)
}

// grid puts a table of controls together: name is one of the page's tables.
func (v *Voice) grid(f *Form, name string) (Grid, error) {
	p, ok := plans()[name]
	if !ok {
		return Grid{}, fmt.Errorf("templates: there is no table %q", name)
	}
	g := Grid{Form: f, Name: name}
	var err error
	if g.Caption, err = v.strictText("admin.grid." + name); err != nil {
		return g, err
	}
	if g.Corner, err = v.strictText("admin.corner." + name); err != nil {
		return g, err
	}
	for _, column := range p.columns {
		head, err := v.word(p.colWords, column)
		if err != nil {
			return g, err
		}
		g.Columns = append(g.Columns, head)
	}
	for _, row := range p.rows {
		r, err := v.gridRow(f, p, row, g.Columns)
		if err != nil {
			return g, err
		}
		g.Rows = append(g.Rows, r)
	}
	return g, nil
}

func (v *Voice) gridRow(f *Form, p plan, row string, heads []string) (GridRow, error) {
	head, err := v.word(p.rowWords, row)
	if err != nil {
		return GridRow{}, err
	}
	out := GridRow{Head: head}
	for i, column := range p.columns {
		name := row + "." + column
		c := GridCell{Column: heads[i], Mode: p.mode, Suffix: p.suffix}
		c.Field = Field{Form: f, Name: name, ID: f.Element(name), Label: head + ", " + heads[i], Value: f.Value(name), Fault: f.Fault(name)}
		if c.Options, err = v.options(f, name, p.options, p.optionWords); err != nil {
			return out, err
		}
		if p.units {
			if c.Unit, err = v.unit(c.Field); err != nil {
				return out, err
			}
		}
		out.Cells = append(out.Cells, c)
	}
	return out, nil
}

func (v *Voice) options(f *Form, name string, values []string, prefix string) ([]Option, error) {
	var out []Option
	for _, value := range values {
		label, err := v.word(prefix, value)
		if err != nil {
			return nil, err
		}
		out = append(out, Option{Value: value, Label: label, Chosen: f.Has(name, value)})
	}
	return out, nil
}

// unit is the choice behind a number.
func (v *Voice) unit(of Field) (*Field, error) {
	name := of.Name + ".unit"
	options, err := v.options(of.Form, name, []string{UnitMinutes, UnitDays}, "admin.unit")
	if err != nil {
		return nil, err
	}
	label, err := v.strictText("admin.unit.label", "of", of.Label)
	return &Field{Form: of.Form, Name: name, ID: of.Form.Element(name), Label: label, Value: of.Form.Value(name), Fault: of.Form.Fault(name), Options: options}, err
}

// CellName is what a control of one of the tables is called, such as "P1, while
// monitoring"; any other name stays as it is.
func (v *Voice) CellName(name string) string {
	row, column, _ := strings.Cut(name, ".")
	column, unit, _ := strings.Cut(column, ".")
	for _, p := range plans() {
		head, err := v.word(p.rowWords, row)
		side, e := v.word(p.colWords, column)
		if err != nil || e != nil || !slices.Contains(p.rows, row) || !slices.Contains(p.columns, column) {
			continue
		}
		if unit != "" {
			return v.T("admin.unit.label", "of", head+", "+side)
		}
		return head + ", " + side
	}
	return v.linkName(name)
}

// linkName is what a field of a footer link is called.
func (v *Voice) linkName(name string) string {
	parts := strings.SplitN(name, ".", 4)
	var n int
	if _, err := fmt.Sscanf(name, "links.%d.", &n); err != nil || len(parts) < 3 {
		return name
	}
	label := v.T("admin.link_row", "n", n+1) + ": " + v.T("admin.field.link_"+parts[2])
	if len(parts) == 4 {
		label += " (" + v.languageName(parts[3]) + ")"
	}
	return label
}

// CellWord is how the value of a table's control reads; others stay as they are.
func (v *Voice) CellWord(name, value string) string {
	row, column, _ := strings.Cut(name, ".")
	for _, p := range plans() {
		if p.optionWords != "" && slices.Contains(p.rows, row) && slices.Contains(p.columns, column) && slices.Contains(p.options, value) {
			return v.T(p.optionWords + "." + value)
		}
	}
	if strings.HasSuffix(name, ".unit") && (value == UnitMinutes || value == UnitDays) {
		return v.T("admin.unit." + value)
	}
	return value
}

// Decimal writes a number with one decimal, as the language does.
func (v *Voice) Decimal(x float64) string {
	return textmessage.NewPrinter(v.words.tag).Sprint(number.Decimal(x, number.Scale(1)))
}
