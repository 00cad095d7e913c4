package checkin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
)

// directPath is where the controls of an answer in direct messages lead. What
// follows is what to do, the occurrence, and of skip the question.
const directPath = "/checkin/direct/"

// conflictTries is how often something is done anew that was overtaken.
const conflictTries = 4

// heard is the input of a line as check-ins take it: a command that the same line
// may be has the input itself.
func heard(in bot.InputID) bot.InputID { return in + "/said" }

// talk is the bot.Talker of check-ins: whoever was asked by direct message may
// answer there in plain words, question by question. What they have answered so far
// is theirs alone; the whole goes the way of the form.
func (s *Service) talk(ctx context.Context, req *bot.Request) (reply bot.Reply, taken bool, err error) {
	for range conflictTries {
		reply, taken, err = s.hear(ctx, req)
		if bot.CodeOf(err) != bot.Conflict {
			break
		}
	}
	return reply, taken, err
}

func (s *Service) hear(ctx context.Context, req *bot.Request) (reply bot.Reply, taken bool, err error) {
	if s.meaningOf(req, req.Said) == saysAway { // whatever is open
		return s.offer(req, saysAway, nil), true, nil
	}
	t, err := s.store.Talk(ctx, req.Member.Community, req.Member.ID, heard(req.Input))
	if err != nil {
		return bot.Reply{}, false, err
	}
	d, going := t.partial(t.About)
	if !going {
		if reply, taken, err := s.aboutGoal(ctx, req); err != nil || taken {
			return reply, taken, err
		}
	}
	if len(t.Open) == 0 {
		return bot.Reply{}, false, nil
	}
	if !t.Heard {
		if reply, taken, err := s.pressed(ctx, req, &t); err != nil || taken {
			return reply, taken, err
		}
		reply, heed, err := s.obey(ctx, req, &t, d, going)
		if err != nil || heed == heeded {
			return reply, true, err
		}
		if heed == notOurs {
			return s.afterwards(ctx, req, &t)
		}
	}
	if going {
		reply, err = s.goOn(ctx, req, &t, d)
		return reply, true, err
	}
	if t.Heard {
		return bot.Say(s.say(req, "checkin.direct.heard")), true, nil
	}
	asked, err := s.askedOf(ctx, req, &t, nil)
	switch {
	case err != nil:
		return bot.Reply{}, false, err
	case len(asked) == 0:
		return s.afterwards(ctx, req, &t)
	case len(asked) == 1:
		reply, err = s.begin(ctx, req, &t, &asked[0], req.Said)
	default:
		reply, err = s.which(ctx, req, &t, asked)
	}
	return reply, true, err
}

// askedOf gives what somebody was asked by direct message and has not answered, in
// the order that they were asked, but what is known. What they have not read yet is
// not among it: they do not know who would see the answer.
func (s *Service) askedOf(ctx context.Context, req *bot.Request, t *Talk, known []string) ([]Sheet, error) {
	var out []Sheet
	for _, o := range t.Open {
		if slices.Contains(known, o.ID) {
			continue
		}
		sheet, err := s.store.Sheet(ctx, req.Member.Community, o.ID, req.Member.ID)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if sheet.Turn.State == IsAsked && !sheet.Held && sheet.Turn.Closes.After(t.Now) {
			out = append(out, sheet)
		}
	}
	slices.SortStableFunc(out, func(a, b Sheet) int { return a.Turn.Opened.Compare(b.Turn.Opened) })
	return out, nil
}

// goOn takes a line of somebody who is answering. If something else was asked
// meanwhile, it may be about that.
func (s *Service) goOn(ctx context.Context, req *bot.Request, t *Talk, d Partial) (bot.Reply, error) {
	asked, err := s.askedAt(ctx, req.Member.Community, t.About)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Heard {
		return s.question(ctx, req, t.About, &asked, d)
	}
	more, err := s.askedOf(ctx, req, t, t.Known)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(more) == 0 {
		return s.takeLine(ctx, req, t, &asked, req.Said)
	}
	all, err := s.askedOf(ctx, req, t, nil)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.which(ctx, req, t, all)
}

