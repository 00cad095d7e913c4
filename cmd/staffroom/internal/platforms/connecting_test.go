package platforms

import (
	"strings"
	"testing"
)

// What must be mended before a connection can begin is said with its name, once, and
// in words for whoever runs the program.
func TestWhatKeepsAConnectionFromBeginning(t *testing.T) {
	for name, open := range screens {
		t.Run(name, func(t *testing.T) {
			s := open(t, "en")
			s.refuse()
			h, _ := openHouse(t, s, setting{})
			err := h.Run(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), "connection "+connection+": ") || strings.Count(err.Error(), connection) != 1 ||
				!strings.Contains(err.Error(), "docs/") || strings.Contains(err.Error(), "permanent") || strings.Contains(err.Error(), "(disconnected)") {
				t.Errorf("Run = %v", err)
			}
		})
	}
}
