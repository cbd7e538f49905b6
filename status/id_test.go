package status_test

import (
	"strings"
	"testing"

	"allclear/status"
)

// Ids look like Statuspage's: 12 characters of a-z and 0-9, none of them likelier.
func TestNewID(t *testing.T) {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	seen, count := map[string]bool{}, map[rune]int{}
	const n = 20_000
	for range n {
		id := status.NewID()
		if len(id) != 12 || strings.Trim(id, alphabet) != "" || seen[id] || !status.ValidID(id) {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
		for _, r := range id {
			count[r]++
		}
	}
	for _, r := range alphabet {
		// 6667 expected, standard deviation 81: seven of these never happen by chance.
		if c := count[r]; c < n/3-570 || c > n/3+570 {
			t.Errorf("%c came %d times of %d", r, c, 12*n)
		}
	}
}

// Ids of other pages are accepted as they are, as long as they are safe in a path.
func TestValidID(t *testing.T) {
	for _, id := range []string{"kctbh9vrtdwd", "01FCNDV6P870EA6S7TK1DSYDG0", "a", "A-b_9", strings.Repeat("x", 64)} {
		if !status.ValidID(id) {
			t.Errorf("%q is refused", id)
		}
	}
	for _, id := range []string{"", "a b", "../x", "a/b", "ä", "a\n", "a.b", strings.Repeat("x", 65)} {
		if status.ValidID(id) {
			t.Errorf("%q is accepted", id)
		}
	}
}
