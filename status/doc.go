// Package status is the language of the product: what an incident, a component,
// a maintenance, a subscriber and a delivery are, and which changes are allowed.
//
// It imports the standard library only, never reads a clock and never touches a
// database: time is an argument, and every verb is a pure function on values that
// somebody else loads and saves. That is why the store may run a change twice.
//
// # Words
//
//   - Component: something customers use. It has a [Level], lives alone or in a group.
//   - Incident: a notice. Its [Kind] says whether it tells of an unplanned problem
//     (incident) or of a planned window (maintenance).
//   - Update: one dated entry in a notice; it keeps what it changed.
//   - Stage: how far a notice is (investigating … resolved, scheduled … completed).
//   - Level: how well a component works. State: the same for the whole page.
//   - Promise: the time of the next update; kept, due or overdue.
//   - Approval: the agreement of a second person to what a draft says; a change voids it.
//   - Template: a notice prepared in advance, with slots to be filled in.
//   - Event: what a change asks to be told; written in the same transaction.
//   - Subscriber, Delivery: who is told, and one message to one of them.
//   - Revision: the number of a published state of the whole site.
//   - View: everything the public may see at one revision.
//   - Fault: the only error that a person reads.
//
// # Promises
//
//  1. A verb either applies wholly or returns a [Fault] and the caller throws the
//     value away: half a change is never saved.
//  2. A notice that is open has a promise of the next update, unless it was imported.
//  3. Every update keeps the facts as they stood after it, so that history is data.
//  4. What the public may see is decided in one place, [View].
package status
