package discordloop

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Reading is what a person reads in a message.
type Reading struct {
	Text     string   // without markup; mentions as @name, times in UTC
	Mentions []string // IDs of people
	Crowd    bool     // everyone, here or a role is mentioned
	Links    []string // addresses that can be clicked, invitations among them
	Looks    []string // the kinds of markup in it, each once, sorted: "bold", "heading", …
}

func (r *Reading) add(other Reading) {
	if r.Text != "" && other.Text != "" {
		r.Text += "\n"
	}
	r.Text += other.Text
	r.Mentions = append(r.Mentions, other.Mentions...)
	r.Crowd = r.Crowd || other.Crowd
	r.Links = append(r.Links, other.Links...)
	r.Looks = append(r.Looks, other.Looks...)
	slices.Sort(r.Looks)
	r.Looks = slices.Compact(r.Looks)
}

// Read reads content the way Discord's clients do. name gives people's names.
// https://support.discord.com/hc/en-us/articles/210298617
// https://discord.com/developers/docs/reference#message-formatting
func Read(content string, name func(id string) string) Reading {
	r := &reader{name: name}
	r.run(content, true)
	slices.Sort(r.out.Looks)
	r.out.Looks = slices.Compact(r.out.Looks)
	r.out.Text = r.text.String()
	return r.out
}

type reader struct {
	name func(string) string
	text strings.Builder
	out  Reading
}

var (
	blockStart = []struct {
		look string
		at   *regexp.Regexp
	}{
		{"heading", regexp.MustCompile(`^[ \t]*#{1,3}[ \t]+`)},
		{"small", regexp.MustCompile(`^[ \t]*-#[ \t]+`)},
		{"quote", regexp.MustCompile(`^[ \t]*>[ \t]|^[ \t]*>>>[ \t]`)},
		{"list", regexp.MustCompile(`^[ \t]*(?:[-*]|\d+\.)[ \t]+`)},
	}
	personAt  = regexp.MustCompile(`^<@!?(\d+)>`)
	roleAt    = regexp.MustCompile(`^<@&\d+>`)
	channelAt = regexp.MustCompile(`^<#\d+>`)
	emojiAt   = regexp.MustCompile(`^<a?:\w+:\d+>|^:[\w+-]+(?:::skin-tone-\d)?:`)
	timeAt    = regexp.MustCompile(`^<t:(-?\d+)(?::[tTdDfFsSR])?>`)
	commandAt = regexp.MustCompile(`^</[^>:]+:\d+>`)
	guideAt   = regexp.MustCompile(`^<id:\w+>`)
	angledAt  = regexp.MustCompile(`^<(https?://[^\s>]+)>`)
	linkAt    = regexp.MustCompile(`^(?:https?|steam|discord)://[^\s<]*[^\s<.,:;"'\]]`)
	inviteAt  = regexp.MustCompile(`(?i)^(?:discord\.gg|discord(?:app)?\.com/invite)/\w+`)
	maskedAt  = regexp.MustCompile(`^\[((?:\\.|[^\]\\])+)\]\(<?(https?://[^\s<>)]+)>?\)`)
	crowdAt   = regexp.MustCompile(`^@(?:everyone|here)`)
	fencedAt  = regexp.MustCompile("(?s)^```(?:[\\w+.#-]*\n)?(.+?)```")
)

// pairs are marks that stand around what they change, the longer ones first.
var pairs = []struct{ mark, look string }{
	{"**", "bold"}, {"__", "underline"}, {"~~", "strike"}, {"||", "spoiler"}, {"*", "italic"}, {"_", "italic"},
}

func (r *reader) look(kind string) { r.out.Looks = append(r.out.Looks, kind) }

// run reads s. start says that it begins a line.
func (r *reader) run(s string, start bool) {
	for s != "" {
		if start {
			s = r.block(s)
		}
		n := r.token(s)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(s)
			r.text.WriteString(s[:n])
		}
		start = n > 0 && s[n-1] == '\n'
		s = s[n:]
	}
}

func (r *reader) block(s string) string {
	for _, b := range blockStart {
		if m := b.at.FindString(s); m != "" {
			r.look(b.look)
			return s[len(m):]
		}
	}
	return s
}

