package console

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/bot"
)

// A line of output is of the console's making: it begins with a time, a notice,
// a date, or white space.
var honestLine = regexp.MustCompile(`^(\d\d:\d\d .*|! .*|-- .* --|  .*)$`)

// TestHostileTextStaysInItsPlace lets hostile text through every way by which a
// member's words reach the screen.
func TestHostileTextStaysInItsPlace(t *testing.T) {
	ctx := t.Context()
	for i, h := range adaptertest.Hostile() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			r := newRoom(t)
			maria := r.As("maria")
			heads := 0
			do := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				heads++
			}
			id, err := maria.Say(ctx, h, SayOptions{})
			do(err)
			do(maria.Edit(ctx, id, h+h))
			do(maria.React(ctx, id, h))
			_, err = r.Send(ctx, bot.Post{Channel: r.Channel("lounge"), Message: bot.Message{
				Text:     bot.Text{{Text: h}, {Kind: bot.SpanBold, Text: h}, {Kind: bot.SpanLink, Text: h, URL: h}, {Kind: bot.SpanMention, Text: h}},
				Image:    &bot.Image{URL: h, Alt: h},
				Files:    []bot.File{{Name: h}},
				Controls: []bot.Control{{Label: h, Path: "/host/start"}},
			}})
			do(err)
			r.open("maria", bot.Form{Title: h, Submit: h, Fields: []bot.Field{
				{Name: "a", Label: h, Hint: h, Value: h, Choices: []bot.Choice{{Label: h, Value: h}}}}})
			heads++
			r.screen.notice(h)
			r.lines("maria: !fill " + strings.NewReplacer("\n", "", "\r", "").Replace(h) + "=x\n") // names the key, or refuses the line

			count := 0
			for line := range strings.SplitSeq(strings.TrimSuffix(r.shown(), "\n"), "\n") {
				if !honestLine.MatchString(line) {
					t.Errorf("a line of its own making: %q", line)
				}
				if regexp.MustCompile(`^\d\d:\d\d (#lounge|form)`).MatchString(line) {
					count++
				}
				if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
					t.Errorf("what turns or moves the text is shown: %q", line)
				}
			}
			if count != heads {
				t.Errorf("%d things are shown, %d happened", count, heads)
			}
		})
	}
}

// open puts a form in front of a person.
func (r *room) open(who string, f bot.Form) {
	r.t.Helper()
	p := Person{Name: who}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Adapter.mu.Lock()
	defer r.Adapter.mu.Unlock()
	r.forms[who] = newForm(f, "lounge", nil)
	r.screen.asked(evening, r.forms[who], p)
}

func TestLongLine(t *testing.T) {
	r := newRoom(t)
	long := strings.Repeat("many words ", 10_000)
	r.lines("maria: " + long)
	if want := strings.TrimSpace(long); r.events[0].Text != want || !strings.Contains(r.shown(), want) {
		t.Error("100 kB are not passed on and shown as they are")
	}
	// A line without end is left out, and the next has its turn.
	r.lines("maria: " + strings.Repeat("x", 3*maxLine) + "\nmaria: after it")
	if last := r.events[len(r.events)-1].Text; last != "after it" || len(r.events) != 2 {
		t.Errorf("%d messages were passed on, the last is %.20q", len(r.events), last)
	}
}
