package discussion

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// QuestionKey is the delivery key of a question's post.
func QuestionKey(id string, n int) bot.DeliveryKey {
	return bot.DeliveryKey(Record(id) + "/q" + strconv.Itoa(n))
}

// questionOf is the question that a delivery key posted, 0 for another post.
func questionOf(key bot.DeliveryKey) int {
	_, after, ok := strings.Cut(string(key), "/q")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(after)
	if err != nil {
		return 0
	}
	return n
}

// posts is what is said in the channel when a step has been made.
func (s *Service) posts(ctx context.Context, d *Discussion, st step) ([]outbox.Item, error) {
	switch st.to {
	case Open:
		return []outbox.Item{d.post("open", s.opening(d))}, nil
	case Asking:
		item := d.post("", s.question(d, st.ask))
		item.Post.Key = QuestionKey(d.ID, st.ask)
		return []outbox.Item{item}, nil
	case Closing:
		summary, err := s.summary(ctx, d)
		return []outbox.Item{d.post("close", s.closing(d)), d.post("summary", summary)}, err
	default:
		return nil, nil
	}
}

func (d *Discussion) post(name string, m bot.Message) outbox.Item {
	return outbox.Item{
		Post:   bot.Post{Key: bot.DeliveryKey(Record(d.ID) + "/" + name), Channel: d.Channel, Message: m},
		Class:  outbox.Live,
		Record: Record(d.ID),
		// After an outage that outlasts the hour nobody wants its questions.
		NotAfter: d.Base.Add(d.Script.Length + goodbye),
	}
}

// goodbye is how long after the end what belongs to the hour is still posted.
const goodbye = time.Hour

func (s *Service) opening(d *Discussion) bot.Message {
	key := bot.Key("chat.open")
	if d.hostName() == "" {
		key = "chat.open.unhosted"
	}
	text := s.words.Text(d.Language, key,
		bot.Str("title", d.heading()), bot.Str("host", d.hostName()), bot.Count("questions", len(d.Script.Questions)))
	if d.Script.Introductions > 0 && d.Script.Welcome == "" {
		text = bot.Join("\n", text, s.words.Text(d.Language, "chat.introductions"))
	}
	return bot.Message{Text: bot.Join("\n", text, bot.Plain(d.Script.Welcome))}
}

// heading is "#SciChat: Using models".
func (d *Discussion) heading() string {
	if d.Script.Tag == "" {
		return d.Script.Title
	}
	return d.Script.Tag + ": " + d.Script.Title
}

func (s *Service) question(d *Discussion, n int) bot.Message {
	q := d.Script.Questions[n-1]
	m := bot.Message{
		Text: s.words.Text(d.Language, "chat.question", bot.Num("n", n), bot.Str("text", q.Text)),
		Controls: []bot.Control{
			{Label: s.label(d.Language, "chat.button.answer"), Path: "/chat/reply/" + d.ID + "/" + strconv.Itoa(n), Style: bot.Primary},
			{Label: s.label(d.Language, "chat.button.mine"), Path: "/chat/answers/" + d.ID},
		},
	}
	if q.Image != "" {
		m.Image = &bot.Image{URL: q.Image, Alt: s.label(d.Language, "chat.image", bot.Num("n", n))}
	}
	return m
}

func (s *Service) closing(d *Discussion) bot.Message {
	text := s.words.Text(d.Language, "chat.close")
	return bot.Message{Text: bot.Join("\n", text, bot.Plain(d.Script.Close))}
}

// summary counts what the hour brought; late answers are not in it yet.
func (s *Service) summary(ctx context.Context, d *Discussion) (bot.Message, error) {
	entries, err := s.store.Entries(ctx, d.Community, d.ID)
	if err != nil {
		return bot.Message{}, err
	}
	t := count(entries)
	return bot.Message{
		Text: bot.Join(" ",
			s.words.Text(d.Language, "chat.summary.people", bot.Count("people", t.people)),
			s.words.Text(d.Language, "chat.summary.answers", bot.Count("answers", t.answers)),
			s.words.Text(d.Language, "chat.summary.late", bot.At("until", d.Closed.Add(LateAnswers), d.Script.Zone, bot.DateTime))),
		Controls: []bot.Control{{Label: s.label(d.Language, "chat.button.read"), Path: "/chat/read/" + d.ID}},
	}, nil
}

// tally is what a discussion brought, in numbers.
type tally struct {
	people, answers int
	byQuestion      map[int]int // answers
}

func count(entries []Entry) tally {
	t := tally{byQuestion: map[int]int{}}
	people := map[bot.MemberID]bool{}
	for _, e := range entries {
		if e.Deleted {
			continue
		}
		people[e.Author] = true
		if e.Kind != Answer {
			continue
		}
		t.answers++
		for _, q := range e.Questions {
			t.byQuestion[q]++
		}
	}
	t.people = len(people)
	return t
}

// label is a message as plain words, for a button or a field.
func (s *Service) label(language string, key bot.Key, args ...bot.Arg) string {
	return s.words.Text(language, key, args...).String()
}
