// Package discordloop is Discord on the loopback interface, for tests: the
// gateway and the part of the HTTP API that a bot of ours uses, over the real
// protocol, with people to drive it.
//
// A Server begins empty. A test adds servers, channels and people, connects a
// bot to URL with Token, and then has people Say, Press and Submit. What they
// see is kept in a ledger of the Server's own (Channel, Seen, Form), read the
// way Discord reads markup (Read), and owes nothing to what the bot believes.
//
// The Server is strict where Discord is: it knows one bot, checks its token and
// intents, refuses what is too long, what answers an interaction twice or too
// late, and what Options.Check does not like. Fail and the methods about the
// gateway make it misbehave on purpose.
//
// Methods by which people do things return when the gateway has been told, not
// when the bot has answered: Wait waits for that. The methods panic when asked
// for something that does not exist, such as an unknown channel: that is a
// mistake of the test.
package discordloop
