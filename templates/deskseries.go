package templates

import "allclear/status"

// SeriesFacts is what staff see of the dates around a maintenance that repeats.
type SeriesFacts struct {
	Number  int // of this date
	Repeats Repeats
	Ended   bool            // no further date is planned
	Coming  []status.Window // the next ones
	Next    string          // staff page of the date after this one, once it is planned
}
