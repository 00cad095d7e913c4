package checkin

import (
	"cmp"
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Shares are where goals come from that are not from check-ins: what became of one
// can be told there, if whoever has it says so.
type Shares interface {
	// Origin gives a source. One that is not there any more is not_found.
	Origin(ctx context.Context, c bot.CommunityID, source string) (Origin, error)
	// Share shows a goal with what came of it, in the place of what was shared of it
	// before.
	Share(ctx context.Context, t Telling) error
	// Unshare takes back what was shared of a goal, if anything was.
	Unshare(ctx context.Context, t Telling) error
}

// Origin is where a goal comes from. What is shared is read in its archive and, if
// somebody wants that, in its channel.
type Origin struct {
	Name    string      // what people call the source
	Channel bot.Channel // where it was
}

// Telling is a goal as it is shared.
type Telling struct {
	Community bot.CommunityID
	Source    string
	Member    bot.MemberID
	Name      string      // the member's
	Near      bot.SpaceID // where the member is
	Goal      string      // names it among all goals of that source
	Text      string      // as typed
	Happened  string      // as typed; empty: nothing is said of it
	Reach     Reach
	Input     bot.InputID
}

// Reach is who can read a goal.
type Reach string

// The reaches.
const (
	Nobody    Reach = ""        // but whoever has it
	InArchive Reach = "archive" // whoever reads the archive of its source
	InChannel Reach = "channel" // they, and those in the channel
)

// shareControls are what somebody can do about who reads a goal.
func (s *Service) shareControls(lang string, g *Goal) []bot.Control {
	if g.Source == "" || g.State == GoalDropped && g.Reach == Nobody {
		return nil
	}
	var controls []bot.Control
	switch {
	case g.Reach == Nobody:
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.share.button.share"), Path: goalPath + "share/" + g.ID})
	case g.State == GoalTried && g.Told.Before(g.Ended):
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.share.button.happened"), Path: goalPath + "share/" + g.ID})
	}
	if g.Reach != Nobody {
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.share.button.back"), Path: goalPath + "unshare/" + g.ID})
	}
	return controls
}

// askShare says who will read a goal before it is shared, and shows what of it.
func (s *Service) askShare(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, to, err := s.shareable(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	where := bot.Place("channel", to.Channel, s.label(lang, "checkin.share.channel"))
	lines := []bot.Text{s.say(req, "checkin.share.goal", bot.Str("goal", oneLine(g.Text)))}
	if g.Happened != "" {
		lines = append(lines, s.say(req, "checkin.share.happened", bot.Str("happened", oneLine(g.Happened))))
	}
	button := func(key bot.Key, reach Reach) bot.Control {
		return bot.Control{Label: s.label(lang, key), Path: goalPath + "shared/" + g.ID + "/" + string(reach)}
	}
	var controls []bot.Control
	who := bot.Key("checkin.share.who")
	switch g.Reach {
	case Nobody:
		controls = append(controls, button("checkin.share.button.archive", InArchive), button("checkin.share.button.channel", InChannel))
	case InChannel:
		who = "checkin.share.who.channel"
		controls = append(controls, button("checkin.share.button.yes", InChannel))
	default:
		who = "checkin.share.who.archive"
		controls = append(controls, button("checkin.share.button.yes", InArchive))
	}
	lines = append(lines, s.say(req, who, bot.Str("name", to.Name), where))
	controls = append(controls, bot.Control{Label: s.label(lang, "checkin.share.button.not"), Path: goalPath + "list"})
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// shareable gives the goal that a path is about, and who would read it.
func (s *Service) shareable(ctx context.Context, req *bot.Request) (Goal, Origin, error) {
	g, err := s.goalIn(ctx, req)
	if err != nil {
		return g, Origin{}, err
	}
	gone := bot.Fail(bot.NotFound, s.say(req, "checkin.share.gone", bot.Str("command", req.Typed("/my goals"))))
	if g.Source == "" {
		return g, Origin{}, gone
	}
	to, err := s.shares.Origin(ctx, req.Member.Community, g.Source)
	if bot.CodeOf(err) == bot.NotFound {
		err = gone
	}
	return g, to, err
}

// share shares a goal. It is noted in the goal first: what is shared can always be
// taken back.
func (s *Service) share(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	reach := Reach(req.Params.Get("reach"))
	if reach != InChannel {
		reach = InArchive
	}
	if _, _, err := s.shareable(ctx, req); err != nil {
		return bot.Reply{}, err
	}
	g, _, err := s.alterGoal(ctx, req, func(g *Goal, now time.Time) (bot.Text, error) {
		g.Reach, g.Told = reach, now
		return nil, nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.shares.Share(ctx, telling(req, &g)); err != nil {
		return bot.Reply{}, err
	}
	return s.goalsReply(ctx, req, s.say(req, bot.Key("checkin.share.done."+string(reach)), bot.Str("name", g.From)), &g)
}

// unshare takes back what was shared.
func (s *Service) unshare(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, err := s.goalIn(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.shares.Unshare(ctx, telling(req, &g)); err != nil {
		return bot.Reply{}, err
	}
	g, _, err = s.alterGoal(ctx, req, func(g *Goal, _ time.Time) (bot.Text, error) {
		g.Reach, g.Told = Nobody, time.Time{}
		return nil, nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return s.goalsReply(ctx, req, s.say(req, "checkin.share.undone"), &g)
}

func telling(req *bot.Request, g *Goal) Telling {
	return Telling{
		Community: req.Member.Community, Source: g.Source, Member: g.Member, Name: req.Member.Name, Near: req.Account.Space,
		Goal: cmp.Or(g.Shown, string(g.Member)+"/"+g.ID), Text: g.Text, Happened: g.Happened, Reach: g.Reach, Input: req.Input,
	}
}
