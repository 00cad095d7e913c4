//go:build unix

package hour

import (
	"regexp"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/redis"
)

// join makes the places one community, that of the first. These are the steps of
// /organize link without its pause of some minutes, in which replicas forget where
// a space belonged.
func (w *world) join() {
	ctx := w.Context()
	for _, p := range w.places[1:] {
		space := p.channel.Space
		fresh := community.Community{ID: bot.CommunityID(bot.NewID(time.Now())), Language: "en", Zone: "UTC"}
		own, err := w.kept().Community(ctx, space, fresh)
		w.must(err)
		at, err := w.kept().Announce(ctx, space, own.ID, w.home)
		w.must(err)
		at, err = w.kept().Part(ctx, space, at)
		w.must(err)
		w.must(w.kept().TakeIn(ctx, at, community.Place{Space: space, Own: own.ID, Linked: at.Since}))
		w.must(w.kept().Arrive(ctx, space, at))
	}
}

func (w *world) kept() redis.Communities { return redis.Communities{Store: w.look.Store} }

// The organizers, who are administrators on their platforms.
const (
	serverOrganizer    = "5001"
	workspaceOrganizer = "UORGANIZER"
	manageServer       = 1 << 5 // https://discord.com/developers/docs/topics/permissions
)

// linkWait is ample for a place to move.
const linkWait = 7 * time.Minute

// What the buttons say.
const (
	codeLabel    = "Get a code"
	confirmLabel = "Link"
)

var linkCode = regexp.MustCompile(`\b[a-z0-9]{5}-[a-z0-9]{5}\b`)

// link is join as organizers do it, with /organize link and a code for each
// workspace.
func (w *world) link() {
	w.discord.AddPerson(discordloop.Person{ID: serverOrganizer, Name: "Maria", Permissions: manageServer})
	begun := time.Now()
	for _, there := range []*workspace{w.socket, w.web} {
		there.AddPerson(slackloop.Person{ID: workspaceOrganizer, Name: "Olga", Admin: true})
		there.SlashCommand(workspaceOrganizer, slackChannel, "organize link code:"+w.code())
		w.await("what will happen", func() bool {
			for _, s := range slices.Backward(there.Screen(workspaceOrganizer)) {
				if slices.Contains(s.Buttons, confirmLabel) {
					_, err := there.Press(workspaceOrganizer, s.Channel, s.TS, confirmLabel)
					return err == nil
				}
			}
			return false
		})
	}
	if !w.poll(linkWait, func() bool {
		return !slices.ContainsFunc(w.places, func(p *place) bool {
			at, err := w.kept().Whereabouts(w.Context(), p.channel.Space)
			return err != nil || at.Community != w.home || at.Moves != community.Settled
		})
	}) {
		w.Fatal("the places did not become one community")
	}
	w.Logf("linked after %s", time.Since(begun).Round(time.Second))
}

// code is a fresh one from the server's organizer.
func (w *world) code() (code string) {
	before := len(w.discord.Seen(serverOrganizer))
	w.await("the command", func() bool { // it is registered after the start
		_, err := w.discord.Command(serverOrganizer, w.discord.channel, "/organize/link", nil)
		return err == nil
	})
	pressed := false
	w.await("a code", func() bool {
		for _, m := range w.discord.Seen(serverOrganizer)[before:] {
			if code = linkCode.FindString(m.Text); code != "" {
				return true
			}
			if !pressed && slices.ContainsFunc(m.Buttons, func(b discordloop.Button) bool { return b.Label == codeLabel }) {
				_, err := w.discord.Press(serverOrganizer, m.ID, codeLabel)
				w.must(err)
				pressed = true
			}
		}
		return false
	})
	return code
}
