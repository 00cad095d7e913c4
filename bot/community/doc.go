// Package community knows who is here and where: the community of each space, its
// places with their settings, its members, their roles and their settings.
//
// A Directory answers from memory, so that asking costs nothing: of members and
// places for up to a minute, of where a space belongs for three. What another replica
// changed shows within that time.
//
// Organizers set a place up and appoint people (Organizing), and make several places
// one community (Links): what belongs to a place then moves from its own community
// into the joint one, record by record, and back again when it parts. Each feature
// that keeps records moves its own (Keeper). People link their own accounts
// (Accounts).
package community
