package templates

import (
	"fmt"
	"html/template"
	"io"
	"sync"
	texttemplate "text/template"
)

// executable is a template of either kind.
type executable interface {
	ExecuteTemplate(w io.Writer, name string, data any) error
}

// blueprint is a parsed declaration. It is never executed itself: each voice binds
// a copy to its own words when it first needs it, which costs a fraction of parsing.
type blueprint struct {
	declaration
	html  *template.Template
	plain *texttemplate.Template
}

// parse reads the declaration's files. The functions lend their names only.
func (d declaration) parse(funcs template.FuncMap) (blueprint, error) {
	b := blueprint{declaration: d}
	var err error
	if d.text() {
		b.plain, err = texttemplate.New(d.file).Funcs(funcs).ParseFS(d.fs, d.sources()...)
		return b, err
	}
	if b.html, err = template.New(d.file).Funcs(funcs).ParseFS(d.fs, d.sources()...); err != nil {
		return b, err
	}
	for _, section := range d.sections {
		if b.html.Lookup(section) == nil {
			return b, fmt.Errorf("the section %q is not defined", section)
		}
	}
	return b, nil
}

// bind makes a copy that speaks with the given words.
func (b blueprint) bind(funcs template.FuncMap) (executable, error) {
	if b.plain != nil {
		t, err := b.plain.Clone()
		if err != nil {
			return nil, err
		}
		return t.Funcs(funcs), nil
	}
	t, err := b.html.Clone()
	if err != nil {
		return nil, err
	}
	return t.Funcs(funcs), nil
}

// bound keeps the templates that a voice has needed so far.
type bound struct {
	blueprints map[string]blueprint

	mu    sync.Mutex
	ready map[string]executable
}

// execute runs a template of a file in this voice; mails speak as letters do.
func (v *Voice) execute(w io.Writer, file, name string, data any) error {
	t, err := v.template(file)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, name, data)
}

func (v *Voice) template(file string) (executable, error) {
	v.bound.mu.Lock()
	defer v.bound.mu.Unlock()
	if t, ok := v.bound.ready[file]; ok {
		return t, nil
	}
	b, ok := v.bound.blueprints[file]
	if !ok {
		return nil, fmt.Errorf("there is no template %s", file)
	}
	speaker := v
	if b.layout == "" {
		speaker = v.letter()
	}
	t, err := b.bind(speaker.funcs())
	if err != nil {
		return nil, err
	}
	v.bound.ready[file] = t
	return t, nil
}
