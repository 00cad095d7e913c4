package community

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Copies are the copies for the public that were made of what people said.
type Copies interface {
	// Withdraw lets whoever made copies with the words of a member know that these may
	// not be shown any more, and says how many copies there are. m is the member as they
	// were before.
	Withdraw(ctx context.Context, m bot.Member) (copies int, err error)
}

// MainStore knows who is who. Its errors have the code unavailable.
type MainStore interface {
	// Mains gives, of these members, those whose accounts lead to another by now, and to
	// whom.
	Mains(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]bot.MemberID, error)
}

// Privacy shows people what is kept about them and who sees it, and asks whether what
// they say in chats may stand in copies for the public.
type Privacy struct {
	belongings *Belongings
	store      MainStore
	copies     Copies
	words      bot.Words
	now        func() time.Time
	relaying   *Relaying // nil: nothing is relayed
}

// NewPrivacy returns the privacy of the members whose belongings these are.
func NewPrivacy(b *Belongings, store MainStore, copies Copies, words bot.Words, now func() time.Time) *Privacy {
	return &Privacy{belongings: b, store: store, copies: copies, words: words, now: now}
}

const publicPath = "/my/public/"

// The answers to whether one's words may be copied for the public.
const (
	fromNow = "from-now"
	always  = "always"
	never   = "never"
)

// Subcommand is the feature's share of /my.
func (p *Privacy) Subcommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "privacy", Summary: "privacy.command",
		Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: p.show,
	}
}

// Register adds the route of its controls.
func (p *Privacy) Register(r *bot.Router) {
	r.Handle(bot.Route{Path: publicPath + "{answer}", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: p.answer})
}

func (p *Privacy) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return p.words.Text(req.Member.Language, key, args...)
}

func (p *Privacy) show(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return p.reply(ctx, req, nil)
}

// reply says part by part what is kept and who sees it, and what was agreed to.
func (p *Privacy) reply(ctx context.Context, req *bot.Request, news bot.Text) (bot.Reply, error) {
	held, err := p.belongings.held(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lines := []bot.Text{news, p.say(req, "privacy.head")}
	var parts []bot.Key
	count := map[bot.Key]int{}
	for _, h := range held {
		if count[h.Part]++; count[h.Part] == 1 {
			parts = append(parts, h.Part)
		}
	}
	for _, part := range parts {
		lines = append(lines, p.say(req, "privacy.line",
			bot.Rich("part", p.say(req, part)), bot.Num("count", count[part]), bot.Rich("who", p.say(req, bot.Key("privacy.seen."+string(part))))))
	}
	lines = append(lines, p.say(req, "privacy.unnamed"), p.say(req, "privacy.operator"))
	button := func(key bot.Key, path string) bot.Control {
		return bot.Control{Label: p.say(req, key).String(), Path: path}
	}
	var controls []bot.Control
	switch agreed := req.Member.Public; {
	case !agreed.Given():
		lines = append(lines, p.say(req, "privacy.public.no"), p.say(req, "privacy.public.ask"))
		controls = append(controls, button("privacy.button.from_now", publicPath+fromNow), button("privacy.button.always", publicPath+always))
	case agreed.Earlier:
		lines = append(lines, p.say(req, "privacy.public.always"))
		controls = append(controls, button("privacy.button.never", publicPath+never))
	default:
		lines = append(lines, p.say(req, "privacy.public.since", bot.At("when", agreed.From(), req.Member.Zone, bot.DateTime)))
		controls = append(controls, button("privacy.button.never", publicPath+never), button("privacy.button.always", publicPath+always))
	}
	relayed, choice, err := p.relaying.lines(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lines, controls = append(lines, relayed...), append(controls, choice...)
	controls = append(controls, button("privacy.button.export", "/my/export"), button("privacy.button.forget", "/my/forget"))
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// answer keeps whether somebody's words may be copied for the public. A yes changes
// no copy that was made before; a no is told to whoever has one.
func (p *Privacy) answer(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	before := req.Member
	agreed := bot.Consent{At: p.now().Unix()}
	switch req.Params.Get("answer") {
	case fromNow:
		if before.Public.Given() { // pressed again: what was agreed to stays
			agreed = before.Public
		}
	case always:
		agreed.Earlier = true
		if before.Public.Given() { // copies with their words may be older than this
			agreed.At = before.Public.At
		}
	default:
		agreed = bot.Consent{}
	}
	after, err := p.belongings.directory.Appoint(ctx, req.Account, req.Name, func(m *bot.Member) { m.Public = agreed })
	if err != nil {
		return bot.Reply{}, err
	}
	news := p.say(req, "privacy.done")
	if !agreed.Given() {
		copies, err := p.copies.Withdraw(ctx, before)
		if err != nil {
			// The yes stands again, so that who asks once more is not told that nobody has a copy.
			_, undo := p.belongings.directory.Appoint(ctx, req.Account, req.Name, func(m *bot.Member) { m.Public = before.Public })
			if undo != nil {
				err = undo
			}
			return bot.Reply{}, err
		}
		news = p.say(req, "privacy.withdrawn")
		if copies > 0 {
			news = bot.Join("\n", news, p.say(req, "privacy.copies", bot.Count("copies", copies)))
		}
	}
	req.Member = after
	return p.reply(ctx, req, news)
}

// Agreed gives, of these members, those whose words in chats may stand in copies for
// the public, and what was said from when on. What somebody said under an account that
// was linked to another goes by who they are now.
func (p *Privacy) Agreed(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]time.Time, error) {
	mains, err := p.mains(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	var now []bot.MemberID
	for _, id := range ids {
		now = append(now, mains[id])
	}
	slices.Sort(now)
	members, err := p.belongings.directory.store.Members(ctx, c, slices.Compact(now))
	if err != nil {
		return nil, err
	}
	agreed := map[bot.MemberID]time.Time{}
	public := map[bot.MemberID]bot.Consent{}
	for _, m := range members {
		public[m.ID] = m.Public
	}
	for _, id := range ids {
		if consent := public[mains[id]]; consent.Given() {
			agreed[id] = consent.About()
		}
	}
	return agreed, nil
}

// mains gives who these members are now. One who became another may have become a
// third by that.
func (p *Privacy) mains(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]bot.MemberID, error) {
	now := map[bot.MemberID]bot.MemberID{}
	for _, id := range ids {
		now[id] = id
	}
	asked := slices.Clone(ids)
	for range mostSelves {
		into, err := p.store.Mains(ctx, c, asked)
		if err != nil {
			return nil, err
		}
		asked = asked[:0]
		for id, current := range now {
			if main, ok := into[current]; ok && main != current {
				now[id] = main
				asked = append(asked, main)
			}
		}
		if len(asked) == 0 {
			break
		}
	}
	return now, nil
}

// mostSelves bounds how many accounts one after the other were linked.
const mostSelves = 20
