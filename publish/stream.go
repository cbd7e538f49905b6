package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"allclear/status"
	"allclear/status/statuspage"
)

// Message is one server-sent event, its data being one line of JSON.
type Message struct {
	Event string
	Data  []byte
}

// maxEvent is the largest event that carries HTML; beyond it readers fetch the page.
const maxEvent = 16 << 10

type hello struct {
	Revision int64             `json:"revision"`
	Title    string            `json:"title"`
	State    status.State      `json:"state"`
	Jitter   int64             `json:"jitter_ms"`
	Hashes   map[string]string `json:"hashes"`
}

type sectionsEvent struct {
	Revision int64         `json:"revision"`
	Title    string        `json:"title"`
	State    status.State  `json:"state"`
	Jitter   int64         `json:"jitter_ms"`
	Sections []sectionData `json:"sections"`
}

type sectionData struct {
	ID   string  `json:"id"`
	Hash string  `json:"hash"`
	HTML *string `json:"html,omitempty"`
}

// HasStream says whether there is a page stream in this language.
func (s *Snapshot) HasStream(locale string) bool { return slices.Contains(s.Page.Locales, locale) }

// Hello opens a page stream: what the newest page looks like.
func (s *Snapshot) Hello(locale string, jitter int64) Message {
	h := hello{Revision: s.Revision, Title: s.Title[locale], State: s.State, Jitter: jitter, Hashes: map[string]string{}}
	for _, x := range s.sections[locale] {
		h.Hashes[x.ID] = x.Hash
	}
	return Message{"hello", line(h)}
}

// Sections are the parts of the start page that changed after a revision, with their
// HTML as long as the event stays small. The list may be empty: other pages than the
// start page refetch themselves on every event.
func (s *Snapshot) Sections(locale string, since, jitter int64) Message {
	e := sectionsEvent{Revision: s.Revision, Title: s.Title[locale], State: s.State, Jitter: jitter, Sections: []sectionData{}}
	for _, x := range s.sections[locale] {
		if x.Changed > since {
			html := string(x.HTML)
			e.Sections = append(e.Sections, sectionData{x.ID, x.Hash, &html})
		}
	}
	data := line(e)
	if len(data) > maxEvent {
		for i := range e.Sections {
			e.Sections[i].HTML = nil
		}
		data = line(e)
	}
	return Message{"sections", data}
}

// Status opens the stream for programs, and tells them of changes by time alone.
func (s *Snapshot) Status() Message { return Message{"status", s.status} }

// line is one line of JSON without HTML escapes.
func line(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // the types above always encode
	}
	return bytes.TrimRight(buf.Bytes(), "\n")
}

// statusMessage is what every connection for programs hears first: the v3 summary
// reduced to page, status, state and revision.
func (b *Builder) statusMessage(v *status.View) ([]byte, error) {
	e := statuspage.NewEncoder(&v.Page, v.Components, statuspage.Links{Base: b.Base})
	data, err := statuspage.JSON(e.State(v))
	return bytes.TrimSpace(data), err
}

// messages are the envelopes of what happened since the previous snapshot.
func (b *Builder) messages(v *status.View) ([]Message, error) {
	var out []Message
	for _, event := range v.Events {
		t := statuspage.Telling{
			Page: &v.Page, Components: v.Components, Incident: v.Incident(event.IncidentID),
			Event: event, Links: statuspage.Links{Base: b.Base},
		}
		data, err := t.EventJSON()
		if err != nil {
			return nil, fmt.Errorf("publish: the event %s: %w", event.Type, err)
		}
		noun, _, _ := strings.Cut(string(event.Type), ".")
		out = append(out, Message{noun, bytes.TrimSpace(data)})
	}
	return out, nil
}
