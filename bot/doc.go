// Package bot is the platform-neutral core of Staffroom.
//
// It says what comes in (Request, Event), what goes out (Reply, Post, Message,
// Form, Text), how the two meet (Command, Route, Router, Middleware) and what a
// platform must be able to do (Adapter, Messenger). It knows no platform, no
// database and no feature, and imports the standard library only.
//
// Two flows, each one way:
//
//	in:   platform → adapter → Router (middleware) → feature → store → Reply → adapter → platform
//	out:  scheduler → feature → store (record + posts, one script) → outbox → Switchboard → adapter → platform
//
// A handler gets values and returns one value: it never acknowledges, edits or
// defers, and never holds a platform's handle. Its test is
//
//	reply, err := handle(ctx, req)
//
// What a member typed is data. It reaches a platform only inside plain spans of
// a Text, which no adapter may render as markup, as a link or as a mention.
package bot
