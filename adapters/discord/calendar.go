package discord

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// scheduledEvent is an event of a server as it is created or changed. A chat in
// text has no type of its own: it takes place "elsewhere", at a location that
// names its channel.
// https://discord.com/developers/docs/resources/guild-scheduled-event
type scheduledEvent struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Privacy     int           `json:"privacy_level"`
	Type        int           `json:"entity_type"`
	Start       *time.Time    `json:"scheduled_start_time,omitempty"` // cannot be changed once it has begun
	End         time.Time     `json:"scheduled_end_time"`
	Where       eventLocation `json:"entity_metadata"`
}

type eventLocation struct {
	Location string `json:"location"`
}

// standingEvent is an event as Discord has it.
type standingEvent struct {
	ID          string        `json:"id"`
	CreatorID   string        `json:"creator_id"`
	Status      int           `json:"status"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Start       time.Time     `json:"scheduled_start_time"`
	End         time.Time     `json:"scheduled_end_time"`
	Where       eventLocation `json:"entity_metadata"`
}

const (
	privacyMembers = 2 // the members of the server
	eventElsewhere = 3

	eventScheduled = 1
	eventActive    = 2

	// shortestEvent is how long an event is that has no end.
	shortestEvent = time.Hour
	// soonest is how far ahead a new event must begin: Discord takes only what is to
	// come, by its clock and when the request has arrived.
	soonest = 10 * time.Second
)

// Publish puts a gathering into the list of its server's events, or changes what
// stands there. One that is over, or that has begun or is about to begin without
// having been published, is left out.
func (a *Adapter) Publish(ctx context.Context, key bot.DeliveryKey, g bot.Gathering) error {
	space := g.Channel.Space
	if err := known(space.ID, target(g.Channel)); err != nil {
		return err
	}
	if !g.End.After(g.Start) {
		g.End = g.Start.Add(shortestEvent)
	}
	at, there, err := a.event(ctx, space, key)
	if err != nil {
		return err
	}
	now := a.now()
	if !g.End.After(now) || !there && !g.Start.After(now.Add(soonest)) {
		return nil
	}
	var where channelInfo
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + target(g.Channel), into: &where}); err != nil {
		return err
	}
	want := a.scheduled(key, g, where.Name)
	switch {
	case !there:
		return a.rest.do(ctx, call{method: http.MethodPost, path: eventsPath(space), body: want})
	case at.says(want):
		return nil
	case at.Status == eventActive:
		want.Start = nil
	}
	return a.rest.do(ctx, call{method: http.MethodPatch, path: eventsPath(space) + "/" + at.ID, body: want})
}

// Withdraw removes the gathering's event.
func (a *Adapter) Withdraw(ctx context.Context, space bot.SpaceID, key bot.DeliveryKey) error {
	if known(space.ID) != nil {
		return nil // it never was
	}
	at, there, err := a.event(ctx, space, key)
	if err != nil || !there {
		return err
	}
	err = a.rest.do(ctx, call{method: http.MethodDelete, path: eventsPath(space) + "/" + at.ID})
	if codeOf(err) == unknownEvent {
		return nil
	}
	return err
}

func eventsPath(space bot.SpaceID) string { return "/guilds/" + space.ID + "/scheduled-events" }

// event finds the gathering's event: it is one of ours and bears the key's mark.
func (a *Adapter) event(ctx context.Context, space bot.SpaceID, key bot.DeliveryKey) (standingEvent, bool, error) {
	self, err := a.whoami(ctx)
	if err != nil {
		return standingEvent{}, false, err
	}
	var all []standingEvent
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: eventsPath(space), into: &all}); err != nil {
		return standingEvent{}, false, err
	}
	for _, e := range all {
		open := e.Status == eventScheduled || e.Status == eventActive
		if open && e.CreatorID == self && strings.HasSuffix(e.Description, eventMark(key)) {
			return e, true, nil
		}
	}
	return standingEvent{}, false, nil
}

// eventMark ends the description of a key's event. An event has no other place
// where a bot could note something.
func eventMark(key bot.DeliveryKey) string {
	const enough = 10 // characters: 50 bits, in one server
	return "Staffroom " + nonce(key)[:enough]
}

func (a *Adapter) scheduled(key bot.DeliveryKey, g bot.Gathering, channel string) scheduledEvent {
	mark := eventMark(key)
	pieces, _ := a.pieces(bot.Plain(g.Description))
	description := mark
	if parts, _ := write(pieces, maxEventDescription-length(mark)-len("\n\n")); len(parts) > 0 {
		description = parts[0] + "\n\n" + mark
	}
	start := g.Start.UTC().Truncate(time.Second)
	return scheduledEvent{
		Name: cut(clean(g.Title), maxEventName), Description: description,
		Privacy: privacyMembers, Type: eventElsewhere,
		Start: &start, End: g.End.UTC().Truncate(time.Second),
		Where: eventLocation{cut("#"+clean(channel), maxEventLocation)},
	}
}

// says reports whether the event is as it should be.
func (e *standingEvent) says(want scheduledEvent) bool {
	return e.Name == want.Name && e.Description == want.Description && e.Where == want.Where && e.End.Equal(want.End) &&
		(e.Status == eventActive || e.Start.Equal(*want.Start))
}
