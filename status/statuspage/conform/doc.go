// Package conform compares documents of Statuspage's API the way its clients depend on
// them: key by key in order, item by item in order, with every null. Tests use it.
package conform
