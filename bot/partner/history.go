package partner

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
)

// History is who was introduced to whom, and who of them met.
//
// It holds no names: participants have numbers, from 1 on, and whose number is whose is
// kept apart. So a person is forgotten with their numbers, and what remains is nobody's.
// Somebody has several numbers who had joined with two accounts before they were linked.
type History struct {
	Numbers map[int]bot.MemberID // whose number it is; of those who are forgotten it is missing
	Waves   map[string]string    // the groups that were made at once, by waveKey
}

// waveKey names what was decided at once: wave 0 is the round's beginning.
func waveKey(round, wave int) string { return strconv.Itoa(round) + "." + strconv.Itoa(wave) }

// roundOf is the round of a waveKey.
func roundOf(key string) (int, error) {
	round, _, _ := strings.Cut(key, ".")
	return strconv.Atoi(round)
}

// noted is a group in the history.
type noted struct {
	numbers []int
	met     bool
	// joined says that the first came to the others, who are noted as a group of their own.
	joined bool
}

// A wave is its groups one after the other, in base 64: for each a number that says how
// many there are, in bits from the third on, whether one joined, and whether they met; and
// their numbers. All are varints, so a person takes two or three bytes a round.
const (
	bitMet    = 1
	bitJoined = 2
	sizeShift = 2
)

func encodeWave(groups []noted) string {
	var b []byte
	for _, g := range groups {
		head := uint64(len(g.numbers)) << sizeShift
		if g.met {
			head |= bitMet
		}
		if g.joined {
			head |= bitJoined
		}
		b = binary.AppendUvarint(b, head)
		for _, n := range g.numbers {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

var errWave = errors.New("a part of the history cannot be read")

func decodeWave(text string) ([]noted, error) {
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errWave, err)
	}
	next := func() (int, bool) {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > 1<<31 {
			return 0, false
		}
		b = b[size:]
		return int(n), true
	}
	var groups []noted
	for len(b) > 0 {
		head, ok := next()
		if !ok {
			return nil, errWave
		}
		if head>>sizeShift == 0 {
			return nil, errWave
		}
		g := noted{met: head&bitMet != 0, joined: head&bitJoined != 0}
		for range head >> sizeShift {
			n, ok := next()
			if !ok {
				return nil, errWave
			}
			g.numbers = append(g.numbers, n)
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// numbering says which of a member's numbers stands for them: the lowest.
func (h *History) numbering() map[bot.MemberID]int {
	out := make(map[bot.MemberID]int, len(h.Numbers))
	for n, m := range h.Numbers {
		if lowest, known := out[m]; !known || n < lowest {
			out[m] = n
		}
	}
	return out
}

// engine is the history as the engine wants it: people go by their numbers.
func (h *History) engine() (*match.History, error) {
	out := &match.History{}
	one := h.numbering()
	for key, text := range h.sorted() {
		round, err := roundOf(key)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errWave, err)
		}
		groups, err := decodeWave(text)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			ids := make([]string, 0, len(g.numbers))
			for k, n := range g.numbers {
				m, known := h.Numbers[n]
				if known {
					ids = append(ids, engineID(one[m]))
				} else if k == 0 && g.joined {
					ids = nil
					break // who came is nobody any more, and the others are noted already
				}
			}
			if g.joined && len(ids) > 1 {
				out.Join(round, ids[0], ids[1:]...)
			} else {
				out.Add(round, ids...)
			}
		}
	}
	return out, nil
}

// sorted gives the waves by their keys, so that what comes of them is always the same.
func (h *History) sorted() func(yield func(key, text string) bool) {
	return func(yield func(key, text string) bool) {
		keys := make([]string, 0, len(h.Waves))
		for key := range h.Waves {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			if !yield(key, h.Waves[key]) {
				return
			}
		}
	}
}

// engineID is a number as the engine's name of a person.
func engineID(n int) string { return strconv.Itoa(n) }

// noteMet notes in the waves of a round which groups have met, and gives those waves that
// changed by it.
func (h *History) noteMet(round int, groups []Group) (map[string]string, error) {
	type place struct {
		key string
		at  int
	}
	one := h.numbering()
	waves := map[string][]noted{}
	beginsWith := map[int][]place{}
	for key, text := range h.sorted() {
		if r, err := roundOf(key); err != nil || r != round {
			continue
		}
		found, err := decodeWave(text)
		if err != nil {
			return nil, err
		}
		waves[key] = found
		for at := range found {
			first := one[h.Numbers[found[at].numbers[0]]]
			beginsWith[first] = append(beginsWith[first], place{key, at})
		}
	}
	for i := range groups {
		g := &groups[i]
		if !g.met() {
			continue
		}
		var numbers []int
		for _, s := range g.here() {
			if n := one[s.Member]; n > 0 {
				numbers = append(numbers, n)
			}
		}
		known := false
		for _, n := range numbers {
			for _, p := range beginsWith[n] {
				if all := h.own(one, waves[p.key][p.at].numbers); within(all, numbers) {
					waves[p.key][p.at].met, known = true, true
				}
			}
		}
		if key := waveKey(round, g.Wave); !known && len(numbers) > 1 { // one of three had left by then
			waves[key] = append(waves[key], noted{numbers: numbers, met: true})
		}
	}
	changed := map[string]string{}
	for key, found := range waves {
		if again := encodeWave(found); again != h.Waves[key] {
			changed[key] = again
		}
	}
	return changed, nil
}

// own are numbers, each as the one that stands for its member; 0 for those who are
// forgotten.
func (h *History) own(one map[bot.MemberID]int, numbers []int) []int {
	out := make([]int, len(numbers))
	for i, n := range numbers {
		out[i] = one[h.Numbers[n]]
	}
	return out
}

// within reports whether all of some numbers are among others.
func within(some, all []int) bool {
	return !slices.ContainsFunc(some, func(n int) bool { return !slices.Contains(all, n) })
}
