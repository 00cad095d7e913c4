package slack

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// postType is the event_type of the metadata on our posts.
// https://docs.slack.dev/messaging/message-metadata
const postType = "staffroom_post"

// metadata marks a post with its delivery key, so that it can be found again.
type metadata struct {
	Type    string      `json:"event_type"`
	Payload postPayload `json:"event_payload"`
}

type postPayload struct {
	Key   string `json:"key"`
	Part  int    `json:"part"` // of a long post, from 0
	Parts int    `json:"parts"`
	Files string `json:"files,omitempty"` // names of those that follow the last part, one a line
}

// message is the body of the methods that say something.
type message struct {
	Channel     string        `json:"channel,omitempty"`
	User        string        `json:"user,omitempty"`
	TS          string        `json:"ts,omitempty"`
	ThreadTS    string        `json:"thread_ts,omitempty"`
	Text        string        `json:"text"`
	Blocks      []slack.Block `json:"blocks,omitempty"`
	Metadata    *metadata     `json:"metadata,omitempty"`
	Parse       string        `json:"parse,omitempty"`
	Mrkdwn      *bool         `json:"mrkdwn,omitempty"`
	UnfurlLinks *bool         `json:"unfurl_links,omitempty"`
	UnfurlMedia *bool         `json:"unfurl_media,omitempty"`
	FileIDs     *[]string     `json:"file_ids,omitempty"` // of chat.update; nil: as they are
}

// parseNone keeps Slack from looking for names and links in text.
const parseNone = "none"

// Send posts p, in several parts where it is long. What an earlier attempt left
// of a post with several parts is completed; a post with one part is simply
// sent, since the outbox has looked for it before.
func (a *Adapter) Send(ctx context.Context, p bot.Post) (bot.MessageRef, error) {
	if p.Direct != nil && p.Channel.ID == "" {
		ch, err := a.Direct(ctx, *p.Direct)
		if err != nil {
			return bot.MessageRef{}, err
		}
		p.Channel = ch
	}
	files := withContent(p.Message.Files)
	parts := a.render(p.Channel.Space, p.Message)
	var before found
	if len(parts) > 1 || len(files) > 0 {
		var err error
		before, err = a.scan(ctx, p.Channel, p.Key, a.now().Add(-resumeWithin))
		if err != nil && !errors.Is(err, bot.ErrCannotFind) {
			return bot.MessageRef{}, err
		}
	}
	if before.parts == nil {
		before.parts = map[int]string{}
	}
	for i, part := range parts {
		if before.parts[i] != "" {
			continue
		}
		mark := &metadata{Type: postType, Payload: postPayload{Key: string(p.Key), Part: i, Parts: len(parts), Files: names(files)}}
		ts, err := a.post(ctx, p.Channel, part, mark)
		if refusesImage(err, p.Message) {
			return a.Send(ctx, bot.Post{Key: p.Key, Channel: p.Channel, Message: withLink(p.Message)})
		}
		if err != nil {
			return bot.MessageRef{}, err
		}
		before.parts[i] = ts
	}
	for _, f := range files {
		if before.files[f.Name] {
			continue
		}
		if _, err := a.upload(ctx, p.Channel, f, ""); err != nil {
			return bot.MessageRef{}, err
		}
	}
	ref := bot.MessageRef{Channel: p.Channel, ID: before.parts[0]}
	if own(p.Message.Image) {
		a.illustrate(ctx, ref, parts[0], p.Message.Image)
	}
	return ref, nil
}

// refusesImage reports whether a message failed in a way that Slack's not being
// able to fetch its picture would explain.
func refusesImage(err error, m bot.Message) bool {
	return m.Image != nil && !own(m.Image) && strings.HasPrefix(errorCode(err), "invalid_blocks")
}

// post says one message in a channel and gives its ts.
func (a *Adapter) post(ctx context.Context, ch bot.Channel, r rendered, mark *metadata) (string, error) {
	off := false
	var got struct {
		TS string `json:"ts"`
	}
	err := a.api.write(ctx, "chat.postMessage", message{
		Channel: ch.ID, ThreadTS: ch.Thread, Text: r.text, Blocks: r.blocks, Metadata: mark,
		Parse: parseNone, Mrkdwn: &off, UnfurlLinks: &off, UnfurlMedia: &off,
	}, &got)
	return got.TS, err
}

// Update replaces what a message says, and its picture; other files stay as they
// are. What is longer than one message of Slack is shortened, since a message cannot
// become several.
func (a *Adapter) Update(ctx context.Context, ref bot.MessageRef, m bot.Message) error {
	err := a.rewrite(ctx, ref, a.renderOne(ref.Channel.Space, m), m.Image)
	if refusesImage(err, m) {
		return a.Update(ctx, ref, withLink(m))
	}
	return err
}

// Delete removes a message with its picture. One that is gone already is no error.
func (a *Adapter) Delete(ctx context.Context, ref bot.MessageRef) error {
	err := a.api.write(ctx, "chat.delete", struct {
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	}{ref.Channel.ID, ref.ID}, nil)
	if errorCode(err) == "message_not_found" {
		err = nil
	}
	if p, known, _ := a.pictures.get(pictureKey(ref), a.now()); known && err == nil {
		a.pictures.forget(pictureKey(ref))
		a.discard(ctx, p)
	}
	return err
}

