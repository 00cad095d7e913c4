package redis

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// code asks for a code at madison.
func (t *town) code() string {
	t.Helper()
	code := codePattern.FindStringSubmatch(t.asks(madison, "mia", "/organize/link/code").Text.String())
	if code == nil {
		t.Fatal("no code")
	}
	return code[1]
}

// enter enters a code at lincoln, and gives what is said.
func (t *town) enter(code string) bot.Message {
	t.Helper()
	return t.asks(lincoln, "ana", "/organize/link/entered", "code", code)
}

func (t *town) want(m bot.Message, part string) {
	t.Helper()
	if got := m.Text.String(); !strings.Contains(got, part) {
		t.Errorf("got %q, want %q", got, part)
	}
}

func TestACodeLinksOnce(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		code := town.code()
		first, second := town.enter(code), town.enter(" "+strings.ToUpper(strings.Replace(code, "-", " ", 1)))
		town.want(first, "link.preview here=Place 01lincoln there=Place 01madison")
		town.want(second, "link.preview")
		for _, k := range b.keys() {
			if strings.Contains(k, "sr:code:") && (strings.Contains(k, code[:5]) || strings.Contains(b.client.Get(b.Context(), k).Val(), code[:5])) {
				t.Error("the code itself is kept")
			}
		}
		town.want(town.asks(lincoln, "ana", first.Controls[0].Path), "link.soon")
		if _, err := town.tries(madison, "mia", "/organize/link/entered", "code", code); err != nil {
			t.Error(err)
		}
		b.ok(town.work(5 * time.Minute))
		town.wantIn(ofMadison)
		town.part()
		town.want(town.asks(lincoln, "ana", second.Controls[0].Path), "link.code.wrong")
		town.want(town.enter(code), "link.code.wrong")
	})
}

func TestACodeIsForAnHour(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		code := town.code()
		preview := town.enter(code)
		b.after(time.Hour)
		town.want(town.enter(code), "link.code.wrong")
		town.want(town.asks(lincoln, "ana", preview.Controls[0].Path), "link.code.wrong")
		b.ok(town.work(5 * time.Minute))
		town.wantIn(ofLincoln)
	})
}

func TestWrongCodesAreCounted(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		code := town.code()
		for range 9 {
			town.want(town.enter("abcde-fghij"), "link.code.wrong")
		}
		for range 12 { // a right one does not count
			town.want(town.enter(code), "link.preview")
		}
		town.want(town.enter("abcde-fghij"), "link.code.wrong")
		town.want(town.enter(code), "link.code.too_many")
		b.after(time.Hour)
		town.want(town.enter(town.code()), "link.preview")
	})
}

func TestACodeOfTheSameCommunity(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		town.want(town.asks(madison, "mia", "/organize/link/entered", "code", town.code()), "link.code.own")
		town.link()
		town.want(town.enter(town.code()), "link.code.own")
	})
}

// Nothing moves while a chat runs or is about to begin, on either side.
func TestNothingMovesWhileAChatRuns(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for _, side := range []struct {
			space bot.SpaceID
			of    bot.CommunityID
		}{{lincoln, ofLincoln}, {madison, ofMadison}} {
			b.empty()
			town := newTown(b)
			code := town.code()
			preview := town.enter(code)
			d := chat("running", discussion.Asking)
			d.Community, d.Channel.Space, d.Base, d.Script.Length = side.of, side.space, b.clock.Now(), time.Hour
			b.save(&d)
			town.want(town.enter(code), "link.busy.until until=")
			town.want(town.asks(lincoln, "ana", preview.Controls[0].Path), "link.busy.until")
			d.State = discussion.Archived
			b.save(&d)
			town.asks(lincoln, "ana", preview.Controls[0].Path) // the code is not used up
			soon := chat("soon", discussion.Scheduled)
			soon.Community, soon.Channel.Space, soon.Base = side.of, side.space, b.clock.Now().Add(5*time.Minute)
			b.save(&soon)
			b.ok(town.work(5 * time.Minute)) // announced, and put off
			town.wantIn(ofLincoln)
			if posts := b.client.HVals(b.Context(), key(ofLincoln, "posts")).Val(); !slices.ContainsFunc(posts, func(p string) bool { return strings.Contains(p, "link.put_off") }) {
				t.Errorf("nobody is told: %q", posts)
			}
		}
	})
}

