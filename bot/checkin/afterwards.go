package checkin

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	// rightAfter is how long after an answer a line may have been meant to go with it.
	rightAfter = time.Hour
	// tooLateFor is how long after the end a line may have been meant for an answer.
	tooLateFor = 24 * time.Hour
)

// hello greets back, and says what is open: what is asked, or else what can be changed.
func (s *Service) hello(req *bot.Request, asked []Sheet, now time.Time) bot.Reply {
	lang := req.Member.Language
	if len(asked) > 1 {
		reply := s.offer(req, saysHello, asked)
		reply.Message.Text = s.say(req, "checkin.direct.hello.several")
		return reply
	}
	button := bot.Control{Label: s.label(lang, "checkin.button.write"), Path: writePath + asked[0].Occurrence, Style: bot.Primary}
	switch asked[0].Turn.State {
	case IsAnswered:
		button.Label, button.Style = s.label(lang, "checkin.button.change"), bot.Ordinary
	case IsSkipped:
		button.Label, button.Style = s.label(lang, "checkin.button.write.after_all"), bot.Ordinary
	}
	return bot.Say(s.say(req, "checkin.direct.hello", bot.Str("name", asked[0].Name), s.until(lang, asked[0].Turn.Closes, now, req.Member.Zone)), button)
}

// settledAlready tells whoever skips where nothing is asked any more what they have
// done with what they were asked last.
func (s *Service) settledAlready(ctx context.Context, req *bot.Request, t *Talk) (bot.Reply, heed, error) {
	settled, err := s.settledOf(ctx, req, t)
	if err != nil || len(settled) == 0 {
		return bot.Reply{}, notOurs, err
	}
	last := &settled[len(settled)-1]
	if last.Turn.State == IsAnswered {
		reply, err := s.already(ctx, req, last.Occurrence)
		return reply, heeded, err
	}
	return bot.Say(s.say(req, "checkin.skipped.already", bot.Str("name", last.Name)),
		bot.Control{Label: s.label(req.Member.Language, "checkin.button.write.after_all"), Path: writePath + last.Occurrence}), heeded, nil
}

// afterwards says what has become of a line, which is no command, of somebody who has
// just answered, or who answers what is over.
func (s *Service) afterwards(ctx context.Context, req *bot.Request, t *Talk) (reply bot.Reply, taken bool, err error) {
	means := s.meaningOf(req, req.Said)
	ends := means == saysDone || means == saysDrop // what may be said once too often
	if req.Value("unknown") == "" || means != saysSomething && !ends {
		return reply, false, nil
	}
	settled, err := s.settledOf(ctx, req, t)
	if err != nil {
		return reply, false, err
	}
	for i := range slices.Backward(settled) {
		sheet := &settled[i]
		if sheet.Answer != nil && t.Now.Sub(sheet.Answer.At) < rightAfter {
			return bot.Say(s.say(req, "checkin.direct.saved", bot.Str("name", sheet.Name)),
				bot.Control{Label: s.label(req.Member.Language, "checkin.button.change"), Path: writePath + sheet.Occurrence}), true, nil
		}
	}
	if ends {
		return reply, false, nil
	}
	for i := range slices.Backward(t.Open) {
		sheet, err := s.store.Sheet(ctx, req.Member.Community, t.Open[i].ID, req.Member.ID)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return reply, false, err
		}
		closed := t.Now.Sub(sheet.Turn.Closes)
		if sheet.Turn.State != IsAsked || sheet.Held || !sheet.spoken() || closed >= tooLateFor {
			continue
		}
		late, err := s.late(ctx, req, &sheet)
		if err != nil {
			return reply, false, err
		}
		if late {
			return bot.Say(s.say(req, "checkin.direct.over", bot.Str("name", sheet.Name)),
				bot.Control{Label: s.label(req.Member.Language, "checkin.button.late.named", s.dayOf(req, &sheet.Asked)...), Path: writePath + sheet.Occurrence}), true, nil
		}
	}
	return reply, false, nil
}
