package manage

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/store"
)

// Live is what the public can see now.
type Live interface {
	// Wait returns once the revision, or a later one, is what the public page serves.
	Wait(ctx context.Context, revision int64) error
	Revision() int64
}

// Desk answers the Manage API. All fields must be set.
type Desk struct {
	Store   *store.Store
	Live    Live
	BaseURL string   // of the public page, without a slash at the end
	Locales []string // languages that the page has words for
	Wake    func()   // tells those who send messages that some are due
	Now     func() time.Time
	Log     *slog.Logger

	pace limiter
	keys keyring
}

// route is one line of the table: who may call what, and which query it understands.
// A route without a role is closed to everybody.
type route struct {
	method string
	path   string
	role   status.Role
	do     func(*call) error
	query  []string
}

const (
	pageURL      = "/v1/pages/:page_id"
	componentURL = pageURL + "/components/:id"
	groupURL     = pageURL + "/component-groups/:id"
	incidentURL  = pageURL + "/incidents/:id"
	deliveryURL  = pageURL + "/deliveries/:id"
	updateURL    = incidentURL + "/incident_updates/:update_id"
	templateURL  = pageURL + "/incident_templates/:id"
)

// routes is the whole API. Where a role depends on what is written, the table names the
// least one and the handler asks for more.
func (d *Desk) routes() []route {
	perPage, period, judged := []string{"page", "per_page"}, []string{"start", "end"}, []string{"lint"}
	return []route{
		{http.MethodGet, "/v1/pages", status.Viewer, listPages, nil},
		{http.MethodGet, pageURL, status.Viewer, getPage, nil},
		{http.MethodPatch, pageURL, status.Admin, editPage, nil},
		{http.MethodPut, pageURL, status.Admin, editPage, nil},

		{http.MethodGet, pageURL + "/components", status.Viewer, listComponents, perPage},
		{http.MethodPost, pageURL + "/components", status.Admin, addComponent, nil},
		{http.MethodGet, componentURL, status.Viewer, getComponent, nil},
		{http.MethodPatch, componentURL, status.Publisher, editComponent, nil}, // admin beyond the status
		{http.MethodPut, componentURL, status.Publisher, editComponent, nil},
		{http.MethodDelete, componentURL, status.Admin, deleteComponent, nil},
		{http.MethodGet, componentURL + "/uptime", status.Viewer, componentUptime, period},

		{http.MethodGet, pageURL + "/component-groups", status.Viewer, listGroups, perPage},
		{http.MethodPost, pageURL + "/component-groups", status.Admin, addGroup, nil},
		{http.MethodGet, groupURL, status.Viewer, getGroup, nil},
		{http.MethodPatch, groupURL, status.Admin, editGroup, nil},
		{http.MethodPut, groupURL, status.Admin, editGroup, nil},
		{http.MethodDelete, groupURL, status.Admin, deleteGroup, nil},
		{http.MethodGet, groupURL + "/uptime", status.Viewer, groupUptime, period},

		{http.MethodGet, pageURL + "/incidents", status.Viewer, listIncidents, []string{"q", "limit", "page"}},
		{http.MethodPost, pageURL + "/incidents", status.Author, addIncident, judged}, // publisher beyond drafts
		{http.MethodPost, pageURL + "/incidents/lint", status.Author, lintIncident, nil},
		{http.MethodGet, pageURL + "/incidents/unresolved", status.Viewer, listUnresolved, perPage},
		{http.MethodGet, pageURL + "/incidents/scheduled", status.Viewer, listScheduled, perPage},
		{http.MethodGet, pageURL + "/incidents/upcoming", status.Viewer, listUpcoming, perPage},
		{http.MethodGet, pageURL + "/incidents/active_maintenance", status.Viewer, listActive, perPage},
		{http.MethodGet, incidentURL, status.Viewer, getIncident, nil},
		{http.MethodPatch, incidentURL, status.Author, editIncident, judged}, // publisher beyond drafts
		{http.MethodPut, incidentURL, status.Author, editIncident, judged},
		{http.MethodDelete, incidentURL, status.Publisher, deleteIncident, nil},
		{http.MethodPatch, updateURL, status.Author, editUpdate, judged}, // publisher beyond drafts
		{http.MethodPut, updateURL, status.Author, editUpdate, judged},
		{http.MethodDelete, updateURL, status.Publisher, undoUpdate, nil},

		{http.MethodGet, pageURL + "/deliveries", status.Viewer, listDeliveries, []string{"incident_id", "state", "limit", "after"}},
		{http.MethodGet, deliveryURL, status.Viewer, getDelivery, nil},
		{http.MethodPost, deliveryURL + "/retry", status.Publisher, retryDelivery, nil},

		{http.MethodGet, pageURL + "/incident_templates", status.Viewer, listTemplates, perPage},
		{http.MethodPost, pageURL + "/incident_templates", status.Admin, addTemplate, nil},
		{http.MethodGet, templateURL, status.Viewer, getTemplate, nil},
		{http.MethodPatch, templateURL, status.Admin, editTemplate, nil},
		{http.MethodPut, templateURL, status.Admin, editTemplate, nil},
		{http.MethodDelete, templateURL, status.Admin, deleteTemplate, nil},

		{http.MethodGet, pageURL + "/audit", status.Admin, listAudit, []string{"limit", "before"}},
		{http.MethodGet, pageURL + "/reports", status.Viewer, listReports, []string{"since"}},
	}
}

// Register puts the API under /v1. Each route is added by itself and carries its own
// guards: a group with middleware would answer 404 where 405 is right.
func (d *Desk) Register(e *echo.Echo) {
	for _, r := range d.routes() {
		handler := d.serve(r)
		e.Add(r.method, r.path, handler)
		// Statuspage's clients may write collections as components.json; single
		// objects are handled where their id is read.
		if last := r.path[strings.LastIndex(r.path, "/")+1:]; !strings.HasPrefix(last, ":") {
			e.Add(r.method, r.path+".json", handler)
		}
	}
}
