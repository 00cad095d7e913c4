package discussion

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Consent knows what people have agreed to.
type Consent interface {
	// Agreed gives, of these members, those whose words in chats may stand in copies for
	// the public, and what was said from when on. The zero time stands for all of it.
	Agreed(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]time.Time, error)
}

// AskConsent lets hosts make copies of an archive for the public, with the words of
// those who have agreed to it.
func (s *Service) AskConsent(c Consent) { s.consent = c }

// PublicCopy is a copy of an archive for the public that somebody was given.
type PublicCopy struct {
	By       bot.MemberID `json:"by"`
	Account  bot.Account  `json:"account"` // where they are told that it is out of date
	Language string       `json:"language"`
	Zone     string       `json:"zone"`
	At       time.Time    `json:"at"`
}

// rememberedCopies is of how many copies a discussion knows who made them, the latest
// of each person.
const rememberedCopies = 10

// copiedBy reports whether a member has made a copy that is remembered.
func (d *Discussion) copiedBy(m bot.Member) bool {
	return slices.ContainsFunc(d.Copies, func(c PublicCopy) bool { return m.Is(c.By) })
}

// read gives the archive as it stands, in all formats.
func (s *Service) read(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, opened)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	if d.Opened.IsZero() {
		return bot.Say(s.words.Text(lang, "chat.archive.early", bot.Str("title", d.heading()), bot.Rich("state", s.state(&d, req.Member)))), nil
	}
	a, err := s.Archive(ctx, d.Community, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	answers := 0
	for _, m := range a.Messages {
		if m.Kind == Answer {
			answers++
		}
	}
	reply := bot.Say(s.words.Text(lang, "chat.archive",
		bot.Str("title", d.heading()), bot.Num("people", len(a.Participants)), bot.Count("answers", answers)))
	if s.consent != nil {
		if s.mayPublish(req.Member, &d) {
			reply.Message.Controls = append(reply.Message.Controls, bot.Control{Label: s.label(lang, "chat.button.public"), Path: "/chat/public/" + d.ID})
		}
		reply.Message.Controls = append(reply.Message.Controls, bot.Control{Label: s.label(lang, "chat.button.privacy"), Path: "/my/privacy"})
	}
	reply.Message.Files, err = a.files("chat-"+strconv.Itoa(d.Number), s.words, lang)
	return reply, err
}

// mayPublish reports whether somebody may make a copy for the public: whoever hosts
// the chat, and organizers.
func (s *Service) mayPublish(m bot.Member, d *Discussion) bool {
	return d.hostedBy(m) || m.Role.Includes(bot.RoleOrganizer)
}

// publish gives a copy for the public, and notes who has it.
func (s *Service) publish(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, opened)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	if s.consent == nil || !s.mayPublish(req.Member, &d) {
		return bot.Reply{}, bot.Fail(bot.Forbidden, s.words.Text(lang, "chat.public.hosts"))
	}
	if d.Opened.IsZero() {
		return bot.Say(s.words.Text(lang, "chat.archive.early", bot.Str("title", d.heading()), bot.Rich("state", s.state(&d, req.Member)))), nil
	}
	// Who has it is known before they have it: whoever withdraws meanwhile is sure that
	// they hear of it.
	_, err = s.alter(ctx, d.Community, d.ID, func(d *Discussion, now time.Time) error {
		d.copied(PublicCopy{By: req.Member.ID, Account: req.Account, Language: lang, Zone: req.Member.Zone, At: now}, req.Member)
		if err := s.store.Advance(ctx, d, outbox.Effects{}); err != nil {
			return err
		}
		s.rooms.moved(d)
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	a, err := s.public(ctx, d.Community, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	title, people := bot.Str("title", d.heading()), bot.Count("people", len(a.Participants))
	if len(a.Participants) == 0 {
		return bot.Say(s.words.Text(lang, "chat.public.nobody", title, bot.Str("command", req.Typed("/my privacy")))), nil
	}
	reply := bot.Say(bot.Join("\n", s.words.Text(lang, "chat.public", title, people), s.words.Text(lang, "chat.public.care")))
	reply.Message.Files, err = a.files("chat-"+strconv.Itoa(d.Number)+"-public", s.words, lang)
	return reply, err
}

// copied notes a copy.
func (d *Discussion) copied(c PublicCopy, by bot.Member) {
	d.Copies = append(slices.DeleteFunc(slices.Clone(d.Copies), func(c PublicCopy) bool { return by.Is(c.By) }), c)
	if over := len(d.Copies) - rememberedCopies; over > 0 {
		d.Copies = d.Copies[over:]
	}
}

// public is what the public may read of a discussion.
func (s *Service) public(ctx context.Context, c bot.CommunityID, id string) (Archive, error) {
	g, err := s.gather(ctx, c, id)
	if err != nil {
		return Archive{}, err
	}
	hosts, err := s.members.Names(ctx, c, g.discussion.Hosts)
	if err != nil {
		return Archive{}, err
	}
	maps.Copy(g.names, hosts)
	agreed, err := s.consent.Agreed(ctx, c, slices.Collect(maps.Keys(g.names)))
	if err != nil {
		return Archive{}, err
	}
	return published(&g, func(id bot.MemberID) (time.Time, bool) {
		since, ok := agreed[id]
		return since, ok
	}), nil
}

// Withdraw lets whoever made copies for the public with the words of a member know
// that these may not be shown any more, and says how many copies there are. m is the
// member as they were before.
func (s *Service) Withdraw(ctx context.Context, m bot.Member) (copies int, err error) {
	if !m.Public.Given() {
		return 0, nil
	}
	chats, err := s.store.With(ctx, m.Community, m.IDs())
	if err != nil {
		return 0, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return 0, err
	}
	for i := range chats {
		d := &chats[i]
		var posts []outbox.Item
		for _, c := range d.Copies {
			if c.At.Before(m.Public.From()) {
				continue // they were not in it
			}
			copies++
			if !m.Is(c.By) {
				posts = append(posts, s.outdated(d, &c, now))
			}
		}
		if len(posts) > 0 {
			if err := s.store.Replace(ctx, d, outbox.Effects{Posts: posts}); err != nil {
				return copies, err
			}
		}
	}
	return copies, nil
}

// outdated tells somebody that a copy of theirs may not be shown any more: once a day.
func (s *Service) outdated(d *Discussion, c *PublicCopy, now time.Time) outbox.Item {
	account := c.Account
	say := func(key bot.Key, args ...bot.Arg) bot.Text { return s.words.Text(c.Language, key, args...) }
	return outbox.Item{
		Post: bot.Post{
			Key:    bot.DeliveryKey(Record(d.ID) + "/public/" + strconv.FormatInt(c.At.UnixMilli(), 36) + "/" + now.Format("20060102")),
			Direct: &account,
			Message: bot.Message{
				Text:     say("chat.public.outdated", bot.Str("title", d.heading()), bot.At("when", c.At, c.Zone, bot.DateTime)),
				Controls: []bot.Control{{Label: say("chat.button.public").String(), Path: "/chat/public/" + d.ID}},
			},
		},
		Class:   outbox.Bulk,
		Unasked: &outbox.Unasked{Zone: c.Zone, Language: c.Language},
	}
}
