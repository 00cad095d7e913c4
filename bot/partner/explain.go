package partner

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// What a group hears of itself follows from match.Group, and so from the profiles of its
// people alone. It is only ever good reasons: anything else could tell of a block.

// by is the message for a group of two, or that for three.
func (s *Service) by(g *Group, message string) bot.Key {
	if len(g.here()) > 2 {
		return bot.Key("partner.three." + message)
	}
	return bot.Key("partner.two." + message)
}

// namesOf are somebody's own name and those of the others, as arguments.
func (s *Service) namesOf(lang string, names map[bot.MemberID]string, m bot.MemberID, g *Group) []bot.Arg {
	var others []string
	for _, seat := range g.others(m) {
		others = append(others, s.called(lang, names[seat.Member]))
	}
	args := []bot.Arg{bot.Str("name", s.called(lang, names[m]))}
	for i, key := range []string{"other", "second"} {
		if i < len(others) {
			args = append(args, bot.Str(key, others[i]))
		}
	}
	return args
}

// called is somebody's name, or what stands for it where it is not known.
func (s *Service) called(lang, name string) string {
	if name == "" {
		return s.label(lang, "partner.somebody")
	}
	return name
}

// valuesOf are the group's common traits of one kind.
func (g *Group) valuesOf(f match.Facet) []string {
	var out []string
	for _, t := range g.Traits {
		if t.Facet == f {
			out = append(out, t.Value)
		}
	}
	return out
}

// shares says what the people of a group have in common, and in what they differ if that is
// what the program looks for. reader is the profile of who reads it: what they have typed
// is shown as they typed it.
func (s *Service) shares(lang string, reader Profile, g *Group) bot.Text {
	subjects := s.subjectsShown(lang, g.valuesOf(match.Subject))
	grades := grade.Text(asTyped(g.valuesOf(match.Grades), reader.Grades))
	what := []bot.Arg{bot.Str("subjects", subjects), bot.Str("grades", grades)}
	var parts []bot.Text
	add := func(message string, args ...bot.Arg) {
		parts = append(parts, s.words.Text(lang, s.by(g, message), args...))
	}
	switch {
	case subjects != "" && grades != "":
		add("shares.both", what...)
	case subjects != "":
		add("shares.subjects", what...)
	case grades != "":
		add("shares.grades", what...)
	}
	for _, role := range g.valuesOf(match.Role) {
		add("shares.role", bot.Str("role", s.label(lang, bot.Key("partner.role."+role))))
	}
	for _, school := range asTyped(g.valuesOf(match.School), []string{reader.School}) {
		add("shares.school", bot.Str("school", school))
	}
	if languages := asTyped(g.valuesOf(match.Languages), reader.Languages); len(languages) > 0 {
		add("shares.languages", bot.Str("languages", strings.Join(languages, ", ")))
	}
	for _, f := range g.Unlike {
		switch f {
		case match.Country, match.School, match.Stage:
			add("differs." + string(f))
		}
	}
	return bot.Join(" ", parts...)
}

// asTyped are values as one of those who have them typed them.
func asTyped(values, typed []string) []string {
	out := slices.Clone(values)
	for i, v := range values {
		for _, t := range typed {
			if strings.EqualFold(v, t) {
				out[i] = t
			}
		}
	}
	return out
}

// suggested is how many times an introduction names.
const suggested = 2

// suits says when everybody in a group is free, in the reader's zone.
func (s *Service) suits(lang string, who *pool, g *Group, m bot.MemberID) bot.Text {
	var times []bot.Text
	for _, at := range who.free(g, suggested) {
		times = append(times, s.timeShown(lang, at, who.members[m].Zone))
	}
	if len(times) == 0 {
		return nil
	}
	return s.words.Text(lang, s.by(g, "suits"), bot.Rich("times", bot.Join(", ", times...)))
}

func (s *Service) timeShown(lang string, at time.Time, zone string) bot.Text {
	return s.words.Text(lang, "partner.time", bot.At("time", at, zone, bot.WeekdayTime))
}

// free are the next times at which everybody in a group is free, as many as most.
func (p *pool) free(g *Group, most int) []time.Time {
	var in []rule.Place
	for _, seat := range g.here() {
		in = append(in, p.places[seat.Member])
	}
	return timesOf(g.Hours, in, p.now, most)
}

// openings is how many questions there are to begin with: partner.opening.1 and so on.
const openings = 8

// opening is the question that a group begins with: always the same one.
func opening(g *Group) bot.Key {
	_, which, _ := strings.Cut(g.ID, "-") // the round, and which group of it
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(which))
	return bot.Key("partner.opening." + strconv.Itoa(int(sum.Sum32()%openings)+1))
}
