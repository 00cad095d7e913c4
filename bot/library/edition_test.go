package library

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
)

var friday = time.Date(2026, 3, 13, 19, 0, 0, 0, time.UTC)

// pile is a library for digests.
type pile struct {
	all    map[string]*Resource
	wishes []Wish
}

func newPile() *pile { return &pile{all: map[string]*Resource{}} }

// put puts one in that was saved so long ago.
func (p *pile) put(id string, ago time.Duration, change ...func(*Resource)) *Resource {
	r := &Resource{ID: id, Key: id, Created: friday.Add(-ago)}
	for _, c := range change {
		c(r)
	}
	p.all[id] = r
	return r
}

func (p *pile) want(ids ...string) {
	for _, id := range ids {
		p.wishes = append(p.wishes, Wish{ID: id, Text: id, Made: friday.Add(-day), Until: friday.Add(WishFor)})
	}
}

func thanked(by ...string) func(*Resource) {
	return func(r *Resource) {
		for _, m := range by {
			r.Thanks = append(r.Thanks, bot.MemberID(m))
		}
	}
}

func saved(r *Resource)  { r.Credits = []Credit{{Member: "m"}} }
func dead(r *Resource)   { r.Health.State = Dead }
func hidden(r *Resource) { r.Hidden = Hidden{At: friday} }

// says is what an edition says, such as "new a b, more 2, useful c, wanted d, dead e",
// and whether it is worth a post.
func says(e edition) string {
	var parts []string
	part := func(head string, ids []string) {
		if len(ids) > 0 {
			parts = append(parts, head+" "+strings.Join(ids, " "))
		}
	}
	part("new", idsOf(e.fresh))
	if e.more > 0 {
		parts = append(parts, fmt.Sprint("more ", e.more))
	}
	part("useful", idsOf(e.useful))
	var wanted []string
	for _, w := range e.wanted {
		wanted = append(wanted, w.ID)
	}
	part("wanted", wanted)
	part("dead", idsOf(e.dead))
	if !e.worthPosting() {
		parts = append(parts, "not worth it")
	}
	return strings.Join(parts, ", ")
}

func idsOf(rs []*Resource) (ids []string) {
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	return ids
}

const old = 400 * day

