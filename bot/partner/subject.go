package partner

import (
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// subjects are those that are known by other words too, and so are the same to whoever
// writes them, in either language: partner.subject.<name> is what they are called, and
// partner.subject.<name>.typed what people write.
var subjects = [...]string{
	"math", "science", "biology", "chemistry", "physics", "reading", "writing", "english", "history", "social", "geography",
	"spanish", "french", "german", "esl", "art", "music", "drama", "pe", "computing", "special", "library", "counseling",
}

const (
	mostSubjects = 6
	mostSubject  = 40 // characters of one
)

// lists are what stands between the parts of a list.
const lists = ",;/+&\n"

// listed are the parts of a list as typed, each once.
func listed(typed string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(lists, r) }) {
		part = strings.ToLower(oneLine(part))
		if part != "" && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return out
}

func oneLine(typed string) string { return strings.Join(strings.Fields(typed), " ") }

// subjectsOf reads what somebody teaches: those that are known by their names, others in
// small letters as they were typed.
func (s *Service) subjectsOf(typed string) []string {
	var out []string
	for _, part := range listed(typed) {
		if known := s.knownSubject(part); known != "" {
			part = known
		}
		if !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return out
}

// knownSubject is the name of a subject that people write so, or "".
func (s *Service) knownSubject(typed string) string {
	for _, name := range subjects {
		for _, word := range strings.Split(s.label("en", bot.Key("partner.subject."+name+".typed")), "|") {
			if typed == word {
				return name
			}
		}
	}
	return ""
}

// subjectShown is what a subject is called.
func (s *Service) subjectShown(lang, subject string) string {
	if slices.Contains(subjects[:], subject) {
		return s.label(lang, bot.Key("partner.subject."+subject))
	}
	return subject
}

// subjectsShown is what subjects are called, with commas between.
func (s *Service) subjectsShown(lang string, all []string) string {
	shown := make([]string, len(all))
	for i, subject := range all {
		shown[i] = s.subjectShown(lang, subject)
	}
	return strings.Join(shown, ", ")
}
