package discussion

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// What keeps a plan from being changed, beside what is so already.
var (
	errBegun      = errors.New("the discussion has begun")
	errManyPlaces = errors.New("the discussion runs in as many places as it can")
)

// offeredPlaces is how many channels are offered to run alongside in: with the
// other buttons fewer than a message takes.
const offeredPlaces = 15

// reviseReply changes the plan of a discussion that has not begun, and shows the
// panel as it is then. What keeps the change from being made is said above it.
func (s *Service) reviseReply(ctx context.Context, req *bot.Request, id string, change func(*Discussion) error) (bot.Reply, error) {
	lang := req.Member.Language
	d, err := s.revise(ctx, req.Member.Community, id, req.Input, change)
	var news bot.Text
	switch {
	case err == nil:
	case errors.Is(err, errNothingToDo):
		news = s.words.Text(lang, "host.already")
	case errors.Is(err, errBegun):
		news = s.words.Text(lang, "host.begun", bot.Str("title", d.heading()))
	case errors.Is(err, errManyPlaces):
		news = s.words.Text(lang, "host.places.full", bot.Num("most", maxPlaces))
	default:
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, &d, req, news)
}

// placeControls offer the community's other chat channels, and the way back.
func (s *Service) placeControls(ctx context.Context, lang string, d *Discussion) ([]bot.Control, error) {
	known, err := s.places.ChatChannels(ctx, d.Community)
	if err != nil {
		return nil, err
	}
	var out []bot.Control
	if len(d.Places()) < maxPlaces {
		for _, p := range known {
			if d.place(p.Channel) < 0 && len(out) < offeredPlaces {
				out = append(out, bot.Control{
					Label: s.label(lang, "host.button.alongside", bot.Str("place", short(p.Name))), Path: "/host/join/" + d.ID + "/" + placeToken(p.Channel.Root()),
				})
			}
		}
	}
	if len(d.Places()) > 1 {
		out = append(out, bot.Control{Label: s.label(lang, "host.button.only-here"), Path: "/host/only-here/" + d.ID})
	}
	return out, nil
}

// alongside is typed in a channel in which a chat is to run too. In one where it
// runs already, it changes what the place is called.
func (s *Service) alongside(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ch := req.Channel.Root()
	d, err := s.named(ctx, req, func(d *Discussion) bool { return d.State == Scheduled && d.place(ch) < 0 })
	if err != nil {
		return bot.Reply{}, err
	}
	called := bot.Shorten(strings.Join(strings.Fields(req.Value("place")), " "), maxPlaceName)
	if called == "" && d.place(ch) < 0 {
		known, err := s.places.ChatChannels(ctx, d.Community)
		if err != nil {
			return bot.Reply{}, err
		}
		called = nameIn(known, ch)
	}
	return s.reviseReply(ctx, req, d.ID, func(d *Discussion) error { return d.addPlace(Place{Channel: ch, Name: called}) })
}

// join lets a chat run in one of the channels that were offered, too.
func (s *Service) join(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	known, err := s.places.ChatChannels(ctx, req.Member.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, p := range known {
		p.Channel = p.Channel.Root()
		if placeToken(p.Channel) == req.Params.Get("place") {
			return s.reviseReply(ctx, req, req.Params.Get("chat"), func(d *Discussion) error {
				if d.place(p.Channel) >= 0 {
					return errNothingToDo
				}
				return d.addPlace(p)
			})
		}
	}
	return bot.Reply{}, bot.Fail(bot.NotFound, s.words.Text(req.Member.Language, "host.place.gone", bot.Str("command", req.Typed("/host panel"))))
}

// onlyHere takes a chat back to the place where that is asked for, or else to the
// first.
func (s *Service) onlyHere(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.reviseReply(ctx, req, req.Params.Get("chat"), func(d *Discussion) error {
		if len(d.Alongside) == 0 {
			return errNothingToDo
		}
		here := max(d.place(req.Channel), 0)
		d.settle(d.Places()[here : here+1])
		return nil
	})
}

// addPlace makes the discussion run in p too, or calls its place there as p is.
func (d *Discussion) addPlace(p Place) error {
	places := d.Places()
	switch i := d.place(p.Channel); {
	case i >= 0 && (p.Name == "" || p.Name == places[i].Name):
		return errNothingToDo
	case i >= 0:
		places[i].Name = p.Name
	case len(places) >= maxPlaces:
		return errManyPlaces
	default:
		places = append(places, p)
	}
	d.settle(places)
	return nil
}

// nameIn is what a channel is called among those that are known, or "".
func nameIn(known []Place, ch bot.Channel) string {
	for _, p := range known {
		if p.Channel.Root() == ch.Root() {
			return p.Name
		}
	}
	return ""
}

// threads says whether a thread opens under each question.
func (s *Service) threads(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	wanted := req.Params.Get("on") == "on"
	return s.reviseReply(ctx, req, req.Params.Get("chat"), func(d *Discussion) error {
		if d.Script.Threads == wanted {
			return errNothingToDo
		}
		d.Script.Threads = wanted
		return nil
	})
}

// askMove opens the form for another time.
func (s *Service) askMove(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	if d.State != Scheduled {
		return s.panelReply(ctx, &d, req, s.words.Text(req.Member.Language, "host.begun", bot.Str("title", d.heading())))
	}
	_, loc, err := s.home(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	f := formField(s, lang, "start", bot.Field{Optional: true, Max: 40})
	if !d.Base.IsZero() {
		f.Value = d.Base.In(loc).Format("2006-01-02 15:04")
	}
	return bot.Ask(bot.Form{
		Title: s.label(lang, "host.form.move"), Path: "/host/move-to/" + d.ID, Submit: s.label(lang, "host.form.submit"), Fields: []bot.Field{f},
	}), nil
}

// move takes the form. Without a start the discussion waits for its host.
func (s *Service) move(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	_, loc, err := s.home(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang, now := req.Member.Language, s.clock.Now()
	var to Script
	if typed := strings.TrimSpace(req.Value("start")); typed != "" {
		c := checker{}
		c.start(&to, ScriptDraft{Start: typed, Zone: loc.String()})
		if len(c.problems) > 0 {
			return bot.Reply{FieldErrors: s.fieldErrors(lang, &ScriptError{Problems: c.problems})}, nil
		}
		if to.Start.Before(now) {
			return bot.Reply{FieldErrors: s.past(lang, now, loc)}, nil
		}
	}
	return s.reviseReply(ctx, req, req.Params.Get("chat"), func(d *Discussion) error {
		if d.Base.Equal(to.Start) {
			return errNothingToDo
		}
		d.Base = to.Start
		if !d.Base.IsZero() {
			d.Script.Start, d.Script.Zone, d.Script.StartMoved = to.Start, to.Zone, to.StartMoved
		}
		return nil
	})
}

// past says next to the field that a start is over.
func (s *Service) past(lang string, now time.Time, loc *time.Location) map[string]bot.Text {
	return map[string]bot.Text{"start": s.words.Text(lang, "host.form.start.past", bot.At("now", now, loc.String(), bot.DateTime))}
}