// token reads what s begins with and returns its length, or 0 for plain text.
func (r *reader) token(s string) int {
	switch s[0] {
	case '\\':
		if len(s) > 1 && s[1] < utf8.RuneSelf && (unicode.IsPunct(rune(s[1])) || unicode.IsSymbol(rune(s[1]))) {
			r.text.WriteByte(s[1])
			return 2
		}
		return 0
	case '`':
		return r.code(s)
	case '<':
		return r.reference(s)
	case '[':
		if m := maskedAt.FindStringSubmatch(s); m != nil {
			r.out.Links = append(r.out.Links, m[2])
			r.run(m[1], false)
			return len(m[0])
		}
		return 0
	case '@':
		m := crowdAt.FindString(s)
		r.out.Crowd = r.out.Crowd || m != ""
		r.text.WriteString(m)
		return len(m)
	case ':':
		if m := emojiAt.FindString(s); m != "" {
			r.look("emoji")
			return len(m)
		}
		return 0
	}
	for _, link := range []*regexp.Regexp{linkAt, inviteAt} {
		if m := link.FindString(s); m != "" && r.atWord() {
			r.out.Links = append(r.out.Links, m)
			r.text.WriteString(m)
			return len(m)
		}
	}
	return r.pair(s)
}

// atWord reports whether a word could begin here.
func (r *reader) atWord() bool {
	last, _ := utf8.DecodeLastRuneInString(r.text.String())
	return r.text.Len() == 0 || !unicode.IsLetter(last) && !unicode.IsDigit(last)
}

func (r *reader) code(s string) int {
	if m := fencedAt.FindStringSubmatch(s); m != nil {
		r.look("block")
		r.text.WriteString(m[1])
		return len(m[0])
	}
	n := len(s) - len(strings.TrimLeft(s, "`"))
	for i := n; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == n && i > n {
			r.look("code")
			r.text.WriteString(s[n:i])
			return i + n
		}
		i += run
	}
	r.text.WriteString(s[:n])
	return n
}

func (r *reader) reference(s string) int {
	if m := personAt.FindStringSubmatch(s); m != nil {
		r.out.Mentions = append(r.out.Mentions, m[1])
		r.text.WriteString("@" + r.name(m[1]))
		return len(m[0])
	}
	if m := timeAt.FindStringSubmatch(s); m != nil {
		seconds, _ := strconv.ParseInt(m[1], 10, 64)
		r.look("time")
		r.text.WriteString(time.Unix(seconds, 0).UTC().Format("Mon 2 Jan 2006, 15:04 UTC"))
		return len(m[0])
	}
	if m := angledAt.FindStringSubmatch(s); m != nil {
		r.out.Links = append(r.out.Links, m[1])
		r.text.WriteString(m[1])
		return len(m[0])
	}
	if m := roleAt.FindString(s); m != "" {
		r.out.Crowd = true
		r.text.WriteString("@role")
		return len(m)
	}
	for look, at := range map[string]*regexp.Regexp{"channel": channelAt, "emoji": emojiAt, "command": commandAt, "guide": guideAt} {
		if m := at.FindString(s); m != "" {
			r.look(look)
			r.text.WriteString("(" + look + ")")
			return len(m)
		}
	}
	return 0
}

func (r *reader) pair(s string) int {
	for _, p := range pairs {
		if !strings.HasPrefix(s, p.mark) {
			continue
		}
		if p.mark == "_" && !r.atWord() {
			continue
		}
		if end := closing(s, p.mark); end > 0 {
			r.look(p.look)
			r.run(s[len(p.mark):end], false)
			return end + len(p.mark)
		}
	}
	return 0
}

// closing finds where the mark at the beginning of s is closed, or 0.
func closing(s, mark string) int {
	n := len(mark)
	if n == 1 && (len(s) < 3 || isSpaceAt(s[1:]) || s[1] == mark[0]) {
		return 0
	}
	for i := n; i < len(s); {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i += 2
		case strings.HasPrefix(s[i:], mark) && i > n:
			run := len(s[i:]) - len(strings.TrimLeft(s[i:], mark[:1]))
			if run > n && n == 1 {
				i += run
				continue
			}
			end := i + run - n // of "***", the last two close
			if last, _ := utf8.DecodeLastRuneInString(s[:i]); mark == "*" && unicode.IsSpace(last) {
				i++
				continue
			}
			if mark == "_" && end+1 < len(s) && isWordByte(s[end+1]) {
				i++
				continue
			}
			return end
		default:
			i++
		}
	}
	return 0
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func isSpaceAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}
