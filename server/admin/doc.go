// Package admin is the staff side in the browser: signing in, what needs attention now,
// notices, components and settings.
//
// It is one of the faces on the store's doors. A handler reads a form into a
// [status.Change] or another value of the domain, hands it to one method of the store,
// waits until the public page serves the new revision, and redirects. Nothing is decided
// here that the Manage API would decide differently.
//
// # Who may do what
//
// The table in admin.go groups the routes by the role that they need; the gate checks it
// before any handler runs. A route that is not in the table does not exist.
//
// # What every form keeps to
//
// It works without scripts. Its fields carry the names of the Manage API, so that a fault
// finds its field. What was typed comes back when something is wrong. A hidden key makes
// a second press harmless, a hidden version notices that somebody else was faster.
package admin
