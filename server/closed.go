package server

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// Closed stands in for every part that needs the database while there is none: "try again
// in a minute" is true, "there is nothing here" would send staff and programs away.
type Closed struct{}

// Register answers below every address of those parts, in each language.
func (Closed) Register(e *echo.Echo) {
	for _, path := range []string{
		"/admin", "/admin/*", "/setup/*", "/v1", "/v1/*",
		"/subscribe", "/subscriptions/*", "/report", "/:locale/subscribe", "/:locale/subscriptions/*", "/:locale/report",
		"/api/v2/subscribers.json", "/api/v2/subscribers/*", "/api/v3/reports",
	} {
		e.Any(path, closed)
	}
}

func closed(echo.Context) error { return echo.NewHTTPError(http.StatusServiceUnavailable) }
