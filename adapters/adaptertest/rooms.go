package adaptertest

import (
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func roomCases() []testCase {
	return []testCase{
		{"rooms/a post comes to the people of a room, and to nobody else", Rooms, aRoomIsTheirs},
		{"rooms/opened again, also after a restart, it is the same room", Rooms, oneRoomAKey},
		{"rooms/a button in a room answers who pressed it alone", Rooms, aButtonInARoom},
		{"rooms/what people say there is not told", Rooms, whatIsSaidInARoom},
		{"rooms/a room that is refused is permanent or not found", Rooms, noRoom},
	}
}

// room is the room of some people.
func (p *play) room(key bot.DeliveryKey, who ...string) bot.Room {
	r := bot.Room{Key: key, Title: "Ana, Joe", Near: p.world.Channel()}
	for _, name := range who {
		r.People = append(r.People, p.world.Account(name))
	}
	return r
}

func (p *play) open(r bot.Room) bot.Channel {
	p.Helper()
	ch, err := p.adapter.(bot.RoomOpener).OpenRoom(p.Context(), r)
	if err != nil {
		p.Fatalf("OpenRoom: %v", err)
	}
	return ch
}

func aRoomIsTheirs(p *play) {
	ch := p.open(p.room("a", Ana, Joe))
	if ch == p.world.Channel() || ch.Space != p.world.Channel().Space {
		p.Fatalf("the room is %+v", ch)
	}
	file := bot.File{Name: "meeting.ics", Data: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")}
	ref := p.send(bot.Post{Key: "hello", Channel: ch, Message: bot.Message{Text: bot.Plain("Ana, meet Joe"), Files: []bot.File{file}}})
	if ref.Channel != ch {
		p.Errorf("it stands in %+v, not in %+v", ref.Channel, ch)
	}
	for _, who := range []string{Ana, Joe} {
		if seen := p.sees(who, "Ana, meet Joe"); !seen.Room || seen.Private || seen.Direct {
			p.Errorf("%s sees it as %+v", who, seen)
		}
	}
}

func oneRoomAKey(p *play) {
	first := p.open(p.room("a", Ana, Joe))
	p.send(bot.Post{Key: "one", Channel: first, Message: bot.Message{Text: bot.Plain("one")}})
	p.stop()
	p.start()
	if again := p.open(p.room("a", Joe, Ana)); again != first {
		p.Errorf("opened again it is %+v, not %+v", again, first)
	}
}

func aButtonInARoom(p *play) {
	ch := p.open(p.room("a", Ana, Joe))
	p.send(bot.Post{Key: "b", Channel: ch, Message: bot.Message{
		Text: bot.Plain("press it"), Controls: []bot.Control{{Label: "Hello", Path: "/probe/aside"}},
	}})
	p.world.Press(Joe, p.sees(Joe, "press it").ID, "Hello")
	requests := eventually(p, "a request", func() []bot.Request { return p.probe.asked("/probe/aside") }, func(all []bot.Request) bool { return len(all) > 0 })
	if got := requests[0]; got.Account != p.world.Account(Joe) || got.Channel != ch {
		p.Errorf("it was asked by %+v in %+v, not in %+v", got.Account, got.Channel, ch)
	}
	eventually(p, "an answer to Joe", func() []Seen { return p.world.Seen(Joe) }, func(all []Seen) bool {
		return slices.ContainsFunc(all, func(s Seen) bool { return s.Private })
	})
	if slices.ContainsFunc(p.world.Seen(Ana), func(s Seen) bool { return s.Private }) {
		p.Error("Ana sees what Joe was answered")
	}
}

func whatIsSaidInARoom(p *play) {
	ch := p.open(p.room("a", Ana, Joe))
	p.send(bot.Post{Key: "one", Channel: ch, Message: bot.Message{Text: bot.Plain("one")}})
	p.world.(Roomer).SayInRoom(Joe, "between us")
	p.settle()
	for _, ev := range p.probe.told("") {
		if ev.Text == "between us" {
			p.Errorf("the bot was told of it: %+v", ev)
		}
	}
}

// What fails for good is how the outbox knows that people are to be written to alone.
func noRoom(p *play) {
	p.world.(Roomer).Refuse()
	ch, err := p.adapter.(bot.RoomOpener).OpenRoom(p.Context(), p.room("a", Ana, Joe))
	if code := bot.CodeOf(err); code != bot.Permanent && code != bot.NotFound {
		p.Fatalf("OpenRoom = %+v, %v", ch, err)
	}
	ends, pauses := deliver(p.T, p.adapter, outbox.Item{
		Post:     bot.Post{Key: "a", Channel: bot.Channel{Space: p.world.Channel().Space}, Message: bot.Message{Text: bot.Plain("hello")}},
		Together: &outbox.Together{Room: p.room("a", Ana, Joe)},
	})
	if pauses > 0 || ends[0].Outcome != outbox.Apart {
		p.Errorf("a post to it ended as %+v after %d pauses", ends[0], pauses)
	}
}
