package checkin

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// meaning is what a line in direct messages means where it says what a button does.
type meaning int

// The meanings.
const (
	saysSomething meaning = iota // none of the others
	saysDone
	saysSkip // this question
	saysPass // all of it, this time
	saysDrop
	saysAway
	saysWrite
	saysStop
	saysHelp
	saysThanks
	saysHello
	saysGoal // what is asked about a goal
)

// meaningOf gives the meaning of a line. The words of each stand in the catalogue, in
// every language at once: people write to a bot in the language of the moment.
func (s *Service) meaningOf(req *bot.Request, line string) meaning {
	for _, of := range [...]struct {
		words bot.Key
		meaning
	}{
		{"checkin.word.done", saysDone}, {"checkin.word.skip", saysSkip}, {"checkin.word.pass", saysPass}, {"checkin.word.drop", saysDrop},
		{"checkin.word.away", saysAway}, {"checkin.word.write", saysWrite}, {"checkin.word.stop", saysStop}, {"checkin.word.help", saysHelp},
		{"checkin.word.courtesy", saysThanks}, {"checkin.word.hello", saysHello}, {"checkin.word.goal", saysGoal},
	} {
		if s.isWord(req, of.words, line) {
			return of.meaning
		}
	}
	return saysSomething
}

// isWord reports whether a line is one of the words of a message, which stand between
// strokes. An empty one among them stands for a line of signs only.
func (s *Service) isWord(req *bot.Request, words bot.Key, line string) bool {
	line = plain(line)
	for word := range strings.SplitSeq(s.label(req.Member.Language, words), "|") {
		if line == plain(word) {
			return true
		}
	}
	return false
}

// plain is a line without what people leave out when they type on a phone: signs
// around it, accents and capitals.
func plain(line string) string {
	return strings.NewReplacer("’", "'", "á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u").Replace(strings.ToLower(oneLine(bare(line))))
}

// heed is what became of a line that may say what a button does.
type heed int

const (
	notMeant heed = iota // it says something else
	notOurs              // it is not for check-ins
	heeded               // it is answered
)

// obey does what a line says that is said by a button too, as far as there is
// something to do it with.
func (s *Service) obey(ctx context.Context, req *bot.Request, t *Talk, d Partial, going bool) (bot.Reply, heed, error) {
	means := s.meaningOf(req, req.Said)
	if means == saysSomething {
		return bot.Reply{}, notMeant, nil
	}
	if going {
		asked, err := s.askedAt(ctx, req.Member.Community, t.About)
		if err != nil {
			return bot.Reply{}, notMeant, err
		}
		return s.obeyGoing(ctx, req, t, d, means, &asked)
	}
	if means == saysHelp || means == saysThanks {
		return bot.Reply{}, notOurs, nil
	}
	if means == saysDrop && t.Said != "" {
		t.Said = ""
		err := s.store.KeepTalk(ctx, req.Member.Community, req.Member.ID, heard(req.Input), t, "")
		return bot.Say(s.say(req, "checkin.direct.forgotten")), heeded, err
	}
	if means == saysGoal { // nothing is asked about one, so it is a line like others
		return bot.Reply{}, notMeant, nil
	}
	asked, err := s.askedOf(ctx, req, t, nil)
	if err == nil && len(asked) == 0 && (means == saysWrite || means == saysHello) {
		asked, err = s.settledOf(ctx, req, t)
	}
	skips := means == saysSkip || means == saysPass
	if err == nil && len(asked) == 0 && skips {
		return s.settledAlready(ctx, req, t)
	}
	if err != nil || len(asked) == 0 {
		return bot.Reply{}, notOurs, err
	}
	if means == saysHello {
		return s.hello(req, asked, t.Now), heeded, nil
	}
	if skips && len(asked) == 1 {
		reply, err := s.passOne(ctx, said(req), asked[0].Occurrence)
		return reply, heeded, err
	}
	return s.offer(req, means, asked), heeded, nil
}

// obeyGoing does it with what somebody is answering.
func (s *Service) obeyGoing(ctx context.Context, req *bot.Request, t *Talk, d Partial, means meaning, asked *Asked) (reply bot.Reply, what heed, err error) {
	open := d.Next < len(asked.Questions)
	if open {
		q := &asked.Questions[d.Next]
		if value, wrong := s.readLine(req, q, req.Said); q.values() != nil && wrong.Empty() && value != "" {
			return reply, notMeant, nil // it is one of the answers
		}
		// To a question in words the like of "good" is an answer.
		if means == saysThanks && (q.values() == nil || anything(d.Values)) {
			return reply, notMeant, nil
		}
	}
	what = heeded
	switch means {
	case saysDone:
		if !anything(d.Values) {
			return s.notBegun(req, asked, t.About), heeded, nil
		}
		reply, err = s.finish(ctx, said(req), t.About, asked, d)
	case saysPass:
		reply, err = s.passOne(ctx, said(req), t.About)
	case saysDrop:
		reply, err = s.drop(ctx, req, t, asked, t.About)
	case saysHelp, saysThanks:
		what = notOurs
	case saysHello:
		reply, err = s.question(ctx, req, t.About, asked, d)
	case saysWrite, saysStop:
		reply = s.offer(req, means, []Sheet{{Occurrence: t.About, Asked: *asked}})
	default:
		what = notMeant // skipping a question is a line like others
	}
	return reply, what, err
}

