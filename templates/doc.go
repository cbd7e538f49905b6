// Package templates turns plain view models into the pages and mails that
// people read. It knows every word of every language and nothing of the
// database, the network or the clock.
//
// # How a page is made
//
// A view model (StartPage, NoticePage, …) carries raw facts: levels, stages,
// times, counts. The words around the facts come from the catalogue of the
// page's language (locales/*.json, one file per language). A Voice is one
// language in one time zone; it speaks every sentence and holds the parsed
// templates with its words bound to them.
//
// Every page is layout.html around an ordered list of sections,
//
//	<section id="incidents" data-h="HASH">inner HTML</section>
//
// direct children of main. HASH is Hash(inner HTML). The open page compares
// hashes and swaps the inner HTML of what differs, so an empty section stays in
// the document as a place for what may come. The live stream sends exactly
// Section.ID, Section.Hash and Section.HTML (the inner HTML).
//
// # How a template is added
//
// A file is named in a declaration (see publicPages, mailFiles) together with
// the partials and sections it uses. New refuses a template file that no
// declaration names, a declaration without its file, and a template that does
// not parse.
//
// # How a language is added
//
// Add locales/TAG.json with the keys of en.json; nothing else. The plural
// forms are those that CLDR names for the language.
package templates
