package discussion

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Register declares the commands /chat and /host, the controls and forms that
// belong to them, the listener and the follower.
func (s *Service) Register(r *bot.Router) {
	name := bot.Option{Name: "name", Summary: "chat.option.name", Complete: s.completeName}
	r.Command(bot.Command{Name: "chat", Summary: "chat.command", Subcommands: []bot.Subcommand{
		{Name: "list", Summary: "chat.command.list", Private: true, Handle: s.list},
		{Name: "show", Summary: "chat.command.show", Example: "chat.example.show", Options: []bot.Option{name}, Private: true, Handle: s.show},
		{Name: "mine", Summary: "chat.command.mine", Options: []bot.Option{name}, Private: true, Handle: s.mine},
		{Name: "archive", Summary: "chat.command.archive", Example: "chat.example.archive", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.read},
	}})
	r.Command(bot.Command{Name: "host", Summary: "host.command", Subcommands: []bot.Subcommand{
		{Name: "new", Summary: "host.command.new", Access: bot.HostsOnly, Private: true, Handle: s.askNew},
		{Name: "edit", Summary: "host.command.edit", Example: "host.example.edit", Options: []bot.Option{name}, Access: bot.HostsOnly, Private: true, Handle: s.askEdit},
		{Name: "panel", Summary: "host.command.panel", Options: []bot.Option{name}, Access: bot.HostsOnly, Private: true, Handle: s.panel},
		{Name: "ask", Summary: "host.command.ask", Example: "host.example.ask", Options: []bot.Option{
			{Name: textField, Summary: "host.option.text"}, name,
		}, Access: bot.HostsOnly, Private: true, Handle: s.extraCommand},
		{Name: "reword", Summary: "host.command.reword", Options: []bot.Option{name}, Access: bot.HostsOnly, Private: true, Handle: s.rewords},
		{Name: "handover", Summary: "host.command.handover", Example: "host.example.handover", Options: []bot.Option{
			{Name: personOption, Kind: bot.OptionPerson, Summary: "host.option.person"}, name,
		}, Access: bot.HostsOnly, Private: true, Handle: s.handover},
		{Name: "recap", Summary: "host.command.recap", Options: []bot.Option{name}, Access: bot.HostsOnly, Private: true, Handle: s.recap},
		{Name: "alongside", Summary: "host.command.alongside", Example: "host.example.alongside", Options: []bot.Option{
			name, {Name: "place", Summary: "host.option.place"},
		}, Access: bot.HostsOnly, Private: true, Handle: s.alongside},
		{Name: "cancel", Summary: "host.command.cancel", Example: "host.example.cancel", Options: []bot.Option{name}, Access: bot.HostsOnly, Private: true, Handle: s.askCancel},
	}})
	for _, route := range []bot.Route{
		{Path: "/chat/view/{chat}", Private: true, Handle: s.show},
		{Path: "/chat/more/{from}", Private: true, Handle: s.list},
		{Path: "/chat/answers/{chat}", Private: true, Handle: s.mine},
		{Path: "/chat/read/{chat}", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.read},
		{Path: "/chat/highlights/{chat}/{from}", Access: bot.MembersOnly, Private: true, Handle: s.openHighlights},
		{Path: "/chat/highlight/{chat}/{from}", Access: bot.MembersOnly, Private: true, Handle: s.pickHighlight},
		{Path: "/chat/public/{chat}", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.publish},
		{Path: "/chat/reply/{chat}/{question}", Private: true, Handle: s.askAnswer},
		{Path: "/chat/answer/{chat}/{question}", Private: true, Handle: s.answer},
		{Path: aimPath + "{chat}", Access: bot.MembersOnly, Private: true, Handle: s.askAim},
		{Path: "/chat/aimed/{chat}", Access: bot.MembersOnly, Private: true, Handle: s.aim},
		{Path: "/chat/aim-not/{chat}", Private: true, Handle: s.notToday},
		{Path: "/chat/fix/{chat}", Private: true, Handle: s.fixOwn},
		{Path: "/chat/file/{chat}/{entry}/{menu}", Private: true, Handle: s.refile},
		{Path: "/chat/coming/{chat}", Access: bot.MembersOnly, Private: true, Handle: s.comingHere},
		{Path: "/chat/not-coming/{chat}", Access: bot.MembersOnly, Private: true, Handle: s.notComing},
		{Path: "/host/rewrite/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.askEdit},
		{Path: "/host/rewritten/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.edit},
		{Path: "/host/rewrite-save/{chat}/{plan}", Access: bot.HostsOnly, Private: true, Handle: s.saveEdit},
		{Path: "/host/rewrite-drop/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.dropEdit},
		{Path: "/host/preview/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.showPreview},
		{Path: "/host/announce/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.announce},
		{Path: "/host/more/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.more},
		{Path: "/host/pace/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.setPace},
		{Path: "/host/co-host/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.coHost},
		{Path: "/host/hand-to/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.handTo},
		{Path: "/host/less/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.lessHosts},
		{Path: "/host/ready/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.ready},
		{Path: "/host/take/{chat}/{from}", Access: bot.HostsOnly, Private: true, Handle: s.takeOver},
		{Path: "/host/later/{chat}/{due}", Access: bot.HostsOnly, Private: true, Handle: s.later},
		{Path: "/host/pause/{chat}/{on}", Access: bot.HostsOnly, Private: true, Handle: s.pause},
		{Path: "/host/skip/{chat}/{question}", Access: bot.HostsOnly, Private: true, Handle: s.skip},
		{Path: "/host/extra/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.askExtra},
		{Path: "/host/extra-now/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.extra},
		{Path: "/host/rewords/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.rewords},
		{Path: "/host/reword-one/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.askReword},
		{Path: "/host/reworded/{chat}/{question}", Access: bot.HostsOnly, Private: true, Handle: s.reword},
		{Path: "/host/look-back/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.recap},
		{Path: "/host/summary/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.summaryAgain},
		{Path: "/host/create", Access: bot.HostsOnly, Private: true, Handle: s.create},
		{Path: "/host/watch/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.panel},
		{Path: "/host/start/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.start},
		{Path: "/host/next/{chat}/{asked}", Access: bot.HostsOnly, Private: true, Handle: s.nextQuestion},
		{Path: "/host/end/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.askEnd},
		{Path: "/host/end-now/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.end},
		{Path: "/host/join/{chat}/{place}", Access: bot.HostsOnly, Private: true, Handle: s.join},
		{Path: "/host/only-here/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.onlyHere},
		{Path: "/host/threads/{chat}/{on}", Access: bot.HostsOnly, Private: true, Handle: s.threads},
		{Path: "/host/move/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.askMove},
		{Path: "/host/move-to/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.move},
		{Path: "/host/call-off/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.askCancel},
		{Path: "/host/cancel-now/{chat}", Access: bot.HostsOnly, Private: true, Handle: s.cancel},
	} {
		r.Handle(route)
	}
	r.Action(bot.Action{Path: "/chat/fix-question", Label: "chat.action.fix", Private: true, Handle: s.fixQuestion})
	r.Action(bot.Action{Path: "/chat/highlight-message", Label: "chat.action.highlight", Access: bot.MembersOnly, Private: true, Handle: s.highlight})
	r.Listen(s.Hear)
	r.Follow(s.Follow)
}

// listed is how many discussions one list shows.
const listed = 10

// searched is how many discussions a name is looked for in, the latest first.
const searched = 200

func (s *Service) list(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	chats, err := s.store.List(ctx, req.Member.Community, 0, searched)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	if len(chats) == 0 {
		return bot.Say(s.words.Text(lang, "chat.list.empty", bot.Str("command", req.Typed("/host new")))), nil
	}
	chats = inOrder(chats)
	from, _ := strconv.Atoi(req.Params.Get("from")) // "" and nonsense are the beginning
	from = min(max(from, 0), len(chats)-1)
	shown := chats[from:min(from+listed, len(chats))]
	lines := []bot.Text{s.words.Text(lang, "chat.list")}
	for i := range shown {
		lines = append(lines, s.line(&shown[i], req.Member))
	}
	controls := []bot.Control{{
		Label: s.label(lang, "chat.button.show", bot.Str("title", short(shown[0].Script.Title))), Path: "/chat/view/" + shown[0].ID,
	}}
	if next := from + len(shown); next < len(chats) {
		controls = append(controls, bot.Control{Label: s.label(lang, "chat.button.more"), Path: "/chat/more/" + strconv.Itoa(next)})
	}
	return bot.Say(bot.Join("\n", lines...), controls...), nil
}

// line is a discussion in a list: number, title, when and how it stands.
func (s *Service) line(d *Discussion, reader bot.Member) bot.Text {
	return s.words.Text(reader.Language, "chat.line",
		bot.Num("number", d.Number), bot.Str("title", d.heading()), bot.Rich("state", s.state(d, reader)))
}

func (s *Service) state(d *Discussion, reader bot.Member) bot.Text {
	when := func(key bot.Key) bot.Text {
		at := d.Base
		if d.State == Closing || d.State == Archived {
			at = d.Opened
		}
		return s.words.Text(reader.Language, key, bot.At("when", at, zoneOf(reader, d), bot.DateTime))
	}
	switch {
	case d.State == Scheduled && d.Base.IsZero():
		return s.words.Text(reader.Language, "chat.state.waiting")
	case d.State == Scheduled:
		return when("chat.state.scheduled")
	case d.State == Open:
		return s.words.Text(reader.Language, "chat.state.open")
	case d.State == Asking:
		return s.words.Text(reader.Language, "chat.state.asking", bot.Num("n", d.Asked), bot.Num("of", len(d.Script.Questions)))
	case d.State == Closing:
		return s.words.Text(reader.Language, "chat.state.closing", bot.At("until", d.Closed.Add(LateAnswers), zoneOf(reader, d), bot.DateTime))
	case d.State == Cancelled:
		return s.words.Text(reader.Language, "chat.state.cancelled")
	default:
		return when("chat.state.archived")
	}
}

func zoneOf(m bot.Member, d *Discussion) string {
	if m.Zone != "" {
		return m.Zone
	}
	return d.Script.Zone
}

// show tells about one discussion: before its end the questions that are out,
// to its hosts all of them.
func (s *Service) show(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	lines := []bot.Text{
		s.words.Text(lang, "chat.show", bot.Str("title", d.heading()), bot.Rich("state", s.state(&d, req.Member)),
			bot.Count("questions", len(d.Script.Questions))),
	}
	if d.hostName() != "" {
		lines = append(lines, s.words.Text(lang, "chat.show.host", bot.Str("host", d.hostName())))
	}
	if names := d.placeNames(); len(names) > 0 {
		lines = append(lines, s.words.Text(lang, "chat.show.places", bot.Str("places", strings.Join(names, ", "))))
	}
	coming, err := s.comingLine(ctx, lang, &d)
	if err != nil {
		return bot.Reply{}, err
	}
	lines = append(lines, coming)
	visible := d.Asked
	if d.hostedBy(req.Member) || d.State == Scheduled && !d.Announced.IsZero() {
		visible = len(d.Script.Questions)
	}
	for i, q := range d.Script.Questions[:visible] {
		if !d.skipped(i + 1) {
			lines = append(lines, s.words.Text(lang, "chat.show.question", bot.Num("n", i+1), bot.Str("text", q.Text)))
		}
	}
	var controls []bot.Control
	if d.State == Asking || d.State == Closing {
		controls = append(controls, bot.Control{Label: s.label(lang, "chat.button.mine"), Path: "/chat/answers/" + d.ID})
	}
	if !d.Opened.IsZero() {
		controls = append(controls, bot.Control{Label: s.label(lang, "chat.button.read"), Path: "/chat/read/" + d.ID})
	}
	return bot.Say(bot.Join("\n", lines...), controls...), nil
}

// mine shows a member what is filed of theirs, and under which question.
func (s *Service) mine(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, opened)
	if err != nil {
		return bot.Reply{}, err
	}
	entries, err := s.store.Entries(ctx, d.Community, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	lines := []bot.Text{s.words.Text(lang, "chat.mine", bot.Str("title", d.heading()))}
	entries = slices.DeleteFunc(entries, func(e Entry) bool { return e.Deleted || !req.Member.Is(e.Author) })
	controls := s.fixMine(&d, entries, lang)
	for _, e := range entries {
		if e.Kind == Answer {
			key := bot.Key("chat.mine.answer")
			if e.remembered() {
				key = "chat.mine.picked"
			}
			lines = append(lines, s.words.Text(lang, key, bot.Str("n", numbers(e.Questions)), bot.Str("text", excerpt(e.Text))))
		}
	}
	if len(lines) == 1 {
		return bot.Say(s.words.Text(lang, "chat.mine.empty", bot.Str("title", d.heading()), bot.Num("n", max(d.Asked, 1))), controls...), nil
	}
	return bot.Say(bot.Join("\n", lines...), controls...), nil
}

// named finds the discussion that a request means: by the ID in its path, or by
// the name that was typed. Without either it is the one that matters most in the
// channel, or else in the community: one that runs, the next to come, the last
// that was; only those that fit count.
func (s *Service) named(ctx context.Context, req *bot.Request, fits func(*Discussion) bool) (Discussion, error) {
	c, lang := req.Member.Community, req.Member.Language
	if id := req.Params.Get("chat"); id != "" {
		d, err := s.store.Get(ctx, c, id)
		if bot.CodeOf(err) == bot.NotFound {
			return d, bot.Fail(bot.NotFound, s.gone(req))
		}
		return d, err
	}
	chats, err := s.store.List(ctx, c, 0, searched)
	if err != nil {
		return Discussion{}, err
	}
	if len(chats) == 0 {
		return Discussion{}, bot.Fail(bot.NotFound, s.words.Text(lang, "chat.list.empty", bot.Str("command", req.Typed("/host new"))))
	}
	chats = inOrder(chats)
	typed := strings.TrimSpace(req.Value("name"))
	if typed == "" {
		return foremost(chats, req.Channel.Root(), fits), nil
	}
	for _, match := range []func(*Discussion, string) bool{numbered, titled} {
		for i := range chats {
			if match(&chats[i], typed) {
				return chats[i], nil
			}
		}
	}
	return Discussion{}, bot.Fail(bot.NotFound, s.words.Text(lang, "chat.unknown",
		bot.Str("name", typed), bot.Str("latest", chats[0].Script.Title), bot.Str("command", req.Typed("/chat list"))))
}

// Which discussions a command can mean.
func anyone(*Discussion) bool       { return true }
func opened(d *Discussion) bool     { return !d.Opened.IsZero() }
func unfinished(d *Discussion) bool { return d.State != Archived && d.State != Cancelled }

// foremost is the first that fits in the channel, or anywhere, or the first at all.
func foremost(chats []Discussion, ch bot.Channel, fits func(*Discussion) bool) Discussion {
	for i := range chats {
		if fits(&chats[i]) && chats[i].place(ch) >= 0 {
			return chats[i]
		}
	}
	for i := range chats {
		if fits(&chats[i]) {
			return chats[i]
		}
	}
	return chats[0]
}

// gone says that there is no such discussion any more.
func (s *Service) gone(req *bot.Request) bot.Text {
	return s.words.Text(req.Member.Language, "chat.gone", bot.Str("command", req.Typed("/chat list")))
}

// numbered takes a discussion's number: 12 or #12.
func numbered(d *Discussion, typed string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(typed, "#"))
	return err == nil && n == d.Number
}

// titled takes a part of a discussion's title or tag.
func titled(d *Discussion, typed string) bool {
	return strings.Contains(strings.ToLower(d.heading()), strings.ToLower(typed))
}

// completeName proposes titles that contain what is typed. Discord takes 25.
func (s *Service) completeName(ctx context.Context, req *bot.Request) ([]bot.Choice, error) {
	chats, err := s.store.List(ctx, req.Member.Community, 0, searched)
	if err != nil {
		return nil, err
	}
	var choices []bot.Choice
	for i := range chats {
		if typed := req.Value("name"); typed == "" || numbered(&chats[i], typed) || titled(&chats[i], typed) {
			choices = append(choices, bot.Choice{Label: chats[i].heading(), Value: "#" + strconv.Itoa(chats[i].Number)})
		}
		if len(choices) == 25 {
			break
		}
	}
	return choices, nil
}

func numbers(questions []int) string {
	parts := make([]string, len(questions))
	for i, q := range questions {
		parts[i] = strconv.Itoa(q)
	}
	return strings.Join(parts, ", ")
}

// excerpt is the beginning of a text, on one line.
func excerpt(s string) string { return bot.Shorten(strings.Join(strings.Fields(s), " "), 200) }

// short is a title that fits a button.
func short(s string) string { return bot.Shorten(s, 40) }