// offer shows the buttons of what a line says, where the line cannot do it by itself:
// a form is opened by a button, and leaving is asked twice.
func (s *Service) offer(req *bot.Request, means meaning, asked []Sheet) bot.Reply {
	lang := req.Member.Language
	if means == saysAway {
		return bot.Say(s.say(req, "checkin.direct.away"), bot.Control{Label: s.label(lang, "checkin.button.away"), Path: awayPath, Style: bot.Primary})
	}
	var controls []bot.Control
	add := func(key bot.Key, sheet *Sheet, path string) {
		if len(controls) < listed {
			controls = append(controls, bot.Control{Label: s.label(lang, key, s.dayOf(req, &sheet.Asked)...), Path: path})
		}
	}
	text := bot.Key("checkin.direct.nothing")
	for i := range asked {
		sheet := &asked[i]
		switch means {
		case saysSkip, saysPass:
			text = "checkin.skip.which"
			add("checkin.button.pass.named", sheet, passPath+sheet.Occurrence)
		case saysStop:
			text = "checkin.direct.stop"
			add("checkin.button.pass.named", sheet, passPath+sheet.Occurrence)
			add("checkin.button.leave.named", sheet, leavePath+sheet.CheckIn)
		case saysWrite:
			text = "checkin.direct.form"
			key := bot.Key("checkin.button.answer.named")
			if sheet.Turn.State == IsAnswered {
				key = "checkin.button.change.named"
			}
			add(key, sheet, writePath+sheet.Occurrence)
		default:
			add("checkin.button.answer.named", sheet, writePath+sheet.Occurrence)
		}
	}
	return bot.Say(s.say(req, text), controls...)
}

// settledOf gives what somebody has answered and can change, or has skipped and can
// write after all.
func (s *Service) settledOf(ctx context.Context, req *bot.Request, t *Talk) ([]Sheet, error) {
	var out []Sheet
	for _, o := range t.Open {
		sheet, err := s.store.Sheet(ctx, req.Member.Community, o.ID, req.Member.ID)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		settled := sheet.Turn.State == IsAnswered && sheet.spoken() || sheet.Turn.State == IsSkipped
		if settled && sheet.Turn.Closes.After(t.Now) {
			out = append(out, sheet)
		}
	}
	slices.SortStableFunc(out, func(a, b Sheet) int { return a.At.Compare(b.At) })
	return out, nil
}

// pressed does what a line says that is the label of a button with the name of
// something open on it.
func (s *Service) pressed(ctx context.Context, req *bot.Request, t *Talk) (reply bot.Reply, taken bool, err error) {
	line := plain(req.Said)
	for _, o := range t.Open {
		asked, err := s.askedAt(ctx, req.Member.Community, o.ID)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return reply, false, err
		}
		says := func(key bot.Key) bool {
			return line == plain(s.label(req.Member.Language, key, s.dayOf(req, &asked)...))
		}
		sheet := []Sheet{{Occurrence: o.ID, Asked: asked}}
		switch {
		case t.About == "" && slices.Contains(t.Known, o.ID) && (line == plain(asked.Name) || says("checkin.button.named")):
			reply, err = s.pick(ctx, req, t, &asked, o.ID)
		case says("checkin.button.pass.named"):
			reply, err = s.passOne(ctx, said(req), o.ID)
		case says("checkin.button.leave.named"):
			reply = s.offer(req, saysStop, sheet)
		case says("checkin.button.answer.named"), says("checkin.button.late.named"), says("checkin.button.change.named"):
			reply = s.offer(req, saysWrite, sheet)
		default:
			continue
		}
		return reply, true, err
	}
	return reply, false, nil
}

// aboutGoal shows the goals to whoever says what stands on a button below the question
// what has become of one, if that has been asked.
func (s *Service) aboutGoal(ctx context.Context, req *bot.Request) (reply bot.Reply, taken bool, err error) {
	if s.meaningOf(req, req.Said) != saysGoal {
		return reply, false, nil
	}
	all, err := s.store.Goals(ctx, req.Member.Community, req.Member.ID)
	if err != nil || !slices.ContainsFunc(all, func(g Goal) bool { return g.State == GoalOpen && g.Silent > 0 }) {
		return reply, false, err
	}
	reply, err = s.goalsReply(ctx, req, nil, nil)
	return reply, true, err
}
