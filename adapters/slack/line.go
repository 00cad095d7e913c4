package slack

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// line is a command as somebody typed it, with what Slack knows its words to
// mean.
type line struct {
	bot.CommandLine
	text     string // all of it, as typed
	accounts map[string]bot.Account
	channels map[string]bot.Channel
}

func (l line) fill(req *bot.Request) {
	req.Values, req.Accounts, req.Channels = l.Values, l.accounts, l.channels
}

// What Slack recognised in a text is marked while the text is taken apart, so
// that a value can be told from another that reads the same: two people may have
// one name. The marks are code points that stand for no character and that no
// text from outside keeps.
// https://www.unicode.org/faq/private_use.html#nonchar1
const (
	firstMark = '\ufdd0'
	lastMark  = '\ufdef'
)

func isMark(r rune) bool { return r >= firstMark && r <= lastMark }

func withoutMarks(s string) string {
	if !strings.ContainsFunc(s, isMark) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, s)
}

// read reads a command from a text of Slack.
func (r *receiver) read(ctx context.Context, space bot.SpaceID, text string) line {
	if !strings.ContainsRune(text, '<') {
		text = unescape(text)
		return line{CommandLine: r.parse(text), text: text}
	}
	var marked []string // "@U1", "#C1"
	named := r.namer(ctx)
	text = typed(withoutMarks(text), func(user string) string { return withoutMarks(named(user)) }, func(target string) string {
		mark := firstMark + rune(len(marked))
		if mark > lastMark {
			return ""
		}
		marked = append(marked, target)
		return string(mark)
	})
	l := line{CommandLine: r.parse(text), text: withoutMarks(text)}
	kinds := r.kindsOf(l.Path)
	for name, value := range l.Values {
		l.Values[name] = withoutMarks(value)
		target, one := theOne(value, marked)
		if !one {
			continue
		}
		switch kind := kinds[name]; {
		case kind == bot.OptionPerson && target[0] == '@':
			if l.accounts == nil {
				l.accounts = map[string]bot.Account{}
			}
			l.accounts[name] = bot.Account{Space: space, User: target[1:]}
		case kind == bot.OptionChannel && target[0] == '#':
			if l.channels == nil {
				l.channels = map[string]bot.Channel{}
			}
			l.channels[name] = bot.Channel{Space: space, ID: target[1:]}
		}
	}
	return l
}

// kindsOf gives the kinds of the options of a command.
func (r *receiver) kindsOf(path string) map[string]bot.OptionKind {
	kinds := map[string]bot.OptionKind{}
	for _, c := range r.in.Commands() {
		for _, s := range c.Subcommands {
			if "/"+c.Name+"/"+s.Name != path {
				continue
			}
			for _, o := range s.Options {
				kinds[o.Name] = o.Kind
			}
		}
	}
	return kinds
}

// theOne is what a value means if exactly one thing in it was recognised.
func theOne(value string, marked []string) (target string, one bool) {
	for i, r := range value {
		if !isMark(r) {
			continue
		}
		if strings.ContainsFunc(value[i+utf8.RuneLen(r):], isMark) {
			return "", false
		}
		return marked[r-firstMark], true
	}
	return "", false
}
