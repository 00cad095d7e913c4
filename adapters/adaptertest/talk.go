package adaptertest

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// talkCases are about what a person writes to the bot alone.
func talkCases() []testCase {
	return []testCase{
		{name: "plain words reach a feature", needs: Talk, run: talkReaches},
		{name: "plain words come twice", needs: Talk, run: talkTwice},
		{name: "a command among plain words", needs: Talk, run: talkOrCommand},
		{name: "several lines in one message", needs: Talk, run: talkInLines},
		{name: "one line after the other", needs: Talk, run: talkInOrder},
	}
}

// heard stands before what the probe's talker has taken.
const heard = "Heard: "

// nobody is how a line begins that the probe's talker leaves.
const nobody = "nobody"

// talk takes what was said, but for lines that are for nobody. It tells what it
// heard by the first and last words.
func (p *probe) talk(_ context.Context, req *bot.Request) (bot.Reply, bool, error) {
	if strings.HasPrefix(req.Said, nobody) {
		return bot.Reply{}, false, nil
	}
	words := strings.Fields(req.Said)
	return bot.Say(bot.Plain(heard + words[0] + " " + words[len(words)-1])), true, nil
}

// said lists the requests with these plain words so far.
func (p *probe) said(text string) []bot.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []bot.Request
	for _, r := range p.requests {
		if r.Said == text {
			out = append(out, r)
		}
	}
	return out
}

func (p *play) sayDirectly(who, text string) string {
	return p.world.(Talker).SayDirectly(who, text)
}

// talkReaches: the feature knows who said it and where, and the answer is theirs
// alone. What is said in a channel is not for it.
func talkReaches(p *play) {
	const text = "Home visits *went* well <3 & more"
	p.sayDirectly(Ana, text)
	if got := p.sees(Ana, heard+"Home more"); !got.Direct {
		p.Errorf("the answer is %+v, want it in direct messages", got)
	}
	p.world.Say(Joe, text)
	p.settle()
	asked := p.probe.said(text)
	if len(asked) != 1 {
		p.Fatalf("what was said reached the feature %d times, want once", len(asked))
	}
	switch req := asked[0]; {
	case req.Account != p.world.Account(Ana):
		p.Errorf("Account = %v, want %v", req.Account, p.world.Account(Ana))
	case req.Channel.Root() == p.world.Channel() || req.Channel.ID == "":
		p.Errorf("Channel = %v, want that of the direct messages", req.Channel)
	case req.Name == "" || req.Input == "":
		p.Errorf("Name = %q, Input = %q; want both", req.Name, req.Input)
	}
	if n := p.count(Joe, heard+"Home more"); n != 0 {
		p.Error("Joe sees Ana's answer")
	}
	if evs := slices.DeleteFunc(p.probe.told(""), func(ev bot.Event) bool { return ev.Message.Channel.Root() == p.world.Channel() }); len(evs) > 0 {
		p.Errorf("what was said to the bot alone is told to all who listen: %+v", evs)
	}
}

// talkTwice: what is delivered twice has one input, so that it can be known again,
// and is answered once.
func talkTwice(p *play) {
	world, ok := p.world.(Redeliverer)
	if !ok || lacks(p.world, Redelivery) {
		p.Skip("this platform delivers nothing twice")
	}
	p.sayDirectly(Ana, "Rose and thorn")
	p.sees(Ana, heard+"Rose thorn")
	world.Redeliver()
	p.sayDirectly(Ana, "that is all")
	p.sees(Ana, heard+"that all")
	inputs := map[bot.InputID]bool{}
	for _, req := range p.probe.said("Rose and thorn") {
		inputs[req.Input] = true
	}
	if len(inputs) != 1 {
		p.Errorf("a line that came twice has %d inputs, want one", len(inputs))
	}
}

// talkOrCommand: what can only be a command is one, whatever else waits; a sentence
// that begins like one is not; and what nobody waits for is read as one.
func talkOrCommand(p *play) {
	for _, c := range []struct {
		typed, sees string
		said        bool // it is offered to the feature
	}{
		{"help", "help", false},
		{"Staffroom help", "help", false},
		{"probe private text:hello", "You said: hello", false},
		{"Probe meant", "Understood", false},
		{"help was what I needed", heard + "help needed", true},
		{"home visits went well", heard + "home well", true},
		{"probe private thoughts", heard + "probe thoughts", true},
		{"my week was fine", heard + "my fine", true},
		{"probe", heard + "probe probe", true},
		{"skip", heard + "skip skip", true},
		{nobody + " waits for this", "help", true},
	} {
		before := p.count(Ana, c.sees)
		p.sayDirectly(Ana, c.typed)
		eventually(p, "the answer to "+c.typed, func() int { return p.count(Ana, c.sees) }, func(n int) bool { return n > before })
		if said := len(p.probe.said(c.typed)) > 0; said != c.said {
			p.Errorf("%q is offered to the feature: %t, want %t", c.typed, said, c.said)
		}
	}
}

// talkInLines: a message of several lines is one, and whole however long it is.
func talkInLines(p *play) {
	text := "Rose: the stations\n\nThorn: " + strings.Repeat("time ", 300) + "\nBud: towers"
	p.sayDirectly(Ana, text)
	p.sees(Ana, heard+"Rose: towers")
	if n := len(p.probe.said(text)); n != 1 {
		p.Errorf("the lines came together %d times, want once", n)
	}
}

// talkInOrder: what one person says is handed on one by one, as it came.
func talkInOrder(p *play) {
	const lines = 12
	for n := range lines {
		p.sayDirectly(Ana, "line "+string(rune('a'+n)))
	}
	p.sees(Ana, heard+"line "+string(rune('a'+lines-1)))
	var got string
	p.probe.mu.Lock()
	for _, r := range p.probe.requests {
		if last, ok := strings.CutPrefix(r.Said, "line "); ok {
			got += last
		}
	}
	p.probe.mu.Unlock()
	if got != "abcdefghijkl" {
		p.Errorf("the lines came as %q", got)
	}
}
