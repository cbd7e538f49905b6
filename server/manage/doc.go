// Package manage is the Manage API: the JSON face for staff automation, with the
// shapes of Statuspage's Manage API v1 and our own fields on the same objects.
//
// It is a thin face. A request becomes a status.Change (or a few fields of a page or
// component), goes through a door of the store, and the object that came out is
// written as JSON. What is possible and what is not is decided in package status.
//
// # A request's way
//
//  1. manage.go: the route table; every route names the least role that may call it.
//  2. call.go: token, pace, page id, query; then the handler.
//  3. body.go, form.go: JSON or form becomes one tree, strictly; bind.go puts the tree
//     into a struct and names every field that does not fit with its full path.
//  4. page.go, component.go, group.go, incident.go, update.go, template.go, uptime.go,
//     log.go: one noun each.
//  5. write.go: idempotency, versions, waiting until the public page shows the write.
//  6. shape.go: objects as the API spells them.
//
// Errors are returned, not written: the server turns a *status.Fault into JSON in one
// place. The one exception is a stale version, whose answer carries the present object.
package manage
