package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CommandLine is a command as somebody typed it: "chat archive name:Models".
type CommandLine struct {
	Path   string            // "/chat/archive"
	Values map[string]string // the options
}

// HelpPath serves what a command line cannot be: it gets the words that were
// not understood as the value "unknown".
const HelpPath = "/staffroom/help"

// HomePath serves a command line without words, and the home that a platform
// shows: an adapter asks for it when somebody opens that.
const HomePath = "/staffroom/home"

// rootCommand is the command that may stand before every other one, and may be
// left out before its own subcommands.
const rootCommand = "staffroom"

// ParseCommandLine reads a command from text, for platforms where commands are
// text. The root ("staffroom") and slashes before words may be there or not. A
// value lasts until the next option's name or the end of the text, and may stand
// in double quotes; words before any option's name belong to the first option, and where
// there are some, the name of that one is a word like others.
// A sign at the end of a command's word does not matter ("help!"). Text that is no
// command leads to HelpPath; nothing at all leads to the home.
func ParseCommandLine(commands []Command, text string) CommandLine {
	text = strings.TrimSpace(text)
	word, rest := cutWord(text)
	root, hasRoot := findCommand(commands, rootCommand)
	if hasRoot && isCommand(word, rootCommand) {
		text = rest
		word, rest = cutWord(text)
	}
	if text == "" {
		return CommandLine{Path: HomePath}
	}
	if line, ok := parseSubcommand(root, text); ok {
		return line
	}
	if command, ok := findCommand(commands, word); ok && rest != "" {
		if line, ok := parseSubcommand(command, rest); ok {
			return line
		}
	}
	return CommandLine{Path: HelpPath, Values: map[string]string{"unknown": text}}
}

// IsCommand reports whether what somebody wrote to the bot alone can only be a
// command, and not a sentence that begins like one ("my home visits went well",
// "library was full"): it begins with a slash, or is nothing but a command's words
// ("help", "chat list"), or these are followed by the name of an option and a colon
// ("chat archive name:Models"). The root may stand before the words.
//
// Whatever else is written there goes to the talkers first, and is read by
// ParseCommandLine if they leave it.
func IsCommand(commands []Command, text string) bool {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "/") {
		return true
	}
	word, rest := cutWord(text)
	root, hasRoot := findCommand(commands, rootCommand)
	if hasRoot && isCommand(word, rootCommand) {
		if text = rest; text == "" {
			return true
		}
		word, rest = cutWord(text)
	}
	if onlyCommand(root, text) {
		return true
	}
	command, ok := findCommand(commands, word)
	return ok && onlyCommand(command, rest)
}

// onlyCommand reports whether text is nothing but a subcommand, or goes on with the
// name of an option.
func onlyCommand(c Command, text string) bool {
	word, rest := cutWord(text)
	for _, s := range c.Subcommands {
		if isCommand(word, s.Name) && (rest == "" || optionAt(s.Options, rest) >= 0) {
			return true
		}
	}
	return false
}

func findCommand(commands []Command, word string) (Command, bool) {
	for _, c := range commands {
		if isCommand(word, c.Name) {
			return c, true
		}
	}
	return Command{}, false
}

func isCommand(word, name string) bool {
	return strings.EqualFold(strings.TrimRight(strings.TrimPrefix(word, "/"), ".!?"), name)
}

func parseSubcommand(c Command, text string) (CommandLine, bool) {
	word, rest := cutWord(text)
	for _, s := range c.Subcommands {
		if isCommand(word, s.Name) {
			return CommandLine{Path: "/" + c.Name + "/" + s.Name, Values: parseOptions(s.Options, rest)}, true
		}
	}
	return CommandLine{}, false
}

// cutWord gives the first word, and what comes after it as it was typed.
func cutWord(text string) (word, rest string) {
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimSpace(text[end:])
}

// parseOptions reads "words words name:value other:\"long value\"".
func parseOptions(options []Option, text string) map[string]string {
	values := map[string]string{}
	if len(options) == 0 {
		return values
	}
	name, start := options[0].Name, 0
	words := optionAt(options, text) < 0 // of the first option, without its name
	keep := func(value string) {
		value = strings.TrimSpace(value)
		if n := quotedLen(value); n > 0 && n == len(value) {
			value = unquote(value)
		}
		if value != "" {
			values[name] = value
		}
	}
	// A quotation begins with a word or a value; one without an end is none, and
	// then no later one has an end either.
	wordBegins, valueBegins, quotes := true, false, true
	for i := 0; i < len(text); {
		if wordBegins {
			if n := optionAt(options, text[i:]); n > 0 || n == 0 && !words {
				keep(text[start:i])
				name = options[n].Name
				i += len(name) + 1
				start = i
				wordBegins, valueBegins = false, true
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if (wordBegins || valueBegins) && quotes && strings.ContainsRune(openingQuotes, r) {
			n := quotedLen(text[i:])
			quotes = n > 0
			size = max(n, size)
		}
		wordBegins, valueBegins = unicode.IsSpace(r), false
		i += size
	}
	keep(text[start:])
	return values
}

// optionAt finds the option whose name and a colon begin the text, or -1.
func optionAt(options []Option, text string) int {
	for n, o := range options {
		if end := len(o.Name); len(text) > end && text[end] == ':' && strings.EqualFold(text[:end], o.Name) {
			return n
		}
	}
	return -1
}

// Phones set curly quotes by themselves.
const (
	openingQuotes = `"“”„`
	closingQuotes = `"“”`
)

// quotedLen is the length of the quotation that begins the text and ends before
// a space or with the text; 0 if there is none.
func quotedLen(text string) int {
	open, first := utf8.DecodeRuneInString(text)
	if !strings.ContainsRune(openingQuotes, open) {
		return 0
	}
	for i := first; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		if !strings.ContainsRune(closingQuotes, r) {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[i:]); i == len(text) || unicode.IsSpace(next) {
			return i
		}
	}
	return 0
}

// unquote takes the first and the last character off.
func unquote(s string) string {
	_, first := utf8.DecodeRuneInString(s)
	_, last := utf8.DecodeLastRuneInString(s)
	return s[first : len(s)-last]
}
