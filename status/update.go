package status

import (
	"cmp"
	"slices"
	"time"
)

// Update is one dated entry in a notice.
type Update struct {
	ID         string    `json:"id"`
	IncidentID string    `json:"incident_id"`
	Stage      Stage     `json:"status"`
	Body       string    `json:"body"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	DisplayAt  time.Time `json:"display_at"` // what readers see; may be back-dated
	// Affected repeats every component touched so far; nil when there never was one.
	Affected []AffectedComponent `json:"affected_components"`
	// Notify: subscribers were to be told.
	Notify      bool    `json:"deliver_notifications"`
	CustomTweet *string `json:"custom_tweet"`
	TweetID     *int64  `json:"tweet_id"`

	// Translations of the body, by locale.
	Translations map[string]string `json:"translations,omitempty"`
	// Facts as they stood after this entry; nil on imported ones.
	Facts *Facts `json:"facts,omitempty"`
	// EditedAt is set once the text was changed after publication.
	EditedAt *time.Time `json:"edited_at,omitempty"`
	// Deleted leaves a tombstone: the entry was sent, then taken back.
	Deleted bool   `json:"deleted,omitempty"`
	By      string `json:"by,omitempty"` // internal
	// Trace says how to take the entry back; internal.
	Trace *Trace `json:"trace,omitempty"`
}

// AffectedComponent is what an entry says about one component. An entry imported from
// an old page may have a Name only.
type AffectedComponent struct {
	Code     string `json:"code,omitempty"`
	Name     string `json:"name"`
	OldLevel Level  `json:"old_status,omitempty"`
	NewLevel Level  `json:"new_status,omitempty"`
	// Named: the notice names the component but never set its level, so that closing the
	// notice leaves the component alone.
	Named bool `json:"named,omitempty"`
}

// Facts are those parts of a notice that its entries move.
type Facts struct {
	Severity             Severity      `json:"severity"`
	AffectedUsers        AffectedUsers `json:"affected_users"`
	Workaround           Workaround    `json:"workaround"`
	NextUpdateAt         *time.Time    `json:"next_update_at"`
	ExpectedResolutionAt *time.Time    `json:"expected_resolution_at"`
}

func sortUpdates(list []Update) {
	slices.SortStableFunc(list, func(a, b Update) int { return cmp.Compare(b.DisplayAt.UnixMilli(), a.DisplayAt.UnixMilli()) })
}
