package slack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// asked is a request with the ways to answer it.
type asked struct {
	req     *bot.Request
	called  string // the person's name as Slack sent it along; may be empty
	private bool
	place   place
	trigger string   // opens a form within 3 s; empty where there is none
	receipt *receipt // of a command whose answer its acknowledgement may carry; else nil
}

// root is the app's only slash command; every command of ours follows it.
const root = "staffroom"

// asked makes a request of a path by somebody in a place.
func (r *receiver) asked(path string, space bot.SpaceID, user string, p place, input string) asked {
	route, known := r.in.Route(path)
	return asked{
		req: &bot.Request{
			Root:    root,
			Path:    path,
			Input:   bot.InputID(input),
			Account: bot.Account{Space: space, User: user},
			Channel: bot.Channel{Space: space, ID: p.Channel, Thread: p.Thread},
		},
		private: !known || route.Private,
		place:   p,
	}
}

// commandLine serves a command that was typed in a channel, after a mention.
func (r *receiver) commandLine(ctx context.Context, p eventPayload, line string, receipt *receipt) {
	r.serveOnce(ctx, p.EventID, receipt, func(ctx context.Context) {
		q := r.typedRequest(p, r.read(ctx, bot.SpaceID{Connection: r.name, ID: p.TeamID}, line))
		r.answer(ctx, q, r.ask(ctx, q))
	})
}

// commandPayload is what is read of a slash command.
// https://docs.slack.dev/interactivity/implementing-slash-commands
type commandPayload struct {
	TeamID      string `json:"team_id"`
	ChannelID   string `json:"channel_id"`
	UserID      string `json:"user_id"`
	UserName    string `json:"user_name"`
	Text        string `json:"text"`
	ResponseURL string `json:"response_url"`
	TriggerID   string `json:"trigger_id"`
}

// slashCommand serves "/staffroom …".
func (r *receiver) slashCommand(ctx context.Context, payload json.RawMessage, receipt *receipt) {
	var c commandPayload
	if err := json.Unmarshal(payload, &c); err != nil || c.UserID == "" {
		r.ignore(receipt, "a command that cannot be read")
		return
	}
	work := func(ctx context.Context) {
		space := bot.SpaceID{Connection: r.name, ID: c.TeamID}
		line := r.read(ctx, space, c.Text)
		at := place{Channel: c.ChannelID, ResponseURL: c.ResponseURL}
		q := r.asked(line.Path, space, c.UserID, at, c.TriggerID)
		line.fill(q.req)
		q.called, q.trigger = c.UserName, c.TriggerID
		if receipt.answers {
			if route, known := r.in.Route(line.Path); known && route.Mode == bot.Quick {
				q.receipt = receipt
			} else {
				receipt.give(nil)
			}
		}
		r.answer(ctx, q, r.ask(ctx, q))
	}
	if !receipt.answers {
		r.serveOnce(ctx, c.TriggerID, receipt, work)
		return
	}
	// Acknowledged when it is answered, or when it must be.
	stop := receipt.giveBy(r.ackWithin)
	if !r.serve(ctx, receipt, func(ctx context.Context) {
		defer stop()
		if c.TriggerID == "" || r.claims.claim(c.TriggerID, r.now()) {
			work(ctx)
		}
		receipt.give(nil)
	}) {
		stop()
	}
}

// serveOnce acknowledges at once and serves a command, unless it was served
// before: Slack delivers again when an acknowledgement did not reach it.
func (r *receiver) serveOnce(ctx context.Context, input string, receipt *receipt, work func(context.Context)) {
	if !r.serve(ctx, receipt, func(ctx context.Context) {
		if input == "" || r.claims.claim(input, r.now()) {
			work(ctx)
		}
	}) {
		return
	}
	r.acknowledge(receipt)
}

