package discussion

import (
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// deepest is how far replies to replies are indented.
const deepest = 4

// outline is the order in which an archive is read: question by question, each answer
// with the replies to it, and then what stands under no question. Messages are named
// by their place in the archive.
type outline struct {
	archive Archive // with the places of deleted messages that have replies
	words   bot.Words
	language,
	withheld, deleted, unnamed string // what stands for what is not shown
	loc     *time.Location
	answers map[int][]int    // question → answers
	replies map[string][]int // message → replies
	byID    map[string]int
	shown   []bool
}

// line is a message at its place in the outline.
type line struct {
	index int
	depth int  // of the replies, from 0
	again bool // it stands under an earlier question too, with its replies
}

func newOutline(a Archive, words bot.Words, language string) *outline {
	o := &outline{archive: a.withPlaces(), words: words, language: language, loc: time.UTC}
	if loc, err := time.LoadLocation(a.Zone); err == nil {
		o.loc = loc
	}
	o.withheld, o.deleted, o.unnamed = o.text("chat.archive.withheld"), o.text("chat.archive.deleted"), o.text("chat.archive.unnamed")
	o.answers, o.replies, o.byID = map[int][]int{}, map[string][]int{}, map[string]int{}
	o.shown = make([]bool, len(o.archive.Messages))
	for i, m := range o.archive.Messages {
		o.byID[m.ID] = i
		switch m.Kind {
		case Answer:
			for _, q := range m.Questions {
				o.answers[q] = append(o.answers[q], i)
			}
		case Reply:
			if m.ReplyTo == "" && len(m.Questions) > 0 { // to what is not for these readers
				o.answers[m.Questions[0]] = append(o.answers[m.Questions[0]], i)
				continue
			}
			o.replies[m.ReplyTo] = append(o.replies[m.ReplyTo], i)
		}
	}
	return o
}

func (o *outline) text(key bot.Key, args ...bot.Arg) string {
	return o.words.Text(o.language, key, args...).String()
}

// heading is "#SciChat: Using models".
func (a *Archive) heading() string {
	if a.Tag == "" {
		return a.Title
	}
	return a.Tag + ": " + a.Title
}

// facts are when it was and how many took part, and whatever else one wants to know
// first. shown is how a name shows.
func (o *outline) facts(shown func(...string) string) []string {
	a := &o.archive
	facts := []string{
		a.Start.In(o.loc).Format("2006-01-02 15:04 MST"),
		o.text("chat.archive.people", bot.Count("people", len(a.Participants))),
	}
	if len(a.Places) > 0 {
		facts = append(facts, o.text("chat.archive.places", bot.Str("places", shown(a.Places...))))
	}
	if len(a.Hosts) > 0 {
		facts = append(facts, o.text("chat.archive.hosts", bot.Str("hosts", shown(a.Hosts...))))
	}
	return facts
}

// audience says whom the archive is for.
func (o *outline) audience() string {
	if o.archive.Audience == ForPublic {
		return o.text("chat.archive.public")
	}
	return o.text("chat.archive.members")
}

// state is what stands for a message that is not shown; "" if it is.
func (o *outline) state(m *ArchivedMessage) string {
	switch {
	case m.withheld:
		return o.withheld
	case m.Author == "" && m.Text == "":
		return o.deleted
	default:
		return ""
	}
}

// named is a name, or what stands for one.
func (o *outline) named(author string) string {
	if author == "" {
		return o.unnamed
	}
	return author
}

// highlights are the messages to remember.
func (o *outline) highlights() []int {
	var all []int
	for i := range o.archive.Messages {
		if o.archive.Messages[i].Highlighted {
			all = append(all, i)
		}
	}
	return all
}

// question gives what belongs to a question.
func (o *outline) question(n int, give func(line)) {
	for _, i := range o.answers[n] {
		o.thread(i, 0, give)
	}
}

// rest gives what stands under no question. Replies to what is shown have been
// given with it; of the others, those that reply to one another stay together.
func (o *outline) rest(give func(line)) {
	for i, m := range o.archive.Messages {
		if o.shown[i] || m.Kind == Reply && o.comesLater(m.ReplyTo) {
			continue
		}
		o.thread(i, 0, give)
	}
	// What is left replies in a circle, or to a message that came after it.
	for i := range o.archive.Messages {
		if !o.shown[i] {
			o.thread(i, 0, give)
		}
	}
}

// comesLater reports whether the message will be shown, with its replies, after
// those that are shown now.
func (o *outline) comesLater(id string) bool {
	i, ok := o.byID[id]
	return ok && !o.shown[i]
}

// thread gives a message and the replies to it. An answer to several questions
// stands under each, its replies under the first.
func (o *outline) thread(i, depth int, give func(line)) {
	give(line{i, depth, o.shown[i]})
	if o.shown[i] {
		return
	}
	o.shown[i] = true
	for _, r := range o.replies[o.archive.Messages[i].ID] {
		if !o.shown[r] {
			o.thread(r, depth+1, give)
		}
	}
}

// withPlaces adds the places of messages that are left out and were replied to, in
// order.
func (a Archive) withPlaces() Archive {
	if len(a.left) == 0 {
		return a
	}
	replied := map[string]bool{}
	for _, m := range a.Messages {
		replied[m.ReplyTo] = true
	}
	a.Messages = slices.Clone(a.Messages)
	for _, m := range slices.Backward(a.left) {
		if replied[m.ID] {
			replied[m.ReplyTo] = true
			a.Messages = append(a.Messages, m)
		}
	}
	slices.SortStableFunc(a.Messages, func(a, b ArchivedMessage) int { return a.At.Compare(b.At) })
	return a
}

// legible is text without the characters that show nothing and change what is shown
// around them: control characters but line ends and tabs, and those that could make
// text read backwards.
// https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func legible(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r < ' ', r >= 0x7f && r <= 0x9f, isBidiControl(r), r == 0xfeff, r == 0xfffe, r == 0xffff:
		return -1
	default:
		return r
	}
}

// isBidiControl tells the characters that could make text read backwards.
// https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func isBidiControl(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
