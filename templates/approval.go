package templates

import (
	"time"

	"allclear/status"
)

// Second says whether a second person comes before a notice is published.
type Second struct {
	Needed bool
	Alone  bool // nobody else can approve: a reason takes their place
}

// Ask says whether the notice cannot be published by whoever looks at it.
func (s Second) Ask() bool { return s.Needed && !s.Alone }

// Waiting is how far the approval of a draft is, on the draft's own page.
type Waiting struct {
	status.Approval
	Open  bool   // somebody must decide
	Given bool   // it may be published as it is
	Mine  bool   // whoever looks at it has asked
	May   bool   // whoever looks at it can decide
	Link  string // to pass on
	Path  string
}

// Returned says whether it was sent back with a note.
func (w *Waiting) Returned() bool { return w.ReturnedBy != "" }

// ApprovalPage shows a draft as customers will read it to a second person.
type ApprovalPage struct {
	Office
	Notice      *status.Incident
	Path        string // of the draft
	Approval    status.Approval
	Yes, No     *Form
	Rows        []LevelRow // its components as they will be
	Previews    []Preview  // by language; none when it cannot be published as it is
	Audience    Audience
	Priority    status.Priority
	AuthorityBy time.Time // see SecurityPage
}

// Maintenance says whether a planned window is approved.
func (p ApprovalPage) Maintenance() bool { return p.Notice.Kind == status.Maintenance }

// Told is how many subscribers would be told.
func (p ApprovalPage) Told() int { return p.Audience.Told() }

func (ApprovalPage) file() string { return "approval" }

// Unfinished is a new notice that somebody began and did not send.
type Unfinished struct {
	Path, Name string
	At         time.Time
}
