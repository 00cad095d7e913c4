// Staffroom is a chat bot that runs a professional learning network for
// educators in the chat they already use. See README.md.
package main

import (
	"os"
	_ "time/tzdata" // zones, also where the system has none

	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/app"
)

func main() {
	a := app.App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Exit: os.Exit}
	os.Exit(a.Main(os.Args[1:]))
}
