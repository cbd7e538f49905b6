package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// NewSecret makes a secret of 256 random bits: of a session, a token or a set-up link.
// Its owner sees it once; the database keeps its SecretHash.
func NewSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand aborts the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// SecretHash is how the database knows a secret. A plain hash is enough, because nobody
// can guess 256 random bits; passwords are another matter.
func SecretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
