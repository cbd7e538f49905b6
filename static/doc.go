// Package static holds the style sheet, the scripts and the icons, and gives
// each a name that changes with its content, so that it may be cached for ever.
package static
