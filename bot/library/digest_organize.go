package library

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	digestPath   = organizePath + "/digest"
	whenField    = "when"
	mostWhenText = 200 // characters
)

func (s *Service) registerDigest(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		digestPath:                      s.showDigest,
		digestPath + "/where":           s.askDigest,
		digestPath + "/start/{channel}": s.startDigest,
		digestPath + "/move":            s.moveDigest,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
	r.Handle(bot.Route{Path: digestPath + "/preview", Access: bot.OrganizersOnly, Private: true, Mode: bot.Deferred, Handle: s.previewDigest})
	r.Handle(bot.Route{Path: replacePath, Access: bot.MembersOnly, Private: true, Handle: s.askReplace})
	r.Handle(bot.Route{Path: replacedPath + "{id}", Access: bot.MembersOnly, Private: true, Handle: s.replaced})
}

// digestOf is the digest of the place in which an organizer asks. ok is false if it has
// none.
func (s *Service) digestOf(ctx context.Context, req *bot.Request) (d Digest, ok bool, err error) {
	d, err = s.digests.Digest(ctx, req.Member.Community, req.Account.Space)
	if bot.CodeOf(err) == bot.NotFound {
		return d, false, nil
	}
	return d, err == nil, err
}

// showDigest shows the digest of a place with all that can be done with it, or asks in
// which channel one shall come.
func (s *Service) showDigest(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.digestReply(ctx, req, nil)
}

func (s *Service) digestReply(ctx context.Context, req *bot.Request, news bot.Text) (bot.Reply, error) {
	d, ok, err := s.digestOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	back := s.Back(req.Member)
	if !ok {
		where := bot.Control{Label: s.label(req, "library.digest.menu.start"), Path: digestPath + "/where", Pick: bot.PickChannel}
		return replacing(req, bot.Say(bot.Join("\n", news, s.say(req, "library.digest.none", bot.Num("least", leastItems))), where, back)), nil
	}
	lines := []bot.Text{news, s.say(req, "library.digest.stands", bot.Str("rule", d.Rule.Text(req.Member.Language)), s.channelArg(req, d.Channel))}
	switch {
	case d.Paused:
		lines = append(lines, s.say(req, "library.digest.paused"))
	case !d.Next.IsZero():
		lines = append(lines, s.say(req, "library.digest.next", bot.At("when", d.Next, req.Member.Zone, bot.DateTime)))
	}
	lines = append(lines, s.say(req, "library.digest.rules", bot.Num("least", leastItems)))
	controls, err := s.digests.DigestControls(ctx, req, d)
	if err != nil {
		return bot.Reply{}, err
	}
	preview := s.control(req, "library.digest.button.preview", digestPath+"/preview")
	move := bot.Control{Label: s.label(req, "library.digest.menu.move"), Path: digestPath + "/move", Pick: bot.PickChannel}
	return replacing(req, bot.Say(bot.Join("\n", lines...), append(append([]bot.Control{preview}, controls...), back, move)...)), nil
}

// DigestLine describes a digest to an organizer, in a line.
func (s *Service) DigestLine(d *Digest, reader bot.Member) bot.Text {
	req := &bot.Request{Member: reader}
	return s.say(req, "library.digest.line", s.channelArg(req, d.Channel))
}

// Back is the control that leads an organizer to the library.
func (s *Service) Back(reader bot.Member) bot.Control {
	return s.control(&bot.Request{Member: reader}, "library.digest.button.library", organizePath+"/overview")
}

func (s *Service) channelArg(req *bot.Request, ch bot.Channel) bot.Arg {
	return bot.Place("channel", ch, s.label(req, "library.digest.channel"))
}

