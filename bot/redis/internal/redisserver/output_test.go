package redisserver

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestOutputKeepsTheLastLinesUpToACrash(t *testing.T) {
	for name, test := range map[string]struct {
		written []string
		lines   []string
		last    string
	}{
		"nothing":        {},
		"without header": {[]string{"*** FATAL CONFIG FILE ERROR ***\n", ">>> 'port x'\n"}, []string{"*** FATAL CONFIG FILE ERROR ***", ">>> 'port x'"}, "*** FATAL CONFIG FILE ERROR ***; >>> 'port x'"},
		"with header":    {[]string{"812:M 04 Nov 2026 07:12:44.123 # Can't open the log\n"}, []string{"Can't open the log"}, "Can't open the log"},
		"in pieces":      {[]string{"812:M 04 Nov 2026 07:12:44.", "123 * one\n\ntw", "o\nthr"}, []string{"one", "two"}, "one; two"},
		"many":           {[]string{"1\n2\n3\n4\n"}, []string{"1", "2", "3", "4"}, "2; 3; 4"},
		"crash": {
			[]string{"fine\n8:M 04 Nov 2026 07:12:44.123 # === REDIS BUG REPORT START: Cut & paste ===\n", "argv[1]: 'my secret'\n"},
			[]string{"fine", "it crashed; its report is not kept because it quotes commands"},
			"fine; it crashed; its report is not kept because it quotes commands",
		},
		"long": {[]string{strings.Repeat("x", 400), strings.Repeat("x", 400) + "\n"}, []string{strings.Repeat("x", lineLength)}, strings.Repeat("x", lineLength)},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			o := &output{log: func(line string) { lines = append(lines, line) }}
			for _, text := range test.written {
				if n, err := fmt.Fprint(o, text); n != len(text) || err != nil {
					t.Errorf("Write = %d, %v", n, err)
				}
			}
			if !slices.Equal(lines, test.lines) || o.last() != test.last {
				t.Errorf("lines %q, last %q\nwant %q, %q", lines, o.last(), test.lines, test.last)
			}
		})
	}
}
