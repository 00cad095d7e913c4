package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Send posts p as one message. Discord recognises its key, sent again within
// DedupeWindow, by the nonce made from it, and answers with the message that
// there is; if that has been deleted meanwhile, with an error, reason gone.
// https://github.com/discord/discord-api-docs/pull/6647
//
// The thread that a post may want is opened by OpenThread.
func (a *Adapter) Send(ctx context.Context, p bot.Post) (bot.MessageRef, error) {
	to := p.Channel
	if p.Direct != nil {
		var err error
		if to, err = a.Direct(ctx, *p.Direct); err != nil {
			return bot.MessageRef{}, err
		}
	}
	b, err := a.message(p.Message, to.Space)
	if err != nil {
		return bot.MessageRef{}, err
	}
	ref, err := a.post(ctx, to, b, p.Key)
	if refusesPicture(err, p.Message) {
		p.Channel, p.Direct, p.Message = to, nil, withoutPicture(p.Message)
		return a.Send(ctx, p)
	}
	return ref, err
}

func (a *Adapter) post(ctx context.Context, to bot.Channel, b body, key bot.DeliveryKey) (bot.MessageRef, error) {
	if err := known(target(to)); err != nil {
		return bot.MessageRef{}, err
	}
	b.Nonce, b.Enforce = nonce(key), true
	var made struct {
		ID string `json:"id"`
	}
	err := a.rest.do(ctx, call{
		method: http.MethodPost, path: "/channels/" + target(to) + "/messages",
		body: b, files: b.files, into: &made,
	})
	if err != nil {
		return bot.MessageRef{}, err
	}
	return bot.MessageRef{Channel: to, ID: made.ID}, nil
}

// OpenThread implements bot.ThreadOpener. Discord makes a thread with the ID of its
// message, and refuses to make a second one. It makes none in a thread or in direct
// messages.
// https://discord.com/developers/docs/resources/channel#start-thread-from-message
func (a *Adapter) OpenThread(ctx context.Context, ref bot.MessageRef, title string) error {
	if err := known(target(ref.Channel), ref.ID); err != nil {
		return err
	}
	opening := struct {
		Name string `json:"name"`
	}{cut(clean(title), maxThreadName)}
	err := a.rest.do(ctx, call{method: http.MethodPost, path: messagePath(ref) + "/threads", body: opening})
	if err != nil && codeOf(err) != threadStands {
		return err
	}
	a.places.learn(channelInfo{ID: ref.ID, Type: publicThread, ParentID: ref.Channel.ID})
	return nil
}

// nonce is the part of the key's hash that Discord has room for: 125 bits.
func nonce(key bot.DeliveryKey) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:maxNonce]
}

// Update replaces what a message of ours says, with its buttons and files.
func (a *Adapter) Update(ctx context.Context, ref bot.MessageRef, m bot.Message) error {
	if err := known(target(ref.Channel), ref.ID); err != nil {
		return err
	}
	b, err := a.message(m, ref.Channel.Space)
	if err != nil {
		return err
	}
	err = a.rest.do(ctx, call{method: http.MethodPatch, path: messagePath(ref), body: b, files: b.files})
	if refusesPicture(err, m) {
		return a.Update(ctx, ref, withoutPicture(m))
	}
	return err
}

// Delete removes a message of ours.
func (a *Adapter) Delete(ctx context.Context, ref bot.MessageRef) error {
	if known(target(ref.Channel), ref.ID) != nil {
		return nil // it never was
	}
	err := a.rest.do(ctx, call{method: http.MethodDelete, path: messagePath(ref)})
	switch codeOf(err) {
	case unknownMessage, unknownChannel:
		return nil
	}
	return err
}

func messagePath(ref bot.MessageRef) string {
	return "/channels/" + target(ref.Channel) + "/messages/" + ref.ID
}

// Find cannot: Discord does not keep a message's nonce with the message.
// https://github.com/Rapptz/discord.py/issues/2451
func (a *Adapter) Find(context.Context, bot.Channel, bot.DeliveryKey, time.Time) (bot.MessageRef, bool, error) {
	return bot.MessageRef{}, false, bot.ErrCannotFind
}

// Direct gives the channel of direct messages with a person. It keeps the
// person's space, so that what is answered there belongs to it.
func (a *Adapter) Direct(ctx context.Context, who bot.Account) (bot.Channel, error) {
	if err := known(who.User); err != nil {
		return bot.Channel{}, err
	}
	id, ok := a.direct.get(who.User)
	if !ok {
		var made struct {
			ID string `json:"id"`
		}
		body := map[string]string{"recipient_id": who.User}
		if err := a.rest.do(ctx, call{method: http.MethodPost, path: "/users/@me/channels", body: body, into: &made}); err != nil {
			return bot.Channel{}, err
		}
		id = made.ID
		a.direct.put(who.User, id)
	}
	return bot.Channel{Space: who.Space, ID: id}, nil
}

// known refuses what cannot be an ID of Discord's, and so names nothing there.
func known(ids ...string) error {
	for _, id := range ids {
		if !isSnowflake(id) {
			return &bot.Error{Code: bot.Permanent, Reason: bot.Gone, Err: errors.New("not an ID of Discord's")}
		}
	}
	return nil
}
