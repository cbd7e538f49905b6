package status

import (
	"net/mail"
	"strings"
	"time"
)

// Role is what an account or token may do; each role includes the ones before it.
type Role string

// The roles.
const (
	Viewer    Role = "viewer"
	Author    Role = "author"
	Publisher Role = "publisher"
	Admin     Role = "admin"
)

// Roles lists them from least to most.
func Roles() []Role { return []Role{Viewer, Author, Publisher, Admin} }

// Valid says whether r is a role.
func (r Role) Valid() bool { return index(Roles(), r) >= 0 }

// May says whether r includes need.
func (r Role) May(need Role) bool {
	return r.Valid() && need.Valid() && index(Roles(), r) >= index(Roles(), need)
}

// Account is a member of staff.
type Account struct {
	ID        string
	Email     string
	Role      Role
	Locale    string
	Password  string // argon2id in PHC form
	Disabled  bool
	CreatedAt time.Time
	// NoShortcuts switches the keys of the staff pages off.
	NoShortcuts bool
	// Credential rises with every change of password or role and ends older sessions.
	Credential int64
}

// Token is an API token; only the hash of its secret is stored.
type Token struct {
	ID        string
	Name      string
	Role      Role
	Hash      string
	CreatedAt time.Time
	ExpiresAt *time.Time
	RevokedAt *time.Time
	LastUsed  *time.Time
}

// Live says whether the token may be used at this time.
func (t *Token) Live(now time.Time) bool {
	return t.RevokedAt == nil && (t.ExpiresAt == nil || now.Before(*t.ExpiresAt))
}

// Session is a signed-in browser; Hash is of the cookie's secret.
type Session struct {
	Hash       string
	AccountID  string
	Credential int64
	CreatedAt  time.Time
	SeenAt     time.Time
	ExpiresAt  time.Time
	Trusted    bool      // the device is its owner's
	ProvedAt   time.Time // the password was given last
}

// NormaliseEmail trims, lower-cases the domain and refuses what is no address.
func NormaliseEmail(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || strings.ContainsAny(s, " \r\n\t") {
		return "", Invalid(field, "%q is not a mail address.", brief(s))
	}
	at := strings.LastIndexByte(s, '@')
	return s[:at] + "@" + strings.ToLower(s[at+1:]), nil
}

// CheckPassword refuses passwords that are too short or too long.
func CheckPassword(field, s string) error {
	if n := len([]rune(s)); n < 12 || n > 256 {
		return Invalid(field, "The password must have between 12 and 256 characters.")
	}
	return nil
}
