// Package partner introduces colleagues to each other, round after round, and helps
// them to meet.
//
// # Words
//
//   - A Program is a series of the schedule, which says when a round comes. What kind of
//     partners it looks for is its Definition. A community may have several.
//   - A Participant is a member who has joined a program. What they teach and when they
//     are free is their Profile, one for all programs.
//   - A round begins when the time of the program has come: everybody who takes part and
//     is there gets an offer, which is a place (Seat) in a Group of two, or of three where
//     one would be left over. A call in the program's channel comes before.
//   - A group is told of itself by an introduction, in a room of theirs if they are in one
//     place. There, too, comes what they suggest to each other: a Proposal. Later there is
//     a nudge and the question whether they met: the follow-up.
//   - Whose partner cannot make it is free, as is who joins meanwhile. Those who are free
//     are matched again in a wave: the re-offer. Somebody who is left over in a wave comes
//     to an existing pair as a third.
//   - The history is who was introduced to whom in which round. How much of all possible
//     pairs have met is the coverage.
//
// # Two records
//
// A Standing is how far a program is, and decides: everything that makes groups changes it.
// A Group is how far a few people are with each other: everything that happens to them
// changes it. Both have a version, which every step names, and are stored together with
// the posts and jobs that the step brings about, in one script.
//
//	program   ── due ──▶ [close the last round] ──▶ [decide] ──▶ under way ─┬─▶ [wave]* ─┐
//	                                                              ▲         └─▶ [third]* ┤
//	                                                              └──────────────────────┘
//	group     made ─[introduce]─▶ introduced ─[nudge]─▶ nudged ─[ask]─▶ asked ─[close]─▶ over
//	            └────────────────────┴──────────[release]──────────────────────────────▶ over
//	seat      open ─▶ heard ─▶ met | missed            open, heard ─▶ out | gone
//
// The named points, at any of which the program may be killed:
//
//   - due: the schedule has stored that the round has come, with the job Service.Step.
//   - close: what came of the last round is counted, its groups are forgotten. In parts:
//     what is done already is not found again.
//   - decide: the groups of the round, the job of each, the numbers of new participants
//     and the history are stored with the Standing. Before, nobody has a group; after, each
//     has theirs, and a second decision is a conflict, since the occurrence that the
//     Standing names has had its round.
//   - introduce: the posts of a group are stored with its stage. Until then its job is
//     there, or comes back when the lease of whoever died ends. It may wait for some hours,
//     so that one post suits all of a group (roomPatience).
//   - nudge, ask: as introduce. So is each later look at who waits for whom.
//   - release: the seat of who cannot make it, who is free by it, what they are told and
//     the job of the next wave are stored with the group.
//   - wave: as decide, for those who are free, who are not free any more by it.
//   - third: somebody comes to a pair in three steps, since two records change. The
//     Standing says who is on the way to which group (Joining), and they are not free any
//     more; the group takes them in, or has changed meanwhile; the Standing says that it is
//     done, or lets them be free again. Whoever goes on finds in the records how far it is.
//
// Members come and go between a decision and the introductions. So the step that
// introduces a group looks once more whether its people take part and may meet; who does
// not is released before anybody has heard of them, and the others hear of nothing.
//
// # Who knows what
//
//   - Partners know each other's names, what they share (match.Group), and times that suit.
//   - Whom somebody has blocked, or who evaluates whom, nobody sees but who said it. The
//     engine gets both as one list; explanations follow from the profiles of those who are
//     in a group and from nothing else; a person who is released is "not available",
//     whatever the reason; and who gets nobody is told the same words whatever the reason.
//   - What somebody writes in the form for it, people of a group in different places get by
//     direct message if all of them have agreed (Relay). It is kept until it has arrived or
//     failed to (outbox.Fleeting), and nothing is kept afterwards but how many there were.
//     No ordinary line is ever passed on.
//   - What somebody answered about a meeting only they see. Whoever waits for somebody who
//     gave no sign, or has said that it does not come to it, hears after the same time that
//     they are not available. It is forgotten with the round;
//     what stays is whether a pair has met, for the coverage.
//   - Organizers see figures of a program, from five people on; not who is in it.
//
// # Files
//
//	program.go      what a program is           define.go      /organize partners
//	profile.go      what somebody tells         subject.go     words for subjects
//	hours.go        when they are free          form.go        the forms of a profile
//	joining.go      join, leave, rest           blocking.go    whom one does not want to meet
//	standing.go     how far a program is        group.go       how far a group is
//	gather.go       among whom is decided       history.go     who met whom, in few bytes
//	round.go        deciding a round            wave.go        deciding for those who are free
//	third.go        coming to a pair            closing.go     the end of a round
//	introduce.go    a group's own steps         explain.go     what a group hears of itself
//	release.go      who cannot make it          call.go        the call in the channel
//	nudge.go        when what follows comes     asked.go       whether they met
//	room.go         a place of their own        proposal.go    times to meet
//	goals.go        what people mean to do
//	relay.go        how far passing on is       passing.go     messages that are passed on
//	figures.go      what organizers see
//	commands.go     /partner                    current.go     current, why, swap
//	holding.go      export and forget           service.go     parts and jobs
//	store.go        what is kept
package partner
