package schedule

import (
	"context"
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// postKind is the name of the built-in kind: a text that is posted.
const postKind = "post"

// post is the payload of a series that posts a text.
type post struct {
	Channel bot.Channel `json:"channel"`
	Text    string      `json:"text"` // as typed
}

func (s *Service) postKind() Kind {
	return Kind{Name: postKind, Occur: occurPost, Show: s.showPost}
}

// leastWorth is how long after it was queued a post is worth sending at least,
// when the platform takes none for a while.
const leastWorth = 15 * time.Minute

// occurPost posts the text. It is worthless once its grace is over.
func occurPost(_ context.Context, o Occurrence) (outbox.Effects, error) {
	p, err := postOf(o.Series)
	if err != nil {
		return outbox.Effects{}, err
	}
	worthless := o.At.Add(o.Series.Grace)
	if least := o.Now.Add(leastWorth); worthless.Before(least) {
		worthless = least
	}
	return outbox.Effects{Posts: []outbox.Item{{
		Class:    outbox.Bulk,
		NotAfter: worthless,
		Post: bot.Post{
			Key:     bot.DeliveryKey(o.Key),
			Channel: p.Channel,
			Message: bot.Message{Text: bot.Plain(p.Text)},
		},
	}}}, nil
}

func postOf(s Series) (post, error) {
	var p post
	err := json.Unmarshal(s.Payload, &p)
	return p, err
}

func (s *Service) showPost(r Series, reader bot.Member) bot.Text {
	p, err := postOf(r)
	if err != nil {
		return nil
	}
	return s.words.Text(reader.Language, "schedule.show.text", bot.Str("text", bot.Shorten(p.Text, mostShown)))
}
