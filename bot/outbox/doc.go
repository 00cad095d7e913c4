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
package outbox
