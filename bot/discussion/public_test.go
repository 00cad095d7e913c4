package discussion_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// consents are those who have agreed, and from when on what they said counts.
type consents map[bot.MemberID]time.Time

func (c consents) Agreed(_ context.Context, _ bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]time.Time, error) {
	agreed := map[bot.MemberID]time.Time{}
	for _, id := range ids {
		if since, ok := c[id]; ok {
			agreed[id] = since
		}
	}
	return agreed, nil
}

// public gives what is read and all files of a copy for the public.
func (h *hall) public(d *discussion.Discussion, user string) (said string, files map[string]string) {
	h.Helper()
	reply := h.ask(in("north", "chat"), user, "/chat/public/"+d.ID)
	files = map[string]string{}
	for _, f := range reply.Message.Files {
		files[f.Name[strings.LastIndexByte(f.Name, '.')+1:]] = string(f.Data)
	}
	return reply.Message.Text.String(), files
}

// A copy for the public has the words of those who have agreed. Of what others said,
// and of who they are, nothing is left in any format: not in quotations, not in
// replies, not in links, places or names.
func TestACopyForThePublicHasOnlyWhoAgreed(t *testing.T) {
	eachHall(t, func(h *hall) {
		agreed := consents{"ana": {}, "max": eight.Add(12 * time.Minute)}
		h.service.AskConsent(agreed)
		d := h.hosted() // at eleven minutes
		h.say(north, "joe", "1", "", "A1 Zebras draw their fractions on paper plates before they write https://secret.example/joe")
		h.say(north, "ana", "2", "1", "> Zebra pictures\nYes, paper plates work for us, Name of joe! See https://example.org/ana")
		h.say(north, "ana", "3", "", "A1 As somebody said: draw their fractions on paper plates before they begin. @joe and @somebody")
		h.say(north, "joe", "4", "3", "Thank you, quagga")
		h.say(north, "ana", "5", "4", "You are welcome")
		h.say(south, "max", "1", "", "A1 early words")
		h.until(13 * time.Minute)
		h.say(south, "max", "2", "", "A2 Later words of a sort that I really like, What do you do")
		h.say(south, "joe", "3", "2", "Later words of a sort that I really like are good words")
		h.share(d, discussion.Share{Author: "joe", Text: "Ask less zebra"})
		h.share(d, discussion.Share{Author: "ana", Text: "Ask more", Outcome: "They asked"})
		_, err := h.picks(north, "eva", "1")
		h.ok(err)
		_, err = h.picks(north, "eva", "3")
		h.ok(err)

		said, files := h.public(d, "eva")
		if !strings.Contains(said, "en chat.public title=Models people=2") || len(files) != 4 {
			t.Errorf("eva reads %q with %d files", said, len(files))
		}
		for format, text := range files {
			for _, gone := range []string{"ebra", "joe", "quagga", "secret", "early words", "paper plates before", "draw their fractions", "Ask less", "the north", "the south", "somebody and", "@somebody", "eva", "withheld", "deleted"} {
				if strings.Contains(text, gone) {
					t.Errorf("%s has %q:\n%s", format, gone, text)
				}
			}
			for _, there := range []string{"Name of ana", "Name of max", "work for us", "https://example.org/ana", "As somebody said", "Later words of a sort that I really like", "Ask more", "You are welcome"} {
				if format == "md" {
					there = strings.NewReplacer("https://example.org/ana", "example.org/ana").Replace(there)
				}
				if !strings.Contains(text, there) {
					t.Errorf("%s has no %q:\n%s", format, there, text)
				}
			}
		}
		var a discussion.Archive
		h.ok(json.Unmarshal([]byte(files["json"]), &a))
		if a.Audience != discussion.ForPublic || strings.Join(a.Participants, ", ") != "Name of ana, Name of max" || len(a.Links) != 1 {
			t.Errorf("for %s, of %q, with %+v", a.Audience, a.Participants, a.Links)
		}
		for i, m := range a.Messages {
			if m.ID != strconv.Itoa(i+1) || m.ReplyTo != "" || m.Place != "" {
				t.Errorf("%+v", m)
			}
			if m.Highlighted != strings.HasPrefix(m.Text, "A1 As") {
				t.Errorf("picked %t: %q", m.Highlighted, m.Text)
			}
		}
		h.want("the answer", a.Messages[1].Text, "A1 As somebody said: […] begin. […] and […]")

		delete(agreed, "ana")
		if _, files = h.public(d, "eva"); strings.Contains(files["html"]+files["md"]+files["csv"]+files["json"], "ana") {
			t.Error("who has withdrawn is in the next copy")
		}
		delete(agreed, "max")
		if said, files = h.public(d, "eva"); !strings.Contains(said, "en chat.public.nobody") || len(files) > 0 {
			t.Errorf("nobody has agreed, and eva reads %q with %d files", said, len(files))
		}
	})
}

