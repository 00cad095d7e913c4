package house_test

import (
	"bytes"
	"image/png"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// shows fails unless a message has a picture that can be read, of so many pixels,
// and says so much to those who do not see it. No alt: it has none.
func (s *school) shows(m bot.Message, wide, high int, alt string) {
	s.Helper()
	if alt == "" || m.Image == nil {
		if (m.Image == nil) != (alt == "") {
			s.Errorf("the picture is %+v, want %q", m.Image, alt)
		}
		return
	}
	drawn, err := png.Decode(bytes.NewReader(m.Image.PNG))
	if err != nil {
		s.Fatal(err)
	}
	if size := drawn.Bounds().Size(); size.X != wide || size.Y != high || m.Image.Alt != alt || m.Image.URL != "" {
		s.Errorf("the picture has %v and says %q, want %d×%d and %q", size, m.Image.Alt, wide, high, alt)
	}
	if len(m.Image.PNG) > 10_000 {
		s.Errorf("the picture has %d bytes", len(m.Image.PNG))
	}
}

// The picture comes with the fifth answer, is drawn anew only for other figures, and
// the results add how it has gone.
func TestScalesAreAPicture(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Friday", "How was it? (1-5)\nWhat else?", "every friday at 15:00", 1, checkin.Shared)
	users := []string{"ana", "joe", "sam", "kim", "pat"}
	s.join(id, users...)
	s.until("2026-03-06 15:00")
	summary := func() bot.Message {
		t.Helper()
		if err := s.clock.RunUntil(t.Context(), s.Runner, s.clock.Now().Add(11*time.Second)); err != nil {
			t.Fatal(err)
		}
		lobby := s.platform.Standing(bottest.Channel("lobby"))
		return lobby[len(lobby)-1].Message
	}
	for i, u := range users {
		if i == 4 {
			s.shows(summary(), 0, 0, "")
		}
		s.write(u, strconv.Itoa(1+i))
	}
	first := summary()
	const alt = "How was it? (1 to 5) 1: 1, 2: 1, 3: 1, 4: 1, 5: 1; mean 3.0; 5 answers."
	s.shows(first, 480, 200, alt)
	s.shows(*s.ask("joe", "/checkin/results", "name", "Friday").Message, 480, 200, alt)

	s.write("ana", "1", "words change no figure")
	if second := summary(); !strings.Contains(second.Text.String(), "words change") || !bytes.Equal(second.Image.PNG, first.Image.PNG) {
		t.Error("the same figures are another picture")
	}
	s.until("2026-03-13 15:00")
	for _, u := range users {
		s.write(u, "5")
	}
	s.shows(summary(), 480, 200, "How was it? (1 to 5) 1: 0, 2: 0, 3: 0, 4: 0, 5: 5; mean 5.0; 5 answers.")
	s.shows(*s.ask("joe", "/checkin/results", "name", "Friday").Message, 480, 200,
		"How was it? (1 to 5) 1: 0, 2: 0, 3: 0, 4: 0, 5: 5; mean 5.0; 5 answers. How was it? (1 to 5) so far, the means: 6 Mar: 3.0 · 13 Mar: 5.0.")
}

// Of what is anonymous there is no picture before the end.
func TestAnonymousScalesAreAPictureAtTheEnd(t *testing.T) {
	s := newSchool(t, "2026-03-05 14:00", "")
	id := s.add("Term", "How was it? (1-5)", "every friday at 15:00", 0, checkin.Anonymous)
	users := []string{"ana", "joe", "sam", "kim", "pat"}
	s.join(id, users...)
	s.until("2026-03-06 15:00")
	for _, u := range users {
		s.write(u, "4")
	}
	s.shows(*s.ask("joe", "/checkin/results", "name", "Term").Message, 0, 0, "")
	s.until("2026-03-07 09:00")
	lobby := s.platform.Standing(bottest.Channel("lobby"))
	s.shows(lobby[len(lobby)-1].Message, 480, 200, "How was it? (1 to 5) 1: 0, 2: 0, 3: 0, 4: 5, 5: 0; mean 4.0; 5 answers.")
}
