package library

import (
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/link"
)

// Rules are what organizers have decided for the library of a community. The zero
// Rules let every member add from any site.
type Rules struct {
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`

	Adds    bot.Role `json:"adds,omitempty"`    // who may add, and whoever may more; empty: members
	Blocked []string `json:"blocked,omitempty"` // sites from which nothing is taken: link.Link.Host

	Feed FeedRules `json:"feed,omitzero"`
}

// MostBlocked is how many sites can be blocked.
const MostBlocked = 200

// mayAdd reports whether a member may add to the library: everything that adds to it
// asks here, whatever the way.
func (r *Rules) mayAdd(m bot.Member) bool { return m.Role.Includes(r.adders()) }

// adders are those who may add.
func (r *Rules) adders() bot.Role {
	if r.Adds == "" {
		return bot.RoleMember
	}
	return r.Adds
}

// blocks reports whether a site is blocked, or is part of one that is.
func (r *Rules) blocks(l link.Link) bool {
	host := l.Host()
	return slices.ContainsFunc(r.Blocked, func(site string) bool { return host == site || strings.HasSuffix(host, "."+site) })
}

// sitesOf reads sites, one a line or with blanks or commas between, as names or as
// addresses. unknown are the lines in which something is none.
func sitesOf(typed string) (sites, unknown []string) {
	for line := range strings.Lines(typed) {
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n", r) }) {
			l, err := link.Parse(strings.TrimPrefix(word, "*."))
			if err != nil {
				unknown = append(unknown, strings.TrimSpace(line))
				break
			}
			if host := l.Host(); !slices.Contains(sites, host) {
				sites = append(sites, host)
			}
		}
	}
	slices.Sort(sites)
	return sites, unknown
}
