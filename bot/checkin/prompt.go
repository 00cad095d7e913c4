package checkin

import (
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// The paths of controls and forms. What follows is the occurrence, or for the
// last three the check-in.
const (
	writePath = "/checkin/write/"
	passPath  = "/checkin/pass/"
	joinPath  = "/checkin/join/"
	lessPath  = "/checkin/less/"
	leavePath = "/checkin/leave/"
)

// awayPath is where somebody says that they are away, once for everything.
const awayPath = "/my/away/ask"

// prompt asks one person by direct message, when it suits them. Who was taken in by
// a list reads the first time why they are asked, and can leave at once.
func (s *Service) prompt(ci *CheckIn, a *asking) outbox.Item {
	to, lang := a.who.Account, a.member.Language
	text := s.invitation(lang, &a.what, s.until(lang, a.closes, a.now, a.member.Zone))
	if a.what.spoken() {
		text = bot.Join("\n", text, s.words.Text(lang, "checkin.prompt.spoken"))
	}
	controls := s.promptControls(lang, a.occurrence, &a.what)
	if a.who.Untold && ci.lists() {
		text = bot.Join("\n", text, s.because(lang, &ci.Definition))
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.no_thanks"), Path: leavePath + ci.ID, Of: a.what.Name})
	}
	return outbox.Item{
		Class:    outbox.Bulk,
		NotAfter: a.closes,
		Unasked:  &outbox.Unasked{Zone: a.member.Zone, Language: lang, Less: lessPath + ci.ID},
		Post: bot.Post{
			Key: PromptKey(a.occurrence, a.member.ID), Direct: &to,
			Message: bot.Message{Text: text, Controls: controls},
		},
	}
}

// invitation is what is asked, until when, and who will see the answers: that is
// said before anybody answers.
func (s *Service) invitation(lang string, a *Asked, until bot.Arg) bot.Text {
	lines := append([]bot.Text{s.words.Text(lang, "checkin.prompt", bot.Str("name", a.Name), until)}, s.questionLines(lang, &a.Definition)...)
	return bot.Join("\n", append(lines, s.told(lang, a))...)
}

// questionLines are the questions, one a line, with what each takes.
func (s *Service) questionLines(lang string, d *Definition) []bot.Text {
	lines := make([]bot.Text, len(d.Questions))
	for i := range d.Questions {
		q := &d.Questions[i]
		lines[i] = s.words.Text(lang, bot.Key("checkin.show."+string(q.Kind)), bot.Str("text", q.Text), bot.Str("choices", strings.Join(q.Choices, " / ")),
			bot.Num("least", leastScale), bot.Num("most", mostScale))
	}
	return lines
}

// told says who sees the answers to an occurrence, and that it is new if more people
// do than before.
func (s *Service) told(lang string, a *Asked) bot.Text {
	text := s.sharing(lang, &a.Definition)
	if a.Widened {
		return s.words.Text(lang, "checkin.sharing.new", bot.Rich("sharing", text))
	}
	return text
}

// sharing says who sees the answers.
func (s *Service) sharing(lang string, d *Definition) bot.Text {
	where := bot.Place("channel", d.Channel, s.label(lang, "checkin.channel"))
	return s.words.Text(lang, bot.Key("checkin.sharing."+string(d.Sharing)), where, bot.Num("fewest", fewest))
}

// spoken reports whether it can be answered in plain words, in direct messages: what
// is written there stands beside a name.
func (a *Asked) spoken() bool { return a.Sharing != Anonymous }

func (s *Service) promptControls(lang, occurrence string, a *Asked) []bot.Control {
	pass := bot.Key("checkin.button.pass")
	if a.Weekly {
		pass = "checkin.button.pass.weekly"
	}
	return []bot.Control{
		{Label: s.label(lang, "checkin.button.write"), Path: writePath + occurrence, Of: a.Name, Style: bot.Primary},
		{Label: s.label(lang, pass), Path: passPath + occurrence, Of: a.Name},
		{Label: s.label(lang, "checkin.button.away"), Path: awayPath},
	}
}

// channelPost asks in a channel, and has the summary below it once there is one.
func (s *Service) channelPost(id string, a Asked, closes time.Time, sum *summary) outbox.Item {
	text := s.invitation(a.Language, &a, s.until(a.Language, closes, a.At, ""))
	var shown *bot.Image
	if sum != nil {
		text = bot.Join("\n\n", text, s.summaryText(a.Language, &a, sum))
		shown = s.summaryPicture(a.Language, &a, sum)
	}
	return outbox.Item{
		Class: outbox.Bulk,
		Post: bot.Post{
			Key: summaryKey(id), Channel: a.Channel,
			Message: bot.Message{Text: text, Image: shown, Controls: append(s.promptControls(a.Language, id, &a), s.resultsControl(a.Language, id, &a)...)},
		},
	}
}

func summaryKey(occurrence string) bot.DeliveryKey {
	return bot.DeliveryKey(record(occurrence) + "/summary")
}

// label is a message as plain words, for a button or a field.
func (s *Service) label(language string, key bot.Key, args ...bot.Arg) string {
	return s.words.Text(language, key, args...).String()
}

func (s *Service) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return s.words.Text(req.Member.Language, key, args...)
}

// replacing lets a reply take the place of the message whose button was pressed,
// if that is the asker's own.
func replacing(req *bot.Request, reply bot.Reply) bot.Reply {
	reply.Replace = req.Message != nil
	return reply
}
