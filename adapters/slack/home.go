package slack

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// homeOpened shows a person the home of the app, which only they see. It is made
// anew each time that they open it.
// https://docs.slack.dev/surfaces/app-home
func (r *receiver) homeOpened(ctx context.Context, p eventPayload, receipt *receipt) {
	r.serveOnce(ctx, p.EventID, receipt, func(ctx context.Context) {
		at := place{Channel: p.Event.Channel, Direct: true, Home: true}
		q := r.asked(bot.HomePath, bot.SpaceID{Connection: r.name, ID: p.TeamID}, p.Event.User, at, p.EventID)
		q.private, q.req.At = true, moment(p.Event.EventTS)
		reply := r.ask(ctx, q)
		reply.Replace = true
		r.answer(ctx, q, reply)
	})
}

// homePlace is where a control in a home stands. The view carries the channel of
// direct messages, which a press does not name.
func homePlace(metadata string) place {
	var state formState
	_ = json.Unmarshal([]byte(metadata), &state) // without it, the answer finds its way all the same
	state.Place.Home, state.Place.Direct = true, state.Place.Channel != ""
	return state.Place
}

// publish shows m as the person's home.
func (r *receiver) publish(ctx context.Context, q asked, m bot.Message) error {
	view, err := r.homeView(q.req.Account.Space, q.place, m)
	if err != nil {
		return err
	}
	return patiently(ctx, func() error {
		return r.api.ensure(ctx, "views.publish", struct {
			UserID string                   `json:"user_id"`
			View   slack.HomeTabViewRequest `json:"view"`
		}{q.req.Account.User, view}, nil)
	})
}

// homeView is a home as Slack takes it, shortened where it is too long.
func (a *Adapter) homeView(space bot.SpaceID, at place, m bot.Message) (slack.HomeTabViewRequest, error) {
	state, err := json.Marshal(formState{Place: place{Channel: at.Channel, Direct: at.Direct, Home: true}})
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, PrivateMetadata: string(state)}
	for _, part := range a.renderAtMost(maxHomeParts, space, m) {
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, withHeadings(part.blocks)...)
	}
	if view.Blocks.BlockSet == nil {
		view.Blocks.BlockSet = []slack.Block{} // null is refused
	}
	view.Blocks.BlockSet = view.Blocks.BlockSet[:min(len(view.Blocks.BlockSet), maxViewBlocks)]
	return view, nil
}

// withHeadings makes a header of each line that is all bold, so that a home can be
// overseen, and heard heading by heading.
// https://docs.slack.dev/reference/block-kit/blocks/header-block
func withHeadings(blocks []slack.Block) []slack.Block {
	var out []slack.Block
	for _, b := range blocks {
		text, ok := b.(*slack.RichTextBlock)
		if !ok || len(text.Elements) != 1 {
			out = append(out, b)
			continue
		}
		section, ok := text.Elements[0].(*slack.RichTextSection)
		if !ok {
			out = append(out, b)
			continue
		}
		out = append(out, headed(section.Elements)...)
	}
	return out
}

// headed makes headers and, between them, blocks of text. A block ends its line
// by itself, so the line breaks around a header go.
func headed(elements []slack.RichTextSectionElement) []slack.Block {
	var out []slack.Block
	var rest []slack.RichTextSectionElement
	lineBegins := true
	flush := func() {
		if rest = withoutLastBreaks(rest); len(rest) > 0 {
			out = append(out, textBlock(rest...))
		}
		rest = nil
	}
	for i, e := range elements {
		text, ok := e.(*slack.RichTextSectionTextElement)
		if !ok {
			rest, lineBegins = append(rest, e), false
			continue
		}
		if lineBegins && isHeading(text) && (i+1 == len(elements) || beginsLine(elements[i+1])) {
			flush()
			out = append(out, slack.NewHeaderBlock(plainText(text.Text, maxHeader)))
			continue
		}
		said := *text
		if len(rest) == 0 && len(out) > 0 {
			said.Text = strings.TrimLeft(said.Text, "\n")
		}
		lineBegins = strings.HasSuffix(text.Text, "\n")
		if said.Text != "" {
			rest = append(rest, &said)
		}
	}
	flush()
	return out
}

func withoutLastBreaks(elements []slack.RichTextSectionElement) []slack.RichTextSectionElement {
	for len(elements) > 0 {
		last, ok := elements[len(elements)-1].(*slack.RichTextSectionTextElement)
		if !ok || !strings.HasSuffix(last.Text, "\n") {
			break
		}
		trimmed := *last
		elements = elements[:len(elements)-1]
		if trimmed.Text = strings.TrimRight(last.Text, "\n"); trimmed.Text != "" {
			return append(elements, &trimmed)
		}
	}
	return elements
}

func isHeading(e *slack.RichTextSectionTextElement) bool {
	return e.Style != nil && e.Style.Bold && !strings.Contains(e.Text, "\n") && strings.TrimSpace(e.Text) != "" && length(e.Text) <= maxHeader
}

func beginsLine(e slack.RichTextSectionElement) bool {
	text, ok := e.(*slack.RichTextSectionTextElement)
	return ok && strings.HasPrefix(text.Text, "\n")
}
