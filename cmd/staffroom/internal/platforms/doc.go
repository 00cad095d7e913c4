// Package platforms has people use the whole of Staffroom on each platform: they
// see what Slack or Discord shows them, press its buttons, fill in its forms and
// write. It is all tests.
//
// The platforms are on the loopback interface, and what is sent to them is checked
// against their specifications where those are at hand. The clock is moved by hand.
//
//	main_test.go        Redis for the tests
//	screen_test.go      a platform as people use it
//	slack_test.go       Slack as one
//	discord_test.go     Discord as one
//	house_test.go       a house on it
//	connecting_test.go  a platform that does not let the bot in
//	menu_test.go        the menu of a message
//	stage_test.go       people, and what they do and see
//	checkins_test.go    check-ins, from the form that makes them to the journal
//	library_test.go     the shared library, from saving to what organizers decide
//	partners_test.go    partners, from the form that makes rounds to the figures
//	relay_test.go       partners on two platforms, who write to each other
package platforms
