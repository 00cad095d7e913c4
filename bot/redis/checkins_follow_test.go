package redis

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// follower is ana, who had been anne under another account.
type follower struct{ *bench }

const (
	ofAna  = bot.MemberID("01anna")
	ofAnne = bot.MemberID("01anne")
)

func (f *follower) joins(m bot.MemberID, ids ...string) {
	f.Helper()
	for _, id := range ids {
		f.ok(f.checkIns().Join(f.Context(), home, id, checkin.Participant{Member: m, Account: bottest.Account(string(m)), Since: noon}, outbox.Effects{}))
	}
}

// takesPart gives who takes part in a check-in, with the account where they are asked.
func (f *follower) takesPart(id string) map[bot.MemberID]string {
	f.Helper()
	found, err := f.checkIns().Participants(f.Context(), home, id, "", 10)
	f.ok(err)
	out := map[bot.MemberID]string{}
	for _, p := range found {
		out[p.Member] = p.Account.User
		joined, err := f.checkIns().Joined(f.Context(), home, p.Member)
		f.ok(err)
		if !slices.Contains(joined, id) {
			f.Errorf("%s does not know that they take part in %s", p.Member, id)
		}
	}
	return out
}

func (f *follower) journal(m bot.MemberID) []string {
	f.Helper()
	found, err := f.checkIns().Journal(f.Context(), home, m)
	f.ok(err)
	var out []string
	for _, e := range found {
		out = append(out, e.Occurrence+" "+e.Answer.Values[0])
	}
	return out
}

func (f *follower) goals(m bot.MemberID) []checkin.Goal {
	f.Helper()
	found, err := f.checkIns().Goals(f.Context(), home, m)
	f.ok(err)
	return found
}

func (f *follower) want(what string, got, want []string) {
	f.Helper()
	if !slices.Equal(got, want) {
		f.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestWhatFollowsALinkedAccount(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		f := &follower{b}
		s, ctx := b.checkIns(), b.Context()
		f.joins(ofAnne, friday, "monday")
		f.joins(ofAna, friday)
		var st checkin.Standing
		for _, o := range []string{"o1", "o2", "o3"} {
			st = b.asked(o, checkin.Shared)
		}
		b.ok(s.Advance(ctx, &st, checkin.Settled{At: noon, Turns: map[string]map[bot.MemberID]checkin.Turn{ // she was asked under both
			"o3": {ofAna: {State: checkin.IsAsked, Opened: noon, Closes: noon.Add(time.Hour)}},
		}}, outbox.Effects{}))
		b.takeIn(taking("o1", ofAnne, "a1", "first"), checkin.TakenNew)
		b.takeIn(taking("o2", ofAnne, "a2", "second"), checkin.TakenNew)
		b.takeIn(taking("o2", ofAna, "a3", "mine"), checkin.TakenNew)
		with := taking("o3", ofAnne, "a4", "third")
		with.Goals = []checkin.Goal{
			{ID: "g", Member: ofAnne, Text: "Ask less", Due: noon.Add(time.Hour), Account: bottest.Account("anne")},
			{ID: "h", Member: ofAnne, Text: "Listen", Reach: checkin.InArchive, Source: "d1", Account: bottest.Account("anne")},
		}
		b.takeIn(with, checkin.TakenNew)
		g := checkin.Goal{ID: "g", Member: ofAna, Text: "My own"}
		b.ok(s.KeepGoal(ctx, home, &g, outbox.Effects{}))

		for range 2 { // a second time changes nothing
			b.ok(s.Follow(ctx, home, ofAnne, ofAna))
			if got := f.takesPart(friday); len(got) != 1 || got[ofAna] != "01anna" {
				t.Errorf("on Friday take part %v", got)
			}
			if got := f.takesPart("monday"); len(got) != 1 || got[ofAna] != "01anne" {
				t.Errorf("on Monday take part %v", got)
			}
			f.want("the journal", f.journal(ofAna), []string{"o2 mine", "o1 first", "o3 third"})
			f.want("what stays behind", f.journal(ofAnne), []string{"o2 second"})
			mine := f.goals(ofAna)
			if len(mine) != 3 || len(f.goals(ofAnne)) != 0 {
				t.Fatalf("goals are %+v and %+v", mine, f.goals(ofAnne))
			}
			for _, g := range mine {
				switch {
				case g.Text == "Ask less" && g.ID != "g-01anne", g.Text == "My own" && g.ID != "g":
					t.Errorf("goal %+v", g)
				case g.Text == "Listen" && g.Shown != "01anne/h":
					t.Errorf("where it was shared it would be found no more: %+v", g)
				}
			}
		}
		// ana changes what she wrote as anne.
		b.takeIn(taking("o3", ofAna, "a5", "third, changed"), checkin.TakenOver)
		b.after(2 * time.Hour)
		jobs := b.claim(10)
		var payload struct{ Member, Goal string }
		if len(jobs) != 1 || json.Unmarshal(jobs[0].Payload, &payload) != nil || payload.Member != "01anna" || payload.Goal != "g-01anne" {
			t.Fatalf("the jobs are %+v", jobs)
		}
		b.ok(b.store.Complete(ctx, jobs[0]))
		if got, err := s.Answers(ctx, home, "o1"); err != nil || len(got) != 1 || got[0].Author != ofAna {
			t.Errorf("the first was answered by %+v, %v", got, err)
		}

		b.ok(s.GiveBack(ctx, home, ofAnne, ofAna))
		if got := f.takesPart(friday); len(got) != 2 || got[ofAnne] != "01anne" {
			t.Errorf("on Friday take part %v", got)
		}
		if got := f.takesPart("monday"); len(got) != 1 || got[ofAnne] != "01anne" {
			t.Errorf("on Monday take part %v", got)
		}
		f.want("ana's journal", f.journal(ofAna), []string{"o2 mine"})
		f.want("anne's journal", f.journal(ofAnne), []string{"o2 second", "o1 first", "o3 third, changed"})
		if mine, hers := f.goals(ofAna), f.goals(ofAnne); len(mine) != 1 || mine[0].Text != "My own" || len(hers) != 2 || hers[0].ID != "g" || hers[1].ID != "h" {
			t.Errorf("goals are %+v and %+v", mine, hers)
		}
	})
}

