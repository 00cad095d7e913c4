package discussion

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Notice is something that is told around a discussion: to its channels, its hosts,
// or those who have said that they will come.
type Notice struct {
	What NoticeKind `json:"what"`
	At   time.Time  `json:"at"`
	// After is whom the last one went to, where so many get it that it takes several
	// steps: they are written to in the order of their IDs.
	After bot.MemberID `json:"after,omitempty"`
}

// NoticeKind is what a notice says.
type NoticeKind string

// The notices. Those up to NoticeSeek come before a discussion, in this order.
const (
	NoticeAnnounce NoticeKind = "announce" // to the channels: what comes, and when
	NoticeRemind   NoticeKind = "remind"   // the same once more, a day before
	NoticeReady    NoticeKind = "ready"    // to the hosts: are they ready?
	NoticeSoon     NoticeKind = "soon"     // to those who come; if no host is ready, to who could take over
	NoticeSeek     NoticeKind = "seek"     // if still no host is ready, to organizers
	NoticeMoved    NoticeKind = "moved"    // to those who come: another time
	NoticeOff      NoticeKind = "off"      // to those who come: it is called off
	NoticeIdle     NoticeKind = "idle"     // to the hosts: it waits for them
)

// When the notices before a discussion come, counted back from its start.
const (
	dayBefore   = 24 * time.Hour
	readyBefore = 30 * time.Minute
	soonBefore  = 15 * time.Minute
	seekBefore  = 10 * time.Minute
)

// What is planned for less than a day ahead is announced as soon as its host has had
// time to look at it. What was announced shortly before needs no reminder.
const (
	grace   = 5 * time.Minute
	oldNews = 12 * time.Hour
)

// ahead reports whether the notice is worth nothing once the next step has come.
func (n Notice) ahead() bool { return n.What != NoticeMoved && n.What != NoticeOff }

// prepare plans the notices before the discussion anew.
func (d *Discussion) prepare(now time.Time) {
	d.Notices = slices.DeleteFunc(slices.Clone(d.Notices), Notice.ahead)
	d.Ready = false
	if d.Base.IsZero() {
		return
	}
	add := func(what NoticeKind, at time.Time) {
		if at.After(now) {
			d.Notices = append(d.Notices, Notice{What: what, At: at})
		}
	}
	day := d.Base.Add(-dayBefore)
	if !d.Announced.IsZero() {
		if day.Sub(d.Announced) > oldNews {
			add(NoticeRemind, day)
		}
	} else {
		at := now.Add(grace)
		if day.After(at) {
			at = day
		}
		if at.Before(d.Base.Add(-soonBefore)) {
			add(NoticeAnnounce, at)
		}
	}
	add(NoticeReady, d.Base.Add(-readyBefore))
	add(NoticeSoon, d.Base.Add(-soonBefore))
	add(NoticeSeek, d.Base.Add(-seekBefore))
	slices.SortStableFunc(d.Notices, func(a, b Notice) int { return a.At.Compare(b.At) })
}

// announceNow lets the channels hear of the discussion at once.
func (d *Discussion) announceNow(now time.Time) step {
	d.Notices = slices.DeleteFunc(slices.Clone(d.Notices), func(n Notice) bool { return n.What == NoticeAnnounce })
	n := Notice{What: NoticeAnnounce, At: now}
	d.Announced = now
	if day := d.Base.Add(-dayBefore); !d.Base.IsZero() && day.Sub(now) > oldNews {
		d.Notices = slices.Insert(d.Notices, 0, Notice{What: NoticeRemind, At: day})
	}
	d.Notices = slices.Insert(d.Notices, 0, n)
	return step{to: Scheduled, notice: n, at: now}
}

// toldAtOnce is how many people one step writes to.
const toldAtOnce = 200

// told is what a notice says, and to whom. It may leave more of the notice to be told.
func (s *Service) told(ctx context.Context, d *Discussion, n Notice) ([]outbox.Item, error) {
	switch n.What {
	case NoticeAnnounce:
		return d.early("announce", s.announcement(d)), nil
	case NoticeRemind:
		return d.early("remind-"+stamp(d.Base), s.announcement(d)), nil
	case NoticeReady:
		return s.toHosts(ctx, d, d.Hosts, n)
	case NoticeSoon:
		coming, err := s.toComing(ctx, d, n)
		if err != nil || n.After != "" {
			return coming, err
		}
		offers, err := s.toSubstitutes(ctx, d, n, len(d.Hosts) < 2)
		return append(coming, offers...), err
	case NoticeSeek:
		return s.toSubstitutes(ctx, d, n, len(d.Hosts) > 1)
	case NoticeIdle:
		return s.idleOffers(ctx, d, n)
	case NoticeMoved, NoticeOff:
		return s.toComing(ctx, d, n)
	}
	return nil, nil
}

