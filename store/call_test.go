package store

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"allclear/status"
)

// onDuty makes this the address of whoever is on duty.
func onDuty(t testing.TB, s *Store, address string) {
	t.Helper()
	must(s.EditPage(t.Context(), staff, 0, func(p *status.Page) error {
		p.OnDuty = address
		return nil
	}))(t)
}

// promise opens a problem that owes an update at that minute.
func promise(t testing.TB, s *Store, minute int) string {
	t.Helper()
	o := outage("slow", nil)
	o.NextUpdateAt = status.Some(start.Add(time.Duration(minute) * time.Minute))
	return openNotice(t, s, o).ObjectID
}

// calls lists what there is of reminders, oldest first, as "type state".
func calls(t testing.TB, s *Store) []string {
	t.Helper()
	var list []string
	err := s.read(t.Context(), func(tx *tx) error {
		rows, err := tx.query(t.Context(), `SELECT type, state FROM calls ORDER BY created_at, type`)
		if err != nil {
			return err
		}
		_, err = collect(rows, func(scan scanner) (struct{}, error) {
			var kind, state string
			err := scan(&kind, &state)
			list = append(list, kind+" "+state)
			return struct{}{}, err
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func wantCalls(t testing.TB, s *Store, want ...string) {
	t.Helper()
	if got := calls(t, s); !slices.Equal(got, want) {
		t.Errorf("reminders: %s\nwant: %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

// take claims what is due, as a worker does.
func take(t testing.TB, s *Store, channel status.Channel, done ...status.Delivery) []status.Delivery {
	t.Helper()
	claimed, _, err := s.Exchange(t.Context(), channel, "worker", time.Minute, done, nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	return claimed
}

func TestDutyIsCalledOncePerStep(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		onDuty(t, s, "Night <duty@example.org>")
		id := promise(t, s, 30)
		must(s.Tick(t.Context()))(t)
		_, revision, _ := s.Revision(t.Context())
		var done []status.Delivery
		for _, step := range []struct {
			at   time.Duration
			call string
		}{
			{24*time.Minute + 59*time.Second, ""}, {25 * time.Minute, "promise.due_soon"}, {25*time.Minute + time.Second, ""},
			{30 * time.Minute, "promise.due"}, {35 * time.Minute, "promise.overdue"}, {3 * time.Hour, ""},
		} {
			if moved := tick(t, s, c, step.at); moved != (step.call != "") {
				t.Errorf("after %v: moved %v", step.at, moved)
			}
			claimed := take(t, s, status.Email, done...)
			done = nil
			if (len(claimed) == 1) != (step.call != "") {
				t.Fatalf("after %v: %d reminders", step.at, len(claimed))
			}
			if step.call == "" {
				continue
			}
			d := claimed[0]
			got := must(s.Calling(t.Context(), d.ID))(t)
			if string(got.Type) != step.call || got.Address != "duty@example.org" || got.Notice.ID != id || got.Page.Name == "" ||
				!got.About.Equal(start.Add(30*time.Minute)) || d.Kind != status.CallMessage || d.IncidentID != id || d.Attempts != 1 || d.FirstAt == nil {
				t.Errorf("after %v: %+v of %+v", step.at, d, got.Call)
			}
			d.State, d.Answer = status.Sent, "250 ok"
			done = append(done, d)
		}
		wantCalls(t, s, "promise.due_soon sent", "promise.due sent", "promise.overdue sent")
		// Only the promise that fell due is a revision; what reminds is public nowhere.
		if _, now, _ := s.Revision(t.Context()); now != revision+1 {
			t.Errorf("%d revisions", now-revision)
		}
	})
}

func TestMissedStepsAreOneCall(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		onDuty(t, s, "duty@example.org")
		promise(t, s, 30)
		tick(t, s, c, 0)
		tick(t, s, c, 2*time.Hour) // the server was down
		wantCalls(t, s, "promise.overdue waiting")
	})
}

// A reminder that could not be sent gives way to the next one about the same promise.
func TestNewerCallReplacesOlder(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		onDuty(t, s, "duty@example.org")
		promise(t, s, 30)
		tick(t, s, c, 25*time.Minute)
		claimed := take(t, s, status.Email)
		claimed[0].State, claimed[0].NextAt = status.Waiting, s.now().Add(time.Minute)
		if _, next, err := s.Exchange(t.Context(), status.Email, "worker", time.Minute, claimed, nil, 0); err != nil || !next.Equal(claimed[0].NextAt) {
			t.Fatalf("next at %v, %v", next, err)
		}
		wantCalls(t, s, "promise.due_soon waiting")
		tick(t, s, c, 30*time.Minute)
		wantCalls(t, s, "promise.due_soon superseded", "promise.due waiting")

		claimed = take(t, s, status.Email) // in flight while the next step comes
		tick(t, s, c, 35*time.Minute)
		claimed[0].State, claimed[0].NextAt = status.Waiting, s.now()
		more := take(t, s, status.Email, claimed...)
		wantCalls(t, s, "promise.due_soon superseded", "promise.due superseded", "promise.overdue sending")
		more[0].State, more[0].Answer = status.Failed, "550 no"
		take(t, s, status.Email, more...)
		wantCalls(t, s, "promise.due_soon superseded", "promise.due superseded", "promise.overdue failed")
	})
}

func TestCallsEndWithTheirReason(t *testing.T) {
	later := status.Some(start.Add(3 * time.Hour))
	for name, c := range map[string]struct {
		act  func(t *testing.T, s *Store, id string)
		want []string
	}{
		"an update": {func(t *testing.T, s *Store, id string) {
			change(t, s, id, status.Change{Body: new("More."), NextUpdateAt: later})
		}, []string{"promise.due cancelled"}},
		"moved":    {func(t *testing.T, s *Store, id string) { change(t, s, id, status.Change{NextUpdateAt: later}) }, []string{"promise.due cancelled"}},
		"resolved": {func(t *testing.T, s *Store, id string) { change(t, s, id, resolving("Fixed.")) }, []string{"promise.due cancelled"}},
		"a draft again": {func(t *testing.T, s *Store, id string) {
			must(s.Withdraw(t.Context(), staff, id, 0))(t)
		}, []string{"promise.due cancelled"}},
		"deleted":           {func(t *testing.T, s *Store, id string) { must(s.DeleteIncident(t.Context(), staff, id))(t) }, nil},
		"nobody is on duty": {func(t *testing.T, s *Store, _ string) { onDuty(t, s, "") }, []string{"promise.due cancelled"}},
		"only a note": {func(t *testing.T, s *Store, id string) {
			change(t, s, id, status.Change{InternalNote: new("Row 7.")})
		}, []string{"promise.due waiting"}},
	} {
		t.Run(name, func(t *testing.T) {
			clocked(t, func(t *testing.T, s *Store, clock *clock) {
				onDuty(t, s, "duty@example.org")
				id := promise(t, s, 30)
				tick(t, s, clock, 30*time.Minute)
				c.act(t, s, id)
				wantCalls(t, s, c.want...)
				tick(t, s, clock, 31*time.Minute)
				wantCalls(t, s, c.want...)
			})
		})
	}
}

// A promise that is put back is a promise again; a reminder that was sent is not repeated.
func TestPromisePutBack(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		onDuty(t, s, "duty@example.org")
		id := promise(t, s, 60)
		tick(t, s, c, 55*time.Minute)
		change(t, s, id, status.Change{NextUpdateAt: status.Some(start.Add(3 * time.Hour))})
		wantCalls(t, s, "promise.due_soon cancelled")
		change(t, s, id, status.Change{NextUpdateAt: status.Some(start.Add(time.Hour))})
		tick(t, s, c, time.Hour)
		wantCalls(t, s, "promise.due_soon cancelled", "promise.due waiting")
		claimed := take(t, s, status.Email)
		claimed[0].State = status.Sent
		take(t, s, status.Email, claimed...)
		onDuty(t, s, "other@example.org")
		tick(t, s, c, time.Hour+time.Minute)
		wantCalls(t, s, "promise.due_soon cancelled", "promise.due sent")

		onDuty(t, s, "")
		tick(t, s, c, 65*time.Minute)
		onDuty(t, s, "other@example.org")
		tick(t, s, c, 65*time.Minute)
		onDuty(t, s, "")
		wantCalls(t, s, "promise.due_soon cancelled", "promise.due sent", "promise.overdue cancelled")
		onDuty(t, s, "third@example.org")
		tick(t, s, c, 66*time.Minute)
		if claimed := take(t, s, status.Email); len(claimed) != 1 || must(s.Calling(t.Context(), claimed[0].ID))(t).Address != "third@example.org" {
			t.Errorf("reminded anew: %+v", claimed)
		}
	})
}

func TestCallsFollowWhoeverIsOnDuty(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		promise(t, s, 30)
		tick(t, s, c, 30*time.Minute)
		wantCalls(t, s) // nobody was on duty
		onDuty(t, s, "duty@example.org")
		tick(t, s, c, 31*time.Minute)
		wantCalls(t, s, "promise.due waiting")
		claimed := take(t, s, status.Email)
		if err := s.FixCall(t.Context(), claimed[0].ID, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		claimed[0].State, claimed[0].NextAt = status.Waiting, s.now().Add(time.Hour)
		take(t, s, status.Email, claimed...)
		onDuty(t, s, "https://duty.example.org/hook")
		claimed = take(t, s, status.Webhook)
		if len(claimed) != 1 || claimed[0].Attempts != 1 {
			t.Fatalf("%+v", claimed)
		}
		if got := must(s.Calling(t.Context(), claimed[0].ID))(t); got.Address != "https://duty.example.org/hook" || len(got.Letter) != 0 {
			t.Errorf("%s says %q", got.Address, got.Letter)
		}
	})
}

