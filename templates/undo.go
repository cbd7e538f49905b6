package templates

import (
	"html/template"
	"strconv"
	"time"

	"allclear/status"
)

// Undoing is what can still be taken back of a notice, and what was.
type Undoing struct {
	Entry   string    // the newest entry, while it can be taken back; else ""
	First   bool      // it is the notice itself
	Until   time.Time // its messages leave then; zero when none waits
	At      time.Time // when the page was drawn
	F       *Form
	Told    bool // something of the notice was sent
	TooLate bool // somebody tried, and it was sent
	// Drafts are the texts of entries that were taken back.
	Drafts []status.DraftText
}

// Held says whether messages wait, so that taking back is a matter of seconds.
func (u Undoing) Held() bool { return u.Entry != "" && !u.Until.IsZero() }

// Left is the number of seconds until they leave, for the script to count down.
func (u Undoing) Left() template.HTML {
	seconds := int((u.Until.Sub(u.At) + time.Second - 1) / time.Second)
	return template.HTML(`<span class="left">` + strconv.Itoa(max(seconds, 0)) + `</span>`) //nolint:gosec // a number
}

// Loose says whether this entry can be taken back at leisure: nobody is told of it.
func (u Undoing) Loose(entry string) bool { return u.Entry == entry && u.Until.IsZero() }
