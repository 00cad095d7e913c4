package community

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
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
	return o.chosen(ctx, req, map[string]bot.Channel{room: ch})
}

// chosen takes the channels that were chosen, if what organizers read does not stand
// where everybody chats.
func (o *Organizing) chosen(ctx context.Context, req *bot.Request, picked map[string]bot.Channel) (bot.Reply, error) {
	var shared bot.Channel
	reply, err := o.changed(ctx, req, func(s *Setting) {
		next := *s
		for room, ch := range picked {
			next.choose(room, ch)
		}
		if shared = next.shared(); shared == (bot.Channel{}) {
			*s = next
		}
	})
	if err == nil && shared != (bot.Channel{}) {
		err = bot.Fail(bot.Invalid, o.say(req, "setup.channel.shared", o.roomArg(req, shared)))
	}
	return reply, err
}

// choose sets a channel, or with the zero Channel none. What was tested were others.
func (s *Setting) choose(room string, ch bot.Channel) {
	if *s.room(room) == ch {
		return
	}
	*s.room(room) = ch
	s.Test = Trial{}
	s.Done = strings.Join(slices.DeleteFunc(strings.Fields(s.Done), func(step string) bool { return step == testStep }), " ")
}

// shared is the channel that is both for chats and for what only organizers read.
func (s *Setting) shared() bot.Channel {
	if s.Chats != s.Private {
		return bot.Channel{}
	}
	return s.Private
}

// relay says whether what is said in the chats of the place may be shown in linked ones,
// and lets organizers change that, where there are linked ones.
func (o *Organizing) relay(ctx context.Context, req *bot.Request, c bot.CommunityID, set *Setting) ([]bot.Text, []bot.Control, error) {
	all, err := o.directory.Places(ctx, c)
	switch {
	case err != nil || len(all) < 2 && !set.Relay:
		return nil, nil, err
	case set.Relay:
		return []bot.Text{o.say(req, "setup.line.relay.on")}, []bot.Control{o.control(req, "setup.button.relay.off", setupPath+"/relay/"+relayOff)}, nil
	default:
		return []bot.Text{o.say(req, "setup.line.relay.off")}, []bot.Control{o.control(req, "setup.button.relay.on", setupPath+"/relay/"+relayOn)}, nil
	}
}

const (
	relayOption = "relay"
	relayOn     = "on"
	relayOff    = "off"
)

func (o *Organizing) switchRelay(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return o.setRelay(ctx, req, req.Params.Get("on"))
}

// setRelay switches it on or off for the place where it is asked for.
func (o *Organizing) setRelay(ctx context.Context, req *bot.Request, to string) (bot.Reply, error) {
	switch to = strings.ToLower(strings.TrimSpace(to)); to {
	case relayOn, relayOff:
		return o.changed(ctx, req, func(s *Setting) { s.Relay = to == relayOn })
	default:
		return bot.Reply{}, bot.Fail(bot.Invalid, o.say(req, "setup.relay.unknown", bot.Str("command", req.Typed("/organize setup relay:on"))))
	}
}

// noRoom takes the choice away.
func (o *Organizing) noRoom(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	room := roomOf(req)
	return o.changed(ctx, req, func(s *Setting) { s.choose(room, bot.Channel{}) })
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
