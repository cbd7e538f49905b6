package publish

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"allclear/status/statuspage"
)

// openAPI describes our own interface, with BASE in place of the site's address.
//
//go:embed openapi.json
var openAPI []byte

// describe makes /api/v3/openapi.json. It changes with the program alone, and so has the
// page's first day as its date.
func (b *Builder) describe(since time.Time) (doc, error) {
	base, err := statuspage.JSON(b.Base)
	if err != nil {
		return doc{}, fmt.Errorf("publish: the site's address: %w", err)
	}
	var body bytes.Buffer
	if err := json.Compact(&body, bytes.Replace(openAPI, []byte(`"BASE"`), base, 1)); err != nil {
		return doc{}, fmt.Errorf("publish: openapi.json: %w", err)
	}
	return doc{path: "/api/v3/openapi.json", contentType: typeJSON, body: body.Bytes(), changed: since}, nil
}
