//go:build unix

package hour

import (
	"net/http"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
)

// server is a Discord server.
type server struct {
	*discordloop.Server
	guild, channel string
}

func newServer(t *testing.T) *server {
	loop, err := discordloop.Start(discordloop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loop.Close)
	s := &server{Server: loop, guild: loop.AddGuild("Lincoln")}
	s.channel = loop.AddChannel(s.guild)
	return s
}

func (s *server) enroll(id, name string) { s.AddPerson(discordloop.Person{ID: id, Name: name}) }

func (s *server) say(who, text string) string { return s.Say(who, s.channel, text) }

// hasThread reports whether a thread was opened from the question. It has the ID of
// its message.
func (s *server) hasThread(question string) bool { return s.ChannelName(question) != "" }

func (s *server) inThread(who, question, text string) string { return s.Say(who, question, text) }

func (s *server) reply(who, to, text string) string { return s.Reply(who, to, text) }

func (s *server) edit(id, text string) error {
	s.Edit(id, text)
	return nil
}

func (s *server) remove(id string) error {
	s.Delete(id)
	return nil
}

func (s *server) posts() []post {
	var all []post
	for _, m := range s.Channel(s.channel) {
		if m.Author == "" {
			all = append(all, post{m.ID, m.Text, m.At()})
		}
	}
	return all
}

func (s *server) standing() map[string]string {
	all := map[string]string{}
	add := func(channel string) {
		for _, m := range s.Channel(channel) {
			if m.Author != "" {
				all[m.ID] = m.Content
			}
		}
	}
	add(s.channel)
	for _, p := range s.posts() {
		add(p.id) // its thread, if it has one
	}
	return all
}

// owed is nothing: nobody acknowledges anything to Discord.
func (s *server) owed() int { return 0 }

// refuse refuses the threads of posts too.
func (s *server) refuse(times int) {
	s.Fail(discordloop.Fault{
		Method: http.MethodPost, Path: "/channels/" + s.channel + "/messages", Times: times,
		Status: http.StatusTooManyRequests, RetryAfter: retryAfter,
	})
}