// askDigest takes the channel and asks when.
func (s *Service) askDigest(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ch, ok := req.Channels[bot.Picked]
	if !ok {
		return s.digestReply(ctx, req, s.say(req, "library.digest.unknown"))
	}
	home, err := s.people.Home(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Ask(bot.Form{
		Title: s.label(req, "library.digest.form"), Path: digestPath + "/start/" + ch.ID, Submit: s.label(req, "library.digest.form.submit"),
		Fields: []bot.Field{{
			Name: whenField, Label: s.label(req, "library.digest.form.when"), Hint: s.label(req, "library.digest.form.when.hint", bot.Str("zone", home.Zone)),
			Value: s.label(req, "library.digest.form.when.default"), Max: mostWhenText,
		}},
	}), nil
}

// startDigest takes the form. Where there is a digest already it stays as it is.
func (s *Service) startDigest(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, err := s.people.Home(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	when, wrong := readWhen(req.Value(whenField), home.Zone, req.Member.Language, now)
	if wrong != nil {
		return s.faults(req, wrong), nil
	}
	_, ok, err := s.digestOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if ok {
		return s.digestReply(ctx, req, s.say(req, "library.digest.there"))
	}
	told, err := s.store.Told(ctx, req.Member.Community, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	d := Digest{
		Community: req.Member.Community, Space: req.Account.Space, Title: s.words.Text(home.Language, "library.digest.title").String(),
		Rule: when, Zone: home.Zone, By: req.Member.ID,
		DigestState: DigestState{Channel: bot.Channel{Space: req.Account.Space, ID: req.Params.Get("channel")}, Told: told.since(now)},
	}
	if err := s.digests.AddDigest(ctx, &d, req.Input); err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.digestReply(ctx, req, s.say(req, "library.digest.started"))
}

// readWhen reads when a digest comes. What it proposes is in the reader's language.
func readWhen(typed, zone, language string, now time.Time) (rule.Rule, []fault) {
	typed = strings.TrimSpace(typed)
	r, err := rule.Parse(typed)
	if wrong := (*rule.Error)(nil); errors.As(err, &wrong) {
		nearest := wrong.Nearest
		if proposed, err := rule.Parse(nearest); err == nil {
			nearest = proposed.Text(language)
		}
		return r, []fault{{whenField, "library.digest.fault.when", []bot.Arg{bot.Str("typed", bot.Shorten(typed, MostTag)), bot.Str("nearest", nearest)}}}
	}
	in, err := time.LoadLocation(zone)
	if err != nil {
		in = time.UTC
	}
	if _, ok := r.Anchored(now, in).Next(now, rule.Place{Zone: in}); !ok {
		return r, []fault{{whenField, "library.digest.fault.never", nil}}
	}
	return r, nil
}

// moveDigest lets the digest come in the channel that was picked, from the next time on.
func (s *Service) moveDigest(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ch, picked := req.Channels[bot.Picked]
	if !picked {
		return s.digestReply(ctx, req, s.say(req, "library.digest.unknown"))
	}
	d, ok, err := s.digestOf(ctx, req)
	if err != nil || !ok {
		return s.digestReply(ctx, req, nil)
	}
	if err := s.digests.MoveDigest(ctx, d, ch.Root(), req.Input); err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.digestReply(ctx, req, s.say(req, "library.digest.moved"))
}

// previewDigest shows what the digest would say now, or why it would say nothing.
func (s *Service) previewDigest(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, ok, err := s.digestOf(ctx, req)
	if err != nil || !ok {
		return s.digestReply(ctx, req, nil)
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	one, err := s.edition(ctx, &d, now)
	if err != nil {
		return bot.Reply{}, err
	}
	back := s.control(req, "library.digest.button.back", digestPath)
	var young bot.Text
	if one.young > 0 {
		young = s.say(req, "library.digest.preview.young", bot.Count("count", one.young))
	}
	if !one.worthPosting() {
		nothing := s.say(req, "library.digest.preview.nothing", bot.Num("least", leastItems))
		return replacing(req, bot.Say(bot.Join("\n", nothing, young), back)), nil
	}
	home, err := s.people.Home(ctx, d.Channel.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	says := s.digest(&bot.Request{Member: bot.Member{Language: home.Language}}, &one)
	return replacing(req, bot.Say(bot.Join("\n", s.say(req, "library.digest.preview"), says.Message.Text, young), back)), nil
}
