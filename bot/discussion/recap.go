package discussion

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// recap tells a host how a discussion went: to nobody else.
func (s *Service) recap(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, func(d *Discussion) bool { return !d.Closed.IsZero() })
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	if d.Closed.IsZero() {
		return bot.Say(s.words.Text(lang, "host.recap.early", bot.Str("title", d.heading()), bot.Rich("state", s.state(&d, req.Member)))), nil
	}
	entries, err := s.store.Entries(ctx, d.Community, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	t, replies, late := count(entries), 0, 0
	for _, e := range entries {
		switch {
		case e.Deleted:
		case e.Kind == Reply:
			replies++
		case e.Kind == Answer && e.At.After(d.Closed):
			late++
		}
	}
	lines := []bot.Text{
		s.words.Text(lang, "host.recap", bot.Str("title", d.heading()), bot.At("when", d.Opened, zoneOf(req.Member, &d), bot.DateTime)),
		s.words.Text(lang, "host.recap.people", bot.Count("people", t.people)),
		s.words.Text(lang, "host.recap.replies", bot.Count("replies", replies)),
	}
	if late > 0 {
		lines = append(lines, s.words.Text(lang, "host.recap.late", bot.Count("answers", late)))
	}
	for n := 1; n <= d.Asked; n++ {
		if d.asked(n) {
			lines = append(lines, s.words.Text(lang, "host.panel.answers", bot.Num("n", n), bot.Count("answers", t.byQuestion[n])))
		}
	}
	if d.State == Closing {
		lonely, err := s.lonelyLines(ctx, lang, &d, entries)
		if err != nil {
			return bot.Reply{}, err
		}
		lines = append(lines, lonely...)
	}
	controls := []bot.Control{
		{Label: s.label(lang, "chat.button.read"), Path: "/chat/read/" + d.ID},
		{Label: s.label(lang, "host.button.repeat"), Path: "/host/summary/" + d.ID},
	}
	return bot.Say(bot.Join("\n", lines...), append(controls, s.linkControls(req, &d)...)...), nil
}

// summaryAgain posts the summary once more, as it is now.
func (s *Service) summaryAgain(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	if d.Closed.IsZero() {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
	}
	summary, err := s.summary(ctx, &d)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	summary.Text = bot.Join("\n", s.words.Text(d.Language, "chat.summary.of", bot.Str("title", d.heading())), summary.Text)
	// Pressed by two within the hour, it is posted once.
	items := d.everywhere("again-"+stamp(now.Truncate(goodbye)), summary)
	for i := range items {
		items[i].Class, items[i].NotAfter = outbox.Bulk, now.Add(goodbye)
	}
	if err := s.store.Replace(ctx, &d, outbox.Effects{Posts: items}); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.words.Text(lang, "host.recap.posted")), nil
}