// which asks what a line answers. The line is kept until they say so; but not if it
// may be an anonymous answer: nothing of that is kept under a name.
func (s *Service) which(ctx context.Context, req *bot.Request, t *Talk, asked []Sheet) (bot.Reply, error) {
	key := bot.Key("checkin.direct.which")
	var controls []bot.Control
	var ids []string
	line := req.Said
	if t.Said != "" && !slices.ContainsFunc(asked, func(sheet Sheet) bool { return !slices.Contains(t.Known, sheet.Occurrence) }) {
		line = t.Said + "\n" + line // they were asked already, and wrote on
	}
	for i := range slices.Backward(asked) { // the newest first
		id := asked[i].Occurrence
		path := directPath + "pick/" + id
		if !asked[i].spoken() {
			key, path, line = "checkin.direct.which.again", writePath+id, ""
		}
		ids = append(ids, id)
		controls = append(controls, bot.Control{Label: s.label(req.Member.Language, "checkin.button.named", s.dayOf(req, &asked[i].Asked)...), Path: path})
	}
	t.About, t.Known, t.Said = "", ids, line
	if len([]rune(t.Said)) > mostAnswer {
		return bot.Say(s.tooLong(req, t.Said)), nil
	}
	if err := s.store.KeepTalk(ctx, req.Member.Community, req.Member.ID, heard(req.Input), t, ""); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.say(req, key, bot.Str("said", bot.Shorten(oneLine(line), longestHint))), controls[:min(len(controls), listed)]...), nil
}

// begin lets somebody answer what they were asked, with a line to begin with or,
// if it is empty, from the first question on.
func (s *Service) begin(ctx context.Context, req *bot.Request, t *Talk, sheet *Sheet, line string) (bot.Reply, error) {
	id := sheet.Occurrence
	if !sheet.spoken() {
		return bot.Say(s.say(req, "checkin.direct.anonymous", bot.Str("name", sheet.Name)), s.promptControls(req.Member.Language, id, &sheet.Asked)...), nil
	}
	if !slices.Contains(t.Known, id) {
		t.Known = append(t.Known, id)
	}
	t.About, t.Said = id, ""
	if _, begun := t.partial(id); !begun {
		t.put(id, Partial{Values: make([]string, len(sheet.Questions)), Until: sheet.Turn.Closes})
	}
	if line != "" {
		return s.takeLine(ctx, req, t, &sheet.Asked, line)
	}
	return s.keepTalk(ctx, req, t, &sheet.Asked, nil)
}

// takeLine takes a line for the answer to the question that comes next.
func (s *Service) takeLine(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, line string) (bot.Reply, error) {
	d := t.Partials[t.About]
	first := d.Next == 0
	meant := s.meaningOf(req, line)
	skips := meant == saysSkip
	switch {
	case first && skips || meant == saysPass:
		return s.passOne(ctx, said(req), t.About)
	case d.Next >= len(asked.Questions):
		return s.confirmed(ctx, req, t, asked, line)
	}
	q := &asked.Questions[d.Next]
	value := ""
	if !skips {
		var wrong bot.Text
		if value, wrong = s.readLine(req, q, line); !wrong.Empty() {
			return s.keepTalk(ctx, req, t, asked, wrong) // the line is dropped; what comes next is an answer to this question
		}
		if value == "" { // there is nothing to see in it
			return s.keepTalk(ctx, req, t, asked, nil)
		}
	}
	d.Values = slices.Clone(d.Values)
	d.Values[d.Next] = value
	d.Next++
	t.put(t.About, d)
	// What a single line would show to others waits for a yes: it may have been
	// meant for something else.
	if d.Next == len(asked.Questions) && (!first || asked.Sharing == Private) {
		return s.finish(ctx, said(req), t.About, asked, d)
	}
	news := s.say(req, "checkin.direct.noted")
	switch {
	case skips:
		news = s.say(req, "checkin.direct.skipped")
	case first:
		news = bot.Join(" ", s.say(req, "checkin.direct.taken", bot.Str("question", q.Text)), s.told(req.Member.Language, asked))
	}
	return s.keepTalk(ctx, req, t, asked, news)
}

