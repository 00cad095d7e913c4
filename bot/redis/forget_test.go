package redis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Somebody is forgotten who takes part, has left before, has answered and has goals;
// and nobody else is.
func TestCheckInsForgetSomebody(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.checkIns()
		for _, who := range []bot.MemberID{"01ana", "01luis"} {
			b.ok(s.Join(ctx, home, friday, checkin.Participant{Member: who, Account: ana, Since: noon}, outbox.Effects{}))
		}
		b.asked("o1", checkin.Shared)
		b.asked("o2", checkin.Shared)
		for _, who := range []bot.MemberID{"01ana", "01luis"} {
			answer := taking("o1", who, bot.InputID(who), "A rose of "+string(who))
			answer.Goals = []checkin.Goal{{ID: "g", Member: who, Text: "Ask less, " + string(who)}}
			answer.Jobs = []scheduler.Job{{Group: string(home), ID: "goal/" + string(who) + "/g", Kind: checkin.GoalJobKind, Due: noon.Add(time.Hour)}}
			b.takeIn(answer, checkin.TakenNew)
		}
		b.ok(s.Leave(ctx, home, friday, "01ana")) // what she had last stays
		turns, err := s.TurnsOf(ctx, home, "01ana")
		b.ok(err)
		if len(turns) != 2 || turns["o1"].State != checkin.IsAnswered || turns["o2"].State != checkin.IsAsked {
			t.Errorf("her turns are %+v", turns)
		}
		job := scheduler.Job{Group: string(home), ID: "after", Kind: checkin.SummaryJobKind, Due: noon}
		for range 2 { // as after an interruption
			b.ok(s.Forget(ctx, home, "01ana", outbox.Effects{Jobs: []scheduler.Job{job}}))
		}
		theirs := 0
		for _, name := range b.keys() {
			if strings.Contains(name, ":in:") {
				continue
			}
			body := b.read(name)
			if strings.Contains(name+body, "01ana") {
				t.Errorf("%s: %s", name, body)
			}
			theirs += strings.Count(name+body, "01luis")
		}
		if theirs < 10 {
			t.Errorf("of luis %d traces are left", theirs)
		}
		if !b.client.HExists(ctx, key(home, "jobs"), "after").Val() {
			t.Error("nothing comes of it")
		}
	})
}

// What was sent to somebody is found by their account, and forgotten.
func TestEraseForgetsWhatWasSent(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		for _, p := range []outbox.Item{direct(ana, "to ana"), direct(joe, "to joe")} {
			b.queue(p)
			a, ok, err := b.store.Begin(ctx, string(home), p.Lane())
			b.ok(err)
			b.wantHead(a, ok, p.Post.Key)
			_, _, err = b.store.End(ctx, string(home), p.Lane(), a, sentAs("m"))
			b.ok(err)
		}
		b.queue(unasked("held"))
		b.ok(b.store.LetOut(ctx, string(home), unasked("").Lane(), outbox.Outgoing{Expired: b.held("held").Waiting}))
		b.ok(b.store.Erase(ctx, home, ana))
		for _, name := range []string{"sent", "sentat", "jobs", "due"} {
			body := b.read(key(home, name))
			if strings.Contains(body, "ana") || strings.Contains(body, "held") {
				t.Errorf("%s: %s", name, body)
			}
			if strings.HasPrefix(name, "sent") && !strings.Contains(body, "to joe") {
				t.Errorf("%s has lost joe's: %s", name, body)
			}
		}
		if n := b.client.Exists(ctx, key(home, "sentto:"+ana.String())).Val(); n != 0 {
			t.Error("what was sent to her is still listed")
		}
		if ttl := b.client.PTTL(ctx, key(home, "sentto:"+joe.String())).Val(); ttl <= 0 || ttl > 30*24*time.Hour {
			t.Errorf("what was sent to joe is listed for %v", ttl)
		}
	})
}

// The discussions are found in which somebody has said something, or which they
// host; and no others.
func TestDiscussionsWithSomebody(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		said, hosted, other := b.running("said"), chat("hosted", discussion.Archived), chat("other", discussion.Archived)
		hosted.Hosts = []bot.MemberID{"01zara"}
		b.save(&hosted)
		b.save(&other)
		e := entry("m1", "A1")
		e.Author = "01zara"
		b.file(said, e, discussion.FiledNew)
		ids := func() []string {
			found, err := b.chats().With(ctx, home, []bot.MemberID{"01zara", "01before"})
			b.ok(err)
			var all []string
			for _, d := range found {
				all = append(all, d.ID)
			}
			slices.Sort(all)
			return all
		}
		if got := ids(); !slices.Equal(got, []string{"hosted", "said"}) {
			t.Errorf("they are %q", got)
		}
		e.Author, e.Text = "", "changed"
		b.ok(b.chats().Replace(ctx, said, outbox.Effects{}, e))
		b.ok(b.chats().Unknow(ctx, said, []bot.MemberID{"01zara"}))
		if got := ids(); !slices.Equal(got, []string{"hosted"}) {
			t.Errorf("then they are %q", got)
		}
		all, err := b.chats().Entries(ctx, home, "said")
		b.ok(err)
		if len(all) != 1 || all[0].Text != "changed" || all[0].Author != "" {
			t.Errorf("there is %+v", all)
		}
	})
}
