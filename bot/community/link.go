package community

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	linkPath  = "/organize/link"
	codeField = "code"
)

// Links lets organizers make several places one community, and part them again.
type Links struct {
	directory *Directory
	store     MoveStore
	keepers   []Keeper
	posts     Posts
	words     Words
	codes     codes
}

// NewLinks returns the links between the directory's places. keepers keep all that
// goes along with a place, and are asked in their order.
func NewLinks(d *Directory, store MoveStore, posts Posts, words Words, keepers ...Keeper) *Links {
	return &Links{directory: d, store: store, keepers: keepers, posts: posts, words: words, codes: codes{store}}
}

// Subcommand is the feature's share of /organize.
func (l *Links) Subcommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "link", Summary: "link.command", Example: "link.example",
		Options: []bot.Option{{Name: codeField, Summary: "link.option.code"}},
		Access:  bot.OrganizersOnly, Private: true, Handle: l.open,
	}
}

// Register adds the routes of controls and forms.
func (l *Links) Register(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		linkPath + "/code":           l.give,
		linkPath + "/enter":          l.askCode,
		linkPath + "/entered":        l.entered,
		linkPath + "/confirm/{hash}": l.confirm,
		linkPath + "/undo/{place}":   l.undo,
		linkPath + "/part/{place}":   l.askPart,
		linkPath + "/parted/{place}": l.part,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
}

func (l *Links) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return l.words.Text(req.Member.Language, key, args...)
}

func (l *Links) control(req *bot.Request, key bot.Key, path string, args ...bot.Arg) bot.Control {
	return bot.Control{Label: l.say(req, key, args...).String(), Path: path}
}

// open shows which places are linked, or takes a code that was typed.
func (l *Links) open(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if typed := strings.TrimSpace(req.Value(codeField)); typed != "" {
		reply, fault, err := l.preview(ctx, req, typed)
		if err == nil && fault != nil {
			err = bot.Fail(bot.Invalid, fault)
		}
		return reply, err
	}
	return l.show(ctx, req, nil)
}