// Find looks in the history for our post with this key. A long post is found
// only when all its parts are there.
func (a *Adapter) Find(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, since time.Time) (bot.MessageRef, bool, error) {
	f, err := a.scan(ctx, ch, key, since)
	if err != nil || !f.complete() {
		return bot.MessageRef{}, false, err
	}
	return bot.MessageRef{Channel: ch, ID: f.parts[0]}, true, nil
}

// found is what stands of a post.
type found struct {
	parts map[int]string  // ts by number
	of    int             // how many parts there should be
	named string          // files that there should be, as in postPayload
	files map[string]bool // names of files that we shared after its first part
}

func (f found) complete() bool {
	if f.of == 0 || len(f.parts) < f.of {
		return false
	}
	for name := range strings.Lines(f.named) {
		if !f.files[strings.TrimSuffix(name, "\n")] {
			return false
		}
	}
	return true
}

// past is a message as the history shows it.
type past struct {
	TS       string   `json:"ts"`
	User     string   `json:"user"`
	BotID    string   `json:"bot_id"`
	Metadata metadata `json:"metadata"`
	Files    []struct {
		Name string `json:"name"`
	} `json:"files"`
}

// ours reports whether the bot wrote it, whoever may have marked it.
func (p past) ours(me self) bool { return p.User == me.User || p.BotID != "" && p.BotID == me.Bot }

// scan reads the history back to since, newest first.
func (a *Adapter) scan(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, since time.Time) (found, error) {
	me, err := a.whoami(ctx)
	if err != nil {
		return found{}, err
	}
	method, values := "conversations.history", url.Values{
		"channel": {ch.ID}, "oldest": {timestamp(since)}, "inclusive": {"true"},
		"include_all_metadata": {"true"}, "limit": {strconv.Itoa(historyPage)},
	}
	if ch.Thread != "" {
		method = "conversations.replies"
		values.Set("ts", ch.Thread)
	}
	f := found{parts: map[int]string{}, files: map[string]bool{}}
	shared := map[string]string{} // ts of our newest message with a file, by the file's name
	for range maxHistoryPages {
		var page struct {
			Messages []past `json:"messages"`
			Next     struct {
				Cursor string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		err := a.api.read(ctx, method, values, &page)
		switch code := errorCode(err); {
		case code == "missing_scope" || code == "not_allowed_token_type" || code == "method_not_supported_for_channel_type":
			return found{}, bot.ErrCannotFind
		case code == "thread_not_found" || code == "message_not_found":
			return f, nil // no thread, nothing in it
		case err != nil:
			return found{}, err
		}
		for _, m := range page.Messages {
			if m.ours(me) {
				f.note(m, key, shared)
			}
		}
		if values.Set("cursor", page.Next.Cursor); page.Next.Cursor == "" {
			for name, ts := range shared {
				if first, ok := f.parts[0]; ok && ts > first {
					f.files[name] = true
				}
			}
			return f, nil
		}
	}
	return found{}, bot.ErrCannotFind
}

func (f *found) note(m past, key bot.DeliveryKey, shared map[string]string) {
	for _, file := range m.Files {
		shared[file.Name] = max(shared[file.Name], m.TS)
	}
	if mark := m.Metadata; mark.Type == postType && mark.Payload.Key == string(key) {
		f.parts[mark.Payload.Part] = m.TS
		f.of, f.named = mark.Payload.Parts, mark.Payload.Files
	}
}

// Direct gives the channel of direct messages with a person.
func (a *Adapter) Direct(ctx context.Context, who bot.Account) (bot.Channel, error) {
	id, _, fresh := a.direct.get(who.User, a.now())
	if !fresh {
		var got struct {
			Channel struct {
				ID string `json:"id"`
			} `json:"channel"`
		}
		err := a.api.ensure(ctx, "conversations.open", struct {
			Users string `json:"users"`
		}{who.User}, &got)
		if err != nil {
			return bot.Channel{}, err
		}
		id = got.Channel.ID
		a.direct.put(who.User, id, a.now())
	}
	return bot.Channel{Space: who.Space, ID: id}, nil
}

// timestamp is t as Slack writes it: seconds with six decimals.
func timestamp(t time.Time) string {
	micros := max(t.UnixMicro(), 0)
	return strconv.FormatInt(micros/1e6, 10) + "." + leadingZeros(micros%1e6)
}

func leadingZeros(n int64) string {
	s := strconv.FormatInt(n, 10)
	return "000000"[len(s):] + s
}

// micros reads a timestamp of Slack: microseconds since 1970, and 0 where it is
// none.
func micros(ts string) int64 {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseUint(whole, 10, 40)
	if err != nil || len(part) > 6 {
		return 0
	}
	fraction, err := strconv.ParseUint((part + "000000")[:6], 10, 40)
	if err != nil {
		return 0
	}
	return int64(seconds*1e6 + fraction)
}

// moment is a timestamp of Slack as a time; zero where it is none.
func moment(ts string) time.Time {
	if m := micros(ts); m > 0 {
		return time.UnixMicro(m).UTC()
	}
	return time.Time{}
}
