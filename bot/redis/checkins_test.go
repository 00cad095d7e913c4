package redis

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
)

const friday = "01friday"

func (b *bench) checkIns() CheckIns { return CheckIns{b.store} }

// asked opens an occurrence in which ana has been asked. It closes an hour after
// noon, and is over two hours later.
func (b *bench) asked(occurrence string, sharing checkin.Sharing) checkin.Standing {
	b.Helper()
	if sharing == checkin.Anonymous {
		return b.opens(occurrence, sharing, noon.Add(time.Hour))
	}
	return b.opens(occurrence, sharing, noon.Add(3*time.Hour))
}

// opens opens one that is over at an instant.
func (b *bench) opens(occurrence string, sharing checkin.Sharing, final time.Time) checkin.Standing {
	b.Helper()
	found, err := b.checkIns().Standings(b.Context(), home, friday)
	b.ok(err)
	st := found[0]
	st.Open = append(st.Open, checkin.Occurrence{ID: occurrence, First: noon, Closes: noon.Add(time.Hour), Final: final, Sharing: sharing})
	b.ok(b.checkIns().Advance(b.Context(), &st, checkin.Settled{
		At: noon, Walls: map[bot.MemberID]time.Time{"01ana": noon},
		Turns:  map[string]map[bot.MemberID]checkin.Turn{occurrence: {"01ana": {State: checkin.IsAsked, Opened: noon, Closes: noon.Add(time.Hour)}}},
		Opened: map[string]checkin.Asked{occurrence: {CheckIn: friday, Name: "Friday", At: noon, Definition: checkin.Definition{Sharing: sharing}}},
	}, outbox.Effects{}))
	return st
}

func taking(occurrence string, who bot.MemberID, in bot.InputID, text string) checkin.Taking {
	return checkin.Taking{
		Community: home, Occurrence: occurrence, Member: who, Input: in, State: checkin.IsAnswered,
		Answer: checkin.Answer{At: noon, Values: []string{text}},
	}
}

func (b *bench) takeIn(t checkin.Taking, want checkin.Outcome) checkin.Taken {
	b.Helper()
	taken, err := b.checkIns().Take(b.Context(), t)
	b.ok(err)
	if taken.Outcome != want {
		b.Errorf("the answer of %s is %q, want %q", t.Member, taken.Outcome, want)
	}
	return taken
}

// checkInsLife is what happens in check-ins: see life.
func (b *bench) checkInsLife() {
	b.Helper()
	ctx, s := b.Context(), b.checkIns()
	for _, who := range []bot.MemberID{"01ana", "01luis"} {
		b.ok(s.Join(ctx, home, friday, checkin.Participant{Member: who, Account: bottest.Account("ana"), Since: noon}, outbox.Effects{}))
	}
	b.ok(s.Leave(ctx, home, friday, "01luis"))
	b.enrolled("01max", "01may")
	_, err := s.Participants(ctx, home, friday, "", 10)
	b.ok(err)
	_, _, err = s.Zones(ctx, home, friday)
	b.ok(err)
	b.ok(s.KeepRevision(ctx, home, friday, "01ana", checkin.Revision{Name: "New"}))
	b.asked("o1", checkin.Shared)
	b.asked("o2", checkin.Anonymous)
	st := b.asked("o3", checkin.Anonymous)
	t := taking("o1", "01ana", "take", "A rose")
	t.Goals = []checkin.Goal{{ID: "g", Member: "01ana", Text: "Ask less"}}
	b.takeIn(t, checkin.TakenNew)
	for _, o := range []string{"o2", "o3"} {
		t = taking(o, "01ana", "", "")
		t.Answer, t.Sealed = checkin.Answer{}, "sealed"
		b.takeIn(t, checkin.TakenNew)
	}
	b.ok(s.Follow(ctx, home, "01max", "01bea"))
	st.Open = st.Open[:2]
	b.ok(s.Advance(ctx, &st, checkin.Settled{
		At: noon, Unsealed: map[string][]string{"o3": {`x {"values":["A bud"]}`}}, Over: []string{"o3"},
	}, outbox.Effects{}))
}

