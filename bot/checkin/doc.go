// Package checkin asks people the same few questions again and again, and keeps
// what they answer: check-ins, reflections and goals.
//
// A CheckIn is a series of the schedule, which says when it comes. What is said
// in it and to whom is its Definition, of which each Occurrence keeps a copy. How
// far it is with its people is its Standing: one record with a version, which
// every step changes together with what the step brings about.
//
// When its time has come somewhere, a step looks at everybody who takes part, a
// page at a time. Each lives the rule by their own clock and days off (rule.Track),
// and each occurrence has one end for each of them, their Turn: they were asked,
// or there is a reason why not. What a page brings about, up to a hundred
// messages, is stored in one call, if nobody else has stored it. So a step may be
// interrupted anywhere and is taken up where it was, and nobody is asked twice.
//
// # Who comes, goes and travels
//
//   - Who joins is asked from the next time on, and may answer what is open.
//   - Who leaves is not asked any more. What they wrote stays theirs.
//   - Who travels is asked once each time: what they had in one zone does not come
//     again in the next, and what their clock jumped over on the way comes within
//     some hours, while there is time left to answer.
//   - Who is away is not asked; what was open before stays open for them so many
//     working days longer. Holidays do the same for everybody.
//   - Who does not answer hears no more of it: an unanswered question closes itself.
//
// # Anonymous answers
//
// They are kept sealed, all of the same length, under names of chance, and apart
// from who has answered. At the end they are opened, from five on, and kept again
// in an order of chance, without authors and times; of fewer nothing is kept.
package checkin
