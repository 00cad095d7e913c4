package discord

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func drawn(words string) bot.Message {
	return bot.Message{Text: bot.Plain(words), Image: &bot.Image{PNG: []byte("png of " + words), Alt: "Figures: " + words}}
}

// The file that an embed shows is the first of its message and no other, also where
// another file has its name, and an edit replaces it.
func TestPictureOfOurOwn(t *testing.T) {
	t.Parallel()
	h := sender(t)
	m := drawn("one")
	m.Files = []bot.File{{Name: pictureName, Data: []byte("not it")}}
	ref := h.post("k", m)
	got, _ := h.loop.Message(ref.ID)
	if len(got.Embeds) != 1 || got.Embeds[0].Image.URL != "attachment://"+pictureName || got.Embeds[0].Image.Alt != "Figures: one" {
		t.Errorf("embeds are %+v", got.Embeds)
	}
	if len(got.Files) != 2 || string(got.Files[0].Data) != "png of one" || got.Files[0].Alt != "Figures: one" || !got.Files[0].Embedded || got.Files[1].Alt != "" {
		t.Errorf("files are %+v", got.Files)
	}
	for _, words := range []string{"two", "two", "three"} {
		if err := h.adapter.Update(t.Context(), ref, drawn(words)); err != nil {
			t.Fatal(err)
		}
		got, _ = h.loop.Message(ref.ID)
		if len(got.Files) != 1 || string(got.Files[0].Data) != "png of "+words {
			t.Errorf("after %s the files are %+v", words, got.Files)
		}
	}
	if err := h.adapter.Update(t.Context(), ref, bot.Message{Text: bot.Plain("none")}); err != nil {
		t.Fatal(err)
	}
	if got, _ = h.loop.Message(ref.ID); len(got.Files)+len(got.Embeds) != 0 {
		t.Errorf("after the last one it is %+v", got)
	}
}

// Where the bot may not attach files, the words stand alone.
func TestPictureThatMayNotBeAttached(t *testing.T) {
	t.Parallel()
	h := sender(t)
	refuse := func(method string) {
		h.loop.Fail(discordloop.Fault{Method: method, Status: 403, Code: missingPermissions})
	}
	refuse("POST")
	ref := h.post("k", drawn("one"))
	if got, _ := h.loop.Message(ref.ID); got.Text != "one" || len(got.Files)+len(got.Embeds) != 0 {
		t.Errorf("it is %+v", got)
	}
	if err := h.adapter.Update(t.Context(), ref, drawn("two")); err != nil {
		t.Fatal(err)
	}
	refuse("PATCH")
	if err := h.adapter.Update(t.Context(), ref, drawn("three")); err != nil {
		t.Fatal(err)
	}
	if got, _ := h.loop.Message(ref.ID); got.Text != "three" || len(got.Files)+len(got.Embeds) != 0 {
		t.Errorf("it is %+v", got)
	}
	refuse("POST")
	_, err := h.adapter.Send(t.Context(), bot.Post{Key: "words", Channel: ref.Channel, Message: bot.Message{Text: bot.Plain("words")}})
	if bot.CodeOf(err) != bot.Permanent {
		t.Errorf("words that may not be said: %v", err)
	}
}

func TestLongWordsForAPicture(t *testing.T) {
	t.Parallel()
	h := sender(t)
	m := drawn("one")
	m.Image.Alt = strings.Repeat("five ", 1_000)
	ref := h.post("k", m)
	got, _ := h.loop.Message(ref.ID)
	if n := length(got.Files[0].Alt); n > maxAttachmentAlt || n < maxAttachmentAlt/2 {
		t.Errorf("the file's description has %d characters", n)
	}
	if n := length(got.Embeds[0].Image.Alt); n > maxAltText || n < maxAltText/2 {
		t.Errorf("the embed's description has %d characters", n)
	}
}