// seedCheckIns gives a place a check-in in which somebody takes part, with one
// occurrence of which all is known and an anonymous one that is open.
func (t *town) seedCheckIns(c bot.CommunityID, space bot.SpaceID, who bot.MemberID) {
	t.Helper()
	ctx, s := t.Context(), t.checkIns()
	r := daily(string(c)+"friday", 2)
	r.Community, r.Space, r.Kind, r.Paused = c, space, checkin.SeriesKind, false
	r.Courses = map[string]schedule.Course{"America/New_York": {Settled: t.start, Next: t.start.Add(7 * time.Hour)}}
	t.ok(t.schedules().Advance(ctx, &r, nil, outbox.Effects{Jobs: []scheduler.Job{
		{Group: string(c), ID: "series/" + r.ID, Kind: schedule.JobKind, Due: t.start.Add(7 * time.Hour), Payload: []byte(`{"series":"` + r.ID + `"}`)},
	}}))
	_, err := t.schedules().NextNumber(ctx, c)
	t.ok(err)
	list := scheduler.Job{Group: string(c), ID: "checkin/" + r.ID + "/list", Kind: checkin.ListJobKind, Due: t.start.Add(8 * time.Hour), Payload: []byte(`{"checkin":"` + r.ID + `"}`)}
	t.ok(s.Enrol(ctx, c, r.ID, t.start, []checkin.Participant{{Member: who, Account: bot.Account{Space: space, User: "ana"}, Since: t.start}},
		outbox.Effects{Jobs: []scheduler.Job{list}}))
	st := checkin.Standing{ID: r.ID, Community: c}
	opened := map[string]checkin.Asked{}
	turns := map[string]map[bot.MemberID]checkin.Turn{}
	for _, o := range []string{r.ID + "-1", r.ID + "-2", r.ID + "-3"} {
		st.Open = append(st.Open, checkin.Occurrence{ID: o, First: t.start, Closes: t.start.Add(time.Hour), Final: t.start.Add(time.Hour)})
		opened[o] = checkin.Asked{CheckIn: r.ID, Name: "Friday", At: t.start}
		turns[o] = map[bot.MemberID]checkin.Turn{who: {State: checkin.IsAsked, Opened: t.start, Closes: t.start.Add(time.Hour)}}
	}
	job := scheduler.Job{Group: string(c), ID: "checkin/" + r.ID, Kind: checkin.JobKind, Due: t.start.Add(8 * time.Hour), Payload: []byte(`{"checkin":"` + r.ID + `"}`)}
	t.ok(s.Advance(ctx, &st, checkin.Settled{At: t.start, Told: []bot.MemberID{who}, Walls: map[bot.MemberID]time.Time{who: t.start}, Turns: turns, Opened: opened},
		outbox.Effects{Jobs: []scheduler.Job{job}}))
	answer := taking(r.ID+"-1", who, "", "A rose")
	g := checkin.Goal{ID: "g", Member: who, Text: "Ask less", Due: t.start.Add(9 * time.Hour)}
	answer.Community, answer.Goals = c, []checkin.Goal{g}
	answer.Jobs = []scheduler.Job{{Group: string(c), ID: "goal/" + string(who) + "/g", Kind: checkin.GoalJobKind, Due: g.Due, Payload: []byte(`{"goal":"g"}`)}}
	t.takeIn(answer, checkin.TakenNew)
	t.ok(t.client.HSet(ctx, key(c, checkInSealed(r.ID+"-2")), "chance", "sealed").Err()) // its name is always the same
	begun := checkin.Talk{
		Now: t.start, About: r.ID + "-2", Open: []checkin.OpenNow{{ID: r.ID + "-2", Final: t.start.Add(24 * time.Hour)}},
		Partials: map[string]checkin.Partial{r.ID + "-2": {Values: []string{"Half a thorn"}, Next: 1, Until: t.start.Add(time.Hour)}},
	}
	t.ok(s.KeepTalk(ctx, c, who, bot.InputID(r.ID+"talk"), &begun, r.ID+"-2"))
	st.Open = st.Open[:2]
	t.ok(s.Advance(ctx, &st, checkin.Settled{
		At: t.start, Unsealed: map[string][]string{r.ID + "-3": {`x {"values":["A bud"]}`}}, Over: []string{r.ID + "-3"},
	}, outbox.Effects{}))
}

