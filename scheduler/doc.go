// Package scheduler says when things happen, and sees that they do.
//
// A Job is one thing due at one time. A Store keeps jobs; a Runner claims those
// that are due, under a lease, and hands each to the Handler of its kind. A job
// whose worker died comes back when its lease ends, so a handler may run again
// and must have one effect all the same: it changes its own records in one step
// that fails if it was made before.
//
// Time is the store's: a machine whose clock is wrong does no harm. The package
// knows nothing of chats or platforms.
package scheduler
