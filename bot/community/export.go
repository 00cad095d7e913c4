package community

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// export gives a member all that is kept about them: as a document, and as data.
func (s *Belongings) export(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, err := s.held(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	structured, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Say(s.say(req, "belongings.export"))
	reply.Message.Files = []bot.File{
		{Name: "about-me.md", Data: s.document(req.Member, all)},
		{Name: "about-me.json", Data: append(structured, '\n')},
	}
	return reply, nil
}

// held is all that is kept about the asker, part by part.
func (s *Belongings) held(ctx context.Context, req *bot.Request) ([]bot.Holding, error) {
	all, err := s.own(ctx, req)
	if err != nil {
		return nil, err
	}
	for _, h := range s.holders {
		some, err := h.Holdings(ctx, req.Member)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// own is what the community itself keeps about a member.
func (s *Belongings) own(ctx context.Context, req *bot.Request) ([]bot.Holding, error) {
	m := req.Member
	_, stored, err := s.directory.find(ctx, req.Account, req.Name)
	if err != nil {
		return nil, err
	}
	accounts, err := s.directory.store.Accounts(ctx, m.Community, m.ID)
	if err != nil {
		return nil, err
	}
	selves, err := s.selves.Selves(ctx, m.Community, m.ID)
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	add := func(about bot.Key, at time.Time, text string) {
		if text != "" {
			all = append(all, bot.Holding{Part: "belongings.part.you", About: s.say(req, about).String(), At: at, Text: text})
		}
	}
	add("belongings.about.name", time.Time{}, stored.Name)
	add("belongings.about.number", time.Time{}, fmt.Sprint(stored.Number))
	add("belongings.about.role", time.Time{}, s.say(req, bot.Key("people.role."+string(stored.Role))).String())
	add("community.settings.language", time.Time{}, stored.Language)
	add("community.settings.zone", time.Time{}, stored.Zone)
	if stored.Away != (bot.Away{}) {
		add("community.away.form", time.Time{}, stored.Away.From+" – "+stored.Away.Until)
	}
	if stored.Relay.Given() {
		add("belongings.about.relay", stored.Relay.From(), s.say(req, "relay.line.yes").String())
	}
	if stored.Public.Given() {
		key := bot.Key("belongings.public.since")
		if stored.Public.Earlier {
			key = "belongings.public.always"
		}
		add("belongings.about.public", stored.Public.From(), s.say(req, key).String())
	}
	for _, a := range accounts {
		add("belongings.about.account", time.Time{}, a.String())
	}
	for _, self := range selves {
		for _, a := range self.Accounts {
			add("belongings.about.linked", self.At, a.String())
		}
	}
	return all, nil
}

// document is the export for people: part by part, in the order in which they come.
func (s *Belongings) document(m bot.Member, all []bot.Holding) []byte {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		zone = time.UTC
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", s.words.Text(m.Language, "belongings.title"))
	var part bot.Key
	for _, h := range all {
		if h.Part != part {
			part = h.Part
			fmt.Fprintf(&b, "\n## %s\n\n", bot.EscapeMarkdown(s.words.Text(m.Language, part).String()))
		}
		line := strings.Join(strings.Fields(h.About), " ")
		if !h.At.IsZero() {
			line = strings.Trim(bot.Day(m.Language, h.At.In(zone))+" · "+line, " ·")
		}
		fmt.Fprintf(&b, "- **%s**\n", bot.EscapeMarkdown(line))
		for text := range strings.Lines(h.Text) {
			fmt.Fprintf(&b, "  > %s\n", bot.EscapeMarkdown(strings.TrimSpace(text)))
		}
	}
	return b.Bytes()
}
