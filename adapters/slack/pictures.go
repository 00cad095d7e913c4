package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// A picture of our own is a file of its message. Neither way of Slack's to show one
// fits alone: a message is posted without files, and a file that is shared by itself
// is another message. An image block can name a file, but after chat.update people
// do not see it (https://github.com/slackapi/java-slack-sdk/issues/1441), and it is
// refused while Slack still looks at the file. So the message is posted first, whole
// without its picture, and chat.update gives it the file.
// https://docs.slack.dev/reference/methods/chat.update
//
// The file's name says what it shows: the message itself tells whether it has to be
// replaced. The file that was replaced is deleted.

// picture is a picture of our own that Slack holds; the zero value is none.
type picture struct {
	Name string `json:"name"`
	File string `json:"id"`
}

// pictureMark begins the names of our pictures.
const pictureMark = "staffroom-"

// pictureName names a picture by its bytes.
func pictureName(png []byte) string {
	sum := sha256.Sum256(png)
	return pictureMark + hex.EncodeToString(sum[:8]) + ".png"
}

// ours finds our picture among the files of a message.
func ours(files []picture) picture {
	for _, f := range files {
		if strings.HasPrefix(f.Name, pictureMark) {
			return f
		}
	}
	return picture{}
}

// own reports whether an image is of our own making.
func own(i *bot.Image) bool { return i != nil && len(i.PNG) > 0 }

// fileIDs are the files that a message is to have.
func (p picture) fileIDs() *[]string {
	ids := []string{}
	if p.File != "" {
		ids = append(ids, p.File)
	}
	return &ids
}

// illustrate gives a message that was just posted its picture. It stands as it is
// if that fails.
func (a *Adapter) illustrate(ctx context.Context, ref bot.MessageRef, r rendered, i *bot.Image) {
	if p := a.host(ctx, i); p.File != "" {
		ctx, cancel := context.WithTimeout(ctx, a.pictureWithin)
		defer cancel()
		if err := a.depict(ctx, ref, r, picture{}, p); err != nil {
			a.log.Warn("a picture is left out", "error", err)
		}
	}
}

// rewrite replaces what a message says together with its picture. The words stand
// if the picture cannot be had; one with other figures never stays below them.
func (a *Adapter) rewrite(ctx context.Context, ref bot.MessageRef, r rendered, i *bot.Image) error {
	before := a.standing(ctx, ref, i)
	var now picture
	switch {
	case own(i) && before.Name == pictureName(i.PNG):
		now = before
	case own(i):
		now = a.host(ctx, i)
	}
	err := a.depict(ctx, ref, r, before, now)
	if now.File != "" && refusesFile(err) {
		a.log.Warn("a picture is left out", "error", err)
		return a.depict(ctx, ref, r, before, picture{})
	}
	return err
}

// depict replaces what a message says, and its picture of before by the one of now.
// That which no message has afterwards is deleted.
func (a *Adapter) depict(ctx context.Context, ref bot.MessageRef, r rendered, before, now picture) error {
	body := message{Channel: ref.Channel.ID, TS: ref.ID, Text: r.text, Blocks: r.blocks, Parse: parseNone}
	if before != (picture{}) || now != (picture{}) {
		body.FileIDs = now.fileIDs()
	}
	var got struct {
		Message struct {
			Files []picture `json:"files"`
		} `json:"message"`
	}
	err := a.api.write(ctx, "chat.update", body, &got)
	if left := ours(got.Message.Files); body.FileIDs == nil && left.File != "" { // it was posted before a restart
		return a.depict(ctx, ref, r, left, picture{})
	}
	switch {
	case err == nil && body.FileIDs != nil:
		a.pictures.put(pictureKey(ref), now, a.now())
		if before != now {
			a.discard(ctx, before)
		}
	case err == nil:
	case bot.CodeOf(err) == bot.UnknownOutcome:
		a.pictures.forget(pictureKey(ref))
	case before != now:
		a.discard(ctx, now)
	}
	return err
}

// refusesFile reports whether a change failed in a way that its file would
// explain.
func refusesFile(err error) bool {
	var e *bot.Error
	return errors.As(err, &e) && e.Code == bot.Permanent && (e.Reason == bot.BadPost || e.Reason == bot.NotAllowed)
}

// standing is the picture that a message has, as far as it can be known: from
// memory, or from the message if that is to have one.
func (a *Adapter) standing(ctx context.Context, ref bot.MessageRef, wanted *bot.Image) picture {
	p, _, fresh := a.pictures.get(pictureKey(ref), a.now())
	if fresh || !own(wanted) {
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, a.pictureWithin)
	defer cancel()
	method, values := "conversations.history", url.Values{
		"channel": {ref.Channel.ID}, "oldest": {ref.ID}, "latest": {ref.ID}, "inclusive": {"true"}, "limit": {"1"},
	}
	if ref.Channel.Thread != "" {
		method = "conversations.replies"
		values.Set("ts", ref.Channel.Thread)
	}
	var page struct {
		Messages []struct {
			TS    string    `json:"ts"`
			Files []picture `json:"files"`
		} `json:"messages"`
	}
	if err := a.api.read(ctx, method, values, &page); err != nil {
		a.log.Debug("the picture of a message is not known", "error", err)
		return picture{}
	}
	for _, m := range page.Messages {
		if m.TS == ref.ID {
			return ours(m.Files)
		}
	}
	return picture{}
}

// host uploads a picture for which there is no message yet, so that only the bot
// sees it. It gives none where that fails or takes too long: the words wait for
// nothing.
func (a *Adapter) host(ctx context.Context, i *bot.Image) picture {
	ctx, cancel := context.WithTimeout(ctx, a.pictureWithin)
	defer cancel()
	p := picture{Name: pictureName(i.PNG)}
	var err error
	p.File, err = a.upload(ctx, bot.Channel{}, bot.File{Name: p.Name, Data: i.PNG}, i.Alt)
	if err != nil {
		a.log.Warn("a picture is left out", "error", err)
		return picture{}
	}
	return p
}

// discard deletes a picture that no message has any more. One that stays is seen
// by nobody but the bot.
// https://docs.slack.dev/reference/methods/files.delete
func (a *Adapter) discard(ctx context.Context, p picture) {
	if p.File == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.pictureWithin)
	defer cancel()
	err := a.api.ensure(ctx, "files.delete", struct {
		File string `json:"file"`
	}{p.File}, nil)
	if err != nil {
		a.log.Debug("an old picture is not deleted", "error", err)
	}
}

func pictureKey(ref bot.MessageRef) string { return ref.Channel.ID + "/" + ref.ID }