// Whoever hosts the chat, or organizes, makes such copies, and nobody else.
func TestWhoMakesCopiesForThePublic(t *testing.T) {
	eachHall(t, func(h *hall) {
		d := h.hosted()
		ask := func(user string, role bot.Role) error {
			m := bot.Member{ID: bot.MemberID(user), Community: school, Name: user, Language: "en", Zone: "UTC", Role: role}
			router := bot.NewRouter(func(next bot.Handler) bot.Handler {
				return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
					req.Member = m
					return next(ctx, req)
				}
			})
			h.service.Register(router)
			_, err := router.Ask(t.Context(), &bot.Request{Path: "/chat/public/" + d.ID, Account: bot.Account{Space: north.Space, User: user}, Name: user, Channel: north})
			return err
		}
		if err := ask("eva", bot.RoleMember); bot.CodeOf(err) != bot.Forbidden {
			t.Errorf("where nobody is asked: %v", err)
		}
		h.service.AskConsent(consents{})
		for _, who := range []struct {
			user string
			role bot.Role
			may  bool
		}{{"ana", bot.RoleMember, false}, {"ana", bot.RoleHost, false}, {"ana", bot.RoleOrganizer, true}, {"eva", bot.RoleMember, true}} {
			if err := ask(who.user, who.role); (err == nil) != who.may || err != nil && bot.CodeOf(err) != bot.Forbidden {
				t.Errorf("%s as %s: %v", who.user, who.role, err)
			}
		}
	})
}

// Whoever made a copy while somebody agreed is told that it is out of date when they
// do no longer, once, and not whose words it is about; and is forgotten with it.
func TestWithdrawingTellsWhoMadeACopy(t *testing.T) {
	eachHall(t, func(h *hall) {
		agreed := consents{"ana": {}}
		h.service.AskConsent(agreed)
		d := h.hosted()
		h.say(north, "ana", "1", "", "A1 a picture")
		h.public(d, "eva") // before ana has agreed, as far as she knows
		h.until(20 * time.Minute)
		ana := bot.Member{ID: "ana", Community: school, Name: "ana", Language: "en", Zone: "UTC", Public: bot.Consent{At: h.clock.Now().Unix()}}
		withdraw := func(m bot.Member, want int) {
			t.Helper()
			copies, err := h.service.Withdraw(t.Context(), m)
			h.ok(err)
			if copies != want {
				t.Errorf("%d copies, want %d", copies, want)
			}
		}
		withdraw(ana, 0)
		h.until(21 * time.Minute)
		h.public(d, "eva")
		withdraw(bot.Member{ID: "ana", Community: school}, 0) // who never agreed
		for range 2 {
			withdraw(ana, 1)
		}
		direct, err := h.platforms["north"].Direct(t.Context(), bot.Account{Space: north.Space, User: "eva"})
		h.ok(err)
		h.until(14 * time.Hour) // Monday at ten
		var told []string
		for _, e := range h.platforms["north"].Standing(direct) {
			told = append(told, e.Message.Text.String())
		}
		if len(told) != 1 || !strings.Contains(told[0], "en chat.public.outdated title=Models") || strings.Contains(told[0], "ana") {
			t.Errorf("eva reads %q", told)
		}
		holdings, err := h.service.Holdings(t.Context(), bot.Member{ID: "eva", Community: school, Language: "en"})
		h.ok(err)
		if len(holdings) != 2 {
			t.Errorf("of eva is kept %+v", holdings)
		}
		h.ok(h.service.Forget(t.Context(), bot.Parting{Member: bot.Member{ID: "eva", Community: school, Name: "eva"}}))
		if got := h.get(d.ID); len(got.Copies) != 0 || len(got.Hosts) != 0 {
			t.Errorf("eva is in %+v", got)
		}
	})
}

// Of many copies the latest are remembered, one of each person.
func TestTheLatestCopiesAreRemembered(t *testing.T) {
	eachHall(t, func(h *hall) {
		h.service.AskConsent(consents{})
		d := h.hosted()
		h.public(d, "eva")
		h.public(d, "eva")
		if got := h.get(d.ID).Copies; len(got) != 1 || got[0].By != "eva" || got[0].Account.User != "eva" {
			t.Errorf("%+v", got)
		}
	})
}
