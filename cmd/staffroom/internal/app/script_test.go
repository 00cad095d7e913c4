package app

import (
	"flag"
	"os"
	"testing"
	_ "time/tzdata"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the program prints into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"staffroom": func() {
			a := App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.LookupEnv, Exit: os.Exit}
			os.Exit(a.Main(os.Args[1:]))
		},
	})
}

// TestScripts plays whole conversations: what people type stands in the script,
// and what they see.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update})
}
