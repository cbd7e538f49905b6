package status

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Approval says how far a second pair of eyes has got with a notice that is not published
// yet. It is for staff only. What was asked and given is bound to what the notice says, so
// that a change voids it.
type Approval struct {
	AskedBy  string    `json:"asked_by,omitempty"`
	AskedAt  time.Time `json:"asked_at,omitzero"`
	AskedFor string    `json:"asked_for,omitempty"` // mark of what the notice said

	GivenBy  string    `json:"given_by,omitempty"`
	GivenAt  time.Time `json:"given_at,omitzero"`
	GivenFor string    `json:"given_for,omitempty"`

	ReturnedBy string    `json:"returned_by,omitempty"`
	ReturnedAt time.Time `json:"returned_at,omitzero"`
	Note       string    `json:"note,omitempty"` // why it was sent back

	// Alone is why it was published without a second person: there was none.
	Alone string `json:"alone,omitempty"`
}

// Deed is what a change did about an approval; the audit names it.
type Deed string

// The deeds; "" is none.
const (
	DeedAsk      Deed = "ask"
	DeedApprove  Deed = "approve"
	DeedSendBack Deed = "send_back"
)

// NeedsApproval says whether a second person approves the notice before it is published:
// for the severities that the page names, and for every matter of security.
func (p *Page) NeedsApproval(i *Incident) bool {
	return i.Security || i.Kind == Problem && slices.Contains(p.Approval, i.Severity)
}

// Deed says what this change did about an approval.
func (i *Incident) Deed() Deed { return i.deed }

// Asked says whether the draft waits for an approval of what it says now.
func (i *Incident) Asked() bool {
	a := i.Approval
	return i.Draft && a != nil && a.AskedFor != "" && a.AskedFor == i.mark() && a.ReturnedBy == ""
}

// Approved says whether a second person agreed to what the notice says now.
func (i *Incident) Approved() bool {
	a := i.Approval
	return a != nil && a.GivenFor != "" && a.GivenFor == i.mark()
}

// AskApproval asks for somebody else's agreement to the draft as it is.
func (i *Incident) AskApproval(by string, now time.Time) error {
	if !i.Draft {
		return NewFault(CodeConflict, "incident.draft", "This notice is published already; only a draft can be approved.")
	}
	i.Approval = &Approval{AskedBy: by, AskedAt: now, AskedFor: i.mark()}
	i.deed = DeedAsk
	return nil
}

// Approve agrees to the draft that somebody else asked about.
func (i *Incident) Approve(by string, now time.Time) error {
	if err := i.waiting(); err != nil {
		return err
	}
	a := i.Approval
	if strings.EqualFold(a.AskedBy, by) {
		return NewFault(CodeForbidden, "incident.approved", "You asked for this approval yourself; another person must give it.")
	}
	a.GivenBy, a.GivenAt, a.GivenFor = by, now, a.AskedFor
	i.deed = DeedApprove
	return nil
}

// SendBack refuses the approval, with a note for whoever asked.
func (i *Incident) SendBack(by, note string, now time.Time) error {
	if err := i.waiting(); err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	if note == "" {
		return Invalid("incident.note", "Say what should be changed before this is published.")
	}
	if err := checkText("incident.note", note, MaxBody); err != nil {
		return err
	}
	a := i.Approval
	a.ReturnedBy, a.ReturnedAt, a.Note = by, now, note
	i.deed = DeedSendBack
	return nil
}

// waiting refuses to decide about what nobody asked.
func (i *Incident) waiting() error {
	const field = "incident.approved"
	switch a := i.Approval; {
	case !i.Draft:
		return NewFault(CodeConflict, field, "This notice was published meanwhile.")
	case a == nil || a.AskedFor == "":
		return NewFault(CodeConflict, field, "Nobody has asked for an approval of this draft.")
	case a.ReturnedBy != "":
		return NewFault(CodeConflict, field, "%s has sent this draft back already; it must be asked about again.", a.ReturnedBy)
	case a.AskedFor != i.mark():
		return NewFault(CodeConflict, field, "This draft was changed after %s asked for approval; it must be asked about again.", a.AskedBy)
	}
	return nil
}

