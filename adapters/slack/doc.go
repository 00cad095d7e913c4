// Package slack connects a Slack workspace: Socket Mode, or requests that Slack
// signs, bring in what happens; the Web API carries out what the bot says.
//
//	adapter.go       Options, New, Run
//	socket.go        the supervisor of the Socket Mode connection
//	webhook.go       what Slack sends to an address of ours
//	inbound.go       deliveries: what Slack hands over and wants acknowledged
//	events.go        messages → bot.Event; mentions and direct messages → commands
//	interactions.go  slash commands, buttons, submitted forms → bot.Request
//	shortcut.go      a message's own menu → bot.Request
//	line.go          a command as typed, and whom its words mean
//	home.go          the home that a person opens
//	reply.go         bot.Reply → where the person asked
//	outbound.go      Send, Update, Delete, Find, Direct
//	rooms.go         group direct messages
//	api.go           calls of the Web API           files.go  uploads
//	render.go        bot.Message → Block Kit       form.go   bot.Form → a modal
//	menu.go          bot.Control → a menu to pick from, and what was picked
//	split.go         long text, and text made harmless
//	plain.go         Slack's message text → what was typed
//	people.go        names, languages and who runs the workspace
//	cache.go         what is remembered for a while
//	limits.go        every limit of Slack, with its source
//	errors.go        Slack's errors → bot.Error
//	scopes.go        the permissions and events that are asked for, and why
//	manifest.go      the description of the app for Slack     check.go  what is wrong with it
//
// A delivery knows nothing of what brought it: the same code serves Socket Mode
// and HTTP.
//
// What members typed goes out in rich_text blocks, whose text Slack does not
// parse for markup, mentions or links.
package slack
