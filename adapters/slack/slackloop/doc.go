// Package slackloop is a Slack workspace on the loopback interface, for tests. It
// speaks the Web API, Socket Mode and the signed requests of the Events API over
// real HTTP and WebSocket connections, lets a test do what people do, and keeps its
// own record of what they saw.
//
//	server.go   Start, people, channels
//	drive.go    what people do: say, edit, delete, command, press, submit
//	menus.go    what else they do: pick, use a message's menu, open their home
//	web.go      the Web API: tokens, faults, dispatch
//	chat.go     chat.* and response_url       history.go   conversations.*
//	files.go    files.*, uploads              views.go     modals
//	socket.go   Socket Mode: envelopes, acknowledgements, redelivery
//	hook.go     the same by HTTP, signed
//	storm.go    everything three times, out of order
//	ledger.go   what was said and called      screen.go    what a person sees of it
//	members.go  who is in a channel or a user group
//	typing.go   how Slack writes what people type
//
// It refuses what Slack refuses where a test depends on it; a Check given in
// Options can look at every payload besides.
package slackloop
