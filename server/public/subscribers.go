package public

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/subscribers"
)

// wanted is the body of POST /api/v2/subscribers.json: Statuspage's fields, then ours.
type wanted struct {
	Email        string `json:"email"`
	Endpoint     string `json:"endpoint"`
	PhoneNumber  string `json:"phone_number"`
	PhoneCountry string `json:"phone_country"`
	ComponentID  string `json:"component_id"`
	IncidentID   string `json:"incident_id"`

	ComponentIDs    []string        `json:"component_ids"`
	GroupIDs        []string        `json:"group_ids"`
	Kinds           []status.Kind   `json:"kinds"`
	Level           string          `json:"level"`
	Locale          string          `json:"locale"`
	MinimumSeverity status.Severity `json:"minimum_severity"`
	Format          string          `json:"format"`
}

// answered is what the client gets: the same for known and unknown addresses.
type answered struct {
	Page      statuspage.Page `json:"page"`
	ID        string          `json:"id"`
	CanSelect bool            `json:"can_select_components"`
	Email     string          `json:"email,omitempty"`
	Webhook   string          `json:"webhook,omitempty"`
	Mode      string          `json:"mode"`
}

// create is Begin for programs.
func (s *Subscriptions) create(c echo.Context) error {
	anyOrigins(c)
	w, err := readWanted(c.Request())
	if err != nil {
		return err
	}
	if w.PhoneNumber != "" || w.PhoneCountry != "" {
		return status.Invalid("subscriber.phone_number", "This page sends no text messages; use email or endpoint.")
	}
	if !s.asked.allow(c.RealIP(), s.Now()) {
		return tooMany()
	}
	r := w.request()
	r.Path = c.Request().URL.Path
	handle, err := s.Service.Begin(c.Request().Context(), r)
	if err != nil {
		return named(err)
	}
	site, err := s.Service.Site(c.Request().Context())
	if err != nil {
		return err
	}
	links := statuspage.Links{Base: s.Service.BaseURL()}
	a := answered{
		Page: statuspage.NewEncoder(&site.Page, site.Components, links).Page(site.Page.UpdatedAt), ID: handle,
		CanSelect: true, Email: w.Email, Mode: "email_sms",
	}
	if r.Channel == status.Webhook {
		a.Webhook, a.Mode = w.Endpoint, "webhook"
	}
	return c.JSON(http.StatusCreated, a)
}

func (w *wanted) request() subscribers.Request {
	r := subscribers.Request{
		Channel: status.Email, Email: w.Email, Endpoint: w.Endpoint, Format: w.Format, Locale: w.Locale, Source: "api",
		Scope: status.Scope{
			ComponentIDs: w.ComponentIDs, GroupIDs: w.GroupIDs, IncidentID: w.IncidentID, Kinds: w.Kinds,
			Level: w.Level, MinimumSeverity: w.MinimumSeverity,
		},
	}
	if w.ComponentID != "" {
		r.Scope.ComponentIDs = append(r.Scope.ComponentIDs, w.ComponentID)
	}
	if w.Endpoint != "" {
		r.Channel = status.Webhook
	}
	return r
}

// named gives a fault's field its full name in the API.
func named(err error) error {
	f, ok := status.FaultOf(err)
	if !ok || f.Field == "" || strings.HasPrefix(f.Field, "subscriber.") {
		return err
	}
	out := *f
	out.Field = "subscriber." + f.Field
	return &out
}

// takeBack undoes what the request with this handle created.
func (s *Subscriptions) takeBack(c echo.Context) error {
	anyOrigins(c)
	handle, ok := strings.CutSuffix(c.Param("id"), ".json")
	if !ok {
		return status.NewFault(status.CodeNotFound, "", "There is nothing at this address.")
	}
	if err := s.Service.TakeBack(c.Request().Context(), handle); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, true)
}

// anyOrigins: pages of other sites may offer our subscription.
func anyOrigins(c echo.Context) {
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	c.Response().Header().Set("Cache-Control", "no-store")
}

func preflight(c echo.Context) error {
	anyOrigins(c)
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Methods", "POST, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Access-Control-Max-Age", "86400")
	return c.NoContent(http.StatusNoContent)
}

// readWanted reads JSON or a form with brackets; an unknown field is a mistake of the
// client that it wants to hear of.
func readWanted(r *http.Request) (wanted, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		return wantedJSON(r.Body)
	case err == nil && kind == "application/x-www-form-urlencoded":
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return wanted{}, err
		}
		return wantedForm(string(raw))
	}
	return wanted{}, status.NewFault(status.CodeUnsupported, "", "Send the request as application/json or as a form.")
}

func wantedJSON(body io.Reader) (wanted, error) {
	var in struct {
		Subscriber *wanted `json:"subscriber"`
	}
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	err := d.Decode(&in)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	var wrong *json.UnmarshalTypeError
	var failed *echo.HTTPError
	switch {
	case errors.As(err, &failed): // the body was too large
		return wanted{}, err
	case errors.As(err, &wrong):
		return wanted{}, misfit(wrong)
	case err != nil:
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return wanted{}, status.Invalid("subscriber."+strings.Trim(name, `"`), "There is no field %s here.", name)
		}
		return wanted{}, status.NewFault(status.CodeMalformed, "", "The request is not valid JSON.")
	case in.Subscriber == nil:
		return wanted{}, status.Invalid("subscriber", "The request must have an object subscriber.")
	}
	return *in.Subscriber, nil
}

// wantedForm reads subscriber[email]=… and subscriber[component_ids][]=….
func wantedForm(raw string) (wanted, error) {
	form, err := url.ParseQuery(raw)
	if err != nil {
		return wanted{}, status.NewFault(status.CodeMalformed, "", "The form could not be read.")
	}
	fields := map[string]any{}
	for key, values := range form {
		name, ok := strings.CutPrefix(key, "subscriber[")
		name, list := strings.CutSuffix(name, "][]")
		if !list {
			var closed bool
			name, closed = strings.CutSuffix(name, "]")
			ok = ok && closed && len(values) == 1
		}
		if !ok {
			return wanted{}, status.Invalid(key, "The field %q is not possible here, or was given twice.", key)
		}
		fields[name] = values
		if !list {
			fields[name] = values[0]
		}
	}
	body, err := json.Marshal(map[string]any{"subscriber": fields})
	if err != nil {
		return wanted{}, err
	}
	return wantedJSON(strings.NewReader(string(body)))
}
