package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// manifest makes the staff side an app on the phone's start screen, with the two things
// that somebody opens it for.
type manifest struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	ShortName  string     `json:"short_name"`
	Lang       string     `json:"lang"`
	StartURL   string     `json:"start_url"`
	Scope      string     `json:"scope"`
	Display    string     `json:"display"`
	Background string     `json:"background_color"`
	Theme      string     `json:"theme_color"`
	Icons      []icon     `json:"icons"`
	Shortcuts  []shortcut `json:"shortcuts"`
}

type icon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

type shortcut struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// manifest speaks the language of the account or, before anybody signs in, of the page.
// It names nothing that the public page does not.
func (d *desk) manifest(v *visit) error {
	m := manifest{
		ID: "/admin", StartURL: "/admin", Scope: "/admin", Display: "standalone",
		Name: v.page().Name + " – " + v.voice.T("admin.brand"), ShortName: v.page().Name, Lang: v.locale,
		Background: "#f5f5f1", Theme: "#ffffff",
		Icons: []icon{{v.Pages.Asset("icons/app.svg"), "any", "image/svg+xml", "any"}, {v.Pages.Asset("icons/mask.svg"), "any", "image/svg+xml", "maskable"}},
		Shortcuts: []shortcut{
			{v.voice.T("admin.app.new"), "/admin/new"}, {v.voice.T("admin.post_update"), "/admin"},
		},
	}
	doc, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("admin: write the manifest: %w", err)
	}
	return v.c.Blob(http.StatusOK, "application/manifest+json", doc)
}
