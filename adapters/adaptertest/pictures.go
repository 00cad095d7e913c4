package adaptertest

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// pictureCases are about pictures of the bot's own making.
func pictureCases() []testCase {
	return []testCase{
		{name: "own picture", run: ownPicture},
		{name: "own picture is replaced", run: ownPictureReplaced},
		{name: "own picture in a private reply", run: ownPictureInReply},
	}
}

// drawn is a picture of our own, small, of one grey.
func drawn(shade uint8, alt string) *bot.Image {
	canvas := image.NewGray(image.Rect(0, 0, 8, 4))
	for i := range canvas.Pix {
		canvas.Pix[i] = shade
	}
	var b bytes.Buffer
	if err := png.Encode(&b, canvas); err != nil {
		panic(err) // into memory
	}
	return &bot.Image{PNG: b.Bytes(), Alt: alt}
}

// pictured waits until a message with this ID shows exactly these pictures.
func (p *play) pictured(id string, alts ...string) Seen {
	p.Helper()
	return eventually(p, "message with its picture", func() Seen { return p.seenByID(Joe, id) },
		func(s Seen) bool { return s.ID == id && slices.Equal(s.Images, alts) })
}

// ownPicture: the files that come with a message stay beside its picture.
func ownPicture(p *play) {
	post := p.post("drawn", bot.Plain("With figures"))
	post.Message.Image = drawn(10, "Three of five")
	post.Message.Files = []bot.File{{Name: "table.csv", Data: []byte("a,b\n")}}
	ref := p.send(post)
	if got := p.pictured(ref.ID, "Three of five"); got.Text != "With figures" {
		p.Errorf("Joe sees %+v", got)
	}
	eventually(p, "file", func() []Seen { return p.world.Seen(Joe) }, func(all []Seen) bool {
		return slices.ContainsFunc(all, func(s Seen) bool { return slices.Equal(s.Files, []string{"table.csv"}) })
	})
}

// ownPictureReplaced: a change of the message brings its own picture, or none, and
// leaves nothing of the one before, whatever happened in between.
func ownPictureReplaced(p *play) {
	post := p.post("drawn", bot.Plain("Two answered"))
	ref := p.send(post)
	for _, step := range []struct {
		text  string
		image *bot.Image
	}{
		{"Five answered", drawn(10, "Three of five")},
		{"Five answered still", drawn(10, "Three of five")},
		{"Six answered", drawn(20, "Four of five")},
		{"None are left", nil},
		{"Five again", drawn(30, "Five of five")},
	} {
		if err := p.adapter.Update(p.Context(), ref, bot.Message{Text: bot.Plain(step.text), Image: step.image}); err != nil {
			p.Fatalf("Update: %v", err)
		}
		var alts []string
		if step.image != nil {
			alts = []string{step.image.Alt}
		}
		if got := p.pictured(ref.ID, alts...); got.Text != step.text || len(got.Files) != 0 {
			p.Errorf("after %q Joe sees %+v", step.text, got)
		}
	}
	p.stop()
	p.start()
	if err := p.adapter.Update(p.Context(), ref, bot.Message{Text: bot.Plain("After a restart"), Image: drawn(40, "Two of five")}); err != nil {
		p.Fatalf("Update: %v", err)
	}
	p.pictured(ref.ID, "Two of five")
	if err := p.adapter.Delete(p.Context(), ref); err != nil {
		p.Fatalf("Delete: %v", err)
	}
	eventually(p, "absence", func() bool { return p.seenByID(Joe, ref.ID).ID == "" }, func(gone bool) bool { return gone })
}

// drawnAlt is what the picture of the probe's reply says.
const drawnAlt = "One of one"

func drawnForOne(context.Context, *bot.Request) (bot.Reply, error) {
	reply := bot.Say(bot.Plain("Drawn for you"))
	reply.Message.Image = drawn(50, drawnAlt)
	return reply, nil
}

// ownPictureInReply: where a platform cannot show it to one person in a channel, it
// comes in direct messages.
func ownPictureInReply(p *play) {
	p.world.Command(Ana, probeCommand("drawn"))
	p.sees(Ana, "Drawn for you")
	shows := func(s Seen) bool { return slices.Equal(s.Images, []string{drawnAlt}) && (s.Private || s.Direct) }
	eventually(p, "picture for Ana", func() []Seen { return p.world.Seen(Ana) }, func(all []Seen) bool { return slices.ContainsFunc(all, shows) })
	for _, s := range p.world.Seen(Joe) {
		if len(s.Images) > 0 {
			p.Errorf("Joe sees Ana's picture: %+v", s)
		}
	}
}