// early is a post in each place before the discussion begins.
func (d *Discussion) early(name string, m bot.Message) []outbox.Item {
	items := d.everywhere(name, m)
	for i := range items {
		items[i].Class = outbox.Bulk
		items[i].NotAfter = time.Time{}
		if !d.Base.IsZero() {
			items[i].NotAfter = d.Base
		}
	}
	return items
}

// reannounced changes what was announced into what is so now.
func (s *Service) reannounced(d *Discussion) []outbox.Item {
	if d.Announced.IsZero() {
		return nil
	}
	items := d.everywhere("announce", s.announcement(d))
	for i := range items {
		items[i].Update, items[i].Class, items[i].NotAfter = true, outbox.Bulk, time.Time{}
	}
	return items
}

// announcement says what comes, when and how long, or that it does not come.
func (s *Service) announcement(d *Discussion) bot.Message {
	title := bot.Str("title", d.heading())
	if d.State == Cancelled {
		return bot.Message{Text: s.words.Text(d.Language, "chat.announce.off", title)}
	}
	key := bot.Key("chat.announce")
	if d.hostName() == "" {
		key = "chat.announce.unhosted"
	}
	when := bot.At("when", d.Base, d.Script.Zone, bot.DateTime)
	if d.Base.IsZero() {
		when = bot.Rich("when", s.words.Text(d.Language, "chat.announce.waiting"))
	}
	return bot.Message{
		Text: s.words.Text(d.Language, key, title, when, bot.Rich("length", s.lasts(d.Language, &d.Script)),
			bot.Count("questions", len(d.Script.Questions)), bot.Str("host", d.hostName())),
		Controls: []bot.Control{
			{Label: s.label(d.Language, "chat.button.coming"), Path: "/chat/coming/" + d.ID, Style: bot.Primary},
			{Label: s.label(d.Language, "chat.button.questions"), Path: "/chat/view/" + d.ID},
		},
	}
}

// lasts is how long a script takes, in words.
func (s *Service) lasts(lang string, script *Script) bot.Text {
	switch l := script.Length; {
	case script.Pace == PaceSlow:
		return s.words.Text(lang, "chat.lasts.days", bot.Count("days", int((l+12*time.Hour)/(24*time.Hour))))
	case l == time.Hour:
		return s.words.Text(lang, "chat.lasts.hour")
	default:
		return s.words.Text(lang, "chat.lasts.minutes", bot.Count("minutes", int(l.Minutes())))
	}
}

// toComing writes to those who have said that they will come.
func (s *Service) toComing(ctx context.Context, d *Discussion, n Notice) ([]outbox.Item, error) {
	attending, err := s.store.Attending(ctx, d)
	if err != nil {
		return nil, err
	}
	attending = slices.DeleteFunc(attending, func(a Attendance) bool { return a.Member <= n.After })
	slices.SortFunc(attending, func(a, b Attendance) int { return cmp.Compare(a.Member, b.Member) })
	if len(attending) > toldAtOnce {
		attending = attending[:toldAtOnce]
		n.After = attending[toldAtOnce-1].Member
		d.Notices = slices.Insert(d.Notices, 0, n)
	}
	who := make(map[bot.MemberID]bot.Account, len(attending))
	for _, a := range attending {
		who[a.Member] = a.Account
	}
	return s.toEach(ctx, d, who, func(m bot.Member) (string, bot.Message) { return s.toComer(d, n, m) })
}

// toComer is what somebody who comes is told, and its name among all to them.
func (s *Service) toComer(d *Discussion, n Notice, m bot.Member) (string, bot.Message) {
	title := bot.Str("title", d.heading())
	switch n.What {
	case NoticeOff:
		return "off", bot.Message{Text: s.words.Text(m.Language, "chat.off", title)}
	case NoticeMoved:
		out := bot.Message{Text: s.words.Text(m.Language, "chat.moved.waiting", title)}
		if !d.Base.IsZero() {
			out.Text = s.words.Text(m.Language, "chat.moved", title, bot.At("when", d.Base, m.Zone, bot.DateTime))
		}
		out.Controls = []bot.Control{{Label: s.label(m.Language, "chat.button.not_coming"), Path: "/chat/not-coming/" + d.ID, Of: d.heading()}}
		return "moved-" + stamp(n.At), out
	default:
		return "soon-" + stamp(d.Base), bot.Message{Text: s.words.Text(m.Language, "chat.soon", title,
			bot.Place("place", d.Channel, cmp.Or(d.ChannelName, d.Channel.ID)))}
	}
}

// toHosts asks hosts whether they are ready.
func (s *Service) toHosts(ctx context.Context, d *Discussion, hosts []bot.MemberID, n Notice) ([]outbox.Item, error) {
	return s.toEach(ctx, d, d.contacts(hosts), func(m bot.Member) (string, bot.Message) {
		return string(n.What) + "-" + stamp(d.Base), bot.Message{
			Text: s.words.Text(m.Language, "host.ready.ask", bot.Str("title", d.heading()), bot.At("when", d.Base, m.Zone, bot.ClockTime)),
			Controls: []bot.Control{
				{Label: s.label(m.Language, "host.button.ready"), Path: "/host/ready/" + d.ID, Style: bot.Primary},
				{Label: s.label(m.Language, "host.button.panel"), Path: "/host/watch/" + d.ID},
			},
		}
	})
}