// What is taken when: new, changed, late, and no more.
func TestAnswersAreTakenWhileThereIsTime(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		s := b.checkIns()
		b.takeIn(taking("o1", "01ana", "0", "x"), checkin.TooLate) // it is not open yet
		b.asked("o1", checkin.Shared)
		skips := taking("o1", "01sol", "s", "")
		skips.State = checkin.IsSkipped
		b.takeIn(skips, checkin.TakenNew)
		if taken := b.takeIn(taking("o1", "01ana", "1", "first"), checkin.TakenNew); taken.Late || !taken.Closes.Equal(noon.Add(time.Hour)) {
			b.Errorf("%+v", taken)
		}
		if _, err := s.Take(b.Context(), taking("o1", "01ana", "1", "again")); !errors.Is(err, outbox.ErrRepeated) {
			b.Errorf("repeated: %v", err)
		}
		b.takeIn(taking("o1", "01ana", "2", "second"), checkin.TakenOver)
		skips = taking("o1", "01ana", "3", "")
		skips.State = checkin.IsSkipped
		b.takeIn(skips, checkin.IsFinal) // what is answered stays

		b.after(time.Hour)
		b.takeIn(taking("o1", "01ana", "4", "third"), checkin.IsFinal)
		away := taking("o1", "01ana", "5", "third")
		away.Until = noon.Add(2 * time.Hour)
		if taken := b.takeIn(away, checkin.TakenOver); taken.Late {
			b.Error("late, although their window lasts longer")
		}
		if taken := b.takeIn(taking("o1", "01joe", "6", "late"), checkin.TakenNew); !taken.Late {
			b.Error("not late")
		}
		b.after(3 * time.Hour)
		b.takeIn(taking("o1", "01eva", "7", "too late"), checkin.TooLate)

		answers, err := s.Answers(b.Context(), home, "o1")
		b.ok(err)
		var got []string
		for _, a := range answers {
			text := string(a.Author) + " " + a.Values[0]
			if a.Late {
				text += " (late)"
			}
			got = append(got, text)
		}
		if want := []string{"01ana third", "01joe late (late)"}; !slices.Equal(got, want) {
			b.Errorf("got %q, want %q", got, want)
		}
		journal, err := s.Journal(b.Context(), home, "01ana")
		b.ok(err)
		if len(journal) != 1 || journal[0].Name != "Friday" || journal[0].Answer.Values[0] != "third" {
			b.Errorf("the journal is %+v", journal)
		}
	})
}

// An anonymous answer is taken once, and never late.
func TestAnonymousAnswersAreTakenOnce(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.asked("o1", checkin.Anonymous)
		once := taking("o1", "01ana", "1", "")
		once.Answer, once.Sealed = checkin.Answer{}, "sealed"
		b.takeIn(once, checkin.TakenNew)
		once.Input = "2"
		b.takeIn(once, checkin.IsFinal)
		b.after(time.Hour)
		once.Input, once.Member = "3", "01joe"
		b.takeIn(once, checkin.TooLate)
		b.opens("o2", checkin.Anonymous, noon.Add(9*time.Hour)) // for others; ana's window is over
		once.Occurrence, once.Input, once.Member = "o2", "4", "01ana"
		b.takeIn(once, checkin.TooLate)
		skips := taking("o2", "01ana", "5", "")
		skips.State = checkin.IsSkipped
		b.takeIn(skips, checkin.TakenNew)
		once.Input = "6"
		b.takeIn(once, checkin.TooLate)
		once.Input, once.Until = "7", noon.Add(8*time.Hour) // they were away
		b.takeIn(once, checkin.TakenNew)
		sealed, err := b.checkIns().Sealed(b.Context(), home, "o1")
		b.ok(err)
		if len(sealed) != 1 {
			b.Errorf("sealed are %q", sealed)
		}
		journal, err := b.checkIns().Journal(b.Context(), home, "01ana")
		b.ok(err)
		if len(journal) != 0 {
			b.Errorf("an anonymous answer stands in a journal: %+v", journal)
		}
	})
}

