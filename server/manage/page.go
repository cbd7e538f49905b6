package manage

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"allclear/status"
	"allclear/store"
)

// pageFields are what a request may say about the page. Name and time zone are ours
// too; the others mean nothing here and are kept so that a client reads what it wrote.
type pageFields struct {
	Name                     *string `json:"name,omitempty"`
	TimeZone                 *string `json:"time_zone,omitempty"`
	Domain                   *string `json:"domain,omitempty"`
	Subdomain                *string `json:"subdomain,omitempty"`
	URL                      *string `json:"url,omitempty"`
	Branding                 *string `json:"branding,omitempty"`
	CSSBodyBackgroundColor   *string `json:"css_body_background_color,omitempty"`
	CSSFontColor             *string `json:"css_font_color,omitempty"`
	CSSLightFontColor        *string `json:"css_light_font_color,omitempty"`
	CSSGreens                *string `json:"css_greens,omitempty"`
	CSSYellows               *string `json:"css_yellows,omitempty"`
	CSSOranges               *string `json:"css_oranges,omitempty"`
	CSSReds                  *string `json:"css_reds,omitempty"`
	CSSBlues                 *string `json:"css_blues,omitempty"`
	CSSBorderColor           *string `json:"css_border_color,omitempty"`
	CSSGraphColor            *string `json:"css_graph_color,omitempty"`
	CSSLinkColor             *string `json:"css_link_color,omitempty"`
	CSSNoData                *string `json:"css_no_data,omitempty"`
	HiddenFromSearch         *bool   `json:"hidden_from_search,omitempty"`
	ViewersMustBeTeamMembers *bool   `json:"viewers_must_be_team_members,omitempty"`
	AllowPageSubscribers     *bool   `json:"allow_page_subscribers,omitempty"`
	AllowIncidentSubscribers *bool   `json:"allow_incident_subscribers,omitempty"`
	AllowEmailSubscribers    *bool   `json:"allow_email_subscribers,omitempty"`
	AllowSMSSubscribers      *bool   `json:"allow_sms_subscribers,omitempty"`
	AllowRSSAtomFeeds        *bool   `json:"allow_rss_atom_feeds,omitempty"`
	AllowWebhookSubscribers  *bool   `json:"allow_webhook_subscribers,omitempty"`
	NotificationsFromEmail   *string `json:"notifications_from_email,omitempty"`
	NotificationsEmailFooter *string `json:"notifications_email_footer,omitempty"`
}

// kept are the given fields that mean nothing here, by name. Texts may hold nothing
// that could not be shown.
func (f pageFields) kept() (map[string]json.RawMessage, error) {
	f.Name, f.TimeZone = nil, nil
	if b := f.Branding; b != nil && *b != "basic" && *b != "premium" {
		return nil, status.Invalid("page.branding", "%q is not possible here; use basic or premium.", shorten(*b))
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	out := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	for name, v := range out {
		var text string
		if json.Unmarshal(v, &text) != nil {
			continue // true or false
		}
		if err := checkKept("page."+name, text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func checkKept(field, s string) error {
	limit := status.MaxTitle
	if field == "page.notifications_email_footer" {
		limit = status.MaxBody
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return status.Invalid(field, "The text has %d characters; at most %d are possible.", n, limit)
	}
	i := strings.IndexFunc(s, func(r rune) bool { return r < 0x20 && !strings.ContainsRune("\n\r\t", r) || r >= 0x7f && r < 0xa0 })
	if i >= 0 {
		return status.Invalid(field, "The text contains the control character U+%04X; remove it.", s[i])
	}
	return nil
}

// pageKeys are Statuspage's keys of a page with the values of one that never set them.
func (x *call) pageKeys() map[string]any {
	out := map[string]any{
		"hidden_from_search": false, "viewers_must_be_team_members": false, "activity_score": 0, "branding": "basic",
		"allow_page_subscribers": true, "allow_incident_subscribers": true, "allow_email_subscribers": true,
		"allow_sms_subscribers": false, "allow_rss_atom_feeds": true, "allow_webhook_subscribers": true,
		"url": x.desk.BaseURL, "domain": x.desk.BaseURL,
	}
	if u, err := url.Parse(x.desk.BaseURL); err == nil {
		out["domain"] = u.Hostname()
	}
	for _, name := range []string{
		"page_description", "headline", "subdomain", "support_url", "notifications_from_email", "notifications_email_footer",
		"twitter_username", "ip_restrictions", "city", "state", "country",
		"css_body_background_color", "css_font_color", "css_light_font_color", "css_greens", "css_yellows", "css_oranges",
		"css_blues", "css_reds", "css_border_color", "css_graph_color", "css_link_color", "css_no_data",
		"favicon_logo", "transactional_logo", "hero_cover", "email_logo", "twitter_logo",
	} {
		out[name] = nil
	}
	return out
}

// pageShape is a page: Statuspage's keys, the kept fields over them, ours over both.
type pageShape map[string]any

func (s pageShape) version() int64 { return s["version"].(int64) }

func (x *call) shapePage(site *status.Site) pageShape {
	out, p, s := x.pageKeys(), &site.Page, x.shaper(site)
	for name, v := range p.Statuspage {
		out[name] = v
	}
	maps.Copy(out, ownKeys(p))
	out["id"], out["name"], out["time_zone"] = p.ID, p.Name, p.TimeZone
	out["created_at"], out["updated_at"], out["version"] = s.Stamp(p.CreatedAt), s.Stamp(p.UpdatedAt), p.Version
	if p.SupportURL != "" {
		out["support_url"] = p.SupportURL
	}
	return out
}

func listPages(x *call) error {
	return x.json(http.StatusOK, []pageShape{x.shapePage(&x.site)})
}

func getPage(x *call) error { return x.json(http.StatusOK, x.shapePage(&x.site)) }

func (x *call) showPage(string) (any, error) {
	site, err := x.present()
	if err != nil {
		return nil, err
	}
	return x.shapePage(site), nil
}

func editPage(x *call) error {
	var in struct {
		Page *struct {
			pageFields
			ownFields
		} `json:"page"`
	}
	if err := x.decode(&in); err != nil {
		return err
	}
	if in.Page == nil {
		return status.Invalid("page", "Put the page's fields into an object \"page\".")
	}
	kept, err := in.Page.kept()
	if err != nil {
		return err
	}
	return x.change(x.site.Page.ID, func(version int64) (store.Receipt, error) {
		return x.desk.Store.EditPage(x.ctx(), x.by(), version, func(p *status.Page) error {
			set(&p.Name, in.Page.Name)
			set(&p.TimeZone, in.Page.TimeZone)
			in.Page.apply(p)
			p.Statuspage = merged(p.Statuspage, kept)
			if err := p.Check(); err != nil {
				return err
			}
			return x.desk.speaks(p.Locales)
		})
	}, x.showPage)
}

// speaks refuses a language whose words the page does not have.
func (d *Desk) speaks(locales []string) error {
	for _, l := range locales {
		if !slices.Contains(d.Locales, l) {
			return status.Invalid("page.locales", "There are no words for the language %q; there are %s.", l, strings.Join(d.Locales, ", "))
		}
	}
	return nil
}

func merged(have, given map[string]json.RawMessage) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(have)+len(given))
	for _, m := range []map[string]json.RawMessage{have, given} {
		maps.Copy(out, m)
	}
	return out
}
