// Package community knows who is here: the community of each space, its members,
// their roles and their settings.
//
// A Directory answers from memory for up to a minute, so that asking costs
// nothing; what another replica changed shows within that time.
package community
