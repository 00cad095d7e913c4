// Package rule says when something recurs: in the words of the people who plan
// it, by the clock on their wall.
//
// Parse reads a phrase in English or Spanish, such as "every tuesday at 8pm" or
// "el primer lunes del mes a las 9", or a cron expression. The Rule it gives has
// one spelling in each language, which Parse reads back to an equal Rule.
//
// A Rule knows no zone. It is a set of dates and a set of times of day, each a
// small cron.Schedule, on wall time: a time.Time in UTC whose fields are what a
// clock on the wall shows. Next asks a Place for its zone and its holidays, and
// finds the instant:
//
//   - Where clocks go forward over the time, it is the instant right after the
//     gap. Several times in one gap share it, and it occurs once.
//   - Where clocks show the time twice, it is the first.
//   - A date that a place never had (Samoa left out 30 December 2011) has no
//     occurrence.
//
// A person lives by a rule in one place after another: a Track says how far they
// have come, by their own clock.
//
// So instants strictly increase, a wall-clock time occurs at most once, and none
// is lost. What falls on a holiday of a rule that heeds them is told too, as
// skipped and why.
package rule
