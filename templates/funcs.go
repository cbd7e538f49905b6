package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"strings"
	"time"

	"allclear/static"
)

// funcs are the words that templates are written in.
func (v *Voice) funcs() template.FuncMap {
	all := template.FuncMap{
		"t": v.strictText, "h": v.strictHTML,
		"percent": v.Percent,
		"asset":   static.URL, "icon": icon, "drawn": drawn, "dict": dict,
		"markdown": Markdown, "plain": PlainText, "bar": drawBar, "levelkey": levelKey, "colour": mailColour,
	}
	for _, more := range []template.FuncMap{v.timeFuncs(), v.wordFuncs(), v.adminFuncs()} {
		maps.Copy(all, more)
	}
	return all
}

func (v *Voice) timeFuncs() template.FuncMap {
	return template.FuncMap{
		"time":     func(t time.Time) template.HTML { return template.HTML(full(t).html(v)) },              //nolint:gosec // escaped in html
		"clock":    func(t time.Time) template.HTML { return template.HTML(clock(t).html(v)) },             //nolint:gosec // as above
		"between":  func(a, b time.Time) template.HTML { return template.HTML(between(a, b).html(v)) },     //nolint:gosec // as above
		"promise":  func(n Notice) template.HTML { return template.HTML(v.promiseMoment(n).html(v)) },      //nolint:gosec // as above
		"briefly":  func(t, day time.Time) template.HTML { return template.HTML(v.brief(t, day).html(v)) }, //nolint:gosec // as above
		"timetext": v.Time, "rangetext": v.Range, "promisetext": func(n Notice) string { return v.promiseMoment(n).text(v) },
		"day": v.Day, "shortday": v.ShortDay, "month": v.Month, "date": v.Date,
		"machine": machineTime,
		"elapsed": func(from, to time.Time) string { return v.Duration(to.Sub(from)) },
		"minutes": func(n int) string { return v.Duration(time.Duration(n) * time.Minute) },
	}
}

func (v *Voice) wordFuncs() template.FuncMap {
	return template.FuncMap{
		"banner": func(b Banner) template.HTML { return v.sayAllHTML([]sentence{bannerSentence(b)}) },
		"way":    v.wayHTML,
		"level":  v.LevelLabel, "stateword": v.StateWord,
		"stage":    v.StageLabel,
		"severity": v.SeverityLabel,
		"affected": func(n Notice) template.HTML {
			return v.sayAllHTML(affectedSentences(n.Users, v.brief(n.Users.AsOf, n.StartedAt)))
		},
		"affectedtext": v.AffectedSentence,
		"workaround":   v.WorkaroundSentence,
		"thirdparty":   v.ThirdPartySentence,
		"resolution":   resolutionParts,
		"barlabel":     v.barLabel,
		"url":          func(c Chrome, path string) string { return c.Prefix() + path },
		"absolute":     func(c Chrome, path string) string { return v.base + c.Prefix() + path },
		"base":         func() string { return v.base },
		"languages":    v.Languages,
		"share":        func(part float64) string { return v.Percent(part*100, 0) },
		"only":         v.onlyIn,
		"repeats":      v.RepeatSentence,
	}
}

// strictText is T for templates: a missing word fails the rendering.
func (v *Voice) strictText(key string, args ...any) (string, error) {
	return v.speak(key, args, v.plain)
}

// strictHTML is H for templates.
func (v *Voice) strictHTML(key string, args ...any) (template.HTML, error) {
	text, err := v.speak(key, args, v.marked)
	return template.HTML(text), err //nolint:gosec // every part is escaped in marked
}

// onlyIn tells readers in which language a text is, when it is not theirs.
func (v *Voice) onlyIn(lang string) string {
	name, ok := v.names[lang]
	if !ok {
		name = lang
	}
	return v.T("language.only", "language", name)
}

// icon is a symbol of the sprite. The word beside it says the same.
func icon(look string) template.HTML {
	return template.HTML(`<svg class="i" aria-hidden="true"><use href="` + static.URL("icons/sprite.svg") + `#` + iconID(look) + `"/></svg>`) //nolint:gosec // fixed parts only
}

// dict hands several values to a partial.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict needs pairs")
	}
	d := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		d[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return d, nil
}

// squeeze drops the indentation and empty lines that templates leave behind. Only
// in a text area would the reader see the difference, so pages with one stay as
// they are.
func squeeze(html []byte) []byte {
	if bytes.Contains(html, []byte("<textarea")) {
		return html
	}
	var out bytes.Buffer
	for line := range bytes.Lines(html) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// trimText tidies a plain text part: no spaces at line ends, no double gaps.
func trimText(text string) string {
	var lines []string
	gap := true
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && gap {
			continue
		}
		gap = line == ""
		lines = append(lines, line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}
