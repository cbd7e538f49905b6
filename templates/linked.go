package templates

import "time"

// What a page says of itself in the words of schema.org, for search engines. It stands in
// a block of data, which no browser executes.

// linkedPage is a WebPage: the start page and an incident. No type of schema.org fits an
// outage better; SpecialAnnouncement is for authorities in a pandemic.
type linkedPage struct {
	Context   string     `json:"@context"`
	Type      string     `json:"@type"`
	Name      string     `json:"name"`
	URL       string     `json:"url"`
	Language  string     `json:"inLanguage"`
	Published string     `json:"datePublished,omitempty"`
	Modified  string     `json:"dateModified,omitempty"`
	Part      linkedSite `json:"isPartOf"`
}

type linkedSite struct {
	Type      string      `json:"@type"`
	Name      string      `json:"name"`
	URL       string      `json:"url"`
	Publisher *linkedBody `json:"publisher,omitempty"`
}

// linkedBody is an organisation.
type linkedBody struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

// linkedEvent is a maintenance.
type linkedEvent struct {
	Context     string      `json:"@context"`
	Type        string      `json:"@type"`
	Name        string      `json:"name"`
	URL         string      `json:"url"`
	Language    string      `json:"inLanguage"`
	Description string      `json:"description,omitempty"`
	Start       string      `json:"startDate"`
	End         string      `json:"endDate,omitempty"`
	Status      string      `json:"eventStatus"`
	Attendance  string      `json:"eventAttendanceMode"`
	Location    linkedPlace `json:"location"`
	Organizer   *linkedBody `json:"organizer,omitempty"`
}

type linkedPlace struct {
	Type string `json:"@type"`
	URL  string `json:"url"`
}

const schemaOrg = "https://schema.org"

func organisation(c Chrome) *linkedBody {
	if c.Organisation == "" {
		return nil
	}
	return &linkedBody{"Organization", c.Organisation}
}

func (v *Voice) linkedPage(c Chrome, name string, published, modified time.Time) linkedPage {
	return linkedPage{
		Context: schemaOrg, Type: "WebPage", Name: name, URL: v.base + c.Prefix() + c.Path, Language: c.Locale,
		Published: instantText(published), Modified: instantText(modified),
		Part: linkedSite{"WebSite", c.PageName, v.base + "/", organisation(c)},
	}
}

// linkedNotice is an event when it has a planned time, and a page otherwise.
func (v *Voice) linkedNotice(d NoticePage) any {
	n := d.Notice
	if !n.Maintenance() || n.From.IsZero() {
		first, last := n.StartedAt, n.StartedAt
		for _, u := range n.Updates {
			for _, t := range []time.Time{u.At, u.EditedAt} {
				if t.After(last) {
					last = t
				}
			}
		}
		return v.linkedPage(d.Chrome, n.Title, first, last)
	}
	e := linkedEvent{
		Context: schemaOrg, Type: "Event", Name: n.Title, URL: v.base + d.Prefix() + d.Path, Language: d.Locale,
		Description: v.noticeDescription(n), Start: instantText(n.From), End: instantText(n.To),
		Status: schemaOrg + "/EventScheduled", Attendance: schemaOrg + "/OnlineEventAttendanceMode",
		Location: linkedPlace{"VirtualLocation", v.base + "/"}, Organizer: organisation(d.Chrome),
	}
	if n.Stage == "cancelled" {
		e.Status = schemaOrg + "/EventCancelled"
	}
	return e
}

// instantText writes a moment for machines; a zero one is not said.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return machineTime(t)
}
