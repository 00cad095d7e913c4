// Package ical reads and writes iCalendar files: holidays, and a meeting of a few people.
//
// Parse reads holidays from an iCalendar file (RFC 5545,
// https://www.rfc-editor.org/rfc/rfc5545), as school districts and calendar
// programs publish them. It reads bytes; whoever fetches them from an address
// does so before.
//
// Every event is a holiday, by these rules:
//
//   - An event of whole days is off from its first day to its last; DTEND is the
//     day after the last. DURATION serves as well.
//   - An event with times is off on each day of which it takes six hours or more,
//     by the clocks of the zone asked for. So a closure from 8 to 15 is a day off,
//     a meeting is not, and a midnight in a neighbouring zone makes no extra day.
//   - A TZID is an IANA name, possibly behind a prefix. Other names, and times
//     without one, mean the zone asked for.
//   - RRULE may be DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, COUNT, UNTIL,
//     WKST, BYMONTH, BYMONTHDAY and BYDAY, also as 4TH or -1MO; a BYDAY with a
//     number in a YEARLY rule needs BYMONTH. RDATE, EXDATE and RECURRENCE-ID are
//     heeded.
//   - Any other repetition is left out but for its first time, and counted in
//     LeftOut, as is an event without a date.
//   - A cancelled event is none. Everything else in the file is passed over.
package ical
