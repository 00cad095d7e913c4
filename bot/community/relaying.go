package community

import (
	"context"
	"maps"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// Carried is what was said in chats, and shown in other places.
type Carried interface {
	// Unrelay lets nothing that a member said be shown in other places any more.
	Unrelay(ctx context.Context, m bot.Member) error
}

// Relaying is what organizers and members want of relaying, which shows what is said in
// a chat of several places in the others: organizers switch it on for their own place,
// and members agree for themselves. Nobody else's yes stands for theirs.
type Relaying struct {
	privacy *Privacy
	chats   Carried
}

// NewRelaying returns it. The privacy shows what a member has chosen from now on.
func NewRelaying(p *Privacy, chats Carried) *Relaying {
	r := &Relaying{privacy: p, chats: chats}
	p.relaying = r
	return r
}

const relayPath = "/my/relay/"

// The answers to whether what one says may be shown in other places.
const (
	relayYes = "yes"
	relayNo  = "no"
)

// Register adds the route of its controls.
func (r *Relaying) Register(router *bot.Router) {
	router.Handle(bot.Route{Path: relayPath + "{answer}", Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: r.answer})
}

// answer keeps whether what somebody says may be shown in other places. A yes counts
// from now on; with a no, what is shown there is taken back.
func (r *Relaying) answer(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, before := r.privacy.belongings.directory, req.Member
	agreed := bot.Consent{}
	if req.Params.Get("answer") == relayYes {
		agreed.At = r.privacy.now().Unix()
		if before.Relay.Given() { // pressed again: what was agreed to stays
			agreed = before.Relay
		}
	}
	after, err := d.Appoint(ctx, req.Account, req.Name, func(m *bot.Member) { m.Relay, m.RelayAsked = agreed, true })
	if err != nil {
		return bot.Reply{}, err
	}
	req.Member = after
	key := bot.Key("relay.yes")
	if !agreed.Given() {
		key = "relay.no"
		if err := r.chats.Unrelay(ctx, after); err != nil { // asked again, it does the same again
			return bot.Reply{}, err
		}
	}
	return replacing(req, bot.Say(r.privacy.say(req, key, bot.Str("command", req.Typed("/my privacy"))), r.control(req))), nil
}

// control is the other choice than that which was made.
func (r *Relaying) control(req *bot.Request) bot.Control {
	key, answer := bot.Key("relay.button.yes"), relayYes
	if req.Member.Relay.Given() {
		key, answer = "relay.button.no", relayNo
	}
	return bot.Control{Label: r.privacy.say(req, key).String(), Path: relayPath + answer}
}

// lines say what a member has chosen, where there is something to choose.
func (r *Relaying) lines(ctx context.Context, req *bot.Request) ([]bot.Text, []bot.Control, error) {
	if r == nil {
		return nil, nil, nil
	}
	on, err := r.Relaying(ctx, req.Member.Community)
	if err != nil || len(on) == 0 && !req.Member.RelayAsked {
		return nil, nil, err
	}
	key := bot.Key("relay.line.no")
	if req.Member.Relay.Given() {
		key = "relay.line.yes"
	}
	return []bot.Text{r.privacy.say(req, key)}, []bot.Control{r.control(req)}, nil
}

// Relaying gives those places of a community whose organizers have switched it on.
func (r *Relaying) Relaying(ctx context.Context, c bot.CommunityID) ([]bot.SpaceID, error) {
	all, err := r.privacy.belongings.directory.Places(ctx, c)
	var on []bot.SpaceID
	for _, p := range all {
		if p.Set.Relay {
			on = append(on, p.Space)
		}
	}
	return on, err
}

// Spoken is a member as the people of other places may know them.
type Spoken struct {
	Name  string
	Relay bot.Consent
}

// Spoken gives members by the IDs that they have, or had.
func (r *Relaying) Spoken(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]Spoken, error) {
	mains, err := r.privacy.mains(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	members, err := r.privacy.belongings.directory.store.Members(ctx, c, slices.Compact(slices.Sorted(maps.Values(mains))))
	if err != nil {
		return nil, err
	}
	byID := map[bot.MemberID]Spoken{}
	for _, m := range members {
		byID[m.ID] = Spoken{m.Name, m.Relay}
	}
	out := map[bot.MemberID]Spoken{}
	for _, id := range ids {
		if s, ok := byID[mains[id]]; ok {
			out[id] = s
		}
	}
	return out, nil
}

// Asked notes that the member with an account was asked.
func (r *Relaying) Asked(ctx context.Context, a bot.Account) error {
	_, err := r.privacy.belongings.directory.Appoint(ctx, a, "", func(m *bot.Member) { m.RelayAsked = true })
	return err
}
