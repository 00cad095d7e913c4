package community

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

const nameField = "name"

// longestPlace is how long a place's name may be, in characters.
const longestPlace = 60

// askLanguage opens the form for language, zone and name.
func (o *Organizing) askLanguage(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, p, err := o.directory.place(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Ask(bot.Form{
		Title: o.label(req, "setup.form"), Path: setupPath + "/language-save", Submit: o.label(req, "community.settings.submit"),
		Fields: []bot.Field{
			{Name: languageField, Label: o.label(req, "setup.form.language"), Value: home.Language, Choices: o.words.Languages()},
			{
				Name: zoneField, Label: o.label(req, "community.settings.zone"), Hint: o.label(req, "setup.form.zone.hint"),
				Value: home.Zone, Max: longestZone,
			},
			{
				Name: nameField, Label: o.label(req, "setup.form.name"), Hint: o.label(req, "setup.form.name.hint"),
				Value: p.Set.Name, Max: longestPlace, Optional: true,
			},
		},
	}), nil
}

// saveLanguage takes the form.
func (o *Organizing) saveLanguage(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	language, languageFault := o.settings.readLanguage(req)
	zone, zoneFault := o.settings.readZone(req)
	faults := map[string]bot.Text{}
	if languageFault != nil {
		faults[languageField] = languageFault
	}
	if zoneFault != nil {
		faults[zoneField] = zoneFault
	}
	if len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	name := bot.Shorten(strings.Join(strings.Fields(req.Value(nameField)), " "), longestPlace)
	return o.changed(ctx, req, func(s *Setting) {
		s.Language, s.Zone, s.Name = language, zone, name
		s.pass(languageStep)
	})
}

// room is where the setting keeps a channel.
func (s *Setting) room(name string) *bot.Channel {
	if name == privateStep {
		return &s.Private
	}
	return &s.Chats
}

// askRoom offers the channels in a menu.
func (o *Organizing) askRoom(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	room := roomOf(req)
	_, p, err := o.directory.place(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	controls := []bot.Control{{Label: o.label(req, "setup.menu.channel"), Path: setupPath + "/chosen/" + room, Pick: bot.PickChannel}}
	if *p.Set.room(room) != (bot.Channel{}) {
		controls = append(controls, o.control(req, "setup.button.none", setupPath+"/none/"+room))
	}
	controls = append(controls, o.control(req, "setup.button.back", setupPath+"/home"))
	return replacing(req, bot.Say(bot.Join("\n",
		o.say(req, bot.Key("setup.ask."+room)),
		o.say(req, "setup.ask.typed", bot.Str("command", o.roomCommand(req, room)))), controls...)), nil
}

// roomOf is the channel that a path is about.
func roomOf(req *bot.Request) string {
	if req.Params.Get("room") == privateStep {
		return privateStep
	}
	return chatsStep
}

// roomCommand chooses the channel in which it is typed.
func (o *Organizing) roomCommand(req *bot.Request, room string) string {
	return req.Typed("/organize setup " + room + ":" + o.label(req, "setup.here"))
}

// chooseRoom takes what was picked.
func (o *Organizing) chooseRoom(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	room := roomOf(req)
	ch, err := o.meant(req, bot.Picked, req.Value(bot.Picked), room)
	if err != nil {
		return bot.Reply{}, err
	}
	return o.changed(ctx, req, func(s *Setting) { *s.room(room) = ch })
}

// noRoom takes the choice away.
func (o *Organizing) noRoom(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	room := roomOf(req)
	return o.changed(ctx, req, func(s *Setting) { *s.room(room) = bot.Channel{} })
}

// meant is the channel that the value of that name means: the platform knows it,
// or it is where "here" was typed.
func (o *Organizing) meant(req *bot.Request, value, typed, room string) (bot.Channel, error) {
	if ch, ok := req.Channels[value]; ok {
		return ch.Root(), nil
	}
	if strings.EqualFold(strings.TrimSpace(typed), o.label(req, "setup.here")) || strings.EqualFold(strings.TrimSpace(typed), "here") {
		return req.Channel.Root(), nil
	}
	return bot.Channel{}, bot.Fail(bot.Invalid, o.say(req, "setup.channel.unknown", bot.Str("command", o.roomCommand(req, room))))
}

// test posts something in the channel for chats.
func (o *Organizing) test(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, p, err := o.directory.place(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	if p.Set.Chats == (bot.Channel{}) {
		return o.setupReply(ctx, req, &p, o.say(req, "setup.test.no_channel"))
	}
	id := shortHash(string(req.Input))
	err = o.posts.Apply(ctx, string(home.ID), outbox.Effects{Input: req.Input, Posts: []outbox.Item{{
		Class:    outbox.Bulk,
		NotAfter: o.now().Add(testWorth),
		Post: bot.Post{
			Key: testKey(id), Channel: p.Set.Chats,
			Message: bot.Message{Text: o.words.Text(home.Language, "setup.test.post")},
		},
	}}})
	if err != nil && !isRepeated(err) {
		return bot.Reply{}, err
	}
	if p, err = o.directory.changePlace(ctx, req.Account.Space, func(p *Place) error {
		p.Set.pass(testStep)
		return nil
	}); err != nil {
		return bot.Reply{}, err
	}
	return o.setupReply(ctx, req, &p, o.say(req, "setup.test.sent", o.roomArg(req, p.Set.Chats)),
		o.control(req, "setup.button.arrived", setupPath+"/arrived/"+id))
}

// testWorth is how long a test post is worth sending.
const testWorth = 15 * time.Minute

// shortHash is 80 bits of [a-z2-7] that stand for s.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

func testKey(id string) bot.DeliveryKey { return bot.DeliveryKey("setup/test/" + id) }

// arrived says what became of the test post, and what to mend.
func (o *Organizing) arrived(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, p, err := o.directory.place(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	outcome, reason, err := o.posts.Fate(ctx, home.ID, testKey(req.Params.Get("post")))
	if err != nil {
		return bot.Reply{}, err
	}
	key := bot.Key("setup.test.waits")
	switch {
	case outcome == outbox.Sent:
		key = "setup.test.arrived"
	case outcome == outbox.Failed && reason == bot.NotAllowed:
		key = "setup.test.not_allowed"
	case outcome == outbox.Failed && reason == bot.Gone:
		key = "setup.test.gone"
	case outcome == outbox.Failed && reason == bot.Disconnected:
		key = "setup.test.disconnected"
	case outcome != "":
		key = "setup.test.failed"
	}
	var again []bot.Control
	if outcome == "" {
		again = append(again, o.control(req, "setup.button.arrived", setupPath+"/arrived/"+req.Params.Get("post")))
	}
	return o.setupReply(ctx, req, &p, o.say(req, key, o.roomArg(req, p.Set.Chats)), again...)
}
