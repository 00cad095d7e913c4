package checkin

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/locale"
)

// What the buttons in direct messages mean where their labels are typed.
var labels = map[bot.Key]meaning{
	"checkin.button.write":           saysWrite,
	"checkin.button.write.after_all": saysWrite,
	"checkin.button.next":            saysWrite,
	"checkin.button.change":          saysWrite,
	"checkin.button.pass":            saysPass,
	"checkin.button.pass.weekly":     saysPass,
	"checkin.button.away":            saysAway,
	"checkin.button.no_thanks":       saysStop,
	"checkin.button.leave":           saysStop,
	"outbox.less":                    saysStop,
	"checkin.direct.button.skip":     saysSkip,
	"checkin.direct.button.done":     saysDone,
	"checkin.direct.button.send":     saysDone,
	"checkin.direct.button.form":     saysWrite,
	"checkin.direct.button.drop":     saysDrop,
	"checkin.goal.button.tried":      saysGoal,
	"checkin.goal.button.later":      saysGoal,
	"checkin.goal.button.drop":       saysGoal,
}

// Those with a name on them are found by it: see Service.pressed.
var named = []bot.Key{
	"checkin.button.named", "checkin.button.pass.named", "checkin.button.leave.named", "checkin.button.answer.named", "checkin.button.late.named",
	"checkin.button.change.named",
}

// These stand where nobody is asked anything: in a channel, below what a command
// gave, or in what organizers see.
var elsewhere = []bot.Key{
	"checkin.button.all", "checkin.button.back", "checkin.button.early", "checkin.button.edit", "checkin.button.edit.again", "checkin.button.edit.not",
	"checkin.button.export", "checkin.button.file", "checkin.button.invite", "checkin.button.join", "checkin.button.join.named", "checkin.button.results",
	"checkin.button.save", "checkin.button.show", "checkin.button.way.channel", "checkin.button.way.local", "checkin.button.way.together",
	"checkin.button.who", "checkin.button.who.channel", "checkin.button.who.joined", "checkin.goal.button.undo", "checkin.share.button.archive",
	"checkin.share.button.back", "checkin.share.button.channel", "checkin.share.button.happened", "checkin.share.button.not",
	"checkin.share.button.share", "checkin.share.button.yes",
}

// Whoever types what stands on a button gets what it does, in either language,
// whichever is theirs.
func TestWhatButtonsSayCanBeTyped(t *testing.T) {
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{words: words}
	for _, theirs := range []string{"en", "es"} {
		req := &bot.Request{Member: bot.Member{Language: theirs}}
		for _, of := range []string{"en", "es"} {
			for key, want := range labels {
				label := s.label(of, key)
				for _, typed := range []string{label, strings.ToUpper(label), " " + label + ". "} {
					if got := s.meaningOf(req, typed); got != want {
						t.Errorf("%q, typed by somebody who reads %s, means %d, want %d (%s)", typed, theirs, got, want, key)
					}
				}
			}
		}
	}
}

// No button is forgotten above.
func TestEveryButtonIsThoughtOf(t *testing.T) {
	text, err := os.ReadFile("../locale/en/checkin.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[bot.Key]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	known := slices.Concat(slices.Collect(maps.Keys(labels)), named, elsewhere)
	for key := range all {
		if strings.Contains(string(key), ".button.") && !slices.Contains(known, key) {
			t.Errorf("can %s be typed?", key)
		}
	}
}
