package house_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
)

// The libraries of two places become one when they are linked: what both had is there
// once, with what was said of it on either side. When they part, each place takes what
// was saved there first.
func TestLibrariesAreLinkedAndPart(t *testing.T) {
	o := newTown(t)
	const both, hers, theirs = "example.org/both", "example.org/hers", "example.org/theirs"
	o.asks(lincoln, "ana", "/library/save", "link", both+" From Lincoln", "tags", "one")
	o.asks(lincoln, "ana", "/library/save", "link", hers)
	o.asks(lincoln, "ana", "/library/keep/"+library.IDOf(hers)+"/yes")
	o.asks(lincoln, "ana", "/library/wanted", "text", "Decimals")
	o.asks(madison, "mia", "/library/save", "link", "https://www."+both+"/ From Madison", "tags", "two")
	o.asks(madison, "mia", "/library/save", "link", theirs)
	o.asks(madison, "mia", "/library/wanted", "text", "decimals")

	code := regexp.MustCompile(`[a-z2-7]{5}-[a-z2-7]{5}`).FindString(o.asks(madison, "mia", "/organize/link/code").Message.Text.String())
	preview := o.asks(lincoln, "ana", "/organize/link", "code", code)
	o.want(preview, "– 2 resources of the library")
	o.asks(lincoln, "ana", o.control(preview, "Link"))
	o.wait(5 * time.Minute)

	o.want(o.asks(lincoln, "ana", "/organize/library"), "has 3 resources", "1 thing is wanted")
	card := o.asks(madison, "mia", "/library/card/"+library.IDOf(both))
	o.want(card, "and 1 other", "#two #one")
	o.want(o.asks(lincoln, "ana", "/library/mine"), "Kept for yourself", hers)
	o.want(o.asks(madison, "mia", "/library/find", "words", "hers"), hers)
	o.want(o.asks(madison, "mia", "/library/wanted"), "decimals (2 people)")

	o.asks(lincoln, "ana", "/library/keep/"+library.IDOf(theirs)+"/yes")
	o.asks(madison, "mia", o.control(o.asks(madison, "mia", "/organize/link"), "Undo: slack"))
	o.wait(5 * time.Minute)
	o.want(o.asks(lincoln, "ana", "/organize/library"), "has 1 resource.", hers, "1 thing is wanted")
	o.want(o.asks(madison, "mia", "/organize/library"), "has 2 resources.", theirs, "1 thing is wanted")
	mine := o.asks(lincoln, "ana", "/library/mine").Message.Text.String()
	if !strings.Contains(mine, hers) || strings.Contains(mine, theirs) {
		t.Errorf("after parting ana has %q", mine)
	}
}

// A message that a chat keeps is saved with its question.
func TestALinkIsSavedFromAChat(t *testing.T) {
	s := newSchool(t, "2026-03-06 10:30", "")
	s.ask("maria", "/host/create", "title", "Models", "questions", "Q1 What is a model?", "start", "2026-03-06 11:00", "length", "10m")
	s.until("2026-03-06 11:02")
	s.writes("ana", "m1", "A1 see https://example.org/model")
	req := bottest.Request("joe", "/library/message")
	req.Subject = &bot.Subject{Message: bot.MessageRef{Channel: bottest.Channel("lobby"), ID: "m1"}, Text: "A1 see https://example.org/model", Posted: s.clock.Now()}
	reply, err := s.Router.Ask(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	wantSays(t, s.ask("joe", reply.Form.Path, "link", reply.Form.Fields[0].Value), "saved by joe from Q1 of Models")
}
