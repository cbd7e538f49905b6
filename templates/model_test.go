package templates

import (
	"testing"
	"time"

	"allclear/status"
)

// What is said of users and workaround depends on what somebody knows, not on a default.
func TestNothingIsClaimedThatNobodySaid(t *testing.T) {
	for _, tc := range []struct {
		what              string
		n                 Notice
		users, workaround bool
	}{
		{"own, open, nobody looked yet", Notice{Kind: KindIncident, Stage: "investigating", Users: Estimate{Mode: "unknown"}, Workaround: Workaround{State: "unknown"}}, true, true},
		{"imported, open", Notice{Kind: KindIncident, Stage: "investigating", Users: Estimate{Mode: "unknown"}, Workaround: Workaround{State: "unknown"}, Imported: true}, false, false},
		{"imported, staff estimated since", Notice{Kind: KindIncident, Stage: "identified", Users: Estimate{Mode: "count"}, Workaround: Workaround{State: "none_known"}, Imported: true}, true, true},
		{"resolved, never estimated", Notice{Kind: KindIncident, Stage: "resolved", Users: Estimate{Mode: "unknown"}, Workaround: Workaround{State: "unknown"}}, false, false},
		{"resolved, estimated", Notice{Kind: KindIncident, Stage: "resolved", Users: Estimate{Mode: "range"}, Workaround: Workaround{State: "available"}}, true, false},
		{"planned maintenance", Notice{Kind: KindMaintenance, Stage: "scheduled", Users: Estimate{Mode: "unknown"}, Workaround: Workaround{State: "unknown"}}, false, false},
	} {
		if tc.n.TellsUsers() != tc.users || tc.n.TellsWorkaround() != tc.workaround {
			t.Errorf("%s: users %v, workaround %v", tc.what, tc.n.TellsUsers(), tc.n.TellsWorkaround())
		}
	}
}

func TestANoticeInAnotherLanguageSaysWhichTextsAreMissing(t *testing.T) {
	page := status.NewPage("page", "Status", time.Time{})
	title := "Anmeldung gestört"
	n := &status.Incident{
		Kind: status.Problem, Name: "Sign-in fails", Stage: status.Investigating, CustomerImpact: "Nobody can sign in.",
		Translations: map[string]status.Texts{"de": {Name: &title}},
		Updates: []status.Update{
			{ID: "u2", Body: "We found it."},
			{ID: "u1", Body: "We look.", Translations: map[string]string{"de": "Wir suchen."}},
		},
	}
	none := func(string) *status.Component { return nil }
	de := NoticeOf(n, &page, "de", none, time.Time{})
	if de.Title != title || de.Lang != "" || de.Impact != "Nobody can sign in." || de.Foreign["impact"] != "en" {
		t.Errorf("title %q (%s), impact %q", de.Title, de.Lang, de.Impact)
	}
	if de.Updates[0].Lang != "en" || de.Updates[1].Lang != "" || de.Updates[1].Body != "Wir suchen." {
		t.Errorf("updates %+v", de.Updates)
	}
	n.Translations = nil
	if de := NoticeOf(n, &page, "de", none, time.Time{}); de.Title != "Sign-in fails" || de.Lang != "en" {
		t.Errorf("an untranslated title must say its language: %q (%s)", de.Title, de.Lang)
	}
}