// An answer is one call of the store that counts, and brings the summary about
// once however many come.
func TestAnAnswerIsOneCall(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.asked("o1", checkin.Shared)
		answer := taking("o1", "01ana", "1", "x")
		b.takeIn(answer, checkin.TakenNew)
		b.calls.take()
		answer.Input = "2"
		b.takeIn(answer, checkin.TakenOver)
		if got := b.calls.take(); !slices.Equal(got, []string{"checkin_take"}) {
			b.Errorf("an answer took %q", got)
		}
		for i, in := range []time.Duration{0, 4 * time.Second, 8 * time.Second} {
			b.after(in)
			answer.Input = bot.InputID("s" + string(rune('0'+i)))
			j := job(home, "summary", b.clock.Now().Add(10*time.Second))
			answer.Summary = &j
			b.takeIn(answer, checkin.TakenOver)
		}
		b.wantDue("summary", 10*time.Second)
		b.after(10 * time.Second)
		b.wantClaimed("summary")
		// One that comes while the summary is being written brings about the next.
		b.after(11 * time.Second)
		answer.Input = "s9"
		j := job(home, "summary", b.clock.Now().Add(10*time.Second))
		answer.Summary = &j
		b.takeIn(answer, checkin.TakenOver)
		b.ok(b.store.Complete(b.Context(), scheduler.Claimed{Job: j, Token: b.client.HGet(b.Context(), key(home, "lease"), "summary").Val()}))
		b.wantDue("summary", 21*time.Second)
	})
}

func (b *bench) wantDue(job string, want time.Duration) {
	b.Helper()
	due, err := b.client.ZScore(b.Context(), key(home, "due"), job).Result()
	b.ok(err)
	if got := time.UnixMilli(int64(due)).Sub(noon); got != want {
		b.Errorf("%s is due at noon+%s, want noon+%s", job, got, want)
	}
}

// Who joins twice is once there; who leaves is gone; and pages have no gaps.
func TestWhoTakesPart(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.checkIns()
		for _, who := range []bot.MemberID{"01c", "01a", "01d", "01b", "01a"} {
			b.ok(s.Join(ctx, home, friday, checkin.Participant{Member: who, Account: bottest.Account(string(who)), Since: noon}, outbox.Effects{}))
		}
		b.ok(s.Leave(ctx, home, friday, "01c"))
		var got []bot.MemberID
		for after := bot.MemberID(""); ; {
			page, err := s.Participants(ctx, home, friday, after, 2)
			b.ok(err)
			for _, p := range page {
				got, after = append(got, p.Member), p.Member
				if p.Account != bottest.Account(string(p.Member)) || !p.Since.Equal(noon) {
					b.Errorf("%+v", p)
				}
			}
			if len(page) < 2 {
				break
			}
		}
		if want := []bot.MemberID{"01a", "01b", "01d"}; !slices.Equal(got, want) {
			b.Errorf("got %q, want %q", got, want)
		}
		joined, err := s.Joined(ctx, home, "01c")
		b.ok(err)
		if len(joined) != 0 {
			b.Errorf("who left is in %q", joined)
		}
	})
}

