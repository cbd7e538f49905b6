package admin

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"allclear/status"
	"allclear/status/lint"
	"allclear/store"
	"allclear/templates"
)

// Limits of what is kept of a form that nobody sent.
const (
	maxPlace = 1500
	maxKept  = 256 << 10
)

// places are the addresses of the forms whose text is kept. Other addresses are nobody's
// place to come back to.
func places() *regexp.Regexp {
	return regexp.MustCompile(`^/admin/(new(/review|/security)?(\?[^#\s]*)?|maintenances/new(\?[^#\s]*)?|(incidents|maintenances)/[A-Za-z0-9_-]+(#[a-z_]+)?)$`)
}

func (d *desk) isPlace(place string) bool {
	return len(place) <= maxPlace && d.places.MatchString(place)
}

// kept is the answer to a form that is typed into.
type kept struct {
	Saved bool   `json:"saved"`
	Field string `json:"field,omitempty"` // that must not be kept
	Text  string `json:"text"`
}

// keepScratch keeps what somebody has typed so far. A text with a credential is not
// written down anywhere.
func (d *desk) keepScratch(v *visit) error {
	in, err := v.input("", "")
	if err != nil {
		return err
	}
	place := in.raw("place")
	if !d.isPlace(place) {
		return status.Invalid("place", "There is no form %q.", place[:min(len(place), 64)])
	}
	if field := in.credential(); field != "" {
		return v.c.JSON(http.StatusUnprocessableEntity, kept{Field: field, Text: v.voice.T("admin.autosave.credential")})
	}
	n := store.Scratch{Account: v.account.ID, Place: place, Values: in.unsent()}
	if size := len(url.Values(n.Values).Encode()); size > maxKept {
		return status.Invalid("", "This form holds too much text to be kept.")
	}
	saved, ok, err := d.Store.SaveScratch(v.ctx(), n, in.once())
	if err != nil {
		return err
	}
	out := kept{Saved: ok}
	if ok {
		out.Text = v.voice.T("admin.autosave.saved", "time", v.voice.Clock(saved))
	}
	return v.c.JSON(http.StatusOK, out)
}

// credential names the first field that holds one; "" when none does.
func (in *input) credential() string {
	for _, name := range slices.Sorted(maps.Keys(in.values)) {
		if name == "key" || name == "place" {
			continue // ours, and random
		}
		for _, text := range in.values[name] {
			if lint.Redact(text) != text {
				return name
			}
		}
	}
	return ""
}

// unsent are the form's values without what belongs to one display of it.
func (in *input) unsent() url.Values {
	out := maps.Clone(in.values)
	delete(out, "place")
	delete(out, "key")
	return out
}

// once is the form's key as the store remembers it when the form is sent.
func (in *input) once() store.Once {
	if by := in.by(); by.Once != nil {
		return *by.Once
	}
	return store.Once{}
}

// discardScratch forgets the text and shows the form as it was before.
func (d *desk) discardScratch(v *visit) error {
	in, err := v.input("", "")
	if err != nil {
		return err
	}
	place := in.raw("place")
	if !d.isPlace(place) {
		return status.Invalid("place", "There is no form %q.", place[:min(len(place), 64)])
	}
	if err := d.Store.DropScratch(v.ctx(), v.account.ID, place); err != nil {
		return err
	}
	return v.c.Redirect(http.StatusSeeOther, place)
}

// unsentTexts are what the account typed and did not send, by place. When they cannot be
// read, an empty form is worth more than none.
func (v *visit) unsentTexts() map[string]store.Scratch {
	if v.scratch != nil {
		return v.scratch
	}
	v.scratch = map[string]store.Scratch{}
	list, err := v.Store.Scratches(v.ctx(), v.account.ID)
	if err != nil {
		v.Log.Warn("the unsent texts of an account could not be read", "error", err)
	}
	for _, s := range list {
		v.scratch[s.Place] = s
	}
	return v.scratch
}

// resume gives a form its place and, when it was left there without being sent, the text
// that it had. It was typed for the version that was shown then, so a change by somebody
// else since is noticed when it is sent.
func (v *visit) resume(f *templates.Form, place string) {
	if len(place) > maxPlace || !v.account.Role.May(status.Author) {
		return
	}
	f.Place = place
	s, ok := v.unsentTexts()[place]
	if !ok {
		return
	}
	f.Values, f.Resumed, f.Open = s.Values, s.SavedAt, true
	if n, err := strconv.ParseInt(f.Values.Get("version"), 10, 64); err == nil {
		f.Version = n
	}
	if seen := f.Values.Get("seen"); seen != "" {
		f.Seen = seen
	}
}

// resume is the same for a form that is worked on before it is shown.
func (in *input) resume(place string) {
	f := &templates.Form{Values: in.values}
	in.v.resume(f, place)
	in.values, in.resumed = f.Values, f.Resumed
	if f.Place != "" {
		in.values.Set("place", f.Place)
	}
}

// sent forgets the unsent text of the form that was just sent, and says which form it
// was, so that the browser forgets it as well.
func (v *visit) sent() string {
	form := v.c.Request().PostForm
	place := form.Get("place")
	if place == "" || !v.isPlace(place) {
		return ""
	}
	if err := v.Store.DropScratch(v.ctx(), v.account.ID, place); err != nil {
		v.Log.Warn("the text of a form that was sent could not be forgotten", "error", err)
	}
	return form.Get("key")
}

// unfinished are the new notices that the account began and did not send.
func (v *visit) unfinished() []templates.Unfinished {
	var out []templates.Unfinished
	for place, s := range v.unsentTexts() {
		if !strings.HasPrefix(place, "/admin/new") && !strings.HasPrefix(place, "/admin/maintenances/new") {
			continue
		}
		name := url.Values(s.Values).Get("name")
		if name == "" {
			name = v.voice.T("admin.autosave.untitled")
		}
		out = append(out, templates.Unfinished{Path: place, Name: name, At: s.SavedAt})
	}
	slices.SortFunc(out, func(a, b templates.Unfinished) int {
		if !a.At.Equal(b.At) {
			return b.At.Compare(a.At)
		}
		return strings.Compare(a.Path, b.Path)
	})
	return out[:min(len(out), 3)]
}
