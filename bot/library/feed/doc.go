// Package feed writes feeds that programs read: Atom and RSS 2.0. Whatever stands in
// what it is given, the feed is well-formed and says what was meant: texts are escaped,
// and characters that XML does not know are left out.
//
// An address of a feed cannot be guessed (Keys). It is all that a reader needs, so
// whoever has it can read the feed until it is changed for another one.
//
// Sources:
//
//	https://www.rfc-editor.org/rfc/rfc4287 (Atom)
//	https://www.rssboard.org/rss-specification
//	https://www.rfc-editor.org/rfc/rfc4151 (names that begin with "tag:")
//	https://www.w3.org/TR/xml/#charsets
package feed
