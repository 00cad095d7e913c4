// Package discordbench measures what a command costs that Discord sends by HTTP,
// from its signature to its answer, with one read and one write of Redis in
// between. The floor is bare net/http, discordgo's verifier, and the same two
// calls of Redis.
//
//	go test ./cmd/staffroom/internal/discordbench -run '^$' -bench .
package discordbench
