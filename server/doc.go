// Package server is the HTTP side: it puts the public page, the live streams, the staff
// side and the Manage API behind one handler.
//
// A request for a public document never meets the framework: server asks the current
// snapshot first, and only what the snapshot does not hold – forms, staff, APIs that
// write, errors – goes through echo and its middleware. Handlers return errors; errors.go
// is the one place that turns them into a page or into JSON.
package server
