package community

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// The kinds of codes: two places are linked, or two accounts of one person.
const (
	placesCode   = "places"
	accountsCode = "accounts"
)

// How long a code works, and how many wrong ones are read within an hour.
const (
	codeLifetime = time.Hour
	mostWrong    = 10
	wrongWithin  = time.Hour
)

// codes gives out codes, each of which works once.
type codes struct{ store MoveStore }

// make gives a code for what is offered: 50 bits of chance in ten letters and
// digits. Only its hash is kept.
func (c codes) make(ctx context.Context, o Offer) (string, error) {
	now, err := c.store.Now(ctx)
	if err != nil {
		return "", err
	}
	o.Until = now.Add(codeLifetime)
	code := strings.ToLower(rand.Text()[:10])
	return code[:5] + "-" + code[5:], c.store.KeepCode(ctx, hashOf(o.Kind, code), o)
}

// hashOf is what is kept of a code. Its case, blanks and dashes do not matter.
func hashOf(kind, typed string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(typed) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	sum := sha256.Sum256([]byte(kind + " " + b.String()))
	return hex.EncodeToString(sum[:20])
}

// read gives what a code stands for and its hash. who counts as one who tries:
// after too many wrong codes that is rate_limited, and nothing is read. not_found
// is a code that does not work, or not any more.
func (c codes) read(ctx context.Context, community bot.CommunityID, who, kind, typed string) (o Offer, hash string, err error) {
	// Counted first, so that many tries at once do not get through.
	n, err := c.store.Try(ctx, community, who, wrongWithin, 1)
	if err != nil {
		return o, "", err
	}
	if n > mostWrong {
		return o, "", &bot.Error{Code: bot.RateLimited, After: wrongWithin}
	}
	hash = hashOf(kind, typed)
	if o, err = c.store.Code(ctx, hash); err != nil {
		return o, "", err
	}
	_, err = c.store.Try(ctx, community, who, wrongWithin, -1)
	return o, hash, err
}