// confirmed takes a yes or a no to sending what is there.
func (s *Service) confirmed(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, line string) (bot.Reply, error) {
	answer, _ := s.readLine(req, &Question{Kind: YesNo}, line)
	switch answer {
	case yes:
		return s.finish(ctx, said(req), t.About, asked, t.Partials[t.About])
	case no:
		return s.drop(ctx, req, t, asked, t.About)
	}
	return s.question(ctx, req, t.About, asked, t.Partials[t.About])
}

// keepTalk stores how far somebody is, and asks the question that comes next.
func (s *Service) keepTalk(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, news bot.Text) (bot.Reply, error) {
	reply, err := s.question(ctx, req, t.About, asked, t.Partials[t.About])
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.store.KeepTalk(ctx, req.Member.Community, req.Member.ID, heard(req.Input), t, t.About); err != nil {
		return bot.Reply{}, err
	}
	if !news.Empty() {
		reply.Message.Text = bot.Join("\n", news, reply.Message.Text)
	}
	return reply, nil
}

// finish takes what is there for the answer, in the way of the form. Of nothing but
// skipped questions the whole is skipped.
func (s *Service) finish(ctx context.Context, req *bot.Request, id string, asked *Asked, d Partial) (bot.Reply, error) {
	if !anything(d.Values) {
		return s.passOne(ctx, req, id)
	}
	return s.keep(ctx, req, id, asked, d.Values, len(d.Values))
}

// said is the request of a line, as check-ins take it.
func said(req *bot.Request) *bot.Request {
	own := *req
	own.Input = heard(req.Input)
	return &own
}

// readLine reads a line as an answer, or says what is wrong with it.
func (s *Service) readLine(req *bot.Request, q *Question, line string) (value string, wrong bot.Text) {
	lang := req.Member.Language
	typed := line
	switch q.Kind {
	case Scale:
		typed = s.number(req, line)
	case Choice:
		typed = q.beginning(bare(line))
	case YesNo:
		if typed = bare(line); s.isWord(req, "checkin.word.yes.typed", line) {
			typed = yes
		} else if s.isWord(req, "checkin.word.no.typed", line) {
			typed = no
		}
	}
	value, fault := q.read(typed, s.label(lang, "checkin.word.yes"), s.label(lang, "checkin.word.no"))
	switch fault {
	case "":
		return value, nil
	case tooLong:
		return "", s.tooLong(req, line)
	}
	return "", bot.Join(" ", s.say(req, "checkin.direct.unkept", bot.Str("said", bot.Shorten(oneLine(line), longestHint))), s.fault(lang, q, fault))
}

func (s *Service) tooLong(req *bot.Request, line string) bot.Text {
	return s.say(req, "checkin.direct.long", bot.Num("long", mostAnswer), bot.Num("length", len([]rune(line))))
}

// number reads a word for a number, or "4/5" and "4 out of 5", as a number.
func (s *Service) number(req *bot.Request, line string) string {
	typed := bare(line)
	for n, word := range strings.Split(s.label(req.Member.Language, "checkin.word.numbers"), "|") {
		if strings.EqualFold(typed, word) {
			return strconv.Itoa(n%mostScale + leastScale)
		}
	}
	if of := strconv.Itoa(mostScale); len(typed) > 1 {
		for _, between := range []string{"/", " / ", " " + s.label(req.Member.Language, "checkin.word.of") + " "} {
			if before, ok := strings.CutSuffix(typed, between+of); ok {
				return strings.TrimSpace(before)
			}
		}
	}
	return typed
}

// beginning is the one of a question's choices that begins so, or else what was typed.
func (q *Question) beginning(typed string) string {
	var found []string
	for _, c := range q.Choices {
		if strings.EqualFold(c, typed) {
			return c
		}
		if typed != "" && strings.HasPrefix(plain(c), plain(typed)) {
			found = append(found, c)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return typed
}

// bare is a line without the signs around its words.
func bare(line string) string {
	return strings.TrimFunc(line, func(r rune) bool { return !shows(r) || unicode.IsPunct(r) || unicode.Is(unicode.So, r) })
}
