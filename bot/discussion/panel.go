package discussion

import (
	"context"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// panel shows a host how the discussion stands, with everything they need to
// run it as buttons.
func (s *Service) panel(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, &d, req, nil)
}

func (s *Service) panelReply(ctx context.Context, d *Discussion, req *bot.Request, news bot.Text) (bot.Reply, error) {
	lang := req.Member.Language
	lines := []bot.Text{news, s.line(d, req.Member)}
	if names := d.placeNames(); len(names) > 0 {
		lines = append(lines, s.words.Text(lang, "host.panel.places", bot.Str("places", strings.Join(names, ", "))))
	}
	if d.Script.Threads && !d.Over() {
		lines = append(lines, s.words.Text(lang, "host.panel.threads"))
	}
	if d.Running() {
		entries, err := s.store.Entries(ctx, d.Community, d.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		t := count(entries)
		lines = append(lines, s.words.Text(lang, "host.panel.people", bot.Count("people", t.people)))
		for n := 1; n <= d.Asked; n++ {
			if d.asked(n) {
				lines = append(lines, s.words.Text(lang, "host.panel.answers", bot.Num("n", n), bot.Count("answers", t.byQuestion[n])))
			}
		}
		lonely, err := s.lonelyLines(ctx, lang, d, entries)
		if err != nil {
			return bot.Reply{}, err
		}
		lines = append(lines, lonely...)
	}
	coming, err := s.comingLine(ctx, lang, d)
	if err != nil {
		return bot.Reply{}, err
	}
	lines = append(append(lines, s.planLines(lang, d, req.Member)...), coming)
	lines = append(lines, s.nextLines(lang, d, req.Member)...)
	controls := append(s.panelControls(lang, d), s.highlightControls(lang, d)...)
	controls = append(controls, s.linkControls(req, d)...)
	if d.State == Scheduled {
		more, err := s.placeControls(ctx, lang, d)
		if err != nil {
			return bot.Reply{}, err
		}
		controls = append(controls, more...)
	}
	reply := bot.Say(bot.Join("\n", lines...), controls...)
	reply.Replace = req.Message != nil
	return reply, nil
}

// hostNote is the next question and what the host noted with it.
func (s *Service) hostNote(lang string, d *Discussion, n int) bot.Text {
	q := d.Script.Questions[n-1]
	text := s.words.Text(lang, "chat.show.question", bot.Num("n", n), bot.Str("text", q.Text))
	if q.Note == "" {
		return text
	}
	return bot.Join("\n", text, s.words.Text(lang, "host.panel.note", bot.Str("note", q.Note)))
}

// nextLines say what comes next, and when.
func (s *Service) nextLines(lang string, d *Discussion, reader bot.Member) []bot.Text {
	next, ok := d.following()
	if !ok {
		return nil
	}
	key := bot.Key("host.panel.next.close")
	switch {
	case !d.Paused.IsZero():
		key = "host.panel.paused"
	case next.to == Open:
		key = "host.panel.next.open"
	case d.waits() && next.to == Asking:
		key = "host.panel.waits.question"
	case d.waits():
		key = "host.panel.waits.close"
	case next.to == Asking:
		key = "host.panel.next.question"
	}
	style := bot.ClockTime
	if d.Script.Pace == PaceSlow {
		style = bot.DateTime
	}
	lines := []bot.Text{s.words.Text(lang, key, bot.Num("n", next.ask), bot.At("when", next.at, zoneOf(reader, d), style))}
	if next.to == Asking {
		lines = append(lines, s.hostNote(lang, d, next.ask))
	}
	return lines
}

// planLines say what is planned beside the questions.
func (s *Service) planLines(lang string, d *Discussion, reader bot.Member) []bot.Text {
	if d.Over() {
		return nil
	}
	var lines []bot.Text
	switch d.Script.Pace {
	case PaceHand:
		lines = append(lines, s.words.Text(lang, "host.panel.pace.hand"))
	case PaceSlow:
		lines = append(lines, s.words.Text(lang, "host.panel.pace.slow", bot.Count("questions", max(d.Script.PerDay, 1))))
	}
	for _, n := range d.Notices {
		if n.What == NoticeAnnounce {
			lines = append(lines, s.words.Text(lang, "host.panel.announce", bot.At("when", n.At, zoneOf(reader, d), bot.DateTime)))
		}
	}
	for _, n := range d.Skipped {
		if n > d.Asked {
			lines = append(lines, s.words.Text(lang, "host.panel.skipped", bot.Num("n", n)))
		}
	}
	return lines
}

// showPreview shows a host what people will see.
func (s *Service) showPreview(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, &d, req, s.preview(req.Member.Language, &d))
}

// preview is what people will see of a discussion: in its language, the questions by
// their beginnings.
func (s *Service) preview(lang string, d *Discussion) bot.Text {
	lines := []bot.Text{s.words.Text(lang, "host.preview"), s.announcement(d).Text, s.opening(d).Text}
	for n, q := range d.Script.Questions {
		lines = append(lines, s.words.Text(d.Language, "chat.show.question", bot.Num("n", n+1), bot.Str("text", excerpt(q.Text))))
	}
	return bot.Join("\n", append(lines, s.words.Text(lang, "host.preview.end"))...)
}
