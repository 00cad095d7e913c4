package library

import (
	"net/url"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/link"
)

// picture is the one that the page offers, or nil. Nobody here fetches it: the platform
// does, for everybody, so that its site does not learn who looks at the card.
func (s *Service) picture(req *bot.Request, of cardOf) *bot.Image {
	if of.rules == nil || !of.rules.showable(of.r.Page.Picture) {
		return nil
	}
	return &bot.Image{URL: of.r.Page.Picture, Alt: s.label(req, "library.card.picture", bot.Str("title", bot.Shorten(of.r.Called(), mostShown)))}
}

// mostPicture is how long the address of a picture may be, in bytes: Discord takes 2,048.
// https://docs.discord.com/developers/resources/message#embed-object-embed-limits
const mostPicture = 2000

// showable reports whether a picture may be shown: one on the public web, that nobody can
// change on the way, and not from a site that is blocked.
func (r *Rules) showable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || len(address) > mostPicture || u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return false
	}
	l, err := link.Parse(address) // which wants a name on the public web
	return err == nil && !r.blocks(l) && !r.blocks(link.Link{Address: address})
}
