package partner

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestWavesAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOf(rapid.Custom(func(t *rapid.T) noted {
			return noted{
				numbers: rapid.SliceOfN(rapid.IntRange(1, 200000), 1, 3).Draw(t, "numbers"),
				met:     rapid.Bool().Draw(t, "met"), joined: rapid.Bool().Draw(t, "joined"),
			}
		})).Draw(t, "groups")
		text := encodeWave(groups)
		back, err := decodeWave(text)
		if err != nil || encodeWave(back) != text || len(back) != len(groups) {
			t.Fatalf("%v, %v", back, err)
		}
	})
}

func FuzzDecodeWave(f *testing.F) {
	f.Add(encodeWave([]noted{{numbers: []int{1, 300}, met: true}, {numbers: []int{7, 1, 2}, joined: true}}))
	f.Fuzz(func(_ *testing.T, text string) { _, _ = decodeWave(text) })
}

func TestHistoryOfThirdsAndOfThoseWhoAreForgotten(t *testing.T) {
	h := History{
		Numbers: map[int]bot.MemberID{1: "ana", 2: "joe", 3: "sam", 5: "lea", 6: "ana"}, // 4 is forgotten, 6 was linked with 1
		Waves: map[string]string{
			"1.0": encodeWave([]noted{{numbers: []int{1, 2}}, {numbers: []int{3, 4}}}),
			"1.1": encodeWave([]noted{{numbers: []int{5, 1, 2}, joined: true}}),
			"2.0": encodeWave([]noted{{numbers: []int{3, 6}}}),
		},
	}
	got, err := h.engine()
	if err != nil {
		t.Fatal(err)
	}
	for pair, want := range map[[2]string]int{{"1", "2"}: 1, {"5", "1"}: 1, {"2", "5"}: 1, {"1", "3"}: 2} {
		if round, met := got.Last(pair[0], pair[1]); !met || round != want {
			t.Errorf("%v: %d, %v", pair, round, met)
		}
	}
	if _, met := got.Last("3", "4"); met || got.Trios("1") != 1 || got.Trios("3") != 0 {
		t.Error("trios, or who is forgotten")
	}
	trio := Group{Round: 1, Seats: []Seat{{Member: "ana", State: SeatMet}, {Member: "joe"}, {Member: "lea", State: SeatGone}}}
	changed, err := h.noteMet(1, []Group{trio})
	if err != nil || len(changed) != 1 || changed["1.0"] != encodeWave([]noted{{numbers: []int{1, 2}, met: true}, {numbers: []int{3, 4}}}) {
		t.Errorf("%v, %v", changed, err)
	}
}
