package publish

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"allclear/status"
	"allclear/templates"
)

// sectionCache keeps the part of the start page that is large and seldom changes: the
// list of components, and the groups that it is made of. Everything else is rendered at
// each revision.
type sectionCache struct {
	mu   sync.Mutex
	kept map[string]cachedSection // by language
}

func (c *sectionCache) get(locale string) cachedSection {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept[locale]
}

func (c *sectionCache) put(locale string, s cachedSection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[string]cachedSection{}
	}
	c.kept[locale] = s
}

type cachedSection struct {
	key     string
	section templates.Section
	groups  map[string]templates.Piece // by what they say
}

// docCache keeps the pages that hardly ever change from build to build, by path.
type docCache struct {
	mu   sync.Mutex
	kept map[string]keptDoc
}

type keptDoc struct {
	key string
	doc doc
}

// of is the document as it was made for the same key, or is made now.
func (c *docCache) of(path, key string, maker func() (doc, error)) (doc, error) {
	c.mu.Lock()
	kept, ok := c.kept[path]
	c.mu.Unlock()
	if ok && kept.key == key {
		return kept.doc, nil
	}
	made, err := maker()
	if err != nil {
		return made, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[string]keptDoc{}
	}
	c.kept[path] = keptDoc{key, made}
	return made, nil
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
	if id == "components" {
		return p.componentList(d)
	}
	return p.render(id, d)
}

func (p pages) render(id string, d templates.StartPage) (templates.Section, error) {
	var buf bytes.Buffer
	if err := p.b.Pages.Section(&buf, id, d); err != nil {
		return templates.Section{}, fmt.Errorf("publish: the section %s: %w", id, err)
	}
	return templates.NewSection(id, buf.Bytes()), nil
}

// componentList is the section of the components. When it changed, only the groups that
// did are rendered.
func (p pages) componentList(d templates.StartPage) (templates.Section, error) {
	kept := p.b.parts.get(p.locale)
	next := cachedSection{key: p.componentsKey(d), groups: map[string]templates.Piece{}}
	if kept.key == next.key {
		return kept.section, nil
	}
	for _, g := range d.Groups {
		key := fmt.Sprintf("%s %d %t %t %#v", p.v.Epoch, p.v.Page.Version, d.Bars(), d.GroupOpen(g), g)
		ready, ok := kept.groups[key]
		if !ok {
			var err error
			if ready, err = p.b.Pages.Group(d, g); err != nil {
				return templates.Section{}, fmt.Errorf("publish: the group %s: %w", g.Name, err)
			}
		}
		next.groups[key] = ready
		d.Ready = append(d.Ready, ready)
	}
	var err error
	if next.section, err = p.render("components", d); err != nil {
		return templates.Section{}, err
	}
	p.b.parts.put(p.locale, next)
	return next.section, nil
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
