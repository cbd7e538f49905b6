package templates

import (
	"html/template"

	"allclear/static"
)

// Asset is the address of an asset.
func (s *Set) Asset(name string) string { return static.URL(name) }

// NoLetter is what the frame for a mail shows while there is none.
func (s *Set) NoLetter(locale string) string {
	text := template.HTMLEscapeString(s.Voice(locale, "UTC").T("admin.review.mended"))
	return `<!DOCTYPE html><html lang="` + template.HTMLEscapeString(locale) + `"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>` +
		text + `</title><style>body { font: 1rem system-ui, sans-serif }</style><p>` + text + `</p></html>`
}
