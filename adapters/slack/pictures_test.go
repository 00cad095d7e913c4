package slack

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// pictured is a message with a picture of our own; what it shows is its words.
func pictured(words string) bot.Message {
	return bot.Message{Text: bot.Plain(words), Image: &bot.Image{PNG: []byte("png of " + words), Alt: "Figures: " + words}}
}

// stands waits for nothing: it fails unless Ana sees one message with these words
// and these pictures.
func (w *workspace) stands(words string, alts ...string) {
	w.t.Helper()
	seen := w.Screen(ana)
	if len(seen) != 1 || seen[0].Text != words || !slices.Equal(seen[0].Images, alts) || len(seen[0].Files) != 0 {
		w.t.Errorf("Ana sees %+v, want %q with %q", seen, words, alts)
	}
}

func TestPictureIsUploadedOnceAndReplaced(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	ref, err := a.Send(t.Context(), bot.Post{Key: "k", Channel: inChannel(), Message: pictured("one")})
	w.must(err)
	w.stands("one", "Figures: one")
	again := pictured("one")
	again.Text = bot.Plain("one, in other words")
	w.must(a.Update(t.Context(), ref, again))
	w.stands("one, in other words", "Figures: one")
	if n := len(w.Calls("upload")); n != 1 {
		t.Errorf("the same picture was uploaded %d times", n)
	}
	w.must(a.Update(t.Context(), ref, pictured("two")))
	w.stands("two", "Figures: two")
	if files := w.Files(); len(files) != 1 || string(files[0].Data) != "png of two" || !strings.HasPrefix(files[0].Name, pictureMark) {
		t.Errorf("there are %+v", files)
	}
	// The message tells another process what it shows.
	b := w.adapter()
	w.must(b.Update(t.Context(), ref, pictured("two")))
	if n := len(w.Calls("upload")); n != 2 {
		t.Errorf("after a restart there were %d uploads, want 2", n)
	}
	w.must(b.Update(t.Context(), ref, pictured("three")))
	w.must(w.adapter().Update(t.Context(), ref, bot.Message{Text: bot.Plain("none")}))
	w.stands("none")
	if files := w.Files(); len(files) != 0 {
		t.Errorf("there are %+v, want none", files)
	}
	if found, ok, err := a.Find(t.Context(), inChannel(), "k", time.Now().Add(-time.Hour)); err != nil || !ok || found != ref {
		t.Errorf("Find = %v, %t, %v: the key is gone", found, ok, err)
	}
}

func TestPictureGoesWithItsMessage(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	ref, err := a.Send(t.Context(), bot.Post{Key: "k", Channel: inChannel(), Message: pictured("one")})
	w.must(err)
	w.must(a.Delete(t.Context(), ref))
	if files := w.Files(); len(files) != 0 {
		t.Errorf("there are %+v, want none", files)
	}
}

// Whatever goes wrong with a picture, the words stand, nothing of the picture before
// stays below them, and the next change brings it.
func TestPictureThatCannotBeHad(t *testing.T) {
	held := make(chan struct{})
	t.Cleanup(func() { close(held) })
	for name, c := range map[string]struct {
		method string
		fault  slackloop.Fault
		times  int
	}{
		"no permission":     {"files.getUploadURLExternal", slackloop.Fault{Error: "missing_scope"}, 1},
		"no patience":       {"files.getUploadURLExternal", slackloop.Fault{RetryAfter: 30}, 1},
		"no upload":         {"upload", slackloop.Fault{Status: 500}, 1},
		"upload that hangs": {"upload", slackloop.Fault{Hold: held}, 1},
		"not completed":     {"files.completeUploadExternal", slackloop.Fault{Error: "internal_error"}, 1},
		"not looked at yet": {"chat.update", slackloop.Fault{Error: "file_not_found"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			a := w.adapter()
			a.pictureWithin = time.Second
			w.Fail(c.method, c.fault, c.times)
			ref, err := a.Send(t.Context(), bot.Post{Key: "k", Channel: inChannel(), Message: pictured("one")})
			w.must(err)
			w.stands("one")
			w.must(a.Update(t.Context(), ref, pictured("two")))
			w.stands("two", "Figures: two")
			w.Mend()
			w.Fail(c.method, c.fault, c.times)
			w.must(a.Update(t.Context(), ref, pictured("three")))
			w.stands("three")
			w.must(a.Update(t.Context(), ref, pictured("four")))
			w.stands("four", "Figures: four")
			shown := slices.DeleteFunc(w.Files(), func(f slackloop.File) bool { return !f.Completed })
			if len(shown) != 1 {
				t.Errorf("there are %d pictures, want the one that is shown", len(shown))
			}
		})
	}
}

// An update that may have been made is made again by the outbox.
func TestPictureOfAnUpdateInDoubt(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	ref, err := a.Send(t.Context(), bot.Post{Key: "k", Channel: inChannel(), Message: pictured("one")})
	w.must(err)
	w.Fail("chat.update", slackloop.Fault{CutAfter: true}, 1)
	if err := a.Update(t.Context(), ref, pictured("two")); bot.CodeOf(err) != bot.UnknownOutcome {
		t.Fatalf("Update = %v, want it in doubt", err)
	}
	w.must(a.Update(t.Context(), ref, pictured("two")))
	w.stands("two", "Figures: two")
	if n := len(w.Calls("upload")); n != 2 {
		t.Errorf("%d uploads, want 2", n)
	}
}

func TestLongWordsForAPicture(t *testing.T) {
	w := newWorkspace(t)
	m := pictured("one")
	m.Text, m.Image.Alt = nil, strings.Repeat("five ", 1_000)
	_, err := w.adapter().Send(t.Context(), bot.Post{Key: "k", Channel: inChannel(), Message: m})
	w.must(err)
	if s := w.Screen(ana); len(s) != 1 || len(s[0].Images) != 1 || len(s[0].Images[0]) > maxFileAlt || s[0].Text == "" {
		t.Errorf("Ana sees %+v", s)
	}
}
