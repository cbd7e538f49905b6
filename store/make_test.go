package store

import (
	"testing"
	"time"

	"allclear/status"
)

var staff = By{Actor: "ada@example.org"}

//go:fix inline
func ptr[T any](v T) *T { return new(v) }

// must stops the test on an error that it does not expect.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// addComponent makes an operational component.
func addComponent(t testing.TB, s *Store, name string) string {
	t.Helper()
	return must(s.AddComponent(t.Context(), staff, func(*status.Site) (status.Component, []string, error) {
		return status.Component{ID: status.NewID(), Name: name, Level: status.Operational}, nil, nil
	}))(t).ObjectID
}

// addGroup makes a group of components.
func addGroup(t testing.TB, s *Store, name string, children ...string) string {
	t.Helper()
	return must(s.AddComponent(t.Context(), staff, func(*status.Site) (status.Component, []string, error) {
		return status.Component{ID: status.NewID(), Name: name, Group: true}, children, nil
	}))(t).ObjectID
}

// outage is a request that opens an incident.
func outage(name string, levels map[string]status.Level) status.Change {
	return status.Change{Name: &name, Body: new("We are looking into it."), Components: levels}
}

// openNotice opens the notice of a request.
func openNotice(t testing.TB, s *Store, c status.Change) Receipt {
	t.Helper()
	return must(s.AddIncident(t.Context(), staff, opening(c)))(t)
}

func opening(c status.Change) func(*status.Site) (*status.Incident, error) {
	return func(site *status.Site) (*status.Incident, error) {
		return status.OpenIncident(site, status.NewID(), status.NewID(), c)
	}
}

// change applies a request to a notice.
func change(t testing.TB, s *Store, id string, c status.Change) Receipt {
	t.Helper()
	return must(s.EditIncident(t.Context(), staff, id, 0, applying(c)))(t)
}

func applying(c status.Change) func(*status.Incident, *status.Site) error {
	return func(n *status.Incident, site *status.Site) error { return n.Apply(site, status.NewID(), c) }
}

func resolving(text string) status.Change {
	return status.Change{Stage: ptr(status.Resolved), Body: &text}
}

// window is a request that plans a maintenance from one time after start to another.
func window(name string, from, until time.Duration) status.Change {
	return status.Change{
		Name: &name, Body: new("We replace disks."),
		ScheduledFor: status.Some(start.Add(from)), ScheduledUntil: status.Some(start.Add(until)),
		AutoInProgress: new(true), AutoCompleted: new(true),
	}
}

// level is the stored level of a component.
func level(t testing.TB, s *Store, id string) status.Level {
	t.Helper()
	return must(s.Component(t.Context(), id))(t).Level
}

// eventTypes lists the types of the events after a revision.
func eventTypes(t testing.TB, s *Store, since int64) []status.EventType {
	t.Helper()
	var types []status.EventType
	err := s.read(t.Context(), func(tx *tx) error {
		list, err := tx.eventsAfter(t.Context(), since)
		for _, e := range list {
			types = append(types, e.Type)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return types
}

// fault checks that an error is the one plain sentence expected.
func fault(t testing.TB, err error, code status.Code, field, message string) {
	t.Helper()
	f, ok := status.FaultOf(err)
	if !ok || f.Code != code || f.Field != field || f.Message != message {
		t.Errorf("got %#v (%v), want %s on %q: %s", f, err, code, field, message)
	}
}

// execute runs a statement as somebody outside of the program could.
func execute(t testing.TB, s *Store, query string, args ...any) {
	t.Helper()
	err := s.write(t.Context(), func(tx *tx) error {
		_, err := tx.exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
