package server

import (
	"crypto/rand"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// maxBody is the largest request that is read.
const maxBody = "1MiB"

// chain is the middleware around everything that is not a document of the snapshot, in
// the order in which a request meets it.
func chain(e *echo.Echo, d Deps) {
	e.Use(
		identify,                      // every log line and error page can name the request
		accessLog(d.Log),              // one line per request, with its outcome
		middleware.Recover(),          // a panic is one failed request, not a dead server
		middleware.BodyLimit(maxBody), // nobody fills the memory with one request
		notStored,                     // forms, staff and APIs must not linger in caches
	)
}

const requestIDHeader = "X-Request-Id"

func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(requestIDHeader, newRequestID())
		return next(c)
	}
}

func newRequestID() string { return rand.Text()[:16] }

func requestID(c echo.Context) string { return c.Response().Header().Get(requestIDHeader) }

func accessLog(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			began := time.Now()
			err := next(c)
			if err != nil {
				c.Error(err) // the status must be known before it is logged
			}
			log.Debug("request", "id", requestID(c), "method", c.Request().Method, "route", c.Path(),
				"status", c.Response().Status, "ms", time.Since(began).Milliseconds())
			return nil
		}
	}
}

func notStored(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-store")
		return next(c)
	}
}

// clientIP believes X-Forwarded-For only from the proxies that the operator named.
func clientIP(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		bits := p.Addr().BitLen()
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), bits)}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
