// Package statuspage speaks the JSON of Statuspage's public API in both directions.
//
// # Writing
//
// An [Encoder] puts a site's objects into shapes whose fields stand in the order, with
// the nulls and in the spelling of times that clients of the original have seen for
// years. The shapes named Public* are the same objects with the fields that only we
// have; they belong to our own API, because strict clients refuse unknown keys in the
// compatible one. An [Envelope] is what a webhook or an event carries.
//
// # Reading
//
// [Read] understands the documents of any Statuspage-compatible page, and its Atom
// history, and returns what they hold as a [status.Import]. It is tolerant where real
// pages differ (no time zone, times without fraction, foreign ids) and strict otherwise:
// a broken file is refused with one sentence that names the file and the place.
package statuspage
