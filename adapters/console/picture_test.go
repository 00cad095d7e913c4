package console

import (
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// A picture of our own has no address to show, and its bytes are not kept.
func TestPictureOfOurOwn(t *testing.T) {
	a := &Adapter{}
	m, err := a.saved(bot.Message{Image: &bot.Image{PNG: []byte("png"), Alt: "Three of five"}})
	if err != nil || m.Image.PNG != nil || m.Image.Alt != "Three of five" {
		t.Fatalf("saved %+v, %v", m, err)
	}
	s := newScreen(nil, false, time.UTC)
	if got := s.below(*m); !slices.Equal(got, []string{"(picture: Three of five)"}) {
		t.Errorf("it shows %q", got)
	}
}
