package redis

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// marksLife is what people say of entries: see life.
func (b *bench) marksLife() {
	b.Helper()
	ctx := b.Context()
	d, err := b.chats().Get(ctx, home, "d1")
	b.ok(err)
	b.ok(b.chats().Refile(ctx, &d, "m1", &discussion.Fix{Kind: discussion.Answer, Questions: []int{2}}, outbox.Effects{Input: "fix"}))
	b.ok(b.chats().Withhold(ctx, &d, "m1", true))
	_, err = b.chats().Shown(ctx, &d, 0, "m1")
	b.ok(err)
}

// What people say of an entry is kept beside it: it outlives what becomes of the
// message, and is what everybody reads.
func TestMarksStayWhateverBecomesOfTheMessage(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, d := b.Context(), b.running("d1")
		e := entry("m1", "A1 a picture")
		b.file(d, e, discussion.FiledNew)
		fix := &discussion.Fix{Kind: discussion.Answer, Questions: []int{2}}
		b.ok(b.chats().Refile(ctx, d, "m1", fix, outbox.Effects{Input: "fix"}))
		if err := b.chats().Refile(ctx, d, "m1", nil, outbox.Effects{Input: "fix"}); !errors.Is(err, outbox.ErrRepeated) {
			b.Error("the same input had a second effect")
		}
		e.Text, e.Revision = "A1 a photograph", e.Revision+1
		b.file(d, e, discussion.FiledChanged)
		b.ok(b.chats().Withhold(ctx, d, "m1", true))
		want := e
		want.Questions, want.Fixed, want.Withheld = []int{2}, true, true
		b.wantMarked(d, want)
		b.ok(b.chats().Refile(ctx, d, "m1", &discussion.Fix{Kind: discussion.Remark}, outbox.Effects{}))
		want.Kind, want.Questions = discussion.Remark, nil
		b.wantMarked(d, want)
		b.ok(b.chats().Refile(ctx, d, "m1", nil, outbox.Effects{}))
		b.ok(b.chats().Withhold(ctx, d, "m1", false))
		b.wantMarked(d, e)
	})
}

// wantMarked wants an entry however it is read.
func (b *bench) wantMarked(d *discussion.Discussion, want discussion.Entry) {
	b.Helper()
	one, err := b.chats().Entry(b.Context(), d, want.ID)
	b.ok(err)
	shown, err := b.chats().Shown(b.Context(), d, 0, want.ID)
	b.ok(err)
	l, _ := b.live(scichat, 0)
	for how, got := range map[string]discussion.Entry{"alone": one, "by its message": shown, "live": l.Entries[0]} {
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(discussion.Entry{})); diff != "" {
			b.Errorf("%s (-want +got):\n%s", how, diff)
		}
	}
	b.wantEntries(want)
}

func TestAMessageShowsItsEntry(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, d := b.Context(), b.running("d1")
		given := entry("chat/d1/a/1", "A map")
		b.ok(b.chats().Add(ctx, discussion.Filing{Discussion: d, Entry: given}, outbox.Effects{}))
		b.ok(b.client.HSet(ctx, refs(home, "d1", 0), "77", given.ID, "78", "chat/d1/q1").Err())
		if e, err := b.chats().Shown(ctx, d, 0, "77"); err != nil || e.ID != given.ID {
			b.Errorf("what shows an answer by form shows %+v, %v", e, err)
		}
		for _, message := range []string{"78", "79", ""} {
			if _, err := b.chats().Shown(ctx, d, 0, message); bot.CodeOf(err) != bot.NotFound {
				b.Errorf("%q shows something: %v", message, err)
			}
		}
		if _, err := b.chats().Entry(ctx, d, "79"); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("no entry: %v", err)
		}
	})
}

// A mark goes along when the chat moves to another community.
func TestMarksMoveWithTheirChat(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, d := b.Context(), b.running("d1")
		b.file(d, entry("m1", "A1"), discussion.FiledNew)
		b.ok(b.chats().Withhold(ctx, d, "m1", true))
		b.ok(b.chats().TakeOut(ctx, d, outbox.Effects{}))
		there := *d
		there.Community, there.Version = "01else", 0
		b.ok(b.chats().PutIn(ctx, home, &there, outbox.Effects{}))
		b.ok(b.chats().Clear(ctx, home, d))
		if e, err := b.chats().Entry(ctx, &there, "m1"); err != nil || !e.Withheld {
			b.Errorf("%+v, %v", e, err)
		}
		if n := b.client.Exists(ctx, key(home, marks("d1"))).Val(); n != 0 {
			b.Error("a mark was left behind")
		}
	})
}