func TestUndoIsForADay(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		town := newTown(b)
		for _, c := range []bot.CommunityID{ofLincoln, ofMadison} { // which would have begun by then
			d, err := b.chats().Get(b.Context(), c, string(c)+"chat0")
			b.ok(err)
			d.State = discussion.Cancelled
			b.save(&d)
		}
		town.link()
		began := b.clock.Now()
		undo := func() *bot.Control {
			m := town.asks(madison, "mia", "/organize/link")
			i := slices.IndexFunc(m.Controls, func(c bot.Control) bool { return strings.HasPrefix(c.Path, "/organize/link/undo/") })
			if i < 0 {
				return nil
			}
			return &m.Controls[i]
		}
		press := undo()
		if press == nil {
			t.Fatal("undo is not offered")
		}
		b.clock.Set(began.Add(24 * time.Hour))
		if undo() != nil {
			t.Error("undo is offered after a day")
		}
		town.want(town.asks(madison, "mia", press.Path), "link.undo.late")
		b.ok(town.work(5 * time.Minute))
		town.wantIn(ofMadison)
		town.want(town.asks(madison, "mia", "/organize/link/part/"+lincoln.Token()), "link.part place=Place 01lincoln")
		town.part()

		preview := town.enter(town.code())
		town.asks(lincoln, "ana", preview.Controls[0].Path)
		b.ok(town.work(5 * time.Minute))
		town.wantIn(ofMadison)
		town.asks(lincoln, "ana", undo().Path)
		b.ok(town.work(5 * time.Minute))
		town.wantIn(ofLincoln)
	})
}

// Another process remembers for some minutes where a place belongs. Nobody moves
// anything meanwhile, and then it knows better.
func TestAnotherProcessLearnsOfALink(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		town := newTown(b)
		other := community.NewDirectory(Communities{b.open()}, community.Defaults{Language: "en", Zone: "UTC"}, b.clock.Now)
		ask := func() bot.CommunityID {
			c, err := other.Community(ctx, lincoln)
			if bot.CodeOf(err) == bot.Unavailable {
				return "moving"
			}
			b.ok(err)
			return c.ID
		}
		if got := ask(); got != ofLincoln {
			t.Fatalf("it is in %s", got)
		}
		town.begin()
		anas := bot.Account{Space: lincoln, User: "ana"}
		before, err := other.Member(ctx, anas, "ana")
		b.ok(err)
		// It goes on asking all the time, as a busy place does.
		for range 150 {
			b.ok(town.work(2 * time.Second))
			w, err := b.people().Whereabouts(ctx, lincoln)
			b.ok(err)
			if got := ask(); got != w.Community {
				t.Fatalf("the place is in %s, the other process takes it to be in %s", w.Community, got)
			}
			m, err := other.Member(ctx, anas, "ana")
			b.ok(err)
			if m.Community != w.Community || m.ID != before.ID {
				t.Fatalf("ana is %+v", m)
			}
			if m, err = other.Author(ctx, anas, "ana"); err != nil || m.Community != w.Community {
				t.Fatalf("what ana says is filed as %+v, %v", m, err)
			}
		}
		town.wantIn(ofMadison)
		if n := b.client.HLen(ctx, key(ofLincoln, "members")).Val(); n > 0 {
			t.Errorf("%d members were written into the community that was left", n)
		}
	})
}

