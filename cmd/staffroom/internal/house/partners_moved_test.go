package house_test

import (
	"strings"
	"testing"
	"time"
)

// A program goes along with its place in the middle of a round: partners stay together, what
// follows comes once, and in the next round nobody meets whom they have met.
func TestAProgramMovesWithItsPlace(t *testing.T) {
	o := newTown(t) // a Tuesday, 14:00 UTC
	all := []string{"ana", "joe", "sam", "lea"}
	reply := o.asks(lincoln, "ana", "/organize/partners/create", "name", "Partners", "when", "every wednesday at 15:00", "style", "alike", "hours", "1", "who", "everybody")
	id := ""
	for _, c := range reply.Message.Controls {
		if found, ok := strings.CutPrefix(c.Path, "/organize/partners/edit/"); ok {
			id = found
		}
	}
	for _, u := range all {
		o.asks(lincoln, u, "/partner/told/"+id, "teaches", "Science", "grades", "7")
	}
	mates := func() map[string]string {
		out := map[string]string{}
		for _, u := range all {
			said := o.asks(lincoln, u, "/partner/current").Message.Text.String()
			for _, other := range all {
				if other != u && strings.Contains(said, other) {
					out[u] += other
				}
			}
		}
		return out
	}
	o.wait(26 * time.Hour)
	first := mates()
	o.joins()
	o.wait(time.Minute)
	if after := mates(); len(after) != 4 || first["ana"] != after["ana"] || first["joe"] != after["joe"] {
		t.Errorf("partners were %v and are %v", first, after)
	}
	o.asks(madison, "mia", "/partner/told/"+id, "teaches", "Science", "grades", "7") // they see it too
	o.wait(3 * 24 * time.Hour)
	for _, u := range all {
		nudges := 0
		for _, e := range o.reads(lincoln, "dm-"+u) {
			nudges += strings.Count(e.Message.Text.String(), "Fifteen minutes")
		}
		if nudges != 1 {
			t.Errorf("%s was nudged %d times: %+v", u, nudges, o.reads(lincoln, "dm-"+u))
		}
	}
	o.wait(4 * 24 * time.Hour)
	second := mates()
	for _, u := range all {
		if second[u] == "" || second[u] == first[u] {
			t.Errorf("%s met %q and then %q", u, first[u], second[u])
		}
	}
}
