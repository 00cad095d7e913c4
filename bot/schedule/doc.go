// Package schedule keeps what a community does again and again: a Series
// happens by a rule, and each of its occurrences comes to exactly one end, which
// its log tells: done, skipped for a reason, or uncertain.
//
// What happens in a series is the business of its Kind, which a feature adds; a
// text that is posted is built in. An occurrence's end, what happens in it and
// the job of the next step are stored in one go (Store.Advance), if the series
// has not changed meanwhile. So a step that is run twice has one effect, and none
// is half done.
//
// After an outage everything that was due is settled in order: what falls on a
// holiday or into a pause is skipped, as it would have been; of the rest the
// latest happens, if its grace is not over.
//
// A series runs by one zone, or by the zones of members: then it has a course in
// each of them, and occurs in each at its own local time. A course knows up to
// when everything is settled; what comes next follows from that, the rule and the
// calendar as they are now, and is looked for anew whenever one of them changes.
//
// A Calendar is holidays, given by organizers or read from a calendar on the web:
// those of everybody, or of a group by its name, which a series uses besides.
// Being away is a calendar of one member: see Service.Place and Stretch.
package schedule