// One that asked for the last time just before the place left is told so by the
// store, and looks again.
func TestAProcessThatOverslept(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		town := newTown(b)
		// Its clock stands still, so it forgets nothing.
		asleep := community.NewDirectory(Communities{b.open()}, community.Defaults{}, func() time.Time { return noon })
		_, err := asleep.Community(ctx, lincoln)
		b.ok(err)
		town.link()
		m, err := asleep.Member(ctx, bot.Account{Space: lincoln, User: "newcomer"}, "Newcomer")
		if err != nil || m.Community != ofMadison {
			t.Errorf("somebody new is %+v, %v", m, err)
		}
		m, err = asleep.Appoint(ctx, bot.Account{Space: lincoln, User: "joe"}, "joe", func(m *bot.Member) { m.Role = bot.RoleHost })
		if err != nil || m.Community != ofMadison || m.ID != "01lincolnjoe" {
			t.Errorf("joe is %+v, %v", m, err)
		}
		if names := town.keysOf(ofLincoln); slices.Contains(names, "members") {
			t.Error("somebody was written into the community that was left")
		}
	})
}

// What ran on both sides stays with both; what was planned on both stays where it
// was made.
func TestWhatIsSharedWhenPlacesPart(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		town := newTown(b)
		town.link()
		town.chat(lincoln, ofMadison, "ranhere", 90, discussion.Archived, madison)
		town.chat(madison, ofMadison, "ranthere", 91, discussion.Archived, lincoln)
		town.chat(lincoln, ofMadison, "planhere", 92, discussion.Scheduled, madison)
		town.chat(madison, ofMadison, "planthere", 93, discussion.Scheduled, lincoln)
		// joe has an account on both sides, and was somebody else there before.
		r, err := b.people().Member(ctx, ofMadison, bot.Account{Space: lincoln, User: "joe"}, bot.Member{})
		b.ok(err)
		joes := bot.Account{Space: madison, User: "joe"}
		_, err = b.people().Member(ctx, ofMadison, joes, bot.Member{ID: "01joe2", Name: "joe2"})
		b.ok(err)
		r.Former = "01joe2"
		b.ok(b.people().Merge(ctx, r, community.Self{ID: "01joe2", Into: r.ID, Accounts: []bot.Account{joes}, At: b.clock.Now()}))
		town.part()

		for _, c := range []bot.CommunityID{ofLincoln, ofMadison} {
			for _, id := range []string{"ranhere", "ranthere"} {
				d, err := b.chats().Get(ctx, c, id)
				b.ok(err)
				entries, err := b.chats().Entries(ctx, c, id)
				b.ok(err)
				if len(d.Alongside) != 1 || len(entries) != 3 || entries[2].Text != "A1 of "+id {
					t.Errorf("%s has of %s: %+v with %d entries", c, id, d.Alongside, len(entries))
				}
			}
			for _, user := range []bot.MemberID{"01lincolnjoe", "01joe2"} {
				found, err := b.people().Members(ctx, c, []bot.MemberID{user})
				b.ok(err)
				if len(found) != 1 {
					t.Errorf("%s knows no %s", c, user)
				}
			}
			town.wantNumbers(c)
		}
		for id, want := range map[string]bot.CommunityID{"planhere": ofLincoln, "planthere": ofMadison} {
			for _, c := range []bot.CommunityID{ofLincoln, ofMadison} {
				d, err := b.chats().Get(ctx, c, id)
				switch {
				case c != want && bot.CodeOf(err) != bot.NotFound:
					t.Errorf("%s has %s: %v", c, id, err)
				case c == want && (err != nil || len(d.Alongside) > 0):
					t.Errorf("%s has of %s: %+v, %v", c, id, d.Alongside, err)
				}
				if has := b.client.HExists(ctx, key(c, "jobs"), discussion.Record(id)).Val(); has != (c == want) {
					t.Errorf("%s has the job of %s: %t", c, id, has)
				}
			}
		}
		for _, c := range []struct {
			of      bot.CommunityID
			account bot.Account
		}{{ofLincoln, bot.Account{Space: lincoln, User: "joe"}}, {ofMadison, joes}} {
			m, err := b.people().Member(ctx, c.of, c.account, bot.Member{ID: "01fresh"})
			if err != nil || m.ID != "01lincolnjoe" || m.Former != "01joe2" {
				t.Errorf("%s: joe is %+v, %v", c.of, m, err)
			}
		}
	})
}
