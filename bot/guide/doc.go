// Package guide is /staffroom: the home, the help and what the bot is. It knows
// no feature: commands come from their declarations, what is on from an Agenda.
package guide