// Who was asked under one account and answers under the other is one person.
func TestAnOpenQuestionFollowsALinkedAccount(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		f := &follower{b}
		s, ctx := b.checkIns(), b.Context()
		f.joins(ofAnne, friday)
		st := b.asked("o1", checkin.Anonymous)
		b.ok(s.Advance(ctx, &st, checkin.Settled{
			At:    noon,
			Turns: map[string]map[bot.MemberID]checkin.Turn{"o1": {ofAnne: {State: checkin.IsAsked, Opened: noon, Closes: noon.Add(time.Hour)}}},
			Walls: map[bot.MemberID]time.Time{ofAnne: noon},
		}, outbox.Effects{}))
		sealed := func(m bot.MemberID, in string) checkin.Taking {
			t := taking("o1", m, bot.InputID(in), "")
			t.Answer, t.Sealed = checkin.Answer{}, "sealed"
			return t
		}
		b.takeIn(sealed(ofAnne, "s1"), checkin.TakenNew)
		b.ok(s.Follow(ctx, home, ofAnne, ofAna))
		b.takeIn(sealed(ofAna, "s2"), checkin.IsFinal) // once, whichever account
		turns, err := s.Turns(ctx, home, "o1")
		b.ok(err)
		if len(turns) != 2 || turns[ofAna].State != checkin.IsAnswered {
			t.Errorf("the turns are %+v", turns)
		}
		found, err := s.Participants(ctx, home, friday, "", 10)
		b.ok(err)
		if len(found) != 1 || !found[0].Wall.Equal(noon) {
			t.Errorf("what they had comes again: %+v", found)
		}
		b.ok(s.GiveBack(ctx, home, ofAnne, ofAna))
		b.ok(s.GiveBack(ctx, home, ofAnne, ofAna))
		b.takeIn(sealed(ofAnne, "s3"), checkin.IsFinal)
	})
}

// asksOf is what asks a member, at ana's account.
func asksOf(occurrence string, m bot.MemberID) outbox.Item {
	return unasked(checkin.PromptKey(occurrence, m))
}

// turnsIn lets members have turns in an occurrence.
func (f *follower) turnsIn(occurrence string, states map[bot.MemberID]checkin.State) {
	f.Helper()
	turns := map[bot.MemberID]checkin.Turn{}
	for m, state := range states {
		turns[m] = checkin.Turn{State: state, Opened: noon, Closes: noon.Add(time.Hour)}
	}
	st := f.asked(occurrence, checkin.Shared)
	f.ok(f.checkIns().Advance(f.Context(), &st, checkin.Settled{At: noon, Turns: map[string]map[bot.MemberID]checkin.Turn{occurrence: turns}}, outbox.Effects{}))
}

