// Package public is what everybody may call: the documents of the snapshot, the forms of
// subscribers, and problem reports. It has no way to the database but the small
// interfaces it declares.
package public
