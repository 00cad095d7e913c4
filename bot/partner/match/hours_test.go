package match

import "testing"

func TestHours(t *testing.T) {
	var a, b Hours
	for hour := -3; hour < Week+3; hour++ {
		a.Add(hour)
		if hour%2 == 0 {
			b.Add(hour)
		}
	}
	if a != always() || a.Count() != Week {
		t.Errorf("all hours of the week are %d, want %d", a.Count(), Week)
	}
	if a.And(b) != b || b.Count() != Week/2 || !b.Has(166) || b.Has(167) || b.Has(-2) || b.Has(168) {
		t.Errorf("every other hour is %v", b)
	}
	if (Hours{}).said() != always() {
		t.Error("who has said nothing is not free always")
	}
	if (Hours{0, 0, 1 << 63}).said().Count() != 0 {
		t.Error("an hour after the week counts")
	}
}