// show lists the places.
func (l *Links) show(ctx context.Context, req *bot.Request, news bot.Text) (bot.Reply, error) {
	c, err := l.directory.Community(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	places, err := l.directory.store.Places(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := l.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	lines := []bot.Text{news}
	if c.Moves == Leaving {
		lines = append(lines, l.say(req, "link.soon"))
	}
	var controls []bot.Control
	if len(places) < 2 {
		lines = append(lines, l.say(req, "link.alone"))
	} else {
		lines = append(lines, l.say(req, "link.list"))
	}
	for i := range places {
		p := &places[i]
		if len(places) < 2 {
			break
		}
		lines = append(lines, l.line(req, p, c))
		name := bot.Str("place", bot.Shorten(p.Called(), longestName))
		if p.undoable(now) {
			controls = append(controls, l.control(req, "link.button.undo", linkPath+"/undo/"+p.Space.Token(), name))
		} else if len(controls) < mostParted {
			controls = append(controls, l.control(req, "link.button.part", linkPath+"/part/"+p.Space.Token(), name))
		}
	}
	controls = append(controls, l.control(req, "link.button.code", linkPath+"/code"))
	if len(places) < 2 {
		controls = append(controls, l.control(req, "link.button.enter", linkPath+"/enter"))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// mostParted is how many places have a button each.
const mostParted = 15

func (l *Links) line(req *bot.Request, p *Place, c Community) bot.Text {
	key := bot.Key("link.place")
	if p.Space == req.Account.Space {
		key = "link.place.here"
	}
	if p.Linked.IsZero() {
		return l.say(req, key, bot.Str("place", p.Called()))
	}
	return bot.Join(" ", l.say(req, key, bot.Str("place", p.Called())),
		l.say(req, "link.since", bot.At("since", p.Linked, c.Zone, bot.DateTime)))
}

// undoable reports whether the place was linked a short while ago.
func (p *Place) undoable(now time.Time) bool {
	return p.Own != "" && now.Sub(p.Linked) < undoable
}

// give makes a code, for an organizer of the other side.
func (l *Links) give(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	code, err := l.codes.make(ctx, Offer{Kind: placesCode, Community: req.Member.Community, Account: req.Account})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(l.say(req, "link.code", bot.Str("code", code), bot.Str("command", req.Typed("/organize link")))), nil
}

func (l *Links) askCode(_ context.Context, req *bot.Request) (bot.Reply, error) {
	label := func(key bot.Key) string { return l.say(req, key).String() }
	return bot.Ask(bot.Form{
		Title: label("link.form"), Path: linkPath + "/entered", Submit: label("link.form.submit"),
		Fields: []bot.Field{{Name: codeField, Label: label("link.form.code"), Hint: label("link.option.code"), Max: longestCode}},
	}), nil
}

const longestCode = 40

// entered takes the form.
func (l *Links) entered(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	reply, fault, err := l.preview(ctx, req, req.Value(codeField))
	if err == nil && fault != nil {
		return bot.Reply{FieldErrors: map[string]bot.Text{codeField: fault}}, nil
	}
	return reply, err
}

// preview says what will happen if the code is used, or what is wrong with it.
func (l *Links) preview(ctx context.Context, req *bot.Request, typed string) (reply bot.Reply, fault bot.Text, err error) {
	offer, hash, err := l.codes.read(ctx, req.Member.Community, placesCode, placesCode, typed)
	switch bot.CodeOf(err) {
	case "":
	case bot.RateLimited:
		return reply, l.say(req, "link.code.too_many"), nil
	case bot.NotFound:
		return reply, l.say(req, "link.code.wrong"), nil
	default:
		return reply, nil, err
	}
	t, there, fault, err := l.joining(ctx, req, offer)
	if err != nil || fault != nil {
		return reply, fault, err
	}
	lines := []bot.Text{l.say(req, "link.preview", bot.Str("here", t.Name), bot.Str("there", there.Called()))}
	held, err := l.held(ctx, req, t)
	if err != nil {
		return reply, nil, err
	}
	lines = append(lines, held...)
	lines = append(lines, l.say(req, "link.preview.numbers"), l.say(req, "link.preview.people"), l.say(req, "link.preview.undo"))
	yes := l.control(req, "link.button.confirm", linkPath+"/confirm/"+hash)
	yes.Style = bot.Primary
	return replacing(req, bot.Say(bot.Join("\n", lines...), yes, l.control(req, "link.button.cancel", linkPath))), nil, nil
}

// joining is the transfer that a code stands for, or what stands in its way.
func (l *Links) joining(ctx context.Context, req *bot.Request, o Offer) (t bot.Transfer, there Place, fault bot.Text, err error) {
	c, here, err := l.directory.place(ctx, req.Account.Space)
	if err != nil {
		return t, there, nil, err
	}
	if o.Community == c.ID {
		return t, there, l.say(req, "link.code.own"), nil
	}
	places, err := l.directory.store.Places(ctx, c.ID)
	if err != nil {
		return t, there, nil, err
	}
	if len(places) > 1 {
		return t, there, l.say(req, "link.several"), nil
	}
	at, err := l.store.Whereabouts(ctx, o.Account.Space)
	if err != nil {
		return t, there, nil, err
	}
	if at.Community != o.Community || at.Moves != Settled {
		return t, there, l.say(req, "link.code.wrong"), nil // that side has moved since
	}
	others, err := l.directory.store.Places(ctx, o.Community)
	if err != nil {
		return t, there, nil, err
	}
	t = bot.Transfer{Space: here.Space, Name: here.Called(), From: c.ID, To: o.Community, Joins: true}
	fault, err = l.inTheWay(ctx, req, t, c.Zone)
	return t, placeOf(others, o.Account.Space), fault, err
}

// inTheWay says what is going on, and until when.
func (l *Links) inTheWay(ctx context.Context, req *bot.Request, t bot.Transfer, zone string) (bot.Text, error) {
	now, err := l.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	until, busy, err := l.busy(ctx, t, now.Add(announced)) // when it would move
	switch {
	case err != nil || !busy:
		return nil, err
	case until.After(now):
		return l.say(req, "link.busy.until", bot.At("until", until, zone, bot.DateTime)), nil
	default:
		return l.say(req, "link.busy"), nil
	}
}

// held counts what goes along.
func (l *Links) held(ctx context.Context, req *bot.Request, t bot.Transfer) ([]bot.Text, error) {
	var lines []bot.Text
	for _, k := range l.keepers {
		n, err := k.Count(ctx, t)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l.say(req, k.Records(), bot.Count("n", n)))
	}
	return lines, nil
}

// confirm uses the code.
func (l *Links) confirm(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	hash := req.Params.Get("hash")
	offer, err := l.store.Code(ctx, hash)
	if bot.CodeOf(err) == bot.NotFound {
		return l.show(ctx, req, l.say(req, "link.code.wrong"))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	t, _, fault, err := l.joining(ctx, req, offer)
	if err != nil {
		return bot.Reply{}, err
	}
	if fault != nil {
		return l.show(ctx, req, fault)
	}
	if _, err := l.store.TakeCode(ctx, hash); err != nil {
		if bot.CodeOf(err) == bot.NotFound {
			return l.show(ctx, req, l.say(req, "link.code.wrong"))
		}
		return bot.Reply{}, err
	}
	if err := l.start(ctx, t, movePayload{Told: []bot.Account{req.Account, offer.Account}}); err != nil {
		return bot.Reply{}, err
	}
	return l.show(ctx, req, nil)
}

// named finds the place that a path means, with its community.
func (l *Links) named(ctx context.Context, req *bot.Request) (Community, Place, bool, error) {
	c, err := l.directory.Community(ctx, req.Account.Space)
	if err != nil {
		return c, Place{}, false, err
	}
	places, err := l.directory.store.Places(ctx, c.ID)
	if err != nil {
		return c, Place{}, false, err
	}
	i := slices.IndexFunc(places, func(p Place) bool { return p.Space.Token() == req.Params.Get("place") })
	if i < 0 || len(places) < 2 {
		return c, Place{}, false, nil
	}
	return c, places[i], true, nil
}

// undo parts what was linked a short while ago.
func (l *Links) undo(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	_, p, ok, err := l.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := l.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if !ok || !p.undoable(now) {
		return l.show(ctx, req, l.say(req, "link.undo.late"))
	}
	return l.part(ctx, req)
}

// askPart says what each side keeps, and asks once.
func (l *Links) askPart(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	c, p, ok, err := l.named(ctx, req)
	if err != nil || !ok {
		if err != nil {
			return bot.Reply{}, err
		}
		return l.show(ctx, req, l.say(req, "link.gone"))
	}
	held, err := l.held(ctx, req, bot.Transfer{Space: p.Space, Name: p.Called(), From: c.ID, To: p.Own})
	if err != nil {
		return bot.Reply{}, err
	}
	lines := append([]bot.Text{l.say(req, "link.part", bot.Str("place", p.Called()))}, held...)
	lines = append(lines, l.say(req, "link.part.both"), l.say(req, "link.part.roles"), l.say(req, "link.part.rest"))
	yes := l.control(req, "link.button.part.yes", linkPath+"/parted/"+p.Space.Token())
	yes.Style = bot.Danger
	return replacing(req, bot.Say(bot.Join("\n", lines...), yes, l.control(req, "link.button.cancel", linkPath))), nil
}

// part lets a place leave.
func (l *Links) part(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	c, p, ok, err := l.named(ctx, req)
	if err != nil || !ok {
		if err != nil {
			return bot.Reply{}, err
		}
		return l.show(ctx, req, l.say(req, "link.gone"))
	}
	to := p.Own
	if to == "" { // the others have joined it
		fresh := l.directory.fresh()
		if err := l.store.Found(ctx, fresh); err != nil {
			return bot.Reply{}, err
		}
		to = fresh.ID
	}
	t := bot.Transfer{Space: p.Space, Name: p.Called(), From: c.ID, To: to}
	fault, err := l.inTheWay(ctx, req, t, c.Zone)
	if err != nil {
		return bot.Reply{}, err
	}
	if fault != nil {
		return l.show(ctx, req, fault)
	}
	others, err := l.others(ctx, c.ID, req.Member)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := l.start(ctx, t, movePayload{Told: []bot.Account{req.Account}, Others: others, By: req.Member.Name}); err != nil {
		return bot.Reply{}, err
	}
	if p.Space == req.Account.Space { // it says so by itself
		return l.show(ctx, req, nil)
	}
	return l.show(ctx, req, l.say(req, "link.soon"))
}