// The zones are those of the members who take part, each once; where none is set, the
// space in which they are asked says which it is.
func TestZonesOfThoseWhoTakePart(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.checkIns()
		b.place(scichat.Space, home)
		join := func(who bot.MemberID, zone string) {
			b.Helper()
			a := bot.Account{Space: scichat.Space, User: string(who)}
			r, err := b.people().Member(ctx, home, a, bot.Member{ID: who, Name: `"zone":"Mars/Base"`})
			b.ok(err)
			r.Zone = zone
			b.ok(b.people().SaveMember(ctx, r))
			b.ok(s.Join(ctx, home, friday, checkin.Participant{Member: who, Account: a, Since: noon}, outbox.Effects{}))
		}
		zones := []string{"Asia/Tokyo", "Europe/Madrid"}
		for i := range zonesAtOnce {
			join(bot.MemberID(fmt.Sprintf("01m%05d", i)), zones[i%2])
		}
		join("01n1", "Asia/Tokyo")
		join("01n2", "")
		join("01n3", "")
		join("01n4", "Africa/Lagos")
		b.ok(s.Leave(ctx, home, friday, "01n4"))
		b.ok(s.Join(ctx, home, friday, checkin.Participant{Member: "01stranger", Account: bottest.Account("x"), Since: noon}, outbox.Effects{}))
		_, err := s.Participants(ctx, home, friday, "", 10) // loads the script
		b.ok(err)
		_, _, err = s.Zones(ctx, home, friday)
		b.ok(err)
		b.calls.take()
		set, unset, err := s.Zones(ctx, home, friday)
		b.ok(err)
		slices.Sort(set)
		if !slices.Equal(set, zones) || !slices.Equal(unset, []bot.SpaceID{scichat.Space}) {
			b.Errorf("zones %q, and those of %v", set, unset)
		}
		if got, want := b.calls.take(), []string{"checkin_zones", "checkin_zones"}; !slices.Equal(got, want) {
			b.Errorf("it sent %q, want %q", got, want)
		}
		ci := checkin.CheckIn{ID: friday, Community: home, Zone: "Asia/Tokyo", Definition: checkin.Definition{Local: true}}
		all, err := (&staff{bench: b}).service().Zones(ctx, ci)
		b.ok(err)
		if slices.Sort(all); !slices.Equal(all, []string{"Asia/Tokyo", "Europe/Madrid", "UTC"}) {
			b.Errorf("the check-in comes in %q", all)
		}
		b.calls.take()
		if page, err := s.Participants(ctx, home, friday, "", 10); err != nil || len(page) != 10 {
			b.Errorf("a page of %d, %v", len(page), err)
		}
		if got, want := b.calls.take(), []string{"checkin_page"}; !slices.Equal(got, want) {
			b.Errorf("for a page it sent %q, want %q", got, want)
		}
	})
}

// A step that was overtaken changes nothing, and what is forgotten is gone.
func TestStandingsAreKeptByVersion(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx, s := b.Context(), b.checkIns()
		st := b.asked("o1", checkin.Shared)
		b.takeIn(taking("o1", "01ana", "1", "x"), checkin.TakenNew)
		old := st
		b.ok(s.Advance(ctx, &st, checkin.Settled{At: noon}, outbox.Effects{}))
		err := s.Advance(ctx, &old, checkin.Settled{At: noon, Forgotten: []string{"o1"}}, outbox.Effects{Posts: []outbox.Item{post("x")}})
		if bot.CodeOf(err) != bot.Conflict {
			b.Errorf("got %v", err)
		}
		if ids, err := s.Past(ctx, home, friday, noon.Add(time.Second), 10); err != nil || !slices.Equal(ids, []string{"o1"}) {
			b.Errorf("past are %q, %v", ids, err)
		}
		st.Open = nil
		b.ok(s.Advance(ctx, &st, checkin.Settled{At: noon, Over: []string{"o1"}, Forgotten: []string{"o1"}}, outbox.Effects{}))
		if _, err := s.Sheet(ctx, home, "o1", "01ana"); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("got %v", err)
		}
		for _, name := range []string{checkInTurns("o1"), checkInSaid("o1"), checkInAsked, checkInOpen, checkInPast(friday)} {
			if n := b.client.Exists(ctx, key(home, name)).Val(); n > 0 {
				b.Errorf("%s is left over", name)
			}
		}
		if journal, err := s.Journal(ctx, home, "01ana"); err != nil || len(journal) > 0 {
			b.Errorf("the journal is %+v, %v", journal, err)
		}
	})
}
