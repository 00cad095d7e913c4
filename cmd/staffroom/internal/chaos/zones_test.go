//go:build unix

package chaos

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// zoneOf is a zone of our own whose clocks are so many seconds ahead of UTC. Rules
// go by minutes; with one zone for each second of the minute, they come all the
// time.
func zoneOf(second int) string { return fmt.Sprintf("Chaos/S%02d", second) }

// installZones makes the zones known to this process and to the workers, in the
// way that Go documents for time.LoadLocation: a folder named by ZONEINFO, with
// files in the format of RFC 8536. It must come before the first look for a zone.
func installZones() (remove func(), err error) {
	folder, err := os.MkdirTemp("", "staffroom-zones-")
	if err != nil {
		return nil, err
	}
	remove = func() { _ = os.RemoveAll(folder) }
	if err := os.Mkdir(filepath.Join(folder, "Chaos"), 0o700); err != nil {
		return remove, err
	}
	for second := range 60 {
		if err := os.WriteFile(filepath.Join(folder, zoneOf(second)), zoneFile(second), 0o600); err != nil {
			return remove, err
		}
	}
	return remove, os.Setenv("ZONEINFO", folder)
}

// noonAt makes a zone in which it is noon on a working day at some time: people are
// written to then, whatever the time is where the test runs. It is known to workers
// that begin later.
func noonAt(t *testing.T, at time.Time) (name string) {
	at = at.UTC()
	noon := time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC)
	switch noon.Weekday() {
	case time.Saturday:
		noon = noon.AddDate(0, 0, -1)
	case time.Sunday:
		noon = noon.AddDate(0, 0, 1)
	}
	name = "Chaos/Noon"
	if err := os.WriteFile(filepath.Join(os.Getenv("ZONEINFO"), name), zoneFile(int(noon.Sub(at).Seconds())), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// zoneFile is a zone whose clocks are always so many seconds ahead of UTC.
// https://www.rfc-editor.org/rfc/rfc8536#section-3
func zoneFile(ahead int) []byte {
	const name = "CHS\x00"
	var b bytes.Buffer
	b.WriteString("TZif")
	b.Write(make([]byte, 16)) // version 1, unused
	// Counts: UT and standard time indicators, leap seconds, transitions, types, characters.
	_ = binary.Write(&b, binary.BigEndian, []int32{0, 0, 0, 0, 1, int32(len(name))})
	_ = binary.Write(&b, binary.BigEndian, int32(ahead))
	b.Write([]byte{0, 0}) // no summer time; the name's place
	b.WriteString(name)
	return b.Bytes()
}