// interactive is what is read of a press or a submission.
// https://docs.slack.dev/reference/interaction-payloads
type interactive struct {
	Type        string `json:"type"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Team        struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID       string `json:"id"`
		TeamID   string `json:"team_id"`
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		ChannelID   string `json:"channel_id"`
		MessageTS   string `json:"message_ts"`
		ThreadTS    string `json:"thread_ts"`
		IsEphemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	CallbackID string      `json:"callback_id"` // of a message's menu: which entry
	ActionTS   string      `json:"action_ts"`   // of a message's menu
	Message    messageBody `json:"message"`
	Actions    []action    `json:"actions"`
	View       struct {
		ID              string `json:"id"`
		Type            string `json:"type"`
		Hash            string `json:"hash"`
		PrivateMetadata string `json:"private_metadata"`
		State           struct {
			Values map[string]map[string]struct {
				Value    *string  `json:"value"`
				Selected *option  `json:"selected_option"`
				Ticked   []option `json:"selected_options"`
			} `json:"values"`
		} `json:"state"`
		Blocks []struct {
			Type    string `json:"type"`
			BlockID string `json:"block_id"`
		} `json:"blocks"`
	} `json:"view"`
}

type option struct {
	Value string `json:"value"`
}

func (i *interactive) space(connection string) bot.SpaceID {
	return bot.SpaceID{Connection: connection, ID: orElse(i.Team.ID, i.User.TeamID)}
}

func (r *receiver) interaction(ctx context.Context, payload json.RawMessage, receipt *receipt) {
	var i interactive
	if err := json.Unmarshal(payload, &i); err != nil || i.User.ID == "" {
		r.ignore(receipt, "an interaction that cannot be read")
		return
	}
	switch {
	case i.Type == "block_actions" && len(i.Actions) > 0 && i.Actions[0].ours():
		r.press(ctx, i, receipt)
	case i.Type == "message_action":
		r.act(ctx, i, receipt)
	case i.Type == "view_submission":
		r.submission(ctx, i, receipt)
	default:
		r.ignore(receipt, "an interaction without use", "type", i.Type)
	}
}

// press serves a control. A token that this bot did not make leads to the help.
func (r *receiver) press(ctx context.Context, i interactive, receipt *receipt) {
	action := i.Actions[0]
	path, ok := r.seal.Path(action.token())
	if !ok {
		path = bot.HelpPath
	}
	at := place{
		Channel:     orElse(i.Container.ChannelID, i.Channel.ID),
		Thread:      orElse(i.Container.ThreadTS, i.Message.ThreadTS),
		Message:     i.Container.MessageTS,
		Ephemeral:   i.Container.IsEphemeral,
		ResponseURL: i.ResponseURL,
	}
	if at.Thread == at.Message {
		at.Thread = "" // the first message of a thread stands in the channel
	}
	if i.View.Type == string(slack.VTHomeTab) {
		at = homePlace(i.View.PrivateMetadata)
	}
	r.serveOnce(ctx, i.TriggerID, receipt, func(ctx context.Context) {
		q := r.asked(path, i.space(r.name), i.User.ID, at, i.TriggerID)
		q.req.At, q.called, q.trigger = moment(action.ActionTS), orElse(i.User.Username, i.User.Name), i.TriggerID
		q.req.Message = at.ref(q.req.Account.Space)
		action.fill(q.req)
		q.private = q.private || at.Home
		r.answer(ctx, q, r.ask(ctx, q))
	})
}

// ref is the message whose control was pressed, where the bot can point at it.
func (p place) ref(space bot.SpaceID) *bot.MessageRef {
	if p.Message == "" || p.Ephemeral {
		return nil
	}
	return &bot.MessageRef{Channel: bot.Channel{Space: space, ID: p.Channel, Thread: p.Thread}, ID: p.Message}
}

// submission serves a form. Slack keeps it open until the acknowledgement, which
// may carry errors for its fields or the next form, and so waits for the handler
// as long as it may. A slower handler finds the form closed: its answer comes as
// a message.
func (r *receiver) submission(ctx context.Context, i interactive, receipt *receipt) {
	var state formState
	path, ok := "", false
	if err := json.Unmarshal([]byte(i.View.PrivateMetadata), &state); err == nil {
		path, ok = r.seal.Path(state.Token)
	}
	if !ok {
		path = bot.HelpPath
	}
	stop := receipt.giveBy(r.ackWithin)
	served := r.serve(ctx, receipt, func(ctx context.Context) {
		defer stop()
		q := r.asked(path, i.space(r.name), i.User.ID, state.Place, i.View.ID+"."+i.View.Hash)
		q.req.Values, q.called, q.trigger = i.values(), orElse(i.User.Username, i.User.Name), i.TriggerID
		q.req.Message = state.Place.ref(q.req.Account.Space)
		reply := r.ask(ctx, q)
		if response := r.response(i, q, reply); response != nil && receipt.give(response) {
			return
		}
		receipt.give(nil)
		r.answer(ctx, q, reply)
	})
	if !served {
		stop()
	}
}

// values are the fields of a form that were filled in.
func (i *interactive) values() map[string]string {
	values := map[string]string{}
	for field, inputs := range i.View.State.Values {
		for _, input := range inputs {
			switch {
			case input.Value != nil:
				values[field] = *input.Value
			case input.Selected != nil:
				values[field] = input.Selected.Value
			default:
				for _, t := range input.Ticked {
					values[field] = strings.TrimSpace(values[field] + "\n" + t.Value)
				}
			}
		}
	}
	return values
}

// response is what the acknowledgement of a form can say: what to change in it,
// or the form that follows. It is nil if the answer has to be a message.
func (r *receiver) response(i interactive, q asked, reply bot.Reply) json.RawMessage {
	var response *slack.ViewSubmissionResponse
	switch {
	case len(reply.FieldErrors) > 0:
		errs := fieldErrors(i, reply.FieldErrors)
		if len(errs) == 0 {
			return nil
		}
		response = slack.NewErrorsViewSubmissionResponse(errs)
	case reply.Form != nil:
		view, err := r.modal(*reply.Form, q.place)
		if err != nil {
			return nil // opening it says what is wrong
		}
		response = slack.NewUpdateViewSubmissionResponse(&view)
	default:
		return nil
	}
	data, err := json.Marshal(response)
	if err != nil || len(data) > maxAck {
		return nil
	}
	return data
}

// fieldErrors puts each error to its field. Slack refuses errors for fields that
// are not there: those stand at the first.
func fieldErrors(i interactive, wrong map[string]bot.Text) map[string]string {
	var inputs []string
	for _, b := range i.View.Blocks {
		if b.Type == string(slack.MBTInput) {
			inputs = append(inputs, b.BlockID)
		}
	}
	errs := map[string]string{}
	for _, field := range sortedKeys(wrong) {
		at := field
		if !slices.Contains(inputs, field) {
			if len(inputs) == 0 {
				return nil
			}
			at = inputs[0]
		}
		errs[at] = shorten(strings.TrimSpace(errs[at]+"\n"+harmless(wrong[field].String())), maxFieldError)
	}
	return errs
}
