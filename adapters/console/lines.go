package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
)

// mistake is what somebody at the console can mend; its text says how.
type mistake string

func (m mistake) Error() string { return string(m) }

func mistakef(format string, args ...any) error { return mistake(fmt.Sprintf(format, args...)) }

// verb is what a line asks for.
type verb string

// The verbs. Those with a person come after "maria:".
const (
	nothing   verb = ""
	sayIt     verb = "say"
	commandIt verb = "command"
	pressIt   verb = "press"
	pickIt    verb = "pick"
	menuOf    verb = "menu"
	fillIt    verb = "fill"
	replyTo   verb = "reply"
	editIt    verb = "edit"
	deleteIt  verb = "delete"
	reactTo   verb = "react"
	joinIn    verb = "join"
	waitFor   verb = "wait"
	moveTo    verb = "in"
	directOf  verb = "dm"
	helpMe    verb = "help"
	quitIt    verb = "quit"
)

// line is one line of input, understood.
type line struct {
	verb    verb
	who     string // the person; "" where the console is meant
	channel string // where; "" for where people are
	message string // a message's number
	text    string // what is said, a command, a label, a form's values, a sign
	person  Person // of join
	wait    time.Duration
}

// parseLine reads a line of input. Its error says what to do instead.
func parseLine(s string) (line, error) {
	s = strings.TrimSpace(strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
	switch {
	case s == "", s[0] == '#':
		return line{}, nil
	case s[0] == '!':
		return parseConsole(s[1:])
	}
	who, rest, ok := strings.Cut(s, ":")
	who, channel, moved := strings.Cut(strings.TrimSpace(who), "#")
	who, direct := strings.CutSuffix(strings.TrimSpace(who), "@"+botName)
	who = strings.TrimSpace(who)
	if direct {
		channel = directChannel(userOf(who))
	}
	if !ok || !isWord(who) || strings.HasPrefix(rest, "//") {
		return line{}, mistakef("say something as somebody, like this:  maria: hello  (!help lists everything)")
	}
	if moved && !isWord(channel) {
		return line{}, mistakef("a channel is one word, like this:  %s #lounge: hello", who)
	}
	l, err := parseDeed(who, strings.TrimSpace(rest))
	l.who, l.channel = who, channel
	return l, err
}

// parseConsole reads what follows the "!" of a line for the console.
func parseConsole(s string) (line, error) {
	word, rest := cutWord(s)
	switch verb(strings.ToLower(word)) {
	case joinIn:
		return parseJoin(rest)
	case waitFor:
		d, err := parseWait(rest)
		return line{verb: waitFor, wait: d}, err
	case moveTo:
		name := strings.TrimPrefix(rest, "#")
		if !isWord(name) {
			return line{}, mistakef("name the channel, like this:  !in #lounge")
		}
		return line{verb: moveTo, channel: name}, nil
	case directOf:
		if !isWord(rest) {
			return line{}, mistakef("name the person, like this:  !dm maria")
		}
		return line{verb: directOf, who: rest}, nil
	case helpMe:
		return line{verb: helpMe}, nil
	case quitIt:
		return line{verb: quitIt}, nil
	case pressIt, pickIt, menuOf, fillIt, replyTo, editIt, deleteIt, reactTo, sayIt:
		return line{}, mistakef("say who does it, like this:  maria: !%s %s", word, rest)
	}
	return line{}, mistakef("there is no !%s; !help lists everything", word)
}

// parseDeed reads what follows "maria:".
func parseDeed(who, s string) (line, error) {
	switch {
	case s == "":
		return line{}, mistakef("nothing is said; write it behind the colon:  %s: hello", who)
	case s[0] == '/':
		return line{verb: commandIt, text: s}, nil
	case s[0] != '!':
		return line{verb: sayIt, text: s}, nil
	}
	word, rest := cutWord(s[1:])
	v := verb(strings.ToLower(word))
	switch v {
	case sayIt:
		if rest == "" {
			return line{}, mistakef("nothing is said; like this:  %s: !say hello", who)
		}
		return line{verb: sayIt, text: unquote(rest)}, nil
	case pressIt:
		if rest == "" {
			return line{}, mistakef("name the button, like this:  %s: !press Start", who)
		}
		return line{verb: pressIt, text: unquote(rest)}, nil
	case pickIt:
		if rest == "" {
			return line{}, mistakef("name what you pick, like this:  %s: !pick Q2", who)
		}
		return line{verb: pickIt, text: unquote(rest)}, nil
	case fillIt:
		return line{verb: fillIt, text: rest}, nil
	case replyTo, editIt, reactTo, menuOf:
		id, text := cutWord(strings.TrimPrefix(rest, "#"))
		if id == "" || text == "" {
			return line{}, mistakef("a message's number and the text are needed, like this:  %s: !%s 12 %s", who, v, exampleOf(v))
		}
		return line{verb: v, message: id, text: unquote(text)}, nil
	case deleteIt:
		id := strings.TrimPrefix(rest, "#")
		if id == "" || strings.ContainsFunc(id, unicode.IsSpace) {
			return line{}, mistakef("the message's number is needed, like this:  %s: !delete 12", who)
		}
		return line{verb: v, message: id}, nil
	case joinIn, waitFor, moveTo, directOf, helpMe, quitIt:
		return line{}, mistakef("leave the name out:  %s", strings.TrimSpace("!"+word+" "+rest))
	}
	return line{}, mistakef("nobody can !%s; !help lists everything, and  %s: !say !%s …  says it", word, who, word)
}

func exampleOf(v verb) string {
	switch v {
	case reactTo:
		return "👍"
	case menuOf:
		return "Report"
	default:
		return "I agree"
	}
}

func parseJoin(s string) (line, error) {
	name, rest := cutWord(s)
	if !isWord(name) {
		return line{}, mistakef("name the person, like this:  !join pat role=organizer zone=America/Chicago language=es")
	}
	p := Person{Name: name}
	for _, word := range strings.Fields(rest) {
		key, value, _ := strings.Cut(word, "=")
		switch strings.ToLower(key) {
		case "role":
			p.Role = bot.Role(strings.ToLower(value))
		case "zone":
			p.Zone = value
		case "language":
			p.Language = value
		default:
			return line{}, mistakef("what can be said of a person is role=, zone= and language=")
		}
	}
	return line{verb: joinIn, person: p}, p.check()
}

// parseWait reads a time such as 90s, 10m, 1h30m or 2d.
func parseWait(s string) (time.Duration, error) {
	var days time.Duration
	rest := s
	if n, after, ok := strings.Cut(s, "d"); ok {
		count, err := strconv.ParseUint(n, 10, 8)
		if err != nil {
			return 0, errWait
		}
		days, rest = time.Duration(count)*24*time.Hour, after
	}
	var d time.Duration
	if rest != "" || s == "" {
		var err error
		if d, err = time.ParseDuration(rest); err != nil || d < 0 || d > 366*24*time.Hour {
			return 0, errWait
		}
	}
	if d += days; d <= 0 {
		return 0, errWait
	}
	return d, nil
}

const errWait = mistake("say how long, like this:  !wait 10m  (or 90s, 1h30m, 2d)")

// cutWord takes the first word off and keeps the rest as it was typed.
func cutWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// isWord reports whether s can name a person or a channel in a line.
func isWord(s string) bool {
	for _, r := range s {
		if !isNameRune(r) {
			return false
		}
	}
	return s != ""
}

// unquote reads "a text\nin quotes"; other text is as it stands.
func unquote(s string) string {
	if value, rest, ok := cutQuoted(s); ok && rest == "" {
		return value
	}
	return s
}

// cutQuoted takes a quoted value off the front of s: \n is a line break, and a
// backslash takes any other character as it is.
func cutQuoted(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	var b strings.Builder
	escaped := false
	for i, r := range s[1:] {
		switch {
		case escaped && r == 'n':
			b.WriteByte('\n')
			escaped = false
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '"':
			return b.String(), s[i+2:], true
		default:
			b.WriteRune(r)
		}
	}
	return "", s, false
}

// quote is a value as it may be typed.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