// What one digest after another says, a fortnight apart. What it does not say it does
// not count as told.
func TestEditions(t *testing.T) {
	first := func() Told { return Told{Until: friday.Add(-freshFor)} }
	cases := map[string]struct {
		told  Told
		build func(*pile)
		then  []func(*pile) // before each of the next
		want  []string
	}{
		"nothing": {told: first(), build: func(*pile) {}, want: []string{"not worth it"}},
		"two things are too few, and wait for a third": {
			told:  first(),
			build: func(p *pile) { p.put("a", day); p.put("b", 2*day) },
			then:  []func(*pile){func(p *pile) { p.put("c", -day) }},
			want:  []string{"new a b, not worth it", "new c a b"},
		},
		"a list that was imported does not crowd out what people save": {
			told: first(),
			build: func(p *pile) {
				for i := range 9 {
					p.put(fmt.Sprint(i), time.Hour+time.Duration(i)*time.Minute)
				}
				p.put("a", day, saved)
				p.put("b", 2*day, saved)
			},
			want: []string{"new a b 0 1 2, more 6"},
		},
		"what was new is not new again, and not useful before somebody says so": {
			told:  first(),
			build: func(p *pile) { p.put("a", day); p.put("b", 2*day); p.put("c", 3*day); p.put("older", 20*day) },
			then: []func(*pile){func(*pile) {}, func(p *pile) {
				thanked("m")(p.all["b"])
				p.want("w", "v")
			}},
			want: []string{"new a b c", "not worth it", "useful b, wanted w v"},
		},
		"most new ones are counted": {
			told: first(),
			build: func(p *pile) {
				for i := range 9 {
					p.put(fmt.Sprint("n", i), time.Duration(i+1)*time.Hour)
				}
				thanked("m", "n")(p.all["n7"])
			},
			then: []func(*pile){func(*pile) {}},
			want: []string{"new n7 n0 n1 n2 n3, more 4", "useful n7, not worth it"},
		},
		"what was just saved waits": {
			told:  first(),
			build: func(p *pile) { p.put("a", day); p.put("b", day); p.put("c", day); p.put("now", 30*time.Second) },
			then:  []func(*pile){func(p *pile) { p.want("w", "v") }},
			want:  []string{"new a b c", "new now, wanted w v"},
		},
		"what is hidden is not told of, nor that its link is dead": {
			told: first(),
			build: func(p *pile) {
				p.put("a", day, hidden)
				p.put("b", old, hidden, dead)
				p.put("c", old, thanked("m"), hidden)
				p.want("w", "v", "u")
			},
			want: []string{"wanted w v u"},
		},
		"dead ones are told of once, as long as they are dead": {
			told:  first(),
			build: func(p *pile) { p.put("a", day, dead); p.put("b", old, dead, thanked("m")); p.put("c", old, dead) },
			then: []func(*pile){
				func(p *pile) { p.want("w", "v", "u") },
				func(p *pile) { p.all["c"].Health.State = Well; p.want("x") },
				func(p *pile) { dead(p.all["c"]) },
			},
			want: []string{"dead b a c", "wanted w v u", "wanted x w v u", "wanted w v u x, dead c"},
		},
		"what is wanted is repeated, but not alone": {
			told:  first(),
			build: func(p *pile) { p.want("u", "v", "w", "x", "y", "z") },
			then:  []func(*pile){func(*pile) {}, func(*pile) {}, func(p *pile) { p.wishes[5].Answer = "a"; p.put("n", -40*day) }},
			want:  []string{"wanted u v w x y", "wanted z u v w x", "wanted y u v w x, not worth it", "new n, wanted y u v w x"},
		},
		"useful ones take turns, and come again with something new": {
			told: first(),
			build: func(p *pile) {
				for i := range 5 {
					p.put(fmt.Sprint("u", i), old+time.Duration(i)*day, thanked("m", "n"))
				}
			},
			then: []func(*pile){
				func(*pile) {}, // u3 and u4 are two only
				func(p *pile) { p.put("n", -20*day) },
				func(*pile) {},
				func(p *pile) { thanked("o")(p.all["u3"]) },
			},
			want: []string{
				"useful u0 u1 u2", "useful u3 u4, not worth it", "new n, useful u3 u4",
				"useful u0 u1 u2, not worth it", "useful u3 u0 u1",
			},
		},
		"who was never told of comes before who was": {
			told: first(),
			build: func(p *pile) {
				for i := range 7 {
					p.put(fmt.Sprint("u", i), old+time.Duration(i)*day, thanked("m", "n"))
				}
			},
			then: []func(*pile){func(*pile) {}, func(*pile) {}},
			want: []string{"useful u0 u1 u2", "useful u3 u4 u5", "useful u6 u0 u1"},
		},
		"one voice against makes nothing useful": {
			told: first(),
			build: func(p *pile) {
				p.put("a", old, func(r *Resource) { r.Tries = []Try{{Member: "m", Again: NotAgain}} })
				p.put("b", old)
				p.put("c", old, func(r *Resource) { r.Tries = []Try{{Member: "m", Again: WithChanges}} })
				p.want("w", "v")
			},
			want: []string{"useful c, wanted w v"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := newPile()
			c.build(p)
			told, now := c.told, friday
			for i, want := range c.want {
				if i > 0 {
					now = now.Add(14 * day)
					c.then[i-1](p)
				}
				e := told.edition(p.all, p.wishes, now)
				if got := says(e); got != want {
					t.Errorf("digest %d says %q, want %q", i, got, want)
				}
				if e.worthPosting() {
					told = e.told
				}
			}
		})
	}
}

