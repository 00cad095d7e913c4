// Package slack connects a Slack workspace: Socket Mode brings in what happens,
// the Web API carries out what the bot says.
//
//	adapter.go       Options, New, Run
//	socket.go        the supervisor of the Socket Mode connection
//	inbound.go       deliveries: what Slack hands over and wants acknowledged
//	events.go        messages → bot.Event; mentions and direct messages → commands
//	interactions.go  slash commands, buttons, submitted forms → bot.Request
//	reply.go         bot.Reply → where the person asked
//	outbound.go      Send, Update, Delete, Find, Direct
//	api.go           calls of the Web API           files.go  uploads
//	render.go        bot.Message → Block Kit       form.go   bot.Form → a modal
//	split.go         long text, and text made harmless
//	plain.go         Slack's message text → what was typed
//	people.go        names, languages and who runs the workspace
//	cache.go         what is remembered for a while
//	limits.go        every limit of Slack, with its source
//	errors.go        Slack's errors → bot.Error
//
// A delivery knows nothing of the socket that brought it, so that the same code
// serves what comes by HTTP.
//
// What members typed goes out in rich_text blocks, whose text Slack does not
// parse for markup, mentions or links.
package slack
