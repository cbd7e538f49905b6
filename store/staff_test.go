package store

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
)

func person(email string, role status.Role) status.Account {
	return status.Account{ID: status.NewID(), Email: email, Role: role, Locale: "en", Password: "$argon2id$…", Credential: 1, CreatedAt: start}
}

var operator = By{Actor: "operator"}

func addPerson(t *testing.T, s *Store, a status.Account) status.Account {
	t.Helper()
	if err := s.AddAccount(t.Context(), operator, a); err != nil {
		t.Fatal(err)
	}
	return a
}

func wantCode(t *testing.T, err error, code status.Code, field string) {
	t.Helper()
	f, ok := status.FaultOf(err)
	if !ok || f.Code != code || f.Field != field {
		t.Errorf("got %v, want the fault %s about %q", err, code, field)
	}
}

func TestAccountsAreReadBack(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		a := addPerson(t, s, person("Zoe@example.org", status.Admin))
		b := addPerson(t, s, person("adam@example.org", status.Viewer))
		got, err := s.AccountByEmail(t.Context(), " zOE@EXAMPLE.org ")
		if diff := cmp.Diff(a, got); err != nil || diff != "" {
			t.Errorf("by address: %v\n%s", err, diff)
		}
		list, err := s.Accounts(t.Context())
		if diff := cmp.Diff([]status.Account{b, a}, list); err != nil || diff != "" {
			t.Errorf("list: %v\n%s", err, diff)
		}
		_, err = s.Account(t.Context(), "nobody")
		wantCode(t, err, status.CodeNotFound, "")
		wantCode(t, s.AddAccount(t.Context(), operator, person("ZOE@example.org", status.Viewer)), status.CodeInvalid, "account.email")
		wantCode(t, s.AddAccount(t.Context(), operator, person("new@example.org", "king")), status.CodeInvalid, "account.role")
	})
}

// TestCredentials: whatever changes what somebody may do ends the sessions that were
// opened before; what does not, leaves them.
func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*status.Account) error
		ends   bool
		detail string
	}{
		{"password", func(a *status.Account) error { a.Password = "$other$"; return nil }, true, "password"},
		{"role", func(a *status.Account) error { a.Role = status.Viewer; return nil }, true, "role viewer"},
		{"disabled", func(a *status.Account) error { a.Disabled = true; return nil }, true, "disabled"},
		{"language", func(a *status.Account) error { a.Locale = "de"; return nil }, false, "locale de"},
		{"keyboard", func(a *status.Account) error { a.NoShortcuts = true; return nil }, false, "keyboard shortcuts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clocked(t, func(t *testing.T, s *Store, clock *clock) {
				addPerson(t, s, person("admin@example.org", status.Admin))
				a := addPerson(t, s, person("some@example.org", status.Publisher))
				session := status.Session{Hash: "h", AccountID: a.ID, Credential: 1, CreatedAt: start, SeenAt: start, ExpiresAt: start.Add(time.Hour)}
				if err := s.AddSession(t.Context(), session); err != nil {
					t.Fatal(err)
				}
				clock.add(time.Second) // the audit sorts by time
				if err := s.EditAccount(t.Context(), operator, a.ID, c.change); err != nil {
					t.Fatal(err)
				}
				got, owner, err := s.Session(t.Context(), "h")
				if c.ends {
					wantCode(t, err, status.CodeNotFound, "")
				} else if err != nil || got.AccountID != a.ID || owner.Credential != 1 {
					t.Errorf("the session should go on: %v, %+v", err, owner)
				}
				now, err := s.Account(t.Context(), a.ID)
				if err != nil || (now.Credential == 2) != c.ends {
					t.Errorf("credential is %d (%v)", now.Credential, err)
				}
				log, err := s.Audit(t.Context(), 1, "")
				if err != nil || log[0].Action != "account.edit" || log[0].Detail != c.detail || strings.Contains(log[0].Detail, "$") {
					t.Errorf("audit: %+v (%v)", log, err)
				}
			})
		})
	}
}

