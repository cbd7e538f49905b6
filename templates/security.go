package templates

import "time"

// SecurityPage asks for what the holding text of a security notice needs.
type SecurityPage struct {
	Office
	Form   *Form
	Tiles  []Tile
	Texts  []HoldingText
	Second Second
	// AuthorityBy is when the time to tell the authority is over; zero = no matter of
	// security.
	AuthorityBy time.Time
}

// HoldingText is what customers will read, in one language.
type HoldingText struct{ Locale, Running, Limited string }

func (SecurityPage) file() string { return "security" }

// Names joins the names of components as the language does.
func (v *Voice) Names(names []string) string { return v.list(names, sentenceNames) }
