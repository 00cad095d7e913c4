package discussion

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// more shows a host what is settled seldom: the pace, and who hosts.
func (s *Service) more(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.moreReply(ctx, &d, req, nil)
}

func (s *Service) moreReply(ctx context.Context, d *Discussion, req *bot.Request, news bot.Text) (bot.Reply, error) {
	lang := req.Member.Language
	names, err := s.members.Names(ctx, d.Community, d.Hosts)
	if err != nil {
		return bot.Reply{}, err
	}
	lines := []bot.Text{news, s.line(d, req.Member)}
	var controls []bot.Control
	var coHosts []bot.Choice
	for i, h := range d.Hosts {
		name := names[h]
		if name == "" {
			name = s.label(lang, "chat.archive.somebody")
		}
		key := bot.Key("host.more.cohost")
		if i == 0 {
			key = "host.more.host"
		} else if len(coHosts) < bot.MaxChoices {
			coHosts = append(coHosts, bot.Choice{Label: name, Value: string(h)})
		}
		lines = append(lines, s.words.Text(lang, key, bot.Str("name", name)))
	}
	menu := func(key bot.Key, path string, pick bot.Pick, choices ...bot.Choice) {
		controls = append(controls, bot.Control{Label: s.label(lang, key), Path: path + d.ID, Pick: pick, Choices: choices})
	}
	if d.State == Scheduled || d.live() {
		menu("host.menu.pace", "/host/pace/", bot.PickChoice, s.paces(lang, d)...)
	}
	if !d.Over() || d.State == Closing {
		menu("host.menu.cohost", "/host/co-host/", bot.PickPerson)
		menu("host.menu.handover", "/host/hand-to/", bot.PickPerson)
		if len(coHosts) > 0 {
			menu("host.menu.less", "/host/less/", bot.PickChoice, coHosts...)
		}
	}
	controls = append(controls, bot.Control{Label: s.label(lang, "host.button.back"), Path: "/host/watch/" + d.ID})
	reply := bot.Say(bot.Join("\n", lines...), controls...)
	reply.Replace = req.Message != nil
	return reply, nil
}

// paces are those to choose from. A discussion that runs over days has begun so.
func (s *Service) paces(lang string, d *Discussion) []bot.Choice {
	choices := []bot.Choice{
		{Label: s.label(lang, "host.pace.clock"), Value: string(PaceClock)},
		{Label: s.label(lang, "host.pace.hand"), Value: string(PaceHand)},
	}
	if d.State != Scheduled {
		return choices
	}
	for n := 1; n <= maxPerDay; n++ {
		choices = append(choices, bot.Choice{
			Label: s.label(lang, "host.pace.slow", bot.Count("questions", n)), Value: string(PaceSlow) + "-" + strconv.Itoa(n),
		})
	}
	return choices
}

// setPace takes another pace. By hand and by the clock can change while it runs.
func (s *Service) setPace(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	name, number, _ := strings.Cut(req.Value(bot.Picked), "-")
	pace, perDay := Pace(name), 0
	switch pace {
	case PaceClock, PaceHand:
	case PaceSlow:
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > maxPerDay {
			return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
		}
		perDay = n
	default:
		return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
	}
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, now time.Time) ([]outbox.Item, error) {
		return s.repaced(d, pace, perDay, now)
	})
}

// repaced gives the discussion another pace.
func (s *Service) repaced(d *Discussion, pace Pace, perDay int, now time.Time) ([]outbox.Item, error) {
	switch {
	case d.Script.Pace == pace && d.Script.PerDay == perDay:
		return nil, errNothingToDo
	case d.State == Scheduled:
		script, err := d.Script.paced(pace, perDay)
		if wrong := (*ScriptError)(nil); errors.As(err, &wrong) {
			return nil, errNothingToDo // it fits no such pace: more questions than a day has room for
		}
		if err != nil {
			return nil, err
		}
		d.Script = script
		d.rebase(d.Base)
		return s.reannounced(d), nil
	case !d.live() || pace == PaceSlow || d.Script.Pace == PaceSlow:
		return nil, errNothingToDo
	}
	d.Script.Pace = pace
	if st, ok := d.following(); ok && pace == PaceClock && st.at.Before(now) {
		d.Base = now.Add(defaultGap - d.dueAt(st)) // what is overdue comes at the next stroke, not at once
	}
	return nil, nil
}

// ready takes in that a host is there.
func (s *Service) ready(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, _ time.Time) ([]outbox.Item, error) {
		if d.State != Scheduled || d.Ready {
			return nil, errNothingToDo
		}
		d.Ready = true
		return nil, nil
	})
}

// takeOver makes whoever presses first the host. The path says who was it when the
// button was made.
func (s *Service) takeOver(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	from := bot.MemberID(req.Params.Get("from"))
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, _ time.Time) ([]outbox.Item, error) {
		first := bot.MemberID("-")
		if len(d.Hosts) > 0 {
			first = d.Hosts[0]
		}
		if d.Over() || first != from || d.leads(req.Member) {
			return nil, errNothingToDo
		}
		d.lead(req.Member, req.Account)
		d.Ready = true
		return s.reannounced(d), nil
	})
}

