package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

func TestTimeOfTheAuthority(t *testing.T) {
	noticed := noon.Add(-5 * time.Hour)
	for name, c := range map[string]struct {
		notice status.Incident
		want   time.Time
	}{
		"no matter of security": {status.Incident{StartedAt: noon}, time.Time{}},
		"since it was noticed":  {status.Incident{Security: true, StartedAt: noon, DetectedAt: &noticed}, noticed.Add(72 * time.Hour)},
		"since it began":        {status.Incident{Security: true, StartedAt: noon}, noon.Add(72 * time.Hour)},
	} {
		if got := c.notice.AuthorityBy(); !got.Equal(c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