func TestWatchedForAsLongAsPlanned(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		onDuty(t, s, "duty@example.org")
		id := promise(t, s, 30)
		watching := func(promise time.Duration) status.Change {
			return status.Change{Stage: ptr(status.Monitoring), Body: new("We watch it."), NextUpdateAt: status.Some(start.Add(promise))}
		}
		change(t, s, id, watching(20*time.Hour))
		n, site := must(s.Incident(t.Context(), id))(t), must(s.Site(t.Context()))(t)
		end := n.WatchEnds(&site.Page).Sub(start)
		tick(t, s, c, end-time.Second)
		wantCalls(t, s)
		tick(t, s, c, end)
		wantCalls(t, s, "watch.over waiting")
		tick(t, s, c, end+time.Minute)
		change(t, s, id, watching(30*time.Hour))
		tick(t, s, c, end+2*time.Hour)
		wantCalls(t, s, "watch.over waiting") // once

		covered := promise(t, s, int((end+3*time.Hour)/time.Minute))
		change(t, s, covered, watching(2*end+2*time.Hour))
		tick(t, s, c, 2*end+2*time.Hour)
		wantCalls(t, s, "watch.over waiting", "promise.due waiting", "watch.over superseded")
	})
}

func TestManyNodesCallOnce(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		c := newClock()
		nodes := make([]*Store, 4)
		for i := range nodes {
			nodes[i] = openAt(t, database, c)
		}
		onDuty(t, nodes[0], "duty@example.org")
		for range 3 {
			promise(t, nodes[0], 30)
		}
		var mu sync.Mutex
		seen := map[string]int{}
		for _, after := range []time.Duration{25 * time.Minute, 30 * time.Minute, 35 * time.Minute} {
			c.now.Store(start.Add(after).UnixMilli())
			var wait sync.WaitGroup
			for i, s := range nodes {
				wait.Go(func() {
					if _, err := s.Tick(t.Context()); err != nil {
						t.Error(err)
					}
					claimed, _, err := s.Exchange(t.Context(), status.Email, string(rune('a'+i)), time.Minute, nil, nil, 10)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					for _, d := range claimed {
						seen[d.ID]++
						d.State = status.Sent
						if _, _, err := s.Exchange(t.Context(), status.Email, string(rune('a'+i)), time.Minute, []status.Delivery{d}, nil, 0); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wait.Wait()
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("reminder %s was claimed %d times", id, n)
			}
		}
		if list := calls(t, nodes[0]); len(list) != 9 || len(seen) < 3 {
			t.Errorf("%d reminders, %d claimed", len(list), len(seen))
		}
	})
}

func TestCallsOfTheDead(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		onDuty(t, s, "duty@example.org")
		id := promise(t, s, 30)
		tick(t, s, c, 30*time.Minute)
		take(t, s, status.Email)
		c.add(50 * time.Second)
		if err := s.RenewLeases(t.Context(), "worker", time.Minute); err != nil {
			t.Fatal(err)
		}
		c.add(50 * time.Second)
		if n := must(s.RecoverDeliveries(t.Context(), false))(t); n != 0 {
			t.Errorf("%d freed while somebody sends", n)
		}
		c.add(20 * time.Second)
		if n := must(s.RecoverDeliveries(t.Context(), false))(t); n != 1 {
			t.Errorf("%d freed", n)
		}
		claimed := take(t, s, status.Email)
		if len(claimed) != 1 || claimed[0].Attempts != 2 || !claimed[0].FirstAt.Equal(start.Add(30*time.Minute)) {
			t.Fatalf("%+v", claimed)
		}
		claimed[0].State = status.Withdrawn
		take(t, s, status.Email, claimed...)
		wantCalls(t, s, "promise.due cancelled")
		must(s.PurgeDeliveries(t.Context(), start.AddDate(1, 0, 0)))(t)
		wantCalls(t, s, "promise.due cancelled") // its notice is open
		change(t, s, id, resolving("Fixed."))
		must(s.PurgeDeliveries(t.Context(), start.AddDate(1, 0, 0)))(t)
		wantCalls(t, s)
		_, err := s.Calling(t.Context(), "nobody")
		if status.FaultCode(err) != status.CodeNotFound {
			t.Error(err)
		}
	})
}
