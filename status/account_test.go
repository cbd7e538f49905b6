package status_test

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// Each role may do what the ones before it may.
func TestRoles(t *testing.T) {
	roles := status.Roles()
	same(t, "roles", roles, []status.Role{status.Viewer, status.Author, status.Publisher, status.Admin})
	for i, r := range roles {
		for j, need := range roles {
			same(t, string(r)+" may what a "+string(need)+" may", r.May(need), i >= j)
		}
		if r.May("root") || status.Role("root").May(r) {
			t.Errorf("%s and an unknown role", r)
		}
	}
	if status.Role("").Valid() || status.Role("").May("") || !status.Admin.Valid() {
		t.Error("validity of roles")
	}
}

func TestTokenLive(t *testing.T) {
	later, before := noon.Add(time.Second), noon.Add(-time.Second)
	for _, c := range []struct {
		name  string
		token status.Token
		want  bool
	}{
		{"for ever", status.Token{}, true},
		{"not yet expired", status.Token{ExpiresAt: &later}, true},
		{"expires now", status.Token{ExpiresAt: &noon}, false},
		{"expired", status.Token{ExpiresAt: &before}, false},
		{"revoked", status.Token{RevokedAt: &before, ExpiresAt: &later}, false},
	} {
		same(t, c.name, c.token.Live(noon), c.want)
	}
}

func TestNormaliseEmail(t *testing.T) {
	for in, want := range map[string]string{
		"ines@example.org": "ines@example.org", "  Ines.B+status@Example.ORG\n": "Ines.B+status@example.org", "ä@Bücher.example": "ä@bücher.example",
	} {
		got, err := status.NormaliseEmail("email", in)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"", "ines", "ines@", "@example.org", "Ines <ines@example.org>", "a@b.example, c@d.example", "a b@example.org",
		"a@example.org\r\nBcc: all@example.org", `"a b"@example.org`, strings.Repeat("a", 250) + "@b.example",
	} {
		_, err := status.NormaliseEmail("email", in)
		refused(t, err, "email", "is not a mail address.")
	}
}

func TestCheckPassword(t *testing.T) {
	for n, good := range map[int]bool{0: false, 11: false, 12: true, 256: true, 257: false} {
		err := status.CheckPassword("password", strings.Repeat("ä", n))
		if good && err != nil {
			t.Errorf("%d characters: %v", n, err)
		}
		if !good {
			refused(t, err, "password", "The password must have between 12 and 256 characters.")
		}
	}
}
