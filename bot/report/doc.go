// Package report lets people tell the organizers, in private, of a message that
// should not stand, of a thing of another feature, or of something else.
//
// It goes to the organizers' channel, or else to each organizer, and never to
// whoever wrote the message: if that is an organizer, the channel is passed over
// and the others are told. If nobody else is left, the person hears so, before
// they have written anything. Who reports stays unsaid unless they want it said.
//
// All that is reported of one message is one Case. What is settled for one
// organizer is settled for all: every message that told of it says so. A message
// that a chat keeps is left out of its archive until then.
package report
