package admin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"allclear/status"

	"golang.org/x/crypto/argon2"
)

// cost is how expensive a guess is made.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// strong takes 64 MiB and three passes (RFC 9106, second recommended option).
func strong() cost { return cost{memory: 64 * 1024, passes: 3, threads: 4} }

const saltSize, keySize = 16, 32

// HashPassword checks a password and makes what is stored of it: argon2id in PHC form.
func HashPassword(password string) (string, error) {
	if err := status.CheckPassword("account.password", password); err != nil {
		return "", err
	}
	return strong().hash(password), nil
}

func (c cost) hash(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: crypto/rand aborts the program instead
	key := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, keySize)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.threads, encode(salt), encode(key))
}

// parsed is a stored password taken apart.
type parsed struct {
	cost
	salt, key []byte
}

func parse(phc string) (parsed, error) {
	var p parsed
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, fmt.Errorf("the stored password is not of the form $argon2id$v=%d$…", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return p, fmt.Errorf("read the cost of a stored password: %w", err)
	}
	if p.passes == 0 || p.threads == 0 || p.memory > 1024*1024 || p.passes > 64 {
		return p, fmt.Errorf("the cost %s of a stored password is out of bounds", parts[3])
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, fmt.Errorf("read the salt of a stored password: %w", err)
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.key) < 16 {
		return p, fmt.Errorf("read the key of a stored password: %d bytes, %w", len(p.key), err)
	}
	return p, nil
}

func (p parsed) matches(password string) bool {
	key := argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, uint32(len(p.key))) //nolint:gosec // length of a stored key
	return subtle.ConstantTimeCompare(key, p.key) == 1
}

// passwords hashes and verifies, as many at once as there are cores: each takes 64 MiB,
// and a crowd at the door must not take the memory of the page.
type passwords struct {
	cost cost
	seat chan struct{}
	// nobody is a password that nobody has; verifying against it takes as long as
	// verifying against an account's, so that time does not tell which accounts exist.
	nobody func() string
}

func newPasswords(c cost) *passwords {
	return &passwords{
		cost: c, seat: make(chan struct{}, runtime.GOMAXPROCS(0)),
		nobody: sync.OnceValue(func() string { return c.hash(rand.Text()) }),
	}
}

const seatPatience = 5 * time.Second

// sit waits for a seat; the caller gives it back.
func (p *passwords) sit(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, seatPatience)
	defer cancel()
	select {
	case p.seat <- struct{}{}:
		return func() { <-p.seat }, nil
	case <-ctx.Done():
		return nil, status.NewFault(status.CodeUnavailable, "", "Too many people are signing in at once; try again in a moment.")
	}
}

func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	leave, err := p.sit(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return p.cost.hash(password), nil
}

// verify says whether the password is the stored one; an empty stored one is nobody's.
// outdated: it was stored at another cost and should be stored anew.
func (p *passwords) verify(ctx context.Context, stored, password string) (ok, outdated bool, err error) {
	leave, err := p.sit(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	known := stored != ""
	if !known {
		stored = p.nobody()
	}
	have, err := parse(stored)
	if err != nil {
		return false, false, err
	}
	ok = have.matches(password) && known
	return ok, ok && have.cost != p.cost, nil
}
