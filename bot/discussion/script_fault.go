package discussion

import (
	"cmp"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Words says in the catalogue's words what to mend, with its line if there is one. It
// quotes nothing; String is more exact.
func (p Problem) Words(words bot.Words, lang string) bot.Text {
	what := words.Text(lang, p.key(), bot.Num("title", maxTitle), bot.Num("long", maxText), bot.Num("most", maxQuestions), bot.Num("hosts", maxHosts))
	if p.Line == 0 {
		return what
	}
	return words.Text(lang, "script.line", bot.Num("line", p.Line), bot.Rich("problem", what))
}

func (p Problem) key() bot.Key {
	list, rest, nested := strings.Cut(p.Field, "[")
	if nested && list == "questions" {
		_, name, _ := strings.Cut(rest, ".")
		switch cmp.Or(name, "text") {
		case "text":
			return "script.question"
		case "at":
			return "script.at"
		case "image":
			return "script.image"
		case "note":
			return "script.note"
		}
		return "script.unknown"
	}
	switch list {
	case "title", "tag", "hosts", "start", "zone", "introductions", "length", "welcome", "close", "questions", "pace", "per_day", "threads":
		return bot.Key("script." + list)
	case "":
		return "script.file"
	}
	return "script.unknown"
}

// shownFaults is how many problems stand next to a field: more than a person mends in
// one go fills a screen.
const shownFaults = 6

// faults are what is wrong with a file that was pasted, a line each.
func (s *Service) faults(lang string, e *ScriptError) bot.Text {
	var lines []bot.Text
	for i, p := range e.Problems {
		if i == shownFaults {
			lines = append(lines, s.words.Text(lang, "script.more", bot.Count("problems", len(e.Problems)-i)))
			break
		}
		lines = append(lines, p.Words(s.words, lang))
	}
	return bot.Join("\n", lines...)
}
