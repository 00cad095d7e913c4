package library

import (
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// ImportReport tells in a language what came of importing: first what there is to say
// of all of it, then of single lines.
func (s *Service) ImportReport(language string, o Importing, got Imported) (sums, lines []bot.Text) {
	say := func(key bot.Key, args ...bot.Arg) bot.Text { return s.words.Text(language, key, args...) }
	if o.Dry {
		sums = append(sums, say("import.dry"))
	}
	for _, of := range []struct {
		key bot.Key
		n   int
	}{
		{"import.added", got.Added}, {"import.joined", got.Joined}, {"import.same", got.Same},
		{"import.twice", got.Twice}, {"import.refused", got.Refused}, {"import.prose", got.Prose},
	} {
		if of.n > 0 {
			sums = append(sums, say(of.key, bot.Count("count", of.n)))
		}
	}
	if len(got.InNotes) > 0 {
		sums = append(sums, say("import.in_notes", bot.Str("columns", named(got.InNotes))))
	}
	if len(got.Unkept) > 0 {
		sums = append(sums, say("import.unkept", bot.Str("columns", named(got.Unkept))))
	}
	if got.More {
		sums = append(sums, say("import.more", bot.Num("most", MostImported)))
	}
	if got.Added > 0 {
		sums = append(sums, say("import.later"))
	}
	for _, l := range got.Lines {
		at := say("import.line", bot.Str("line", strconv.Itoa(l.Line)))
		switch {
		case l.Line == 0:
			at = nil
		case l.Last > l.Line:
			at = say("import.lines", bot.Str("line", strconv.Itoa(l.Line)), bot.Str("last", strconv.Itoa(l.Last)))
		}
		lines = append(lines, bot.Join(" ", at, say(reason(l.What), bot.Num("with", l.With), bot.Str("text", l.Text))))
	}
	return sums, lines
}

// reason is the message for what there is to tell of a line.
func reason(w ImportedWhat) bot.Key {
	switch exchange.Fault(w) {
	case exchange.NoLink:
		return "import.why.no_link"
	case exchange.NoColumn:
		return "import.why.no_column"
	case exchange.TooLong:
		return "import.why.long"
	case exchange.Unclosed:
		return "import.why.unclosed"
	case exchange.Broken:
		return "import.why.broken"
	case exchange.Unlisted:
		return "import.why.unlisted"
	case exchange.Empty:
		return "import.why.empty"
	}
	return bot.Key("import.why." + string(w))
}

// named are names with how often they came.
func named(all []Counted) string {
	var out []string
	for _, c := range all {
		out = append(out, c.Name+" ("+strconv.Itoa(c.Count)+")")
	}
	return strings.Join(out, ", ")
}
