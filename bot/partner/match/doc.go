// Package match decides who meets whom: it puts the people who are present in a round into pairs, and into a circle of
// three where one is left over. It is pure: it reads no clock, does no I/O and keeps nothing; the same Round gives the
// same Outcome, in whichever order its people, pairs and history are given.
//
// # What it wants
//
// Each objective comes before all that follow; nothing gained in a later one makes up for a loss in an earlier one.
//
//  1. Who must not meet (Round.Apart: blocks, evaluators) does not, ever. Nor do people who share fewer hours than
//     Limits.Least.
//  2. Nobody is left alone; then groups lack as few shared hours as possible (Limits.Enough), and no more circles of
//     three are made than that takes.
//  3. As few pairs as possible meet again within the cycle, which is as many rounds as it takes to meet everybody: so
//     a pool of six and one of six hundred are both asked what is possible for them. Where people must meet again,
//     those who met longest ago do. For the same aim over the whole season, what the backbone has for a later round is
//     left for it.
//  4. Those who were least often in a circle of three are in the next.
//  5. The wishes of the Style come true.
//
// # How it finds it
//
// Up to twelve people: all groupings, by dynamic programming over subsets, circles of three included.
//
// Up to 512 people: a matching of maximum weight in the graph of all who may meet, found with Edmonds' blossom algorithm
// in the form of Galil, https://doi.org/10.1145/6462.6502 (the implementation, gnutterts/chesspairing, is a port of the
// one in https://jorisvr.nl/article/maximum-matching). The objectives are the digits of one weight, so one matching
// settles all of them.
//
// More people: they are seated at tables of 48, where people with the same traits and hours come together by MinHash
// (https://doi.org/10.1109/SEQUEN.1997.666900), so that nobody is compared with everybody. Each table is matched
// exactly. Then pairs are seated anew, by other traits, and each table again, at least five times in all. A table is a
// neighbourhood of the whole, in the sense of a large neighbourhood search (https://doi.org/10.1007/3-540-49481-2_30):
// matching it never makes anything worse. Time grows in proportion to the number of people.
//
// An odd number of people has its circle of three chosen first, among those who were least often in one; with up to 64
// people the best eight circles are tried, each with the best pairs for the others.
//
// What is still amiss (somebody alone, too few hours, a repeat, more circles than need be) is repaired: a group is
// dissolved and its members look for places along alternating paths, which a matching alone cannot do where circles of
// three are needed; and up to ten people around it are grouped anew in the best of all ways. To cover a graph with edges
// and triangles can be done exactly (Cornuéjols, Hartvigsen and Pulleyblank, Packing subgraphs in a graph, 1982), but
// not with hours, repeats and wishes besides. Compared with all groupings of up to eleven people, among whom hardly
// anything was possible, the repair left nobody alone who need not be, and in all that comes before the wishes fell short
// of the best in one round of a thousand.
//
// # Why it plans
//
// Solving each round exactly paints itself into a corner: near the last round in which everybody could still meet
// somebody new, those who have not met no longer fall into pairs. If all are there every time, the circle method of
// round-robin tournaments (https://en.wikipedia.org/wiki/Round-robin_tournament) has no such corner. So each season that
// is longer than half of the circle has a Backbone: seats in a circle, and one of its turns for each round. It is not
// obeyed but preferred, below all limits and repeats, and so bends: who is absent leaves somebody over, who then meets
// somebody whose turn was missed, before anybody whose turn is still to come; who joins takes the seat of who left; the
// turn of a round is the one that fits best those who are there; and circles of three are made of those who have most
// people left to meet. Shorter seasons need no plan: while everybody has met fewer than half of the others there are
// pairs of people who have not met, by Dirac's theorem (https://doi.org/10.1112/plms/s3-2.1.69), so there the wishes
// decide.
//
// # What it does not tell
//
// A Group says what its members share, which follows from their own profiles alone. Of those who are alone nothing is
// said, and the engine does not know a block from an evaluator. Limits.Least makes it possible to be alone for lack of
// hours, as in any pool one may be the only one there: so being alone does not mean being blocked.
package match
