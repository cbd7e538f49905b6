// Package lint reads a notice before it is published and says what should not be in
// it: what helps attackers or harms people (disclosure, rules D1 to D11) and what
// readers will not understand (clarity, rules C1 to C14).
//
// There is one implementation, [Check]. The composer shows its findings beside the
// fields, the API answers with them, the terminal prints them. It is a pure function:
// everything it needs is in the [Notice] and the [Rules], nothing is stored, and no
// clock is read.
//
// # Words
//
//   - Finding: one place in one text (or one fact) that breaks a rule.
//   - Block: must be changed, or overridden with a reason. Warn: may be kept.
//   - Policy: which findings stop a write; the store asks it inside every write.
//   - Term: a word of the page's own public vocabulary, such as a component's name;
//     it is never a finding.
//
// # Data
//
// The word lists are files in words: one line per word, a tab, what to write instead.
// A word that ends with * also matches longer words; a leading = keeps capitals. The
// sentences that people read are in messages, one file per language.
//
// # Promises
//
//  1. A credential (D3) never leaves this package: every Match is masked, also that of
//     other rules which overlap it. [Redact] does the same for a whole text, [Clean] for
//     a whole notice.
//  2. A text that was published before in the same words is not judged again.
//  3. False blocks cost minutes during an outage. Where a pattern could be a version, a
//     time, a date or an order number, it counts as that.
package lint
