package redis

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// isState reports whether a turn, as it is kept, is in one of the states.
func isState(turn string, states ...checkin.State) bool {
	state, _, _ := strings.Cut(turn, " ")
	return slices.Contains(states, checkin.State(state))
}

// heldPrompt reads what asks somebody, as it is kept, if it waits for its time.
func heldPrompt(stored string) (item outbox.Item, held bool, err error) {
	body := strings.Index(stored, "{")
	if body < 0 {
		return item, false, nil
	}
	err = json.Unmarshal([]byte(stored[body:]), &item)
	return item, err == nil && item.Held(), err
}

// withdrawn takes away what waits to ask somebody.
func withdrawn(occurrence string, m bot.MemberID) write {
	return write{withdraw, "posts", []string{string(checkin.PromptKey(occurrence, m))}}
}

// renamedPrompt lets what waits to ask a member be what asks another, who has their
// account now: so it is withdrawn once they have answered, and has its end.
func renamedPrompt(stored, occurrence string, to bot.MemberID) ([]write, error) {
	item, held, err := heldPrompt(stored)
	if err != nil || !held {
		return nil, err
	}
	old := item.Post.Key
	item.Post.Key = checkin.PromptKey(occurrence, to)
	body, err := json.Marshal(item)
	return []write{{withdraw, "posts", []string{string(old), string(item.Post.Key), item.Lane(), string(body)}}}, err
}

// withdraws notes what is withdrawn, so that it can be given back.
func (f *followed) withdraws(stored, occurrence string) error {
	item, held, err := heldPrompt(stored)
	if held {
		f.Prompts[occurrence] = item
	}
	return err
}

// againAsked is what was withdrawn, where nothing has been said to it. What is over
// meanwhile ends as unsent.
func (f *followed) againAsked(turns map[string]string) []outbox.Item {
	var out []outbox.Item
	for _, o := range sortedKeys(f.Prompts) {
		if isState(turns[o], checkin.IsAsked) {
			out = append(out, f.Prompts[o])
		}
	}
	return out
}
