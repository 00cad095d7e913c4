package bot

import (
	"crypto/rand"
	"time"
)

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base 32, lower case

// idLength is 9 characters of milliseconds (45 bits, until the year 3084) and 8
// of chance (40 bits).
const idLength = 17

// NewID returns an ID that sorts by the time of its making and that nobody can
// guess from another: 17 characters of Crockford's base 32.
func NewID(now time.Time) string {
	var id [idLength]byte
	ms := uint64(now.UnixMilli())
	for i := 8; i >= 0; i-- {
		id[i] = idAlphabet[ms&31]
		ms >>= 5
	}
	var chance [8]byte
	_, _ = rand.Read(chance[:]) // crypto/rand.Read never fails since Go 1.24
	for i, c := range chance {
		id[9+i] = idAlphabet[c&31]
	}
	return string(id[:])
}
