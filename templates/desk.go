package templates

import (
	"time"

	"allclear/status"
)

// SignInPage asks for address and password.
type SignInPage struct {
	Office
	Form *Form
	Next string // where to go afterwards, a path of ours
}

// SetupPage makes the first account.
type SetupPage struct {
	Office
	Form    *Form
	Token   string
	Locales []string
}

// NoticeRow is a notice in a list, with what to do next.
type NoticeRow struct {
	N     status.Incident
	Path  string // of its staff page
	Look  string // word of the palette
	By    string // who wrote the newest entry
	Until time.Time
	// PromisedAt is the time of the next update while the notice is open.
	PromisedAt time.Time
	Overdue    bool
	// WatchOver: the problem was watched for as long as planned; WatchedAt is when that
	// ended.
	WatchOver  bool
	WatchedAt  time.Time
	Do, Anchor string // label of the next action and its place on the notice's page
	// AskedBy waits for somebody else's approval of the draft; "" = nobody does.
	AskedBy string
	// AuthorityBy is when a matter of security must be reported; zero = it is none.
	AuthorityBy time.Time
}

// Maintenance says whether the notice is a planned window.
func (r NoticeRow) Maintenance() bool { return r.N.Kind == status.Maintenance }

// Promised says whether customers were promised an update.
func (r NoticeRow) Promised() bool { return !r.PromisedAt.IsZero() }

// NoticesPage lists all notices.
type NoticesPage struct {
	Office
	Query, Kind  string
	Notices      []NoticeRow
	Newer, Older string // addresses of the neighbouring pages
}

// Kinds are the choices of the filter.
func (NoticesPage) Kinds() []string { return []string{KindIncident, KindMaintenance} }

// LevelRow is a component whose level can be chosen.
type LevelRow struct {
	ID, Name string
	Now      status.Level
}

// Field is the name of the control that chooses the level.
func (r LevelRow) Field() string { return "components." + r.ID }

// Troubled says whether the component does not work normally.
func (r LevelRow) Troubled() bool { return r.Now != status.Operational }

// Plain says that the form does not speak of the component: nothing is wrong with it and
// no level was chosen. In a long list such a row is only a box to tick.
func (r LevelRow) Plain(f *Form) bool {
	return !r.Troubled() && f.Value(r.Field()) == "" && f.Fault(r.Field()) == nil
}

// manyRows is from how many components on a choice of levels for each is too much of a
// page.
const manyRows = 40

func many(groups []LevelGroup) bool {
	n := 0
	for _, g := range groups {
		n += len(g.Rows)
	}
	return n >= manyRows
}

// LevelGroup is a group of such components; a name of "" means that they stand alone.
type LevelGroup struct {
	Name string
	Rows []LevelRow
}

// choosable is embedded where component levels are chosen.
type choosable struct{}

// Levels are the choices for a component.
func (choosable) Levels() []string {
	var words []string
	for _, l := range status.Levels() {
		words = append(words, string(l))
	}
	return words
}

// ComposePage is the form of a new notice, of a draft, or of a notice's facts.
type ComposePage struct {
	Office
	choosable
	Form        *Form
	Kind        status.Kind
	Back        string // where to go without saving
	Action      string // where the form goes
	DraftAction string // where it goes as a draft; empty when it is none
	Draft       string // staff page of the draft; empty when it is none
	Editing     bool   // only facts: a published notice
	Tongues
	Groups  []LevelGroup
	Vendors []string
	Second  Second
	Waiting *Waiting // approval of a draft; nil when nobody has asked
	Gaps    []Slot
	Dates   []status.Window // the next ones of a maintenance that repeats
}

// Maintenance says whether a planned window is written.
func (p ComposePage) Maintenance() bool { return p.Kind == status.Maintenance }

// Publish is the message key on the button.
func (p ComposePage) Publish() string {
	if p.Maintenance() {
		return "admin.publish_maintenance"
	}
	return "admin.publish"
}

// Tongues are the languages that a notice is written in.
type Tongues struct {
	Default   string   // of the texts in the notice itself
	Languages []string // all others
}

// Own is the option of a field that holds text in the default language: where there are
// several languages, its label says which one is meant.
func (t Tongues) Own() string {
	if len(t.Languages) == 0 {
		return "lang="
	}
	return "lang=" + t.Default
}

// Audience counts who will be told.
type Audience struct {
	Known bool
	status.Audience
}

// Step is one thing that can be done with a notice, as a form that unfolds.
type Step struct {
	P        *NoticeDesk
	F        *Form
	Danger   bool
	Window   bool   // asks for the new end
	Stages   string // stages to choose from, separated by spaces
	Levels   bool   // asks for component levels
	None     string // what an unchosen level means
	Promise  bool   // asks for the next promise and the facts around it
	Unusable bool   // asks whether the components stay unusable until then
	Series   bool   // asks whether the series ends, too
	News     *NewsChoices
	Closing  *ClosingChoices
	Uses     []Use     // estimates to confirm
	Asked    bool      // somebody wanted to see what would be published
	Previews []Preview // it, by language; none while something is wrong
}

