package adaptertest

import (
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// replyCases are about what a person gets for asking.
func replyCases() []testCase {
	return []testCase{
		{name: "private reply", run: privateReply},
		{name: "public reply", run: publicReply},
		{name: "nothing serves it", run: nothingServesIt},
		{name: "failure with words", run: failureWithWords},
		{name: "long private reply", run: longPrivateReply},
		{name: "button opens a form", run: buttonOpensForm},
		{name: "form error, then success", run: formError},
		{name: "reply replaces the message", run: replyReplaces},
		{name: "deferred reply", run: deferredReply},
		{name: "deferral is acknowledged at once", needs: Acknowledgements, run: deferralAcknowledged},
		{name: "control works after a restart", run: controlAfterRestart},
	}
}

func probeCommand(sub string) Command { return Command{Name: "probe", Sub: sub} }

func sayCommand(sub, text string) Command {
	return Command{Name: "probe", Sub: sub, Options: map[string]string{"text": text}}
}

func privateReply(p *play) {
	p.world.Command(Ana, sayCommand("private", "between us"))
	got := p.sees(Ana, "You said: between us")
	if !got.Private && !got.Direct {
		p.Errorf("the reply of a private command is not marked private: %+v", got)
	}
	p.world.Command(Joe, sayCommand("public", "for all"))
	p.sees(Joe, "You said: for all")
	if n := p.count(Joe, "You said: between us"); n != 0 {
		p.Error("Joe sees Ana's private reply")
	}

	asked := p.probe.asked("/probe/private")
	if len(asked) != 1 {
		p.Fatalf("the command was asked for %d times, want once", len(asked))
	}
	switch req := asked[0]; {
	case req.Account != p.world.Account(Ana):
		p.Errorf("Account = %v, want %v", req.Account, p.world.Account(Ana))
	case req.Channel.Root() != p.world.Channel():
		p.Errorf("Channel = %v, want %v", req.Channel, p.world.Channel())
	case req.Name == "" || req.Input == "":
		p.Errorf("Name = %q, Input = %q; want both", req.Name, req.Input)
	case req.Value("text") != "between us":
		p.Errorf("Values = %q", req.Values)
	}
	if other := p.probe.asked("/probe/public")[0]; other.Input == asked[0].Input {
		p.Errorf("two inputs have the same InputID %q", other.Input)
	}
}

func publicReply(p *play) {
	p.world.Command(Ana, sayCommand("public", "for all"))
	for _, who := range []string{Ana, Joe} {
		if got := p.sees(who, "You said: for all"); got.Private || got.Direct {
			p.Errorf("%s sees the reply of a public command as private: %+v", who, got)
		}
	}
}

// nothingServesIt: a button from before an upgrade is answered in words, which
// are for whoever pressed it.
func nothingServesIt(p *play) {
	ref := p.send(p.post("old", bot.Plain("An old panel"), bot.Control{Label: openLabel, Path: "/probe/was/here"}))
	p.sees(Ana, "An old panel")
	p.world.Press(Ana, ref.ID, openLabel)
	if got := p.sees(Ana, gone); !got.Private && !got.Direct {
		p.Errorf("what is said about a path that nothing serves is not private: %+v", got)
	}
	if n := p.count(Joe, gone); n != 0 {
		p.Error("Ana pressed a button that nothing serves, and Joe is told")
	}
}

func failureWithWords(p *play) {
	p.world.Command(Ana, probeCommand("fail"))
	p.sees(Ana, "That did not work.")
}

func longPrivateReply(p *play) {
	p.world.Command(Ana, probeCommand("long"))
	p.seesLongText(Ana)
	p.world.Command(Ana, sayCommand("private", "still here"))
	p.sees(Ana, "You said: still here")
}

// seesLongText waits for the beginning of longText: a platform may split it or
// shorten it.
func (p *play) seesLongText(who string) {
	p.Helper()
	begins := longText()[:200]
	eventually(p, "the beginning of the long text",
		func() []Seen { return p.world.Seen(who) },
		func(all []Seen) bool {
			return slices.ContainsFunc(all, func(s Seen) bool { return strings.HasPrefix(s.Text, begins) })
		})
}

// openForm has Ana make a panel and press its button.
func (p *play) openForm() (panel Seen) {
	p.Helper()
	p.world.Command(Ana, probeCommand("panel"))
	shown := p.sees(Ana, "The panel")
	p.world.Press(Ana, shown.ID, openLabel)
	p.form(Ana, func(f Form) bool { return f.Title == "Number 7" })
	return shown
}

// form waits until the person has a form open that is right.
func (p *play) form(who string, right func(Form) bool) Form {
	p.Helper()
	type state struct {
		Form
		open bool
	}
	return eventually(p, "form in front of "+who, func() state {
		f, ok := p.world.Form(who)
		return state{f, ok}
	}, func(s state) bool { return s.open && right(s.Form) }).Form
}

func (f Form) field(label string) Field {
	for _, field := range f.Fields {
		if field.Label == label {
			return field
		}
	}
	return Field{}
}

func buttonOpensForm(p *play) {
	p.world.Command(Ana, probeCommand("panel"))
	shown := p.sees(Ana, "The panel")
	if want := []string{openLabel, replaceLabel}; !slices.Equal(shown.Buttons, want) {
		p.Fatalf("Buttons = %q, want %q", shown.Buttons, want)
	}
	p.world.Press(Ana, shown.ID, openLabel)
	form := p.form(Ana, func(f Form) bool { return len(f.Fields) == 4 })
	if form.Title != "Number 7" || form.field(bodyLabel).Value != startBody || form.field(titleLabel).Hint != titleHint {
		p.Errorf("the form is %+v", form)
	}
	if got := form.field(levelLabel); !slices.Equal(got.Choices, levels()) || got.Value != "1" {
		p.Errorf("the field with choices is %+v, want the first of %+v picked", got, levels())
	}
	if got := form.field(boxesLabel); !slices.Equal(got.Choices, boxes()) || got.Value != "paper\ntime" {
		p.Errorf("the field with boxes is %+v, want %+v, the first and the last ticked", got, boxes())
	}
	if _, open := p.world.Form(Joe); open {
		p.Error("Ana pressed, and Joe has a form open")
	}
	req := p.probe.asked("/probe/open/7")[0]
	if req.Message == nil || req.Message.ID != shown.ID || req.Account != p.world.Account(Ana) {
		p.Errorf("the press came from message %v by %v, want message %s by Ana", req.Message, req.Account, shown.ID)
	}
}

func formError(p *play) {
	panel := p.openForm()
	typed := "**two**\n<lines> & more"
	p.world.Fill(Ana, map[string]string{titleLabel: "Far too long a title", bodyLabel: typed, levelLabel: "2", boxesLabel: "paper\nglue"})
	form := p.form(Ana, func(f Form) bool { return strings.Contains(f.field(titleLabel).Error, titleTooLong) })
	if got := form.field(bodyLabel); got.Error != "" || got.Value != typed {
		p.Errorf("the other field is %+v, want what was typed and no error", got)
	}
	if got := form.field(titleLabel).Value; got != "Far too long a title" {
		p.Errorf("the wrong field holds %q, want what was typed", got)
	}
	if got := form.field(levelLabel).Value; got != "2" {
		p.Errorf("the field with choices holds %q, want what was picked", got)
	}
	if got := form.field(boxesLabel).Value; got != "paper\nglue" {
		p.Errorf("the field with boxes holds %q, want what was ticked", got)
	}

	p.world.Fill(Ana, map[string]string{titleLabel: "Short", boxesLabel: "glue\ntime"})
	eventually(p, "success", func() []Seen { return p.world.Seen(Ana) }, func(all []Seen) bool {
		return slices.ContainsFunc(all, func(s Seen) bool { return strings.HasPrefix(s.Text, "Saved 7: Short. ") })
	})
	if _, open := p.world.Form(Ana); open {
		p.Error("the form is still open after it was taken")
	}
	saved := p.probe.asked("/probe/save/7")
	if got := saved[0]; got.Message == nil || got.Message.ID != panel.ID {
		p.Errorf("the form came from message %v, want %s, whose button opened it", got.Message, panel.ID)
	}
	if got := saved[len(saved)-1]; got.Value("body") != typed || got.Value("level") != "2" {
		p.Errorf("Values = %q, want what was typed and picked before, %q and 2", got.Values, typed)
	}
	if got := saved[len(saved)-1].Ticked("boxes"); !slices.Equal(got, []string{"glue", "time"}) {
		p.Errorf("Ticked = %q, want the two that were ticked", got)
	}
	for _, s := range p.world.Seen(Joe) {
		if strings.HasPrefix(s.Text, "Saved") {
			p.Errorf("Joe sees the private reply %+v", s)
		}
	}
}

func replyReplaces(p *play) {
	p.world.Command(Ana, probeCommand("panel"))
	before := p.sees(Ana, "The panel")
	p.world.Press(Ana, before.ID, replaceLabel)
	for _, who := range []string{Ana, Joe} {
		after := p.sees(who, "Taken over")
		if after.ID != before.ID || len(after.Buttons) != 0 || p.count(who, "The panel") != 0 {
			p.Errorf("%s sees %+v, want it in the place of %+v", who, after, before)
		}
	}
}

func deferredReply(p *play) {
	p.world.Command(Ana, probeCommand("slow"))
	p.entersSlow()
	if n := p.count(Ana, "Here at last"); n != 0 {
		p.Error("the reply is there before the handler gave it")
	}
	p.probe.letGo()
	if got := p.sees(Ana, "Here at last"); !got.Private && !got.Direct {
		p.Errorf("the deferred reply of a private command is not private: %+v", got)
	}
	if n := p.count(Joe, "Here at last"); n != 0 {
		p.Error("Joe sees Ana's private reply")
	}
}

// entersSlow waits until the slow handler has begun.
func (p *play) entersSlow() {
	p.Helper()
	select {
	case <-p.probe.entered:
	case <-time.After(patience):
		p.Fatal("the slow command was not asked for")
	}
}

func deferralAcknowledged(p *play) {
	acks, ok := p.world.(Acknowledger)
	if !ok {
		p.Fatalf("the World neither lacks %s nor is an Acknowledger", Acknowledgements)
	}
	p.world.Command(Ana, probeCommand("slow"))
	p.entersSlow()
	eventually(p, "acknowledgement while the handler is at work", acks.Acknowledged, func(done bool) bool { return done })
	p.probe.letGo()
	p.sees(Ana, "Here at last")
}

func controlAfterRestart(p *play) {
	p.world.Command(Ana, probeCommand("panel"))
	shown := p.sees(Ana, "The panel")
	p.stop()
	p.start()
	p.world.Press(Ana, shown.ID, openLabel)
	p.form(Ana, func(f Form) bool { return f.Title == "Number 7" })
}
