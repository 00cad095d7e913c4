// Package chaos kills running Staffrooms again and again and checks, by the
// records of the platforms, that nobody would have noticed. It is all tests; what
// they promise and what they found is in docs/reliability.md.
//
// TestChat: one worker with its private Redis, and chats while people answer. It
// is killed at random moments and once at each named point. At the end each
// question stands in the channel once, every message that was acknowledged is in
// the archive once and under its question, and no post ended as uncertain.
//
// TestSchedule: three workers on one Redis, which is killed too, with hundreds of
// series on Slack and Discord and posts in every lane. The clock of one worker
// steps to and fro, and the way to the platforms is bad: calls are slow, refused
// in bursts, lost, or done without an answer. At the end each occurrence is done,
// and its post stands once and not too early, or is skipped for a reason that
// held; nothing is uncertain; posts keep their order.
//
// TestCheckIn: three workers on one Redis, all of which are killed while people are
// asked by direct message, answer with the form or in plain words, or skip. What is
// lost with a worker before anybody was told that it arrived, people do again. At
// the end each was asked once, and the one summary has every answer once.
//
// TestPartners: three workers on one Redis, all of which are killed while a round of
// partners is decided and people are introduced. At the end each has one partner, or two,
// and was told so once.
//
//	main_test.go      flags; the test binary as a worker
//	worker_test.go    what a worker is: the whole program
//	points_test.go    the points at which it can be told to kill itself
//	chat_*_test.go    TestChat, and what it checks
//	fleet_test.go     TestSchedule: its fleet, from beginning to end
//	checkin_test.go   TestCheckIn, from beginning to end
//	partner_test.go   TestPartners, from beginning to end
//	crew_test.go      the workers of all, and who kills them and Redis
//	plan_test.go      what is to happen, known without asking the store
//	zones_test.go     zones that spread rules over the seconds of a minute
//	weather_test.go   the bad way to the platforms
//	ledger_test.go    what stood on the platforms
//	verdict_test.go   whether it is what was to happen
//
// All print the seed of their choices; a run with the same seed makes the same
// ones, though processes never take quite the same time.
//
//	go test ./cmd/staffroom/internal/chaos -v -args -chaos.kills=200 -chaos.seed=7
package chaos
