package discussion

import (
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
)

// published is what the public may read of a discussion: the words of members who have
// agreed to that, with their names. What others said is not there at all, and neither
// is what those who agreed repeat of it: quoted lines, runs of words that somebody else
// said first, others' names. Where people work is left out too, and messages have names
// that lead nowhere. agreed says from when on somebody's words may be shown.
func published(g *gathered, agreed func(bot.MemberID) (since time.Time, ok bool)) Archive {
	keep := func(e *Entry) bool {
		since, ok := agreed(e.Author)
		return ok && !e.Deleted && !e.Withheld && !e.At.Before(since)
	}
	a := archive(&g.discussion, g.entries, g.names, keep)
	a.Audience, a.Places, a.left = ForPublic, nil, nil
	a.Hosts = slices.DeleteFunc(a.Hosts, func(name string) bool {
		return !slices.ContainsFunc(g.discussion.Hosts, func(id bot.MemberID) bool {
			_, ok := agreed(id)
			return ok && g.names[id] == name
		})
	})
	c := newCensor(g, &a, keep)
	for i := range a.Messages {
		m := &a.Messages[i]
		m.Place, m.Text = "", c.text(m.Text, m.ReplyTo)
	}
	for i := range a.Commitments {
		m := &a.Commitments[i]
		m.Text, m.Outcome = c.text(m.Text, ""), c.text(m.Outcome, "")
	}
	a.rename()
	a.Links = a.links()
	return a
}

// rename gives the messages names of their own, and takes away those of messages that
// are not there.
func (a *Archive) rename() {
	names := map[string]string{}
	for i := range a.Messages {
		names[a.Messages[i].ID] = strconv.Itoa(i + 1)
	}
	for i := range a.Messages {
		m := &a.Messages[i]
		m.ID, m.ReplyTo = names[m.ID], names[m.ReplyTo]
	}
}

// gap stands for what was taken out of a message.
const gap = "[…]"

// How many words in a row are somebody's: so many that two people hardly say them by
// chance, and less where one replies to the other.
const (
	quotedWords  = 6
	repliedWords = 3
)

// censor takes out of messages what they repeat of others.
type censor struct {
	seed    maphash.Seed
	said    map[uint64]bool            // runs of words → whether who said them first must not be shown
	replied map[string]string          // message that is not shown → its text
	names   map[string][][]wordAt      // first word → names that must not be shown
	shown   map[string]bool            // names that may be
	runs    map[string]map[uint64]bool // of replied, once they were needed
}

// wordAt is a word of a text.
type wordAt struct {
	start, end int
	hash       uint64 // of the word in small letters
	raw        string
}

func newCensor(g *gathered, a *Archive, keep func(*Entry) bool) *censor {
	c := &censor{
		seed: maphash.MakeSeed(), said: map[uint64]bool{}, replied: map[string]string{},
		names: map[string][][]wordAt{}, shown: map[string]bool{}, runs: map[string]map[uint64]bool{},
	}
	for _, q := range g.discussion.Script.Questions {
		c.learn(q.Text, false)
	}
	for _, e := range slices.SortedStableFunc(slices.Values(g.entries), func(a, b Entry) int { return a.At.Compare(b.At) }) {
		kept := keep(&e)
		if !kept {
			c.replied[e.ID] = e.Text
		}
		c.learn(e.Text, !kept)
		c.learn(e.Outcome, !kept)
	}
	for _, name := range append(slices.Clone(a.Participants), a.Hosts...) {
		c.shown[name] = true
	}
	hidden := slices.Clone(g.discussion.Script.Hosts)
	for _, id := range g.people {
		hidden = append(hidden, g.names[id])
	}
	for _, name := range hidden {
		if words := c.words(name); !c.shown[name] && len(words) > 0 && len([]rune(name)) >= shortestName {
			c.names[words[0].raw] = append(c.names[words[0].raw], words)
		}
	}
	return c
}

// shortestName is how many characters a name has at least that is known in a text
// without an @ before it.
const shortestName = 3

