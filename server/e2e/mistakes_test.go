package e2e_test

import (
	"testing"
)

// emptied takes everything out of a form that was typed into it.
const emptied = `for (const e of f.elements) { if (e.matches("input:not([type=hidden], [type=radio], [type=checkbox]), textarea")) e.value = ""; }`

// TestStaffMistakes looks at the screens that follow a mistake: each names what is wrong,
// beside the field, and keeps what was typed.
func TestStaffMistakes(t *testing.T) {
	in, _ := furnished(t)
	seen := newLookedAt(t)
	t.Run("in", func(t *testing.T) {
		for _, locale := range []string{"en", "de"} {
			t.Run(locale, func(t *testing.T) {
				t.Parallel()
				x := newExaminer(t, in.url, 360, 44, seen)
				x.dark = locale == "de"
				x.staff(in, locale, "admin")
				for _, path := range []string{
					"/admin/new?full=1", "/admin/maintenances/new", "/admin/components/new", "/admin/components/new?group=1", "/admin/templates/new",
					"/admin/new/security", "/admin/accounts", "/admin/tokens", "/admin/settings/page", "/admin/confirm", "/admin/incidents/signinfails1/edit",
				} {
					x.open(in.url + path)
					x.send("main form:is(.sheet, .secure)", emptied, `document.querySelector(".faults")`)
					x.examine("empty: " + path)
				}
				x.open(in.url + "/admin/incidents/signinfails1/edit")
				in.api(t, "PATCH", in.page(t)+"/incidents/signinfails1", map[string]any{"incident": map[string]any{"body": "Somebody else was faster."}}, nil)
				x.send("main form:is(.sheet, .secure)", `f.elements.name.value = "My own title"`, `document.querySelector(".theirs")`)
				x.examine("somebody else was faster")
			})
		}
	})
	seen.valid()
}
