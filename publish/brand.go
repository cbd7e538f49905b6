package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"allclear/status"
)

// typeCSS is the type of a style sheet.
const typeCSS = "text/css; charset=utf-8"

// The grounds on which links stand, as in page.css: the darkest light one and the
// lightest dark one. What can be read there can be read everywhere.
const (
	lightGround = "#f5f5f1"
	darkGround  = "#232a30"
)

// readable is the least contrast of text (WCAG 2, 1.4.3).
const readable = 4.5

// brand is the style sheet that puts the page's own colour on links, buttons and the upper
// edge. Links take the nearest shade that can be read; the states keep their colours.
type brand struct {
	path string
	body []byte
}

// brandOf makes the style sheet of a colour; nil without one. It is a document of its own,
// since pages may hold no style.
func brandOf(own string) *brand {
	c, ok := parseColour(own)
	if !ok {
		return nil
	}
	light, dark := c.against(lightGround), c.against(darkGround)
	body := fmt.Appendf(nil, ":root{--link:%s}\n@supports (color:light-dark(#000,#fff)){:root{--link:light-dark(%[1]s,%s)}}\n"+
		"@media screen{.top{border-block-start:.25rem solid %s}}\n.button{background:var(--link)}\n.button:hover{background:var(--ink)}\n", light, dark, c)
	sum := sha256.Sum256(body)
	return &brand{"/s/brand." + hex.EncodeToString(sum[:4]) + ".css", body}
}

// against is the nearest shade that can be read on a ground: darker on a light one,
// lighter on a dark one.
func (c colour) against(ground string) colour {
	on, _ := parseColour(ground)
	end := colour{}
	if on.luminance() < 0.5 {
		end = colour{1, 1, 1}
	}
	for part := 0.0; part < 1; part += 0.02 {
		// What counts is the colour as it is written down.
		if shade, _ := parseColour(c.mixed(end, part).String()); shade.contrast(on) >= readable {
			return shade
		}
	}
	return end
}

// brandDocs is the style sheet of the page's own colour, if it has one.
func (b *Builder) brandDocs(v *status.View) ([]doc, error) {
	own := brandOf(v.Page.BrandColor)
	if own == nil {
		return nil, nil
	}
	return []doc{{path: own.path, contentType: typeCSS, body: own.body, changed: v.Page.UpdatedAt, immutable: true}}, nil
}
