// Package slackbench measures what a command costs that Slack sends by HTTP, from
// its signature to its answer, with one read and one write of Redis in between.
//
// It compares with a floor that does only what cannot be left out: bare net/http,
// the verifier of slack-go, the same two calls of Redis. Both run in a process of
// their own, one after the other in short turns, under the same load.
//
//	go test ./cmd/staffroom/internal/slackbench -run '^$' -bench .
//
// The benchmark fails below 60 % of the floor's rate, or above twice its CPU time
// a request.
package slackbench