// NoticeDesk shows a notice to staff, with everything that can be done with it.
type NoticeDesk struct {
	Office
	choosable
	Notice     *status.Incident
	Public     Notice // as customers read it
	Row        NoticeRow
	Priority   status.Priority
	Path       string // of this page
	PublicPath string
	Named      []LevelRow   // components of the notice
	Others     []LevelGroup // all others
	Tongues
	Steps []Step
	// Estimates are the numbers of affected people that were told, the oldest first.
	Estimates []EstimateRow
	// Lost is a form that came back when nothing can be done with the notice any more.
	Lost *Form
	// Related is the address of a new notice about the same; "" while this one can be
	// reopened.
	Related  string
	Says     map[string]string // what an empty text says, by step
	Audience Audience
	Auto     string // what a maintenance does by itself: none, start, end, both
	Series   *SeriesFacts
	Conflict bool
	Missed   []status.Update
	Progress *Progress // nil: nobody was to be told
	Events   string    // where it is followed
	Undoing
}

// Maintenance says whether the notice is a planned window.
func (p *NoticeDesk) Maintenance() bool { return p.Notice.Kind == status.Maintenance }

// EntryPage corrects a published entry.
type EntryPage struct {
	Office
	Form  *Form
	Back  string
	Entry status.Update
}

// RemovePage asks before something is deleted.
type RemovePage struct {
	Office
	Name   string
	Why    string // message key: what deleting means here
	Back   string
	Action string
}

// ComponentsPage lists the components in their order, to be ticked and changed together.
type ComponentsPage struct {
	Office
	choosable
	Form   *Form
	Query  string
	Total  int // components and groups, whatever is searched for
	Rows   []ComponentRow
	Groups []status.Component
}

// Searchable says whether there are so many that a field helps to find one.
func (p ComponentsPage) Searchable() bool { return p.Total >= searchFrom || p.Query != "" }

// OrderPage arranges the components.
type OrderPage struct {
	Office
	Rows []ComponentRow
}

// ComponentRow is a component or group in the list.
type ComponentRow struct {
	C           status.Component
	Inside      bool // of a group
	First, Last bool // within its parent
}

// ComponentDesk is the form of a component or group.
type ComponentDesk struct {
	Office
	choosable
	Form   *Form
	Action string
	Delete string // address of the question; empty for a new one
	Group  bool
	Groups []status.Component
	// Loose are components that may be put into the group.
	Loose []ComponentRow
}

// AccountsPage lists the accounts.
type AccountsPage struct {
	Office
	Accounts []status.Account
	Form     *Form // of a new account
	Passed   *Form // of a new password; ID of the account in Of
	Of       string
	Locales  []string
	Self     string // id of one's own account
}

// Roles are the choices.
func (AccountsPage) Roles() []string { return roleNames() }

func roleNames() []string {
	var names []string
	for _, r := range status.Roles() {
		names = append(names, string(r))
	}
	return names
}

// TokensPage lists the API tokens; Secret is a new one's, shown this once.
type TokensPage struct {
	Office
	Tokens []status.Token
	Form   *Form
	Secret string
}

// Live says whether a token works now.
func (p TokensPage) Live(t status.Token) bool { return t.Live(p.Now) }

// AuditLine is one entry of the log.
type AuditLine struct {
	At                            time.Time
	Actor, Action, Object, Detail string
	Path                          string // of the object's staff page, when it has one
}

// AuditPage is the log of who did what.
type AuditPage struct {
	Office
	Lines []AuditLine
	Older string
}

// ProofPage asks for the password again; a form that waits is kept meanwhile.
type ProofPage struct {
	Office
	Form   *Form
	Action string
	Kept   []Kept
}

// Kept is a field of the form that waits.
type Kept struct{ Name, Value string }

// ProfilePage is one's own account.
type ProfilePage struct {
	Office
	Password *Form
	Language *Form
	Keyboard *Form
	Locales  []string
}

func (SignInPage) file() string     { return "signin" }
func (SetupPage) file() string      { return "setup" }
func (NoticesPage) file() string    { return "notices" }
func (ComposePage) file() string    { return "compose" }
func (*NoticeDesk) file() string    { return "notice" }
func (EntryPage) file() string      { return "entry" }
func (RemovePage) file() string     { return "remove" }
func (ComponentsPage) file() string { return "components" }
func (OrderPage) file() string      { return "order" }
func (ComponentDesk) file() string  { return "component" }
func (AccountsPage) file() string   { return "accounts" }
func (TokensPage) file() string     { return "tokens" }
func (AuditPage) file() string      { return "audit" }
func (ProfilePage) file() string    { return "profile" }
func (ProofPage) file() string      { return "confirm" }
