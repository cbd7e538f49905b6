package publish

import (
	"bytes"
	"fmt"
	"time"

	"allclear/status"
	"allclear/templates"
)

// sectionCache keeps the part of the start page that is large and seldom changes: the
// list of components. Everything else is rendered at each revision.
type sectionCache map[string]cachedSection

type cachedSection struct {
	key     string
	section templates.Section
}

// sections renders and hashes the parts of the start page.
func (p pages) sections(d templates.StartPage) ([]templates.Section, error) {
	var out []templates.Section
	for _, id := range templates.StartSections() {
		s, err := p.section(id, d)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (p pages) section(id string, d templates.StartPage) (templates.Section, error) {
	key := ""
	if id == "components" {
		key = p.componentsKey(d)
		if kept := p.b.parts[p.locale]; kept.key == key {
			return kept.section, nil
		}
	}
	var buf bytes.Buffer
	if err := p.b.Pages.Section(&buf, id, d); err != nil {
		return templates.Section{}, fmt.Errorf("publish: the section %s: %w", id, err)
	}
	s := templates.NewSection(id, buf.Bytes())
	if key != "" {
		if p.b.parts == nil {
			p.b.parts = sectionCache{}
		}
		p.b.parts[p.locale] = cachedSection{key, s}
	}
	return s, nil
}

// componentsKey changes whenever the list of components does: with the settings, the day,
// a component or its figures, or the first or last open incident, which folds healthy groups.
func (p pages) componentsKey(d templates.StartPage) string {
	newest, impaired := int64(0), int64(0)
	for i := range p.v.Components {
		newest = max(newest, p.v.Components[i].Revision)
		if p.v.Components[i].Level != status.Operational && d.Bars() {
			impaired = p.v.Revision // its figures move on with every revision
		}
	}
	day := p.v.At.In(p.v.Page.Zone()).Format(time.DateOnly)
	return fmt.Sprint(p.v.Epoch, p.v.Page.Version, " ", day, newest, " ", impaired, " ", len(p.v.Components), d.TroubleOpen())
}
