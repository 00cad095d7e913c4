// Package hour plays whole chats with a hundred people, who are spread over one
// Discord server and two Slack workspaces. The three are one community, and the
// chat runs alongside in all of them. It is all tests; what came out is in
// docs/reliability.md.
//
// The hour is compressed: its eight questions come every two seconds by the
// machine's clock, so that people write as much in twenty seconds as they would in
// an hour. Everything else is as it is in earnest: the program in a process of its
// own, a Redis that keeps what it acknowledges, and the platforms on the loopback
// interface. One workspace is connected by Socket Mode; the other sends to an
// address of ours.
//
// What stands on the platforms, by their own records, is the judge. Each question
// stands in each place once, in order, and within a second of its time. All that
// people said, and did not take back, is in the one archive once, as it says now,
// under its question, with its author and its place; nothing else is.
//
// The same is asked of hours in which something goes wrong: the gateway breaks and
// people go on writing, every event comes three times and out of order, posts are
// refused, and the program and its Redis are killed in the middle. verdict_test.go
// says how much later a question may come then, and why.
//
//	main_test.go       flags; the test binary as a worker
//	worker_test.go     what the worker is: the whole program
//	hour_test.go       the hours, and what goes wrong in each
//	world_test.go      what they have in common, from beginning to end
//	link_test.go       how the places become one community
//	place_test.go      a place, as people see it
//	discord_test.go    the server         slack_test.go    a workspace
//	crowd_test.go      the people, and what they do
//	verdict_test.go    whether all is as it should be
//	relay_test.go      the hour in which what people say travels to the other places
//
// In one more hour the three places relay what is said, of those people who have agreed.
// There posts are refused, Slack delivers everything three times and out of order, and the
// program and its Redis are killed, all in the one hour. Each answer, and each reply,
// stands in each of the other places once, as it says now, each author's in the order in
// which they gave them; what was taken back, and what others said, does not.
//
// They print the seed of people's choices; a run with the same seed makes the same
// ones, though nothing takes quite the same time again.
//
//	go test ./cmd/staffroom/internal/hour -v -args -hour.seed=7
package hour
