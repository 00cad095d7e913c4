package partner

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// What comes to all of a group comes to a room of theirs, if they are in one place: the
// introduction, and times to meet. The outbox opens the room, and writes to them one by one
// where there is none. What somebody is asked alone never comes there.
//
// A room is of those who are in the group: when one leaves or comes, the next post opens
// another. So nobody who has left is brought back, or reads on.

// Courtesy says when somebody may be written to who has not asked for it.
type Courtesy interface {
	// Together says from when on one message may come to all of these people and, if that
	// is now, what to keep with it. It is the zero time if it is better that it does not.
	Together(ctx context.Context, c bot.CommunityID, now time.Time, readers []outbox.Reader) (time.Time, []outbox.Written, error)
}

// roomPatience is how long after it was made a group is introduced at the latest in its
// room: by then it suits all of its people, or each of them is written to when it suits
// them.
const roomPatience = 12 * time.Hour

// roomOf is the room of those who are in a group. They have none if they are in different
// places.
func (s *Service) roomOf(who *pool, g *Group, names map[bot.MemberID]string) (bot.Room, bool) {
	here := g.here()
	if s.courtesy == nil || len(here) < 2 || g.spread() {
		return bot.Room{}, false
	}
	key := record(g.ID) + "/room"
	r := bot.Room{Near: who.program.Channel}
	var called []string
	for i := range g.Seats {
		if seat := &g.Seats[i]; seat.there() {
			key += "/" + strconv.Itoa(i)
			r.People = append(r.People, seat.Account)
			called = append(called, s.called(s.roomLanguage(who, g), names[seat.Member]))
		}
	}
	r.Key, r.Title = bot.DeliveryKey(key), strings.Join(called, ", ")
	return r, true
}

// roomLanguage is that of all of a group, or else the program's.
func (s *Service) roomLanguage(who *pool, g *Group) string {
	here := g.here()
	lang := who.members[here[0].Member].Language
	for _, seat := range here {
		if who.members[seat.Member].Language != lang {
			return who.program.Language
		}
	}
	return lang
}

// toRoom lets something come to a group's room, if that suits now all for whom it counts as
// a message that they have not asked for; otherwise at says when it would, or is the zero
// time. alone is what they get one by one instead, then or where there is no room.
func (s *Service) toRoom(ctx context.Context, who *pool, g *Group, names map[bot.MemberID]string, counts []*Seat, what string, m bot.Message, alone []outbox.Item) (e outbox.Effects, at time.Time, err error) {
	room, has := s.roomOf(who, g, names)
	if !has {
		return outbox.Effects{Posts: alone}, who.now, nil
	}
	var readers []outbox.Reader
	for _, seat := range counts {
		readers = append(readers, outbox.Reader{Account: seat.Account, Zone: who.members[seat.Member].Zone})
	}
	at, written, err := s.courtesy.Together(ctx, g.Community, who.now, readers)
	if err != nil || at.After(who.now) || at.IsZero() {
		return outbox.Effects{Posts: alone}, at, err
	}
	item := outbox.Item{
		Class: outbox.Bulk, NotAfter: who.now.Add(worth),
		Post:     bot.Post{Key: bot.DeliveryKey(record(g.ID) + "/" + what + "/room"), Channel: bot.Channel{Space: room.People[0].Space}, Message: m},
		Together: &outbox.Together{Room: room},
	}
	for _, i := range alone {
		if i.Unasked != nil && len(counts) > 0 { // it counts already
			i.Post.Message.Controls = append(i.Post.Message.Controls, s.lessButton(i.Unasked.Language, who))
			i.Unasked = nil
		}
		item.NotAfter = earlier(item.NotAfter, i.NotAfter)
		item.Together.Alone = append(item.Together.Alone, i)
	}
	return outbox.Effects{Posts: []outbox.Item{item}, Written: written}, at, nil
}

// lessButton leads to less of a program, as below each direct message.
func (s *Service) lessButton(lang string, who *pool) bot.Control {
	return bot.Control{Label: s.label(lang, "outbox.less"), Path: lessPath + who.program.ID}
}

// roomIntroduction is how all of a group are introduced to each other: told to the first,
// and read by all.
func (s *Service) roomIntroduction(who *pool, g *Group, first *Seat, names map[bot.MemberID]string, goals map[bot.MemberID]string) bot.Message {
	lang := s.roomLanguage(who, g)
	controls := append(s.timeControls(lang, who, g), s.cantButton(lang, g), s.lessButton(lang, who))
	return bot.Message{Text: s.introText(lang, who, g, first, names, goals), Controls: controls}
}
