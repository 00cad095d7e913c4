// Package discussion hosts moderated chats in the #edchat style: a host's
// questions Q1, Q2 … on a clock, people's answers A1, A2 …, and an archive to
// keep.
//
// A Script is what a host writes; a Discussion is a script that is going to
// happen, happens or has happened in a channel. Its life is a series of steps
// (open, ask, close, archive), each a job of the scheduler. A step changes the
// record, queues its posts and schedules the next step in one go
// (Store.Advance), so a step that is run twice has one effect.
//
// While a discussion runs, every message of its channel is an Entry: Recognise
// says whether it is an answer, a reply or a remark. Filing an entry is one call
// of the store; what recognition must know of earlier messages is kept in memory
// (ledger) and proved current by the same call.
package discussion
