package subscribers

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"allclear/status"
)

// Purpose is the one thing that a link can do.
type Purpose byte

// The purposes of links. A handle is what an API client may take its request back with.
const (
	ForConfirm     Purpose = 'c'
	ForUnsubscribe Purpose = 'u'
	ForManage      Purpose = 'm'
	ForTakeBack    Purpose = 't'
	ForOwnData     Purpose = 'd'
)

// OwnDataFor is how long the link to one's own data works.
const OwnDataFor = 24 * time.Hour

// ConfirmFor is how long a confirmation link works, and an unconfirmed request is kept.
const ConfirmFor = 7 * 24 * time.Hour

// Keys sign links and encrypt stored secrets. Each use has a key of its own, derived from
// the instance's secret key.
type Keys struct {
	links, hashes, duty []byte
	seal                cipher.AEAD
}

// NewKeys derives the keys from the secret key of 32 bytes.
func NewKeys(secret []byte) (*Keys, error) {
	if len(secret) != 32 {
		return nil, status.Invalid("secret-key", "The secret key must have 32 bytes; it has %d.", len(secret))
	}
	derived := map[string][]byte{}
	for _, use := range []string{"links", "hashes", "secrets", "duty"} {
		key, err := hkdf.Key(sha256.New, secret, nil, "allclear subscribers "+use, 32)
		if err != nil {
			return nil, fmt.Errorf("derive the key for %s: %w", use, err)
		}
		derived[use] = key
	}
	block, err := aes.NewCipher(derived["secrets"])
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Keys{links: derived["links"], hashes: derived["hashes"], duty: derived["duty"], seal: seal}, nil
}

// Claim is what a valid link says.
type Claim struct {
	Purpose    Purpose
	Subscriber string
	Generation int64
	Expires    time.Time // zero: never
}

const macSize = 16

// Token makes the signed part of a link: letters, digits, - and _ only.
func (k *Keys) Token(c Claim) string {
	raw := []byte{byte(c.Purpose)}
	raw = binary.AppendUvarint(raw, uint64(c.Generation)) //nolint:gosec // never negative
	expires := uint64(0)
	if !c.Expires.IsZero() {
		expires = uint64(c.Expires.Unix()) //nolint:gosec // after 1970
	}
	raw = binary.AppendUvarint(raw, expires)
	raw = append(raw, c.Subscriber...)
	return base64.RawURLEncoding.EncodeToString(append(raw, k.mac(k.links, raw)...))
}

// ErrExpired says that a link was good once.
var ErrExpired = status.NewFault(status.CodeNotFound, "", "This link is too old; please subscribe again.")

// errLink is the answer to every link that we did not make: it says nothing more.
var errLink = status.NewFault(status.CodeNotFound, "", "This link is not valid; please check that it is complete.")

// Read verifies a token and what it may be used for.
func (k *Keys) Read(token string, want Purpose, now time.Time) (Claim, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) <= macSize || len(raw) > 256 {
		return Claim{}, errLink
	}
	body, mac := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	if !hmac.Equal(mac, k.mac(k.links, body)) || Purpose(body[0]) != want {
		return Claim{}, errLink
	}
	rest := body[1:]
	generation, n := binary.Uvarint(rest)
	if n <= 0 {
		return Claim{}, errLink
	}
	rest = rest[n:]
	expires, n := binary.Uvarint(rest)
	if n <= 0 {
		return Claim{}, errLink
	}
	c := Claim{Purpose: want, Subscriber: string(rest[n:]), Generation: int64(generation)} //nolint:gosec // ours: the signature was checked
	if expires > 0 {
		c.Expires = time.Unix(int64(expires), 0).UTC() //nolint:gosec // ours: the signature was checked
		if !now.Before(c.Expires) {
			return Claim{}, ErrExpired
		}
	}
	return c, nil
}

func (k *Keys) mac(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)[:macSize]
}

// hash hides a value that must be recognised again, such as a mailbox.
func (k *Keys) hash(use, value string) string {
	return hex.EncodeToString(k.mac(k.hashes, []byte(use+"\x00"+value)))
}

const secretPrefix = "whsec_"

// newSecret makes a webhook's signing secret.
func newSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: crypto/rand aborts the program instead
	return secretPrefix + base64.StdEncoding.EncodeToString(raw)
}

// Seal encrypts a secret for the database; owner binds it to its subscription.
func (k *Keys) Seal(secret, owner string) string {
	nonce := make([]byte, k.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see above
	return base64.RawStdEncoding.EncodeToString(k.seal.Seal(nonce, nonce, []byte(secret), []byte(owner)))
}

// Unseal decrypts what Seal made for the same owner.
func (k *Keys) Unseal(sealed, owner string) (string, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < k.seal.NonceSize() {
		return "", errors.New("a stored secret is damaged")
	}
	n := k.seal.NonceSize()
	secret, err := k.seal.Open(nil, raw[:n], raw[n:], []byte(owner))
	if err != nil {
		return "", errors.New("a stored secret was encrypted with another secret key")
	}
	return string(secret), nil
}

// rawSecret is the key behind a secret's spelling.
func rawSecret(secret string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
}
