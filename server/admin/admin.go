package admin

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"

	"github.com/labstack/echo/v4"
)

// Desk is what the staff side needs.
type Desk struct {
	Store *store.Store
	// Live says when the public page serves a revision.
	Live interface {
		Wait(ctx context.Context, revision int64) error
	}
	// Audience counts whom a notice reaches; nil when nobody can be told.
	Audience func(ctx context.Context, n *status.Incident) (status.Audience, error)
	// Payload is what a webhook says; nil when nobody can be told.
	Payload func(ctx context.Context, delivery string) (string, error)
	// DutySecret is what messages to the page's on-duty web address are signed with; "" when
	// it is none; nil when nobody can be told.
	DutySecret func(*status.Page) string
	// Wake tells those who send messages that some are due; may be nil.
	Wake func()
	// Health says how the public page does; nil when that is not known here.
	Health func() templates.PageHealth
	// Closing ends what browsers follow, so that the server can stop.
	Closing <-chan struct{}
	Pages   *templates.Set
	BaseURL string
	Now     func() time.Time
	Log     *slog.Logger
}

// desk is a registered Desk with what it keeps in memory.
type desk struct {
	Desk
	secure    bool // the base URL is https
	origins   *http.CrossOriginProtection
	tellings  tellings
	casebook  casebook
	passwords *passwords
	accounts  *throttle      // tries to sign in, by account
	addresses *throttle      // the same by client address
	places    *regexp.Regexp // see places
}

func newDesk(d Desk, cost cost) *desk {
	origins := http.NewCrossOriginProtection()
	base, err := url.Parse(d.BaseURL)
	if err == nil && base.Host != "" {
		// Behind a proxy the Host header may differ from what the browser sees.
		_ = origins.AddTrustedOrigin(base.Scheme + "://" + base.Host) // only a malformed one is refused, and then Host decides
	}
	return &desk{
		Desk: d, secure: strings.HasPrefix(d.BaseURL, "https://"), origins: origins,
		passwords: newPasswords(cost), accounts: newThrottle(), addresses: newThrottle(), places: places(),
	}
}

// Register mounts the staff side and the set-up page.
func (d *Desk) Register(e *echo.Echo) { newDesk(*d, strong()).register(e) }

// route is one address; everything that an address does is in its handler.
type route struct {
	method, path string
	do           func(*visit) error
}

// group holds the routes that need the same role; "" is anybody.
type group struct {
	role   status.Role
	routes []route
}

