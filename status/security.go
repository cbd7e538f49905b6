package status

import "time"

// AuthorityWithin is the time in which a breach of personal data must be reported to the
// supervisory authority once it is known (GDPR, article 33).
const AuthorityWithin = 72 * time.Hour

// AuthorityBy is when that time is over; zero for a notice that is no matter of security.
// It runs from the moment at which somebody noticed.
func (i *Incident) AuthorityBy() time.Time {
	switch {
	case !i.Security:
		return time.Time{}
	case i.DetectedAt != nil:
		return i.DetectedAt.Add(AuthorityWithin)
	}
	return i.StartedAt.Add(AuthorityWithin)
}
