package public

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"allclear/status"
	"allclear/templates"
)

// Reports take what customers tell of a problem. It is never published.
type Reports struct {
	Store interface {
		AddReport(ctx context.Context, r status.Report) error
	}
	Pages      *templates.Set
	Chrome     func(locale, path string) templates.Chrome
	Components func() []status.Component
	Secret     []byte // salts the hash of a client's network
	Now        func() time.Time

	asked limit
}

// Register mounts the form and its twin for programs.
func (r *Reports) Register(e *echo.Echo) {
	forms{r.Chrome}.mount(e, "/report", r.ask, r.take)
	e.POST("/api/v3/reports", r.create)
	e.OPTIONS("/api/v3/reports", preflight)
}

// reference is what a report is called.
var reference = regexp.MustCompile(`^[a-z0-9]{12}$`)

// ask shows the form; a link to it may choose a component beforehand. Behind a form that
// was taken it shows the thanks.
func (r *Reports) ask(c echo.Context, chrome templates.Chrome) error {
	if id := c.QueryParam("reference"); reference.MatchString(id) {
		return r.thank(c, http.StatusOK, templates.ReportThanksPage{Chrome: chrome, Reference: id})
	}
	return r.show(c, http.StatusOK, templates.ReportPage{Chrome: chrome, ComponentIDs: c.QueryParams()["component"]})
}

func (r *Reports) show(c echo.Context, code int, p templates.ReportPage) error {
	p.Groups = templates.GroupsOf(r.Components())
	return show(c, code, p, func(b *bytes.Buffer, p templates.ReportPage) error { return r.Pages.ReportPage(b, p) })
}

// take takes the form; what was typed stays when something is wrong with it.
func (r *Reports) take(c echo.Context, chrome templates.Chrome) error {
	form, err := c.FormParams()
	if err != nil {
		return status.NewFault(status.CodeMalformed, "", "The form could not be read.")
	}
	report := status.Report{
		ComponentIDs: form["component_ids"], Symptom: status.Symptom(form.Get("symptom")),
		Text: strings.TrimSpace(form.Get("text")), Email: strings.TrimSpace(form.Get("email")),
	}
	if report.Symptom == "" {
		report.Symptom = "other"
	}
	if form.Get("website") == "" { // only a program fills in what nobody sees
		err = r.add(c, &report)
	}
	if code, fault := formFault(r.Pages, chrome.Locale, err); fault != nil {
		return r.show(c, code, templates.ReportPage{
			Chrome: chrome, ComponentIDs: report.ComponentIDs, Symptom: string(report.Symptom), Text: report.Text, Email: report.Email, Fault: *fault,
		})
	}
	if err != nil {
		return err
	}
	if report.ID == "" {
		report.ID = status.NewID() // a robot learns nothing from the answer
	}
	return answer(c, chrome.Prefix()+chrome.Path+"?reference="+report.ID, func() error {
		return r.thank(c, http.StatusAccepted, templates.ReportThanksPage{Chrome: chrome, Reference: report.ID, At: r.Now()})
	})
}

func (r *Reports) thank(c echo.Context, code int, p templates.ReportThanksPage) error {
	return show(c, code, p, func(b *bytes.Buffer, p templates.ReportThanksPage) error { return r.Pages.ReportThanksPage(b, p) })
}

// add checks and keeps a report, unless the client's network has sent too many.
func (r *Reports) add(c echo.Context, report *status.Report) error {
	now := r.Now()
	if !r.asked.allow(c.RealIP(), now) {
		return tooMany()
	}
	report.ID, report.CreatedAt, report.Source = status.NewID(), now, r.source(c.RealIP(), now)
	if err := report.Check(r.Components()); err != nil {
		return err
	}
	return r.Store.AddReport(c.Request().Context(), *report)
}

// source tells reports of one network apart from others for a day, and nothing more: the
// address itself is not kept.
func (r *Reports) source(client string, now time.Time) string {
	sum := sha256.Sum256([]byte(string(r.Secret) + now.UTC().Format(time.DateOnly) + NetworkOf(client).String()))
	return hex.EncodeToString(sum[:8])
}

type reportRequest struct {
	ComponentIDs []string `json:"component_ids"`
	Symptom      string   `json:"symptom"`
	Text         string   `json:"text"`
	Email        string   `json:"email"`
}

// create answers programs: 202 with a reference.
func (r *Reports) create(c echo.Context) error {
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	if !strings.HasPrefix(c.Request().Header.Get("Content-Type"), "application/json") {
		return status.NewFault(status.CodeUnsupported, "", "Send the report as application/json.")
	}
	var in reportRequest
	dec := json.NewDecoder(c.Request().Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return badReport(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return status.NewFault(status.CodeMalformed, "", "The body must be one JSON object and nothing after it.")
	}
	report := status.Report{ComponentIDs: in.ComponentIDs, Symptom: status.Symptom(in.Symptom), Text: in.Text, Email: in.Email}
	if err := r.add(c, &report); err != nil {
		return err
	}
	return c.JSON(http.StatusAccepted, map[string]string{"reference": report.ID})
}

// misfit says which value of a JSON body has the wrong type.
func misfit(wrong *json.UnmarshalTypeError) error {
	if wrong.Field == "" {
		return status.NewFault(status.CodeMalformed, "", "The body must be a JSON object.")
	}
	return status.Invalid(wrong.Field, "The field %q has the wrong type.", wrong.Field)
}

// badReport says what is wrong with a body that could not be decoded.
func badReport(err error) error {
	var wrong *json.UnmarshalTypeError
	var tooLarge *echo.HTTPError
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case errors.As(err, &wrong):
		return misfit(wrong)
	case unknown:
		name = strings.Trim(name, `"`)
		return status.Invalid(name, "There is no field %q; use component_ids, symptom, text and email.", name)
	case errors.As(err, &tooLarge):
		return tooLarge
	}
	return status.NewFault(status.CodeMalformed, "", "The body is not valid JSON.")
}