// words cuts a text into its words.
func (c *censor) words(text string) []wordAt {
	var all []wordAt
	start := -1
	end := func(i int) {
		if start >= 0 {
			raw := text[start:i]
			all = append(all, wordAt{start, i, maphash.String(c.seed, strings.ToLower(raw)), raw})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			if start < 0 {
				start = i
			}
		default:
			end(i)
		}
	}
	end(len(text))
	return all
}

// run names so many words in a row.
func run(words []wordAt) uint64 {
	h := uint64(14695981039346656037) // FNV-1a over the words' own sums
	for _, w := range words {
		h = (h ^ w.hash) * 1099511628211
	}
	return h
}

// learn notes who said something first.
func (c *censor) learn(text string, hidden bool) {
	words := c.words(text)
	for i := 0; i+quotedWords <= len(words); i++ {
		if r := run(words[i : i+quotedWords]); !c.said[r] {
			if _, known := c.said[r]; !known {
				c.said[r] = hidden
			}
		}
	}
}

// text is what may be shown of a text that replies to a message.
func (c *censor) text(text, replyTo string) string {
	text = unquoted(text)
	words := c.words(text)
	out := make([]bool, len(words)) // which words go
	mark := func(from, n int) {
		for i := from; i < from+n; i++ {
			out[i] = true
		}
	}
	for i := 0; i+quotedWords <= len(words); i++ {
		if c.said[run(words[i:i+quotedWords])] {
			mark(i, quotedWords)
		}
	}
	if said := c.repliedRuns(replyTo); said != nil {
		for i := 0; i+repliedWords <= len(words); i++ {
			if said[run(words[i:i+repliedWords])] {
				mark(i, repliedWords)
			}
		}
	}
	for i, w := range words {
		for _, name := range c.names[w.raw] {
			if i+len(name) <= len(words) && slices.EqualFunc(name, words[i:i+len(name)], func(a, b wordAt) bool { return a.raw == b.raw }) {
				mark(i, len(name))
			}
		}
	}
	return c.mentions(without(text, words, out))
}

// repliedRuns are the runs of words of a message that is not shown; nil for others.
func (c *censor) repliedRuns(id string) map[uint64]bool {
	text, hidden := c.replied[id]
	if !hidden {
		return nil
	}
	if c.runs[id] == nil {
		c.runs[id] = map[uint64]bool{}
		words := c.words(text)
		for i := 0; i+repliedWords <= len(words); i++ {
			c.runs[id][run(words[i:i+repliedWords])] = true
		}
	}
	return c.runs[id]
}

// without is a text without some of its words: each row of them is one gap.
func without(text string, words []wordAt, out []bool) string {
	if !slices.Contains(out, true) {
		return text
	}
	var b strings.Builder
	at := 0
	for i := 0; i < len(words); i++ {
		if !out[i] {
			continue
		}
		first := i
		for i+1 < len(words) && out[i+1] {
			i++
		}
		b.WriteString(text[at:words[first].start])
		b.WriteString(gap)
		at = words[i].end
	}
	b.WriteString(text[at:])
	return b.String()
}

// mentions takes out who is mentioned, but for those who are shown.
func (c *censor) mentions(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	var b strings.Builder
	at := 0
	for _, p := range lex(text) {
		if p.kind != mentionPiece || c.shown[strings.TrimPrefix(text[p.start:p.end], "@")] {
			continue
		}
		b.WriteString(text[at:p.start])
		b.WriteString(gap)
		at = p.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// unquoted is a text without the lines that quote somebody.
func unquoted(text string) string {
	if !strings.Contains(text, ">") {
		return text
	}
	var kept []string
	for line := range strings.Lines(text) {
		switch begin := strings.TrimSpace(line); {
		case strings.HasPrefix(begin, ">>>"):
			return strings.Join(append(kept, gap), "")
		case strings.HasPrefix(begin, ">"):
			if len(kept) == 0 || kept[len(kept)-1] != gap+"\n" {
				kept = append(kept, gap+"\n")
			}
		default:
			kept = append(kept, line)
		}
	}
	return strings.TrimRight(strings.Join(kept, ""), "\n")
}
