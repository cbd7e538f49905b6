package templates

// FirstNotice is what the first notice about a problem says in one language. The
// sentences are joined from the catalogue's blocks, which hold for any name in their
// slots: singular or plural, of whatever gender.
type FirstNotice struct {
	Title       string
	Impact      string // what customers notice
	Body        string
	NotAffected string // empty when nothing can be said
}

// Names that a title and a sentence hold before they say "and more".
const (
	titleNames    = 2
	sentenceNames = 6
	titleLimit    = 80
)

// FirstNotice words a notice: names are the components that are hit, works those beside
// them that work, rest the group of which everything else works.
func (v *Voice) FirstNotice(symptom string, names, works []string, rest string) FirstNotice {
	out := FirstNotice{
		Title:  v.noticeTitleFor(symptom, names),
		Impact: v.T("admin.say.symptom."+symptom, "names", v.list(names, sentenceNames)),
		Body:   v.T("admin.say.investigating"),
	}
	switch {
	case rest != "":
		out.NotAffected = v.T("admin.say.works_rest", "group", rest)
	case len(works) > 0:
		out.NotAffected = v.T("admin.say.works", "names", v.list(works, sentenceNames))
	}
	return out
}

// noticeTitleFor names as many components as a title has room for.
func (v *Voice) noticeTitleFor(symptom string, names []string) string {
	title := v.T("admin.say.title."+symptom, "names", v.list(names, titleNames))
	if len(names) > 1 && len([]rune(title)) > titleLimit {
		title = v.T("admin.say.title."+symptom, "names", v.list(names, 1))
	}
	return title
}

// list joins names as the language does; after so many of them it says "and more".
func (v *Voice) list(names []string, limit int) string {
	if len(names) == 0 {
		return ""
	}
	more := len(names) > limit
	if more {
		names = names[:limit]
	}
	last := len(names) - 1
	text := names[0]
	for i, name := range names[1:] {
		if i+1 == last && !more {
			return v.T("admin.say.list_and", "list", text, "last", name)
		}
		text += ", " + name
	}
	if more {
		return v.T("admin.say.list_more", "list", text)
	}
	return text
}
