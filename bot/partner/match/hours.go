package match

import "math/bits"

// Week is the number of hours in a week.
const Week = 7 * 24

// Hours is a set of hours of the week. All people of a round count from the same instant: Monday 0:00 UTC, say.
type Hours [3]uint64

// Add puts an hour into the set: 0 to Week−1; others are left out.
func (h *Hours) Add(hour int) {
	if hour >= 0 && hour < Week {
		h[hour/64] |= 1 << (hour % 64)
	}
}

// Has tells whether an hour is in the set.
func (h Hours) Has(hour int) bool {
	return hour >= 0 && hour < Week && h[hour/64]>>(hour%64)&1 == 1
}

// Count is how many hours there are.
func (h Hours) Count() int {
	return bits.OnesCount64(h[0]) + bits.OnesCount64(h[1]) + bits.OnesCount64(h[2])
}

// And are the hours that are in both sets.
func (h Hours) And(g Hours) Hours {
	return Hours{h[0] & g[0], h[1] & g[1], h[2] & g[2]}
}

// always is every hour of the week.
func always() Hours {
	return Hours{^uint64(0), ^uint64(0), 1<<(Week-128) - 1}
}

// said is h, or every hour if h is empty: who has not said when they are free is not kept from anybody.
func (h Hours) said() Hours {
	if h == (Hours{}) {
		return always()
	}
	return h.And(always())
}
