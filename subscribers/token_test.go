package subscribers

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

func testKeys(t testing.TB, secret []byte) *Keys {
	t.Helper()
	k, err := NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTokens(t *testing.T) {
	keys := testKeys(t, secretKey)
	other := testKeys(t, bytes.Repeat([]byte("x"), 32))
	limited := Claim{Purpose: ForConfirm, Subscriber: "abc123def456", Generation: 7, Expires: start.Add(time.Hour)}
	eternal := Claim{Purpose: ForUnsubscribe, Subscriber: "abc123def456", Generation: 1 << 40}
	flip := func(token string, i int) string {
		b := []byte(token)
		b[i] ^= 1
		return string(b)
	}
	token := keys.Token(limited)
	for _, c := range []struct {
		name  string
		token string
		want  Purpose
		at    time.Time
		err   error
		claim Claim
	}{
		{"good", token, ForConfirm, start, nil, limited},
		{"last moment", token, ForConfirm, start.Add(time.Hour - time.Second), nil, limited},
		{"too late", token, ForConfirm, start.Add(time.Hour), ErrExpired, Claim{}},
		{"another purpose", token, ForManage, start, errLink, Claim{}},
		{"never expires", keys.Token(eternal), ForUnsubscribe, start.AddDate(50, 0, 0), nil, eternal},
		{"another instance", other.Token(limited), ForConfirm, start, errLink, Claim{}},
		{"first character", flip(token, 0), ForConfirm, start, errLink, Claim{}},
		{"middle character", flip(token, len(token)/2), ForConfirm, start, errLink, Claim{}},
		{"cut", token[:len(token)-4], ForConfirm, start, errLink, Claim{}},
		{"longer", token + "AAAA", ForConfirm, start, errLink, Claim{}},
		{"empty", "", ForConfirm, start, errLink, Claim{}},
		{"no token", "../../etc/passwd", ForConfirm, start, errLink, Claim{}},
		{"huge", strings.Repeat("A", 10000), ForConfirm, start, errLink, Claim{}},
	} {
		got, err := keys.Read(c.token, c.want, c.at)
		if !errors.Is(err, c.err) || got != c.claim {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.name, got, err, c.claim, c.err)
		}
	}
	if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("the token %q has characters that a link cannot carry", token)
	}
}

func TestSecretsAreSealed(t *testing.T) {
	keys, other := testKeys(t, secretKey), testKeys(t, bytes.Repeat([]byte("x"), 32))
	secret := newSecret()
	sealed := keys.Seal(secret, "sub1")
	if strings.Contains(sealed, secret[6:20]) || sealed == keys.Seal(secret, "sub1") {
		t.Errorf("sealed as %q", sealed)
	}
	if got, err := keys.Unseal(sealed, "sub1"); err != nil || got != secret {
		t.Errorf("unsealed %q, %v", got, err)
	}
	for name, unseal := range map[string]func() (string, error){
		"another subscription": func() (string, error) { return keys.Unseal(sealed, "sub2") },
		"another key":          func() (string, error) { return other.Unseal(sealed, "sub1") },
		"damaged":              func() (string, error) { return keys.Unseal(sealed[:len(sealed)-3]+"AAA", "sub1") },
		"empty":                func() (string, error) { return keys.Unseal("", "sub1") },
	} {
		if got, err := unseal(); err == nil {
			t.Errorf("%s: unsealed %q", name, got)
		}
	}
}

func TestKeyOfWrongSize(t *testing.T) {
	_, err := NewKeys([]byte("short"))
	if f, ok := status.FaultOf(err); !ok || f.Field != "secret-key" {
		t.Errorf("got %v", err)
	}
}