func TestTheLastAdminStays(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		a := addPerson(t, s, person("a@example.org", status.Admin))
		off := func(a *status.Account) error { a.Disabled = true; return nil }
		down := func(a *status.Account) error { a.Role = status.Publisher; return nil }
		wantCode(t, s.EditAccount(t.Context(), operator, a.ID, off), status.CodeConflict, "account.role")
		wantCode(t, s.EditAccount(t.Context(), operator, a.ID, down), status.CodeConflict, "account.role")
		b := addPerson(t, s, person("b@example.org", status.Admin))
		if err := s.EditAccount(t.Context(), operator, b.ID, off); err != nil {
			t.Fatal(err)
		}
		wantCode(t, s.EditAccount(t.Context(), operator, a.ID, down), status.CodeConflict, "account.role") // b is disabled
		got, err := s.Account(t.Context(), a.ID)
		if err != nil || got.Role != status.Admin || got.Disabled || got.Credential != 1 {
			t.Errorf("a refused change must leave nothing behind: %+v (%v)", got, err)
		}
		refused := errors.New("no")
		if err := s.EditAccount(t.Context(), operator, a.ID, func(*status.Account) error { return refused }); !errors.Is(err, refused) {
			t.Errorf("got %v", err)
		}
		wantCode(t, s.EditAccount(t.Context(), operator, "nobody", off), status.CodeNotFound, "")
	})
}

func TestSessions(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, clock *clock) {
		a := addPerson(t, s, person("a@example.org", status.Admin))
		for _, hash := range []string{"one", "two"} {
			n := status.Session{Hash: hash, AccountID: a.ID, Credential: 1, CreatedAt: start, SeenAt: start, ExpiresAt: start.Add(time.Hour), Trusted: hash == "two", ProvedAt: start.Add(time.Second)}
			if err := s.AddSession(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			got, owner, err := s.Session(t.Context(), hash)
			if diff := cmp.Diff(n, got) + cmp.Diff(a, owner); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		}
		clock.add(time.Minute)
		if err := s.TouchSession(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		if got, _, err := s.Session(t.Context(), "one"); err != nil || !got.SeenAt.Equal(start.Add(time.Minute)) {
			t.Errorf("seen at %v (%v)", got.SeenAt, err)
		}
		clock.add(time.Minute)
		if err := s.ProveSession(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		if got, _, err := s.Session(t.Context(), "one"); err != nil || !got.ProvedAt.Equal(start.Add(2*time.Minute)) || !got.SeenAt.Equal(got.ProvedAt) {
			t.Errorf("proved at %v (%v)", got.ProvedAt, err)
		}
		if err := errors.Join(s.EndSession(t.Context(), "one"), s.EndSession(t.Context(), "one")); err != nil {
			t.Errorf("signing out twice: %v", err)
		}
		_, _, err := s.Session(t.Context(), "one")
		wantCode(t, err, status.CodeNotFound, "")
		clock.add(2 * time.Hour) // the next sign-in sweeps what has expired
		late := status.Session{Hash: "three", AccountID: a.ID, Credential: 1, CreatedAt: clock.read(), SeenAt: clock.read(), ExpiresAt: clock.read().Add(time.Hour)}
		if err := s.AddSession(t.Context(), late); err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Session(t.Context(), "two")
		wantCode(t, err, status.CodeNotFound, "")
		if err := s.EndSessions(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Session(t.Context(), "three")
		wantCode(t, err, status.CodeNotFound, "")
		wantCode(t, s.AddSession(t.Context(), status.Session{Hash: "x", AccountID: "nobody", ExpiresAt: clock.read().Add(time.Hour)}), status.CodeNotFound, "")
	})
}

func TestTokens(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, clock *clock) {
		ends := start.Add(24 * time.Hour)
		secret := NewSecret()
		n := status.Token{ID: "t1", Name: "ci", Role: status.Publisher, Hash: SecretHash(secret), CreatedAt: start, ExpiresAt: &ends}
		if err := s.AddToken(t.Context(), operator, n); err != nil {
			t.Fatal(err)
		}
		got, err := s.TokenByHash(t.Context(), SecretHash(secret))
		if diff := cmp.Diff(n, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		wantCode(t, s.AddToken(t.Context(), operator, status.Token{ID: "t2", Name: "ci", Role: status.Viewer, Hash: "h2"}), status.CodeInvalid, "token.name")
		wantCode(t, s.AddToken(t.Context(), operator, status.Token{ID: "t2", Name: " ", Role: status.Viewer, Hash: "h2"}), status.CodeInvalid, "token.name")
		wantCode(t, s.AddToken(t.Context(), operator, status.Token{ID: "t2", Name: "x", Role: "king", Hash: "h2"}), status.CodeInvalid, "token.role")
		used := clock.add(time.Minute)
		if err := s.TouchToken(t.Context(), "t1"); err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeToken(t.Context(), operator, "ci"); err != nil {
			t.Fatal(err)
		}
		wantCode(t, s.RevokeToken(t.Context(), operator, "ci"), status.CodeNotFound, "")
		got, err = s.TokenByHash(t.Context(), SecretHash(secret))
		if err != nil || got.Live(used) || !got.LastUsed.Equal(used) || !got.RevokedAt.Equal(used) {
			t.Errorf("a revoked token: %+v (%v)", got, err)
		}
		clock.add(time.Minute)
		if err := s.AddToken(t.Context(), operator, status.Token{ID: "t3", Name: "ci", Role: status.Viewer, Hash: "h3"}); err != nil {
			t.Errorf("the name of a revoked token is free again: %v", err)
		}
		list, err := s.Tokens(t.Context())
		if err != nil || len(list) != 2 || list[0].ID != "t3" || list[1].ID != "t1" {
			t.Errorf("list: %+v (%v)", list, err)
		}
		_, err = s.TokenByHash(t.Context(), "unknown")
		wantCode(t, err, status.CodeNotFound, "")
	})
}

func TestSecretsAreLongAndDifferent(t *testing.T) {
	a, b := NewSecret(), NewSecret()
	if a == b || len(a) != 43 { // 256 bits in base64
		t.Errorf("%q and %q", a, b)
	}
	if SecretHash(a) == SecretHash(b) || strings.Contains(SecretHash(a), a) || len(SecretHash(a)) != 64 {
		t.Errorf("hash %q", SecretHash(a))
	}
}

// TestSetupRace: of many that use a set-up link at once, exactly one gets the account.
func TestSetupRace(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		for round := range 3 {
			if _, err := s.writer.ExecContext(t.Context(), `DELETE FROM accounts`); err != nil {
				t.Fatal(err)
			}
			if err := s.NewSetup(t.Context(), "link", start.Add(24*time.Hour)); err != nil {
				t.Fatal(err)
			}
			var won sync.Map
			var group sync.WaitGroup
			for range 50 {
				group.Go(func() {
					a := person(status.NewID()+"@example.org", status.Admin)
					err := s.ClaimSetup(t.Context(), "link", a)
					if err == nil {
						won.Store(a.ID, true)
					} else if status.FaultCode(err) != status.CodeNotFound {
						t.Errorf("a loser got %v", err)
					}
				})
			}
			group.Wait()
			winners := 0
			won.Range(func(any, any) bool { winners++; return true })
			list, err := s.Accounts(t.Context())
			if err != nil || winners != 1 || len(list) != 1 {
				t.Fatalf("round %d: %d winners, %d accounts (%v)", round, winners, len(list), err)
			}
		}
	})
}