// Whatever happens in a library, no digest is empty, too short, too long, or says the
// same as an earlier one; nothing is new twice; and looking changes nothing.
func TestNoDigestSaysTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, now := newPile(), friday
		told := Told{Until: now.Add(-freshFor)}
		fresh, saw, names := map[string]bool{}, map[string]bool{}, 0
		t.Repeat(map[string]func(*rapid.T){
			"save": func(*rapid.T) {
				names++
				p.put(fmt.Sprint("r", names), friday.Sub(now))
			},
			"thank": func(t *rapid.T) {
				if r := p.any(t); r != nil {
					one := *r
					one.Thanks = append(slices.Clone(r.Thanks), bot.MemberID(fmt.Sprint("m", names, len(r.Thanks))))
					p.all[r.ID] = &one
				}
			},
			"hide, kill or heal": func(t *rapid.T) {
				if r := p.any(t); r != nil {
					one := *r
					one.Hidden.At = rapid.SampledFrom([]time.Time{{}, now}).Draw(t, "hidden")
					one.Health.State = rapid.SampledFrom([]HealthState{Well, Dead}).Draw(t, "health")
					p.all[r.ID] = &one
				}
			},
			"want": func(*rapid.T) {
				names++
				p.wishes = append(p.wishes, Wish{ID: fmt.Sprint("w", names), Until: now.Add(WishFor)})
			},
			"answer": func(t *rapid.T) {
				if len(p.wishes) > 0 {
					p.wishes[rapid.IntRange(0, len(p.wishes)-1).Draw(t, "wish")].Answer = "a"
				}
			},
			"digest": func(t *rapid.T) {
				now = now.Add(14 * day)
				before := fmt.Sprintf("%+v", told)
				e := told.edition(p.all, p.wishes, now)
				if after := fmt.Sprintf("%+v", told); after != before {
					t.Fatalf("what was told has changed from %s to %s", before, after)
				}
				if !e.worthPosting() {
					return
				}
				n := len(e.fresh) + len(e.useful) + len(e.wanted) + len(e.dead)
				if n < leastItems || n > mostFresh+mostUseful+mostWanted+mostDead {
					t.Fatalf("it has %d items", n)
				}
				for _, r := range e.fresh {
					if fresh[r.ID] || r.Health.State == Dead || r.Hidden != (Hidden{}) {
						t.Fatalf("%s is new", r.ID)
					}
					fresh[r.ID] = true
				}
				if e.more == 0 { // what was said, besides how many more
					text := says(e)
					for _, r := range e.useful {
						text += fmt.Sprint(" ", r.foundBy())
					}
					for _, r := range e.dead {
						text += fmt.Sprint(" ", told.Dead[r.ID].At.IsZero())
					}
					if saw[text] && len(e.dead) == 0 { // a link may die twice
						t.Fatalf("it was said before: %s", text)
					}
					saw[text] = true
				}
				told = e.told
			},
		})
	})
}

func (p *pile) any(t *rapid.T) *Resource {
	ids := slices.Sorted(maps.Keys(p.all))
	if len(ids) == 0 {
		return nil
	}
	return p.all[rapid.SampledFrom(ids).Draw(t, "resource")]
}

// What is remembered does not grow for ever.
func TestToldIsBounded(t *testing.T) {
	p, told := newPile(), Told{Until: friday.Add(-freshFor)}
	for i := range 3 * mostMentioned {
		p.put(fmt.Sprint("u", i), old, thanked("m", "n"))
	}
	for i := range 3 * mostMentioned / mostUseful {
		e := told.edition(p.all, nil, friday.Add(time.Duration(i)*day))
		told = e.told
	}
	if n := len(told.Useful); n != mostMentioned {
		t.Errorf("%d are remembered", n)
	}
}

// However long all is that people and pages have written, a digest stays short enough
// for a few messages on every platform, and its menus are such as they take.
func TestADigestStaysShort(t *testing.T) {
	long := strings.Repeat("palabra ", 60)
	p := newPile()
	for i := range 30 {
		p.put(fmt.Sprint("r", i), time.Duration(i)*time.Hour, func(r *Resource) {
			r.Title, r.Subject, r.Address = long[:MostTitle], long[:MostTag], "https://example.org/"+strings.Repeat("x", 250+i*80)
			r.Licence, r.Health.Archived = "CC BY-NC-SA 4.0", "https://archive.example/"+strings.Repeat("y", 200+i*80)
			if i%3 > 0 {
				r.Created = friday.Add(-old)
			}
			switch i % 3 {
			case 1:
				thanked("m", "n")(r)
			case 2:
				dead(r)
			}
		})
		p.want(long[:MostWish-3] + fmt.Sprint(i))
	}
	e := Told{Until: friday.Add(-freshFor)}.edition(p.all, p.wishes, friday)
	s := New(Options{Words: bottest.Words{}})
	m := s.digest(&bot.Request{Member: bot.Member{Language: "es"}}, &e).Message
	length := 0
	for _, span := range m.Text {
		length += len(span.Text) + len(span.URL)
	}
	if length > 8000 {
		t.Errorf("it has %d bytes", length)
	}
	if len(m.Controls) != 3 {
		t.Errorf("it has %d menus", len(m.Controls))
	}
	for _, c := range m.Controls {
		if len(c.Choices) == 0 || len(c.Choices) > bot.MaxChoices {
			t.Errorf("%s has %d choices", c.Label, len(c.Choices))
		}
		for _, choice := range c.Choices {
			if n := len([]rune(choice.Label)); n > mostChoice {
				t.Errorf("a choice has %d characters", n)
			}
		}
	}
}
