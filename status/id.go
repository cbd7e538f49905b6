package status

import (
	"crypto/rand"
	"regexp"
)

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// NewID returns a public id: 12 random characters [a-z0-9], as Statuspage has them.
// One id serves as key and as URL.
func NewID() string {
	id := make([]byte, 0, 12)
	buf := make([]byte, 24)
	for len(id) < cap(id) {
		_, _ = rand.Read(buf) // never fails: crypto/rand aborts the program instead
		for _, b := range buf {
			if b < 252 && len(id) < cap(id) { // 252 = 7×36: no character is likelier than another
				id = append(id, idAlphabet[b%36])
			}
		}
	}
	return string(id)
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ValidID accepts our own ids and those of other pages (Statuspage 12 characters,
// incident.io ULIDs): opaque, but safe in a path.
func ValidID(id string) bool { return idPattern.MatchString(id) }
