// Package spec checks what is sent to the platforms against what they publish: the
// JSON schemas of Slack and Discord's OpenAPI document. They are not part of this
// repository; the environment variable STAFFROOM_SHARED names the folder that they
// are in. Both checks fit the loopback platforms, and are used by their tests and
// by those of the whole program.
package spec

import "os"

// Known reports whether the specifications are at hand.
func Known() bool { return shared() != "" }

// shared is the folder in which they are.
func shared() string { return os.Getenv("STAFFROOM_SHARED") }
