// Package bottest has stand-ins for tests: a platform in memory (Adapter), words
// that show their keys (Words), and builders of people, places and what comes in.
// A manual clock is in package scheduler.
package bottest
