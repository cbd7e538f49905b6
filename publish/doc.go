// Package publish turns what the public may see into bytes.
//
// A [Document] is one resource: its body in three encodings, its ETag and its headers,
// ready to be written. A [Snapshot] is all documents at one revision of the site,
// immutable once built. [Live] holds the current snapshot behind one atomic pointer and
// makes the next one whenever the store says that something was committed; several
// wake-ups become one build. A document whose bytes did not change keeps its pointer,
// and so its ETag, its compressed bodies and the revision it names.
//
// The public side reads snapshots and nothing else: no template, no SQL and no lock is
// on its path. The last snapshot is also kept in a file, so that a start without a
// database still has something true to show.
//
// Documents of the archive – months and notices that the view does not hold – are made
// when they are first asked for and kept, bounded, until the next revision.
package publish
