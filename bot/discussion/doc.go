// Package discussion hosts moderated chats in the #edchat style: a host's
// questions Q1, Q2 … at a pace, people's answers A1, A2 …, and an archive to
// keep.
//
// A Script is what a host writes; a Discussion is a script that is going to
// happen, happens or has happened in a channel. Its life is a series of steps,
// all of them by one job of the scheduler. A step changes the record, queues its
// posts and schedules the next step in one go (Store.Advance), so a step that is
// run twice has one effect. What a host presses is a step of the same kind, made at
// once; whatever the button depends on stands in its path, so two who press at once
// make one step.
//
//	state      step      when, by itself                           state then
//	scheduled  announce  24 h before, or 5 min after it is saved   scheduled
//	           remind    24 h before, if announced long before     scheduled
//	           ready     30 min before: hosts, are you there?      scheduled
//	           soon      15 min before: to those who come; if no   scheduled
//	                     host is there, to the other hosts
//	           seek      10 min before: the same to organizers     scheduled
//	           moved     when a host changed the time              scheduled
//	           open      at the start                              open
//	           cancel    only by a host                            cancelled
//	open,      ask       clock, slow: at the question's time       asking
//	asking               hand: 20 min after the last move, and
//	                     the pace is clock from then on
//	           idle      hand, paused: 12 min after the last move  as it was
//	           close     clock, slow: at the end; hand: as ask;    closing
//	                     paused: after a day, slow: two weeks
//	closing    archive   72 h after the end                        archived
//	cancelled  off       at once: to those who come                cancelled
//
// What is told before a discussion (the notices) is planned when its time is, and
// left out where the step after it is due as well. The function next is this table.
//
// While a discussion runs, every message of its channel is an Entry: Recognise
// says whether it is an answer, a reply or a remark. Filing an entry is one call
// of the store; what recognition must know of earlier messages is kept in memory
// (ledger) and proved current by the same call.
package discussion
