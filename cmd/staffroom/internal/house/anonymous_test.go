package house_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// given is what somebody answers without a name.
type given struct{ user, scale, change, stay string }

// witness is somebody who sees every key, message and log line at any moment, and
// knows who is who; but not the program's secret.
type witness struct {
	*school
	names map[string]string // ID → who or what it is
}

var (
	anID      = regexp.MustCompile(`\b[0-9a-hjkmnp-tv-z]{17}\b`)
	itsChance = regexp.MustCompile(`^[A-Z2-7]{26}$`)
	logTime   = regexp.MustCompile(`(?m)^time=\S+ `)
)

// learn finds out who has which ID.
func (w *witness) learn() {
	for name, body := range w.dump() {
		if !strings.HasSuffix(name, "}:members") {
			continue
		}
		var members map[string]string
		if err := json.Unmarshal([]byte(body), &members); err != nil {
			w.Fatal(err)
		}
		for id, member := range members {
			var m struct{ Name string }
			if err := json.Unmarshal([]byte(member), &m); err != nil {
				w.Fatal(err)
			}
			w.names[id] = m.Name
		}
	}
}

// clear replaces the IDs, which are made of time and chance, by what they stand for.
func (w *witness) clear(s string) string {
	return anID.ReplaceAllStringFunc(s, func(id string) string {
		if name, ok := w.names[id]; ok {
			return name
		}
		return "ID"
	})
}

// state is all that can be seen at a moment, one line for each thing, in an order
// that does not depend on chance.
func (w *witness) state() []string {
	w.Helper()
	var lines []string
	add := func(of string, body any) { lines = append(lines, w.clear(fmt.Sprint(of, " ", body))) }
	for name, body := range w.dump() {
		kind := name[strings.LastIndex(name, "}:")+1:]
		if strings.HasPrefix(name, "sr:{due:") { // which of them it is comes from the community's ID
			kind = ":due"
		}
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			w.Fatal(err)
		}
		switch {
		case strings.HasPrefix(name, "sr:secret"):
		case strings.HasPrefix(kind, ":checkinsealed:"):
			for chance, token := range v.(map[string]any) {
				if !itsChance.MatchString(chance) {
					w.Errorf("a sealed answer is named %q", chance)
				}
				add(kind, len(token.(string)))
			}
		case strings.HasPrefix(kind, ":checkinresults:"): // each question by itself: what stands in a row is chance
			for _, z := range v.([]any) {
				entry := z.(map[string]any)
				chance, answer, _ := strings.Cut(entry["Member"].(string), " ")
				if !itsChance.MatchString(chance) || entry["Score"] != 0.0 {
					w.Errorf("a result is named %q, %v", chance, entry["Score"])
				}
				var a map[string]any
				if err := json.Unmarshal([]byte(answer), &a); err != nil || len(a) != 1 {
					w.Errorf("of an answer is kept %s", answer)
				}
				for i, value := range a["values"].([]any) {
					add(kind+" "+strconv.Itoa(i), value)
				}
			}
		case strings.HasPrefix(kind, ":in:"): // a hash of an input: when somebody has answered is known
			add(":in", body)
		default:
			switch v := v.(type) {
			case map[string]any:
				for field, value := range v {
					add(kind+" "+field, value)
				}
			case []any:
				for _, element := range v {
					add(kind, element)
				}
			default:
				add(kind, body)
			}
		}
	}
	for _, e := range w.platform.Ledger() {
		add(fmt.Sprint("post ", e.Ref.Channel.ID, " ", e.At.Unix(), " ", e.Updates), e.Message.Text.String())
	}
	lines = append(lines, strings.Split(w.clear(logTime.ReplaceAllString(w.logged.String(), "")), "\n")...)
	slices.Sort(lines)
	return lines
}

// different are the lines that stand in one state only.
func different(a, b []string) []string {
	count := map[string]int{}
	for _, line := range a {
		count[line]++
	}
	for _, line := range b {
		count[line]--
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n == 0 })
	return slices.Sorted(maps.Keys(count))
}

