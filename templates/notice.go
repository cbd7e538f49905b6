package templates

import (
	"io"
	"time"
)

// Kinds of notices.
const (
	KindIncident    = "incident"
	KindMaintenance = "maintenance"
)

// Notice is an incident or a maintenance as the public may see it. Texts that
// people wrote (Title, Impact, Updates, …) are raw; templates escape them.
type Notice struct {
	Kind  string // KindIncident or KindMaintenance
	ID    string
	Title string
	Lang  string // language of the title when it is not the page's, else ""

	Stage    string // investigating|identified|monitoring|resolved|postmortem|scheduled|in_progress|verifying|completed|cancelled
	Level    string // how bad it is, as page state or component level; colours the card
	Severity string // minor|moderate|serious|critical; may be empty

	Impact      string // what customers notice
	NotAffected string
	Components  []Affected
	Users       Estimate
	Workaround  Workaround
	ThirdParty  ThirdParty

	StartedAt  time.Time
	EndedAt    time.Time // zero while open
	From, To   time.Time // planned window of a maintenance
	Repeats    Repeats   // when a maintenance comes again
	NextUpdate time.Time // the promise; zero: none
	Overdue    bool      // the promise has passed
	ExpectedAt time.Time // expected resolution; zero: none given

	Resolution *Resolution
	Updates    []Update // newest first

	// Foreign gives the language of those other texts that are not in the page's: impact,
	// not_affected, workaround, and the closing message's what_happened, limits, prevention,
	// customer_action.
	Foreign map[string]string

	// Imported: the notice was taken over from elsewhere. What nobody said there is not
	// said here either, not even that it is being looked for.
	Imported bool
	// Terse: a matter of security. What nobody said stays unsaid.
	Terse bool
}

// TellsUsers says whether there is something to say about who is affected.
func (n Notice) TellsUsers() bool {
	return known(n.Users.Mode) || n.Open() && !n.Imported && !n.Terse && !n.Maintenance()
}

// TellsWorkaround says whether there is something to say about what customers can do.
func (n Notice) TellsWorkaround() bool {
	return n.Open() && (known(n.Workaround.State) || !n.Imported && !n.Terse && !n.Maintenance())
}

func known(state string) bool { return state != "" && state != "unknown" }

// Affected is a component that a notice touches.
type Affected struct {
	ID    string
	Name  string
	Level string
}

// Estimate says how many people a notice affects.
type Estimate struct {
	Mode         string // unknown|none|count|range|share; empty counts as unknown
	Count        int
	Low, High    int
	SharePercent float64
	Confidence   string // first_look|measured|final
	AsOf         time.Time
}

// Workaround says what customers can do meanwhile.
type Workaround struct {
	State     string // unknown|none_known|none_possible|not_needed|available; empty counts as unknown
	Text      string // only when available
	CheckedAt time.Time
}

// ThirdParty tells whether somebody else's service is the cause.
type ThirdParty struct {
	State  string // none|unnamed|named; empty counts as none
	Vendor string
	URL    string
}

// Resolution is the closing message in its six parts; an empty part is left out.
type Resolution struct {
	WhatHappened   string
	FullyFixed     string // yes|with_limits
	Limits         string
	DataLoss       string // none|some|unknown
	CanRecur       string // unlikely|possible|unknown
	Prevention     string
	CustomerAction string // empty: nothing to do
	FollowUpBy     string // calendar day 2006-01-02; empty: none promised
}

// Update is one dated entry of a notice.
type Update struct {
	ID       string
	Stage    string
	At       time.Time
	EditedAt time.Time // zero: as first published
	Body     string    // restricted Markdown
	Lang     string    // language of Body when it is not the page's
	Deleted  bool      // a tombstone: the text is gone, the fact stays
}

// Open tells whether the notice still needs attention.
func (n Notice) Open() bool {
	switch n.Stage {
	case "resolved", "postmortem", "completed", "cancelled":
		return false
	}
	return true
}

// Maintenance tells whether the notice is a planned window.
func (n Notice) Maintenance() bool { return n.Kind == KindMaintenance }

// Path is the notice's own page, without language prefix.
func (n Notice) Path() string {
	if n.Maintenance() {
		return "/maintenances/" + n.ID
	}
	return "/incidents/" + n.ID
}

// Look is the word of the palette in which the notice is drawn.
func (n Notice) Look() string {
	switch {
	case n.Stage == "cancelled":
		return levelUnknown
	case !n.Open():
		return "operational"
	case n.Maintenance():
		return "maintenance"
	case n.Stage == "monitoring":
		return "watched"
	}
	return levelKey(n.Level)
}

// Latest is the newest update that still has a text, or an empty one.
func (n Notice) Latest() Update {
	for _, u := range n.Updates {
		if !u.Deleted {
			return u
		}
	}
	return Update{}
}

// Summary is the start of the newest text, for lists.
func (n Notice) Summary() string { return shorten(PlainText(n.Latest().Body), 220) }

// FirstComponents are as many names as a card on the start page holds.
func (n Notice) FirstComponents() []Affected { return n.Components[:min(len(n.Components), 8)] }

// MoreComponents counts the names that the card leaves out.
func (n Notice) MoreComponents() int { return len(n.Components) - len(n.FirstComponents()) }

// NoticePage shows one incident or one maintenance with its whole history.
type NoticePage struct {
	Chrome
	Notice Notice
}

// NoticePage writes /incidents/ID or /maintenances/ID.
func (s *Set) NoticePage(w io.Writer, d NoticePage) error {
	v := s.Voice(d.Locale, d.Zone)
	return v.page(w, "public/notice.html", d, head{
		title:       v.NoticeTitle(d.Notice),
		description: v.noticeDescription(d.Notice),
		feed:        feedOf(d.Notice),
		linked:      v.linkedNotice(d),
		live:        true,
	})
}

// feedOf names the folder of a notice's own feed; maintenances have none.
func feedOf(n Notice) string {
	if n.Maintenance() {
		return ""
	}
	return n.Path()
}
