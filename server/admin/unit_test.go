package admin

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"allclear/status"
	"allclear/store"
)

func TestPasswordHashes(t *testing.T) {
	a, b := cheap().hash(password), cheap().hash(password)
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Errorf("%s, %s", a, b)
	}
	p := newPasswords(cheap())
	for text, want := range map[string]bool{password: true, password + " ": false, "": false, strings.ToUpper(password): false} {
		if ok, _, err := p.verify(t.Context(), a, text); ok != want || err != nil {
			t.Errorf("%q: %v %v", text, ok, err)
		}
	}
	// a vector of the algorithm's own test suite
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, outdated, err := p.verify(t.Context(), reference, "password"); err != nil || !ok || !outdated {
		t.Errorf("reference: %v %v %v", ok, outdated, err)
	}
	for _, bad := range []string{"plain", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
		"$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=99999999,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=8,t=1,p=1$!$!"} {
		if _, _, err := p.verify(t.Context(), bad, "x"); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestHashPassword(t *testing.T) {
	stored, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	have, err := parse(stored)
	if err != nil || have.cost != strong() || have.memory != 64*1024 || !have.matches(password) {
		t.Errorf("%+v (%v)", have.cost, err)
	}
	for _, bad := range []string{"", "eleven char", strings.Repeat("x", 257)} {
		if _, err := HashPassword(bad); status.FaultCode(err) != status.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestSeats: no more passwords are worked on at once than there are seats, and whoever
// waits too long is told so.
func TestSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &passwords{cost: cheap(), seat: make(chan struct{}, 2)}
		first, err := p.sit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.sit(t.Context()); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := p.hash(t.Context(), password); status.FaultCode(err) != status.CodeUnavailable || time.Since(begun) != seatPatience {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		waits := make(chan error)
		go func() {
			_, err := p.hash(context.Background(), password)
			waits <- err
		}()
		synctest.Wait()
		first()
		if err := <-waits; err != nil {
			t.Errorf("a free seat: %v", err)
		}
	})
}

func TestThrottle(t *testing.T) {
	th, now := newThrottle(), start
	for i := range tryLimit {
		if !th.take("a", now) {
			t.Fatalf("try %d", i)
		}
		now = now.Add(time.Minute)
	}
	if th.take("a", now) {
		t.Error("an eleventh try")
	}
	if !th.take("b", now) {
		t.Error("somebody else")
	}
	if !th.take("a", start.Add(tryWindow)) {
		t.Error("the first try is a window ago")
	}
	if th.take("a", start.Add(tryWindow)) {
		t.Error("the second is not")
	}
	th.giveBack("a", start.Add(tryWindow))
	if !th.take("a", start.Add(tryWindow)) {
		t.Error("a try that was given back")
	}
}

// TestThrottleUnderAttack: many names do not make the table forget one of them.
func TestThrottleUnderAttack(t *testing.T) {
	th := newThrottle()
	var taken sync.Map
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 2000 {
				th.take(fmt.Sprintf("flood %d %d", g, i), start)
			}
			for range 5 {
				if th.take("victim", start) {
					taken.Store(fmt.Sprint(g, time.Now()), true)
				}
			}
		})
	}
	group.Wait()
	n := 0
	taken.Range(func(any, any) bool { n++; return true })
	if n > tryLimit || len(th.slots) != trySlots {
		t.Errorf("%d tries, %d slots", n, len(th.slots))
	}
}

func TestBuckets(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::1%eth0": "2001:db8:1:2::/64", "unix": "unix",
	} {
		if got := bucket(address); got != want {
			t.Errorf("bucket(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	w := newWorld(t)
	v := &visit{desk: w.desk, voice: w.desk.Pages.Voice("en", "UTC")}
	for text, want := range map[string]int64{"": 0, "7": 7, "1234": 1234, "1,234": 1234, "1.234.567": 1234567, "12 345": 12345, "1’234": 1234, "-3": -3} {
		in := &input{v: v, values: map[string][]string{"n": {text}}}
		if got := in.number("n"); got != want || len(in.faults) > 0 {
			t.Errorf("%q: %d %v", text, got, in.faults)
		}
	}
	for _, text := range []string{"12.5", "x", "1,2,3", "9999999999999999999", "1e3"} {
		in := &input{v: v, values: map[string][]string{"n": {text}}}
		if in.number("n"); len(in.faults) != 1 {
			t.Errorf("%q was read", text)
		}
	}
	for text, want := range map[string]float64{"": 0, "12,5": 12.5, "12.5 %": 12.5, "3%": 3} {
		in := &input{v: v, values: map[string][]string{"n": {text}}}
		if got := in.percent("n"); got != want || len(in.faults) > 0 {
			t.Errorf("%q: %v %v", text, got, in.faults)
		}
	}
	for _, text := range []string{"NaN", "x", "1,2,3"} {
		in := &input{v: v, values: map[string][]string{"n": {text}}}
		if in.percent("n"); len(in.faults) != 1 {
			t.Errorf("%q was read", text)
		}
	}
}

func TestSetupLinkNeedsAnEmptyHouse(t *testing.T) {
	w := newWorld(t)
	link, err := NewSetupLink(t.Context(), w.store, "https://status.example.org/", w.now())
	secret, ok := strings.CutPrefix(link, "https://status.example.org/setup/")
	if err != nil || !ok || len(secret) != 43 {
		t.Errorf("%q %v", link, err)
	}
	if err := w.store.SetupValid(t.Context(), store.SecretHash(secret)); err != nil {
		t.Error(err)
	}
	w.account("a@example.org", status.Admin)
	if link, err := NewSetupLink(t.Context(), w.store, "https://status.example.org", w.now()); link != "" || err != nil {
		t.Errorf("%q %v", link, err)
	}
}
