// Package adaptertest is the contract that every adapter passes.
//
// It drives a platform as people do (they say, press and fill in) and looks at
// what people see. So it needs a World: the platform with a channel and two
// people in it, usually a loopback server that speaks the platform's protocol.
// A platform's own test is then
//
//	func TestContract(t *testing.T) {
//		adaptertest.Run(t, func(t *testing.T) adaptertest.World { return newWorld(t) })
//	}
//
// Run makes a new World for every case and checks after each that no goroutine
// is left. docs/platform.md shows a small adapter with its World, what goes wrong
// most often, and what the contract does not look at.
package adaptertest
