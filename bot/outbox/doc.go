// Package outbox sends the posts that must arrive.
//
// A feature never sends by itself what must not be lost: it hands a post to its
// store together with the change that makes it due (Effects), and one script
// keeps both. The Sender then takes the posts of each lane first in, first out,
// and sends them by a Messenger.
//
// A post is sent at most once per delivery key wherever the platform can tell.
// When an attempt ends without a known outcome (the process died, the answer
// got lost), the Sender first looks the message up on the platform, or relies on
// the platform's own recognition of the key while that lasts. Where neither is
// to be had the post ends as uncertain: it is never sent again blindly.
//
// The Sender keeps to the platform's pace together with all replicas (Budget). A
// change of a message (Item.Update) goes the same way as the message did. So does
// what stands in a platform's calendar (Item.Calendar), in a lane of its own.
//
// What did not arrive in a channel, or may not have, the Reporter tells to an
// organizer; what did not reach a person by direct message, Notices tell to that
// person. Direct messages that nobody asked for are let out by a Courtesy, when it
// suits their reader (Unasked). Of what people write to each other nothing is kept once it
// has ended, and until then it can be taken back (Fleeting).
//
// A post to a few people goes to a room of theirs, or to each of them where there is none
// (Together).
package outbox
