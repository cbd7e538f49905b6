package templates

// TrendsPage shows how well staff kept what customers may expect.
type TrendsPage struct {
	Office
	Days    int
	Ranges  []RangeChoice
	Filters []FilterChoice
	Count   int // problems that are counted
	Figures []Figure
}

// RangeChoice is a number of days to look back.
type RangeChoice struct {
	Days int
	Path string
	Here bool
}

// FilterChoice is a list to choose from.
type FilterChoice struct {
	Name    string
	Label   string // message key
	Options []Option
}

// Figure is one thing that is counted, as a picture and as a table.
type Figure struct {
	Key   string // "notice": the messages are below "admin.trend.notice"
	Lead  string // the figure in one sentence
	Note  string // message key; what is to be known about it
	Chart *Chart
	Head  []string // message keys
	Rows  []FigureRow
	CSV   string
}

// FigureRow is a line of the table. Bar is its share of the largest, when it has one.
type FigureRow struct {
	Name  string
	Path  string
	Bar   float64
	Cells []string
}

// Folded says whether the table is below a picture that shows the same.
func (f Figure) Folded() bool { return f.Chart != nil && !f.Chart.Nothing() }

// Legend are the series that need a name.
func (f Figure) Legend() []Series {
	if f.Chart == nil || len(f.Chart.Series) < 2 {
		return nil
	}
	return f.Chart.Series
}

func (TrendsPage) file() string { return "trends" }
