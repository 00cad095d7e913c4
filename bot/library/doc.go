// Package library keeps the resources that a community shares: saved in one
// gesture, found in one word, with what only colleagues know of them.
//
// A Resource is one thing, whatever address people have of it (package link): who
// saves it again adds a note and their credit. Its ID comes from its Key, so two
// people who save the same at the same time have one Resource. What its page says
// of itself is read later, by a job, and never takes the place of what people
// wrote.
//
// A Shelf is a community's library in the memory of a process: all its records
// with an index of their words (package index). It is built when somebody looks
// for something, and brought up to date by one call of the store every time: the
// store keeps a log of changes. Looking for something, and changing what was
// found, takes one call each.
//
// Lists come in and go out (Service.Import, Service.Export, package exchange). What comes
// in is nobody's, and what is there already is not changed by coming in again.
//
// # Privacy
//
// What people save for themselves, and what they look for, is theirs alone. Notes and
// credits carry their names and can be seen by members; what people tried is quoted,
// and what they want is listed, without their names. Feeds and exports for others
// carry no names. What is forgotten with a person is said at Service.Forget; titles and
// tags stay, as nobody's.
//
// # Digest and feed
//
// A digest is a series (Digests) that remembers what it has told (Told): what it says
// and what it has told are stored in one step, so nothing is told twice, or as new
// twice. A job of the same step keeps that for the place too (Service.KeepTold), whatever
// becomes of the series. A feed (Service.Feeds, package feed) is what was saved last, for whoever has
// its address. The address follows from a secret, the community and a number in the
// Rules; so a new one needs no more than another number.
//
// # Rules
//
// Who may add, and from which sites nothing is taken, organizers decide (Rules). The
// rules come with every Reading, so whoever adds, in whatever way, goes by those of
// that moment.
package library