// table says who may do what.
func (d *desk) table() []group {
	const get, post = http.MethodGet, http.MethodPost
	return []group{
		{"", []route{
			{get, "/admin/login", d.signInForm}, {post, "/admin/login", d.signIn}, {post, "/admin/logout", d.signOut},
			{get, "/admin/manifest.webmanifest", d.manifest},
			{get, setupPath, d.setupForm}, {post, setupPath, d.setup},
		}},
		{status.Viewer, []route{
			{get, "/admin", d.home}, {get, "/admin/incidents", d.notices},
			{get, "/admin/incidents/:id", d.notice}, {get, "/admin/maintenances/:id", d.notice},
			{get, "/admin/components", d.components}, {get, "/admin/audit", d.audit},
			{get, "/admin/trends", d.trends}, {get, "/admin/trends.csv", d.trendsCSV},
			{get, "/admin/incidents/:id/deliveries", d.deliveries}, {get, "/admin/maintenances/:id/deliveries", d.deliveries},
			{get, "/admin/incidents/:id/deliveries/events", d.deliveryEvents}, {get, "/admin/maintenances/:id/deliveries/events", d.deliveryEvents},
			{get, "/admin/incidents/:id/deliveries.csv", d.deliveriesCSV}, {get, "/admin/maintenances/:id/deliveries.csv", d.deliveriesCSV},
			{get, "/admin/incidents/:id/deliveries/:delivery", d.oneMessage}, {get, "/admin/maintenances/:id/deliveries/:delivery", d.oneMessage},
			{get, "/admin/confirm", d.confirmForm}, {post, "/admin/confirm", d.confirm},
			{get, "/admin/profile", d.profile}, {post, "/admin/profile/keyboard", d.setKeyboard}, {post, "/admin/profile/language", d.setLanguage}, {post, "/admin/profile/password", d.setPassword},
		}},
		{status.Author, []route{
			{get, "/admin/new", d.newIncident}, {get, "/admin/maintenances/new", d.newMaintenance},
			{get, "/admin/new/review", d.review}, {post, "/admin/new/review", d.reviewAgain}, {post, "/admin/new/draft", d.draftFirst},
			{post, "/admin/preview", d.preview},
			{post, "/admin/drafts", d.addDraft}, {post, "/admin/drafts/:id", d.saveDraft},
			{post, "/admin/scratch", d.keepScratch}, {post, "/admin/scratch/discard", d.discardScratch},
			{get, "/admin/new/security", d.securityForm}, {post, "/admin/new/security", d.addSecurity},
			{get, "/admin/templates", d.templateList},
		}},
		{status.Publisher, []route{
			{post, "/admin/new/publish", d.publishFirst},
			{post, "/admin/incidents/:id/deliveries/retry", d.retryAll}, {post, "/admin/maintenances/:id/deliveries/retry", d.retryAll},
			{post, "/admin/incidents/:id/deliveries/:delivery/retry", d.retryOne}, {post, "/admin/maintenances/:id/deliveries/:delivery/retry", d.retryOne},
			{post, "/admin/new", d.openIncident}, {post, "/admin/maintenances/new", d.planMaintenance},
			{post, "/admin/drafts/:id/publish", d.publishDraft},
			{post, "/admin/drafts/:id/approve", d.approve}, {post, "/admin/drafts/:id/return", d.sendBack},
			{get, "/admin/incidents/:id/edit", d.editForm}, {post, "/admin/incidents/:id/edit", d.edit},
			{post, "/admin/incidents/:id/update", d.step}, {post, "/admin/incidents/:id/resolve", d.step}, {post, "/admin/incidents/:id/reopen", d.step},
			{post, "/admin/incidents/:id/correct", d.step}, {post, "/admin/incidents/:id/false_alarm", d.step},
			{post, "/admin/incidents/:id/preview/:step", d.stepPreview},
			{post, "/admin/incidents/:id/undo", d.undo}, {post, "/admin/incidents/:id/texts/:entry/discard", d.discard},
			{get, "/admin/incidents/:id/entries/:entry", d.entryForm}, {post, "/admin/incidents/:id/entries/:entry", d.editEntry},
			{get, "/admin/incidents/:id/delete", d.askDelete}, {post, "/admin/incidents/:id/delete", d.deleteNotice},
			{get, "/admin/maintenances/:id/edit", d.editForm}, {post, "/admin/maintenances/:id/edit", d.edit},
			{post, "/admin/maintenances/:id/update", d.step}, {post, "/admin/maintenances/:id/start", d.step}, {post, "/admin/maintenances/:id/extend", d.step},
			{post, "/admin/maintenances/:id/finish", d.step}, {post, "/admin/maintenances/:id/cancel", d.step}, {post, "/admin/maintenances/:id/correct", d.step},
			{post, "/admin/maintenances/:id/preview/:step", d.stepPreview},
			{post, "/admin/maintenances/:id/undo", d.undo}, {post, "/admin/maintenances/:id/texts/:entry/discard", d.discard},
			{get, "/admin/maintenances/:id/entries/:entry", d.entryForm}, {post, "/admin/maintenances/:id/entries/:entry", d.editEntry},
			{get, "/admin/maintenances/:id/delete", d.askDelete}, {post, "/admin/maintenances/:id/delete", d.deleteNotice},
			{post, "/admin/components/level", d.setLevels},
		}},
		{status.Admin, []route{
			{post, "/admin/incidents/:id/deliveries/:delivery/suppress", d.suppress}, {post, "/admin/maintenances/:id/deliveries/:delivery/suppress", d.suppress},
			{get, "/admin/components/new", d.newComponent}, {post, "/admin/components/new", d.addComponent},
			{get, "/admin/components/:id", d.componentForm}, {post, "/admin/components/:id", d.editComponent},
			{post, "/admin/components/group", d.regroup},
			{get, "/admin/components/order", d.order}, {post, "/admin/components/order", d.reorder},
			{get, "/admin/components/:id/delete", d.askDeleteComponent}, {post, "/admin/components/:id/delete", d.deleteComponent},
			{get, "/admin/settings", d.settings}, {get, "/admin/settings/:screen", d.settingsScreen}, {post, "/admin/settings/:screen", d.saveSettings},
			{get, "/admin/templates/new", d.newTemplate}, {post, "/admin/templates/new", d.addTemplate},
			{get, "/admin/templates/:id", d.templateForm}, {post, "/admin/templates/:id", d.editTemplate},
			{get, "/admin/templates/:id/delete", d.askDeleteTemplate}, {post, "/admin/templates/:id/delete", d.deleteTemplate},
			{get, "/admin/accounts", d.accountList}, {post, "/admin/accounts", d.addAccount},
			{post, "/admin/accounts/:id/role", d.setRole}, {post, "/admin/accounts/:id/password", d.resetPassword},
			{post, "/admin/accounts/:id/disable", d.disable}, {post, "/admin/accounts/:id/enable", d.enable},
			{get, "/admin/tokens", d.tokens}, {post, "/admin/tokens", d.addToken}, {post, "/admin/tokens/revoke", d.revokeToken},
		}},
	}
}

func (d *desk) register(e *echo.Echo) {
	for _, g := range d.table() {
		for _, r := range g.routes {
			e.Add(r.method, r.path, d.gate(g.role, r.do))
		}
	}
	// Unknown addresses below /admin say no more to strangers than known ones.
	e.RouteNotFound("/admin/*", d.gate(status.Viewer, func(*visit) error {
		return status.NewFault(status.CodeNotFound, "", "There is nothing at this address.")
	}))
}
