package match

import (
	"testing"

	"pgregory.net/rapid"
)

func TestHistory(t *testing.T) {
	var h History
	h.Add(3, "ana", "joe", "sam")
	h.Add(5, "joe", "ana")
	h.Add(4, "ana", "joe")
	h.Add(6, "kim")
	h.Add(7, "kim", "kim")
	for _, want := range []struct {
		a, b  string
		round int
		met   bool
	}{{"ana", "joe", 5, true}, {"sam", "ana", 3, true}, {"joe", "sam", 3, true}, {"kim", "ana", 0, false}, {"kim", "kim", 0, false}, {"x", "ana", 0, false}} {
		for _, pair := range [][2]string{{want.a, want.b}, {want.b, want.a}} {
			if round, met := h.Last(pair[0], pair[1]); round != want.round || met != want.met {
				t.Errorf("%v met in round %d (%v), want %d (%v)", pair, round, met, want.round, want.met)
			}
		}
	}
	if h.Trios("ana") != 1 || h.Trios("kim") != 0 || h.Trios("x") != 0 {
		t.Errorf("Ana was in %d trios, Kim in %d, somebody unknown in %d", h.Trios("ana"), h.Trios("kim"), h.Trios("x"))
	}
	h.Forget("ana")
	h.Forget("x")
	h.Add(8, "ana", "sam")
	h.Add(9, "ana", "kim")
	if _, met := h.Last("joe", "ana"); met || h.Trios("ana") != 0 {
		t.Error("who was forgotten and came back is remembered")
	}
	if round, met := h.Last("sam", "ana"); !met || round != 8 {
		t.Errorf("what came after is %d, %v", round, met)
	}
	var none *History
	if _, met := none.Last("ana", "joe"); met || none.Trios("ana") != 0 {
		t.Error("without a history somebody has met")
	}
}

// TestHistoryIsSymmetric adds groups in any order, with their members in any order.
func TestHistoryIsSymmetric(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		type meet struct {
			round   int
			members []string
		}
		var all []meet
		for range rapid.IntRange(0, 12).Draw(t, "meetings") {
			members := rapid.Permutation(ids).Draw(t, "members")
			all = append(all, meet{rapid.IntRange(1, 9).Draw(t, "round"), members[:rapid.IntRange(1, 3).Draw(t, "size")]})
		}
		var one, other History
		for _, m := range all {
			one.Add(m.round, m.members...)
		}
		if len(all) > 0 {
			for _, m := range rapid.Permutation(all).Draw(t, "order") {
				other.Add(m.round, rapid.Permutation(m.members).Draw(t, "again")...)
			}
		}
		for _, a := range ids {
			for _, b := range ids {
				round, met := one.Last(a, b)
				for _, h := range []*History{&one, &other} {
					if r, m := h.Last(b, a); r != round || m != met {
						t.Fatalf("%s has met %s in round %d, %v, and the other way in %d, %v", a, b, round, met, r, m)
					}
				}
			}
		}
	})
}