// world is a check-in without names in which these people answer one after the
// other; with all that can be seen after each answer, before the end, and after it.
func world(t *testing.T, answers []given) [][]string {
	t.Helper()
	s := newSchool(t, "2026-03-05 14:00", "")
	w := &witness{s, map[string]string{}}
	id := s.add("Term", "How was it? (1-5)\nWhat should change?\nWhat should stay?", "every friday at 15:00", 1, checkin.Anonymous)
	w.names[id] = "CHECKIN"
	for _, a := range answers {
		s.join(id, a.user)
	}
	s.join(id, "silent")
	w.learn()
	s.until("2026-03-06 16:00")
	var seen [][]string
	look := func(replies ...string) { seen = append(seen, append(w.state(), replies...)) }
	for _, a := range answers {
		reply := s.write(a.user, a.scale, a.change, a.stay)
		s.clock.Set(s.clock.Now().Add(7 * time.Minute))
		look(reply.Message.Text.String(), s.ask("maria", "/checkin/results").Message.Text.String(), s.ask(a.user, "/my/journal").Message.Text.String())
	}
	s.until("2026-03-06 19:00")
	look(s.ask("maria", "/organize/schedule").Message.Text.String())
	s.until("2026-03-10 18:00")
	exported := s.ask("maria", "/checkin/export/"+id)
	look(s.ask("silent", "/checkin/results").Message.Text.String(), string(exported.Message.Files[0].Data), string(exported.Message.Files[1].Data))
	return seen
}

// Two worlds in which the same people answer at the same times, but each something
// else, look the same to whoever sees everything, at every moment: so nothing that
// can be seen tells whose an answer is. What is in the results is the same, since
// the same was answered.
func TestAnonymousAnswersCannotBeToldApart(t *testing.T) {
	var answers []given
	for i, user := range []string{"ana", "eva", "joe", "luis", "pat", "sam"} {
		answers = append(answers, given{user, strconv.Itoa(1 + i%5), strings.Repeat("longer ", 40*i) + "than " + strconv.Itoa(i), []string{"", "all of it"}[i%2]})
	}
	other := slices.Clone(answers)
	for i := range other { // each question is turned by another number of people
		n := len(answers)
		other[i].scale, other[i].change, other[i].stay = answers[(i+1)%n].scale, answers[(i+2)%n].change, answers[(i+3)%n].stay
	}
	one, two := world(t, answers), world(t, other)
	for i := range one {
		if apart := different(one[i], two[i]); len(apart) > 0 {
			t.Errorf("after %d of %d looks these are different: %.2000q", i+1, len(one), apart)
		}
	}
	// The test itself can tell: somebody answers who has not in the other world.
	other[0].user = "tom"
	if len(different(one[0], world(t, other)[0])) == 0 {
		t.Error("nothing is ever different")
	}
}

// In a real Redis what is sealed, and the results, do not stand in the order in
// which they came, and what was typed is nowhere to be read.
func TestAnonymousAnswersStandInNoOrder(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", redistest.URL(t))
	id := s.add("Term", "What should change?", "every friday at 15:00", 1, checkin.Anonymous)
	var users []string
	for i := range 20 {
		users = append(users, fmt.Sprintf("u%02d", i))
	}
	s.join(id, users...)
	s.until("2026-03-06 16:00")
	client := s.engine.Client()
	only := func(part string) string {
		names, err := client.Keys(t.Context(), "*"+part+"*").Result()
		if err != nil || len(names) != 1 {
			t.Fatal(names, err)
		}
		return names[0]
	}
	var came []string
	for _, u := range users {
		s.write(u, "zebra "+u)
		for name := range client.HGetAll(t.Context(), only("checkinsealed:")).Val() {
			if !slices.Contains(came, name) {
				came = append(came, name)
			}
		}
	}
	// A small hash is a list in the order of writing; one of such long values is a table.
	if encoding := client.ObjectEncoding(t.Context(), only("checkinsealed:")).Val(); encoding != "hashtable" {
		t.Errorf("what is sealed is a %s", encoding)
	}
	if now := client.HKeys(t.Context(), only("checkinsealed:")).Val(); slices.Equal(now, came) {
		t.Error("what is sealed stands in the order in which it came")
	}
	wantSays(t, s.line("u01", "plain", "zebra in plain words"), "")
	for name, body := range s.dump() {
		if strings.Contains(body, "zebra") {
			t.Errorf("an answer can be read in %s", name)
		}
	}
	s.until("2026-03-10 18:00")
	var order []string
	for _, result := range client.ZRange(t.Context(), only("checkinresults:"), 0, -1).Val() {
		_, body, _ := strings.Cut(result, " ")
		order = append(order, body)
	}
	if len(order) != len(users) || slices.IsSorted(order) {
		t.Errorf("the results stand in the order in which they came: %q", order)
	}
	for _, e := range s.platform.Standing(bottest.Channel("lobby")) {
		if strings.Contains(e.Message.Text.String(), "u00 took part") {
			t.Error("the channel tells who has answered")
		}
	}
}
