package status_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
)

// noon is when most of these stories begin: a Monday.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// shop is the page of these stories: a website, a shop interface, mail, and a group
// "Payments" of cards and bank transfers. Everything works.
func shop(now time.Time) *status.Site {
	page := status.NewPage("page00000001", "Shop", noon.AddDate(-1, 0, 0))
	page.VendorAllowList = []string{"Acme Cloud"}
	page.Locales = []string{"en", "de", "fr"}
	part := func(id, name, group string, position int) status.Component {
		return status.Component{ID: id, Name: name, GroupID: group, Position: position, Level: status.Operational, UpdatedAt: page.CreatedAt}
	}
	pay := part("pay", "Payments", "", 2)
	pay.Group = true
	return &status.Site{Now: now, Page: page, Components: []status.Component{
		part("web", "Website", "", 1), part("card", "Cards", "pay", 1), pay, part("bank", "Transfers", "pay", 2),
		part("api", "Interface", "", 3), part("mail", "Mail", "", 4),
	}}
}

// tb is a test, a plain one or one of random steps.
type tb interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

// desk is staff at work on one notice: every write loads copies, lets the verb act and
// keeps the outcome only when there was no fault, as the store does.
type desk struct {
	t      tb
	site   *status.Site
	n      *status.Incident
	writes int
	told   []string // what the last write asked to be told
}

func newDesk(t tb) *desk {
	t.Helper()
	return &desk{t: t, site: shop(noon)}
}

// later turns the clock forward.
func (d *desk) later(by time.Duration) *desk {
	d.site.Now = d.site.Now.Add(by)
	return d
}

// write is one transaction.
func (d *desk) write(verb func(*status.Incident, *status.Site) (*status.Incident, error)) error {
	d.t.Helper()
	site, n := copySite(d.site), copyNotice(d.t, d.n)
	d.writes++
	n, err := verb(n, site)
	if err != nil {
		return err
	}
	d.told = nil
	for _, e := range slices.Concat(site.Events(), n.Events()) {
		d.told = append(d.told, told(e))
	}
	d.site, d.n = copySite(site), copyNotice(d.t, n)
	return nil
}

// told writes an event as "type", with "quietly" when only the live stream hears it.
func told(e status.Event) string {
	s := string(e.Type)
	if e.Type == status.ComponentUpdated {
		s = fmt.Sprintf("%s: %s → %s", e.ComponentID, e.OldLevel, e.NewLevel)
	}
	if !e.Notify {
		s += ", quietly"
	}
	return s
}

func (d *desk) tryOpen(c status.Change) error {
	d.t.Helper()
	return d.write(func(_ *status.Incident, site *status.Site) (*status.Incident, error) {
		return status.OpenIncident(site, "notice000001", fmt.Sprintf("update%d", d.writes), c)
	})
}

func (d *desk) tryApply(c status.Change) error {
	d.t.Helper()
	return d.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		return n, n.Apply(site, fmt.Sprintf("update%d", d.writes), c)
	})
}

func (d *desk) open(c status.Change) *desk {
	d.t.Helper()
	if c.Name == nil {
		c.Name = new("Payments fail")
	}
	if err := d.tryOpen(c); err != nil {
		d.t.Fatalf("opening: %v", err)
	}
	return d
}

func (d *desk) apply(c status.Change) *desk {
	d.t.Helper()
	if err := d.tryApply(c); err != nil {
		d.t.Fatalf("changing: %v", err)
	}
	return d
}

// to takes the notice to a stage.
func (d *desk) to(s status.Stage) *desk {
	d.t.Helper()
	return d.apply(status.Change{Stage: &s})
}

// refused wants a fault of kind "invalid" with this field, and these words in its sentence.
func refused(t tb, err error, field, sentence string) {
	t.Helper()
	f, ok := status.FaultOf(err)
	switch {
	case !ok:
		t.Fatalf("want a fault about %s, got %v", field, err)
	case f.Code != status.CodeInvalid:
		t.Errorf("code %q, want %q", f.Code, status.CodeInvalid)
	case f.Field != field:
		t.Errorf("field %q, want %q (%s)", f.Field, field, f.Message)
	case !strings.Contains(f.Message, sentence):
		t.Errorf("sentence %q, want %q", f.Message, sentence)
	case !strings.HasSuffix(f.Message, ".") || strings.ContainsAny(f.Message, "\n\x00"):
		t.Errorf("%q is not one plain sentence", f.Message)
	}
}

func copySite(s *status.Site) *status.Site {
	return &status.Site{Now: s.Now, Page: s.Page, Components: slices.Clone(s.Components), Held: s.Held}
}

// copyNotice is a notice as it comes back from where it is kept: as JSON.
func copyNotice(t tb, n *status.Incident) *status.Incident {
	t.Helper()
	if n == nil {
		return nil
	}
	out := remember(t, *n)
	out.Updates = remember(t, n.Updates)
	return &out
}

func remember[T any](t tb, v T) (out T) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// levels are the component levels that are not operational.
func (d *desk) levels() map[string]status.Level {
	out := map[string]status.Level{}
	for _, c := range d.site.Components {
		if c.Level != status.Operational {
			out[c.ID] = c.Level
		}
	}
	return out
}

func (d *desk) wantLevels(want map[string]status.Level) {
	d.t.Helper()
	same(d.t, "levels", d.levels(), want)
}

func (d *desk) wantTold(want ...string) {
	d.t.Helper()
	same(d.t, "told", d.told, want)
}

func same[T any](t tb, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestSiteFindsComponents(t *testing.T) {
	s := shop(noon)
	if c := s.Find("bank"); c == nil || c.Name != "Transfers" {
		t.Errorf("bank is %v", c)
	}
	if c := s.Find("nowhere"); c != nil {
		t.Errorf("found %v", c)
	}
	// The API spells a component of a group with the group's name.
	same(t, "in a group", s.FullName(s.Find("bank")), "Payments - Transfers")
	same(t, "alone", s.FullName(s.Find("web")), "Website")
	same(t, "group gone", s.FullName(&status.Component{Name: "Cards", GroupID: "gone"}), "Cards")
}

func TestMoveTellsOnlyChanges(t *testing.T) {
	s := shop(noon)
	s.Move("web", status.MajorOutage)
	s.Move("web", status.MajorOutage)   // no change
	s.Move("web", status.PartialOutage) // a second change of the same component
	s.Move("pay", status.MajorOutage)   // a group's level is derived
	s.Move("nowhere", status.MajorOutage)

	var got []string
	for _, e := range s.Events() {
		got = append(got, told(e))
		if !e.At.Equal(noon) || e.ID == "" {
			t.Errorf("event %+v has no id or a wrong time", e)
		}
	}
	same(t, "told", got, []string{"web: operational → major_outage", "web: major_outage → partial_outage"})
	moved := s.Moved()
	if len(moved) != 1 || moved[0].ID != "web" || moved[0].Level != status.PartialOutage || !moved[0].UpdatedAt.Equal(noon) {
		t.Errorf("moved %+v", moved)
	}
	if s.Find("pay").Level != status.Operational {
		t.Error("the group moved by itself")
	}
}