func TestSetupLinks(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, clock *clock) {
		ctx := t.Context()
		if err := s.NewSetup(ctx, "old", start.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.SetupValid(ctx, "old"), s.NewSetup(ctx, "new", start.Add(24*time.Hour)), s.SetupValid(ctx, "new")); err != nil {
			t.Fatal(err)
		}
		wantCode(t, s.SetupValid(ctx, "old"), status.CodeNotFound, "") // a newer link ends the older
		wantCode(t, s.ClaimSetup(ctx, "old", person("a@example.org", status.Admin)), status.CodeNotFound, "")
		clock.add(24 * time.Hour)
		wantCode(t, s.SetupValid(ctx, "new"), status.CodeNotFound, "") // too late
		wantCode(t, s.ClaimSetup(ctx, "new", person("a@example.org", status.Admin)), status.CodeNotFound, "")
		if err := s.NewSetup(ctx, "again", clock.read().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		addPerson(t, s, person("cli@example.org", status.Admin)) // made from a terminal meanwhile
		wantCode(t, s.SetupValid(ctx, "again"), status.CodeNotFound, "")
		wantCode(t, s.ClaimSetup(ctx, "again", person("a@example.org", status.Admin)), status.CodeNotFound, "")
		wantCode(t, s.NewSetup(ctx, "more", clock.read().Add(time.Hour)), status.CodeNotFound, "")
		list, err := s.Accounts(ctx)
		if err != nil || len(list) != 1 {
			t.Errorf("%d accounts (%v)", len(list), err)
		}
	})
}