// lead makes a member the first of the hosts. Who was it hosts with them.
func (d *Discussion) lead(m bot.Member, a bot.Account) {
	d.host(m, a)
	others := slices.DeleteFunc(slices.Clone(d.Hosts), m.Is)
	d.Hosts = append([]bot.MemberID{m.ID}, others...)
	if m.Name != "" {
		names := slices.DeleteFunc(slices.Clone(d.Script.Hosts), func(n string) bool { return strings.EqualFold(n, m.Name) })
		d.Script.Hosts = append([]string{m.Name}, names...)
	}
}

// host lets a member host the discussion too.
func (d *Discussion) host(m bot.Member, a bot.Account) {
	if !d.hostedBy(m) {
		d.Hosts = append(slices.Clone(d.Hosts), m.ID)
		if m.Name != "" && len(d.Script.Hosts) < maxHosts {
			d.Script.Hosts = append(slices.Clone(d.Script.Hosts), m.Name)
		}
	}
	d.Contacts = maps.Clone(d.Contacts)
	if d.Contacts == nil {
		d.Contacts = map[bot.MemberID]bot.Account{}
	}
	d.Contacts[m.ID] = a
}

// unhost lets somebody host the discussion no longer.
func (d *Discussion) unhost(m bot.MemberID, name string) {
	d.Hosts = slices.DeleteFunc(slices.Clone(d.Hosts), func(h bot.MemberID) bool { return h == m })
	d.Script.Hosts = slices.DeleteFunc(slices.Clone(d.Script.Hosts), func(n string) bool { return strings.EqualFold(n, name) })
	d.Contacts = maps.Clone(d.Contacts)
	delete(d.Contacts, m)
}

// handover makes somebody else the host, as typed.
func (s *Service) handover(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	a, ok := req.Accounts[personOption]
	if !ok {
		return s.moreReply(ctx, &d, req, s.words.Text(req.Member.Language, "host.person.pick"))
	}
	return s.appoint(ctx, req, d.ID, a, (*Discussion).lead, "host.told.lead")
}

const personOption = "person"

// handTo makes whoever was picked the host.
func (s *Service) handTo(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.appointPicked(ctx, req, (*Discussion).lead, "host.told.lead")
}

// coHost lets whoever was picked host too.
func (s *Service) coHost(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.appointPicked(ctx, req, (*Discussion).host, "host.told.cohost")
}

func (s *Service) appointPicked(ctx context.Context, req *bot.Request, how func(*Discussion, bot.Member, bot.Account), told bot.Key) (bot.Reply, error) {
	a, ok := req.Accounts[bot.Picked]
	if !ok {
		d, err := s.named(ctx, req, anyone)
		if err != nil {
			return bot.Reply{}, err
		}
		return s.moreReply(ctx, &d, req, s.words.Text(req.Member.Language, "host.person.pick"))
	}
	return s.appoint(ctx, req, req.Params.Get("chat"), a, how, told)
}

// appoint gives somebody a part in hosting, and tells them. Only who may host at all can
// have one: organizers say who that is.
func (s *Service) appoint(ctx context.Context, req *bot.Request, id string, a bot.Account, how func(*Discussion, bot.Member, bot.Account), told bot.Key) (bot.Reply, error) {
	m, err := s.members.Author(ctx, a, "")
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	name := m.Name
	if name == "" {
		name = s.label(lang, "chat.archive.somebody")
	}
	d, err := s.steer(ctx, req.Member.Community, id, req.Input, func(d *Discussion, now time.Time) ([]outbox.Item, error) {
		if !m.Role.Includes(bot.RoleHost) || m.Community != d.Community {
			return nil, errNoHost
		}
		before := slices.Clone(d.Hosts)
		how(d, m, a)
		if slices.Equal(before, d.Hosts) {
			return nil, errNothingToDo
		}
		if m.Is(req.Member.ID) {
			return s.reannounced(d), nil
		}
		items, err := s.toEach(ctx, d, map[bot.MemberID]bot.Account{m.ID: a}, func(to bot.Member) (string, bot.Message) {
			return "hosts-" + stamp(now), bot.Message{
				Text:     s.words.Text(to.Language, told, bot.Str("title", d.heading()), bot.Str("name", req.Member.Name)),
				Controls: []bot.Control{{Label: s.label(to.Language, "host.button.panel"), Path: "/host/watch/" + d.ID}},
			}
		})
		return append(s.reannounced(d), items...), err
	})
	switch {
	case errors.Is(err, errNoHost):
		return s.moreReply(ctx, &d, req, s.words.Text(lang, "host.person.none", bot.Str("name", name), bot.Str("command", req.Typed("/organize people"))))
	case errors.Is(err, errNothingToDo):
		return s.moreReply(ctx, &d, req, s.words.Text(lang, "host.already"))
	case err != nil:
		return bot.Reply{}, err
	}
	return s.moreReply(ctx, &d, req, s.words.Text(lang, "host.person.done", bot.Str("name", name)))
}

var errNoHost = errors.New("they are no host")

// lessHosts lets one of the other hosts host no longer.
func (s *Service) lessHosts(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	out := bot.MemberID(req.Value(bot.Picked))
	names, err := s.members.Names(ctx, req.Member.Community, []bot.MemberID{out})
	if err != nil {
		return bot.Reply{}, err
	}
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, _ time.Time) ([]outbox.Item, error) {
		if len(d.Hosts) < 2 || !slices.Contains(d.Hosts[1:], out) {
			return nil, errNothingToDo
		}
		d.unhost(out, names[out])
		return s.reannounced(d), nil
	})
}
