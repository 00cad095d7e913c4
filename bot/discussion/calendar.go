package discussion

import (
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// calendar is what a change of a discussion that has not begun brings about in the
// calendars of its places: before is nil for a new one. A discussion has an entry
// in each as long as it has a time.
func (s *Service) calendar(before, d *Discussion) []outbox.Item {
	was, is := s.gatherings(before), s.gatherings(d)
	var items []outbox.Item
	for _, g := range was {
		if find(is, g.Channel) == nil {
			items = append(items, d.calendarItem(g, true))
		}
	}
	for _, g := range is {
		if earlier := find(was, g.Channel); earlier == nil || !same(*earlier, g) {
			items = append(items, d.calendarItem(g, false))
		}
	}
	return items
}

// gatherings are the entries that a discussion is to have.
func (s *Service) gatherings(d *Discussion) []bot.Gathering {
	if d == nil || d.Base.IsZero() || d.State == Cancelled {
		return nil
	}
	key := bot.Key("chat.calendar")
	if d.hostName() == "" {
		key = "chat.calendar.unhosted"
	}
	about := s.label(d.Language, key, bot.Str("host", d.hostName()), bot.Count("questions", len(d.Script.Questions)))
	var all []bot.Gathering
	for _, p := range d.Places() {
		all = append(all, bot.Gathering{
			Title: d.heading(), Description: about, Channel: p.Channel, Start: d.Base, End: d.Base.Add(d.Script.Length),
		})
	}
	return all
}

func find(all []bot.Gathering, ch bot.Channel) *bot.Gathering {
	for i := range all {
		if all[i].Channel == ch {
			return &all[i]
		}
	}
	return nil
}

func same(a, b bot.Gathering) bool {
	return a.Title == b.Title && a.Description == b.Description && a.Start.Equal(b.Start) && a.End.Equal(b.End)
}

// calendarItem brings one calendar up to date. It is named by the version of the
// record that it goes with: each change of the plan is an item of its own.
func (d *Discussion) calendarItem(g bot.Gathering, withdrawn bool) outbox.Item {
	key := bot.DeliveryKey(Record(d.ID) + "/calendar/" + placeToken(g.Channel))
	return outbox.Item{
		Post:     bot.Post{Key: key + bot.DeliveryKey("/"+strconv.FormatInt(d.Version+1, 10)), Channel: g.Channel},
		Class:    outbox.Bulk,
		NotAfter: g.End,
		Calendar: &outbox.CalendarEntry{Key: key, Gathering: g, Withdrawn: withdrawn},
	}
}