// Who was asked under two accounts, and links them, gets one of the questions that
// still wait for their time, and none once they have said something to it.
func TestAQuestionThatIsAskedTwiceComesOnce(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		f := &follower{b}
		s, ctx := b.checkIns(), b.Context()
		f.joins(ofAnne, friday)
		both := map[bot.MemberID]checkin.State{ofAnne: checkin.IsAsked, ofAna: checkin.IsAsked}
		for _, o := range []string{"o1", "o2", "o3"} {
			f.turnsIn(o, both)
			b.queue(asksOf(o, ofAnne), asksOf(o, ofAna))
		}
		f.turnsIn("o4", map[bot.MemberID]checkin.State{ofAnne: checkin.IsAsked})
		f.turnsIn("o5", map[bot.MemberID]checkin.State{ofAnne: checkin.IsAsked, ofAna: checkin.IsAway})
		b.queue(asksOf("o4", ofAnne), asksOf("o5", ofAnne), unasked("other"))
		skips := taking("o2", ofAnne, "1", "")
		skips.State = checkin.IsSkipped
		b.takeIn(skips, checkin.TakenNew)
		b.takeIn(taking("o3", ofAnne, "2", "a rose"), checkin.TakenNew)

		key := func(o string, m bot.MemberID) bot.DeliveryKey { return checkin.PromptKey(o, m) }
		for range 2 { // a second time changes nothing
			b.ok(s.Follow(ctx, home, ofAnne, ofAna))
			b.held(key("o1", ofAna), key("o5", ofAnne), "other", key("o4", ofAna))
		}
		for o, want := range map[string]checkin.State{"o1": checkin.IsAsked, "o2": checkin.IsSkipped, "o3": checkin.IsAnswered, "o4": checkin.IsAsked} {
			if sheet, err := s.Sheet(ctx, home, o, ofAna); err != nil || sheet.Turn.State != want || sheet.Held != (want == checkin.IsAsked) {
				t.Errorf("%s came to %+v, held %t, %v", o, sheet.Turn, sheet.Held, err)
			}
		}

		// Parted before anything came, each is asked again what they were asked.
		b.ok(s.GiveBack(ctx, home, ofAnne, ofAna))
		b.held(key("o1", ofAna), key("o5", ofAnne), "other", key("o4", ofAnne), key("o1", ofAnne))
		b.ok(s.GiveBack(ctx, home, ofAnne, ofAna))

		// Linked anew, what was asked under the other account is gone with the answer.
		b.ok(s.Follow(ctx, home, ofAnne, ofAna))
		b.takeIn(taking("o4", ofAna, "3", "a rose"), checkin.TakenNew)
		b.takeIn(taking("o1", ofAna, "4", "a rose"), checkin.TakenNew)
		b.held(key("o5", ofAnne), "other")
		b.ok(s.GiveBack(ctx, home, ofAnne, ofAna))
		b.held(key("o5", ofAnne), "other", key("o1", ofAnne))
	})
}

// What is on its way already is not held back, nor is what it comes with.
func TestWhatIsOnItsWayIsNotWithdrawn(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		f := &follower{b}
		f.joins(ofAnne, friday)
		f.turnsIn("o1", map[bot.MemberID]checkin.State{ofAnne: checkin.IsAsked, ofAna: checkin.IsAsked})
		b.queue(asksOf("o1", ofAnne), unasked("other"))
		h := b.held(checkin.PromptKey("o1", ofAnne), "other")
		post := asksOf("o1", ofAnne)
		post.Unasked = nil
		b.ok(b.store.LetOut(b.Context(), string(home), unasked("").Lane(), outbox.Outgoing{Sent: h.Waiting, Post: &post, Written: []time.Time{noon}}))
		b.ok(b.checkIns().Follow(b.Context(), home, ofAnne, ofAna))
		_, err := b.store.advance(b.Context(), change{community: home, writes: []write{withdrawn("o1", ofAnne)}}) // it was read before
		b.ok(err)
		a, ok, err := b.store.Begin(b.Context(), string(home), post.Lane())
		b.ok(err)
		b.wantHead(a, ok, post.Post.Key)
	})
}