// second takes over what a request says about a second person.
func (i *Incident) second(site *Site, c Change, first bool) error {
	i.opens = first && !i.Draft
	if i.opens && i.Approval != nil {
		i.Approval.Alone = "" // a reason holds for one time
	}
	if reason := strings.TrimSpace(deref(c.ApprovalReason)); i.opens && reason != "" && site.Page.NeedsApproval(i) {
		if err := checkText("incident.approval_reason", reason, MaxTitle); err != nil {
			return err
		}
		if i.Approval == nil {
			i.Approval = &Approval{}
		}
		i.Approval.Alone = reason
	}
	if c.AskApproval == nil || !*c.AskApproval {
		return nil
	}
	return i.AskApproval(site.By, site.Now)
}

// LacksApproval says whether this change publishes a notice that a second person has not
// agreed to, although one must.
func (i *Incident) LacksApproval(p *Page) bool {
	return i.opens && p.NeedsApproval(i) && !i.Approved()
}

// CheckApproval refuses such a change. others is how many people beside the writer could
// approve: where there is nobody, a reason takes the place of the second person, since at
// three in the morning no rule may keep customers uninformed.
func (i *Incident) CheckApproval(p *Page, others int) error {
	if !i.LacksApproval(p) {
		return nil
	}
	a := i.Approval
	switch {
	case others == 0 && a != nil && a.Alone != "":
		return nil
	case others == 0:
		return NewFault(CodeConflict, "incident.approval_reason",
			"A second person must approve this notice, and nobody else can: publish it with a reason.")
	case a != nil && a.GivenBy != "":
		return NewFault(CodeConflict, "incident.ask_approval",
			"This notice was changed after %s approved it: keep it as a draft and ask for approval again.", a.GivenBy)
	}
	return NewFault(CodeConflict, "incident.ask_approval",
		"A second person must approve this notice before it is published: keep it as a draft and ask for approval.")
}

// mark is a fingerprint of what customers would read. Two notices that say the same have
// the same mark; times that publishing itself sets do not count.
func (i *Incident) mark() string {
	c := content{
		Kind: i.Kind, Name: i.Name, Stage: i.Stage, Security: i.Security, ImpactOverride: i.ImpactOverride,
		ComponentIDs: slices.Sorted(slices.Values(i.ComponentIDs)), Levels: map[string]Level{},
		CustomerImpact: i.CustomerImpact, NotAffected: i.NotAffected, AffectedUsers: i.AffectedUsers,
		Workaround: i.Workaround, ThirdParty: i.ThirdParty, Translations: i.Translations,
		From: i.ScheduledFor, Until: i.ScheduledUntil, Recurrence: i.Recurrence, Expected: i.ExpectedResolutionAt, Resolution: i.Resolution,
	}
	if i.SeverityGiven {
		c.Severity = i.Severity // a proposed one follows from the components
	}
	c.AffectedUsers.AsOf, c.Workaround.CheckedAt = time.Time{}, time.Time{}
	maps.Copy(c.Levels, i.Planned)
	if u := i.last(); u != nil {
		c.Body, c.Bodies = u.Body, u.Translations
		if !i.Draft {
			maps.Copy(c.Levels, u.set())
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // of no notice: what cannot be marked cannot be approved
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// content is what a mark is made of.
type content struct {
	Kind           Kind
	Name           string
	Stage          Stage
	Severity       Severity
	Security       bool
	ImpactOverride Impact
	ComponentIDs   []string
	Levels         map[string]Level
	CustomerImpact string
	NotAffected    string
	AffectedUsers  AffectedUsers
	Workaround     Workaround
	ThirdParty     ThirdParty
	Translations   map[string]Texts `json:",omitempty"`
	Body           string
	Bodies         map[string]string `json:",omitempty"`
	From, Until    *time.Time
	Recurrence     string `json:",omitempty"`
	Expected       *time.Time
	Resolution     *Resolution
}