// toSubstitutes offers to take over while no host is ready: to the other hosts, or to
// the organizers.
func (s *Service) toSubstitutes(ctx context.Context, d *Discussion, n Notice, organizers bool) ([]outbox.Item, error) {
	if d.Ready {
		return nil, nil
	}
	who, err := s.substitutes(ctx, d, organizers)
	if err != nil || len(who) == 0 {
		return nil, err
	}
	return s.toEach(ctx, d, who, func(m bot.Member) (string, bot.Message) {
		return string(n.What) + "-" + stamp(d.Base), bot.Message{
			Text: s.words.Text(m.Language, "host.silent", bot.Str("title", d.heading()), bot.Str("host", d.hostName()),
				bot.At("when", d.Base, m.Zone, bot.ClockTime)),
			Controls: []bot.Control{s.takeOverControl(m.Language, d)},
		}
	})
}

// idleOffers tells hosts that the discussion waits for them.
func (s *Service) idleOffers(ctx context.Context, d *Discussion, n Notice) ([]outbox.Item, error) {
	who := d.contacts(d.Hosts)
	others, err := s.substitutes(ctx, d, len(d.Hosts) < 2)
	if err != nil {
		return nil, err
	}
	for m, a := range others {
		who[m] = a
	}
	return s.toEach(ctx, d, who, func(m bot.Member) (string, bot.Message) {
		key := bot.Key("host.idle")
		controls := s.goOnControls(m.Language, d)
		if !d.Paused.IsZero() {
			key = "host.idle.paused"
		}
		if !d.leads(m) {
			controls = append(controls, s.takeOverControl(m.Language, d))
		}
		return string(n.What) + "-" + stamp(d.Moved), bot.Message{
			Text:     s.words.Text(m.Language, key, bot.Str("title", d.heading()), bot.Num("minutes", int(offeredAfter.Minutes()))),
			Controls: controls,
		}
	})
}

func (s *Service) takeOverControl(lang string, d *Discussion) bot.Control {
	from := bot.MemberID("-")
	if len(d.Hosts) > 0 {
		from = d.Hosts[0]
	}
	return bot.Control{Label: s.label(lang, "host.button.take"), Path: "/host/take/" + d.ID + "/" + string(from), Of: d.heading()}
}

// substitutes are who could take over.
func (s *Service) substitutes(ctx context.Context, d *Discussion, organizers bool) (map[bot.MemberID]bot.Account, error) {
	if !organizers {
		if len(d.Hosts) < 2 {
			return nil, nil
		}
		return d.contacts(d.Hosts[1:]), nil
	}
	accounts, err := s.members.Organizers(ctx, d.Community)
	if err != nil {
		return nil, err
	}
	who := map[bot.MemberID]bot.Account{}
	for _, a := range accounts {
		m, err := s.members.Author(ctx, a, "")
		if err != nil {
			return nil, err
		}
		if m.Community == d.Community && !d.hostedBy(m) {
			who[m.ID] = a
		}
	}
	return who, nil
}

// contacts are where members who host the discussion are written to.
func (d *Discussion) contacts(hosts []bot.MemberID) map[bot.MemberID]bot.Account {
	who := map[bot.MemberID]bot.Account{}
	for _, h := range hosts {
		if a, ok := d.Contacts[h]; ok {
			who[h] = a
		}
	}
	return who
}

// toEach writes to people in their own language. say gives what one is told, and its
// name among all that they are told of the discussion.
func (s *Service) toEach(ctx context.Context, d *Discussion, who map[bot.MemberID]bot.Account, say func(bot.Member) (string, bot.Message)) ([]outbox.Item, error) {
	if len(who) == 0 {
		return nil, nil
	}
	members, err := s.members.Members(ctx, d.Community, who)
	if err != nil {
		return nil, err
	}
	var items []outbox.Item
	for _, id := range slices.Sorted(maps.Keys(who)) {
		m, known := members[id]
		if !known {
			continue
		}
		to := who[id]
		name, message := say(m)
		item := outbox.Item{
			Post:  bot.Post{Key: bot.DeliveryKey(Record(d.ID) + "/d/" + name + "/" + string(id)), Direct: &to, Message: message},
			Class: outbox.Live,
		}
		if !d.Base.IsZero() {
			item.NotAfter = d.Base.Add(d.Script.Length + goodbye)
		}
		items = append(items, item)
	}
	return items, nil
}

// stamp is an instant, short, for keys and paths.
func stamp(t time.Time) string { return strings.ToLower(strconv.FormatInt(t.UnixMilli(), 36)) }
