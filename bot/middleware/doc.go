// Package middleware is what every request passes through on its way to its
// handler, one small file each. From the outside in:
//
//	bot.NewRouter(
//		middleware.Explain(words, log),        // errors become words for the member
//		middleware.Log(log, now),              // one line for each request
//		middleware.Measure(meter, now),        // counts and durations
//		middleware.Recover(),                  // a panic becomes an error
//		middleware.Authorize(members, words),  // who is asking, and may they
//	)
//
// No line in the log holds a name or anything that a member typed.
package middleware
