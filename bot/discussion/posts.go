package discussion

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// QuestionKey is the delivery key of a question's post in the first place.
func QuestionKey(id string, n int) bot.DeliveryKey { return postKey(id, questionName(n), 0) }

// postKey is the delivery key of one of a discussion's posts in one of its places.
func postKey(id, name string, place int) bot.DeliveryKey {
	return bot.DeliveryKey(Record(id) + "/" + name + inPlace(place))
}

func questionName(n int) string { return "q" + strconv.Itoa(n) }

// questionOf is the question that a delivery key posted, 0 for another post.
func questionOf(key bot.DeliveryKey) int {
	_, after, ok := strings.Cut(string(key), "/q")
	if !ok {
		return 0
	}
	number, _, _ := strings.Cut(after, "@")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}

// posts is what is said, in every place, when a step has been made.
func (s *Service) posts(ctx context.Context, d *Discussion, st step) ([]outbox.Item, error) {
	if st.notice.What != "" {
		return s.told(ctx, d, st.notice)
	}
	switch st.to {
	case Open:
		return d.everywhere("open", s.opening(d)), nil
	case Asking:
		items := d.everywhere(questionName(st.ask), s.question(d, st.ask))
		if d.Script.Threads {
			title := s.threadTitle(d, st.ask)
			for i := range items {
				items[i].Post.Thread = title
			}
		}
		return items, nil
	case Closing:
		summary, err := s.summary(ctx, d)
		return append(d.everywhere("close", s.closing(d)), d.everywhere(summaryName, summary)...), err
	case Archived:
		return s.resummarised(ctx, d)
	case Cancelled:
		return s.reannounced(d), nil
	default:
		return nil, nil
	}
}

// maxThreadTitle is how long the title of a question's thread is, in characters:
// enough to know the question by, and less than any platform takes.
const maxThreadTitle = 80

// threadTitle is "Q2 · " and the question's first words.
func (s *Service) threadTitle(d *Discussion, n int) string {
	text := strings.Join(strings.Fields(d.Script.Questions[n-1].Text), " ")
	return bot.Shorten(s.label(d.Language, "chat.thread", bot.Num("n", n), bot.Str("text", text)), maxThreadTitle)
}

// everywhere is a post in each place. One that a platform refuses, or is slow to
// take, is no matter of the others: each channel has its own queue.
func (d *Discussion) everywhere(name string, m bot.Message) []outbox.Item {
	var items []outbox.Item
	for place := range d.Places() {
		items = append(items, d.post(name, place, m))
	}
	return items
}

func (d *Discussion) post(name string, place int, m bot.Message) outbox.Item {
	return outbox.Item{
		Post:   bot.Post{Key: postKey(d.ID, name, place), Channel: d.Places()[place].Channel, Message: m},
		Class:  outbox.Live,
		Record: RecordIn(d.ID, place),
		// After an outage that outlasts the hour nobody wants its questions.
		NotAfter: d.Base.Add(d.Script.Length + goodbye),
	}
}

// goodbye is how long after the end what belongs to the hour is still posted.
const goodbye = time.Hour

func (s *Service) opening(d *Discussion) bot.Message {
	key := bot.Key("chat.open")
	switch len(d.Script.Hosts) {
	case 0:
		key = "chat.open.unhosted"
	case 1:
	default:
		key = "chat.open.hosts"
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
	thanks, prompt := bot.Key("chat.close"), bot.Key("chat.close.aim")
	if d.Script.Pace == PaceSlow { // it was no hour
		thanks, prompt = "chat.close.slow", "chat.close.slow.aim"
	}
	if s.goals == nil {
		return bot.Message{Text: bot.Join("\n", s.words.Text(d.Language, thanks), bot.Plain(d.Script.Close))}
	}
	return bot.Message{Text: bot.Join("\n", bot.Plain(d.Script.Close), s.words.Text(d.Language, prompt)), Controls: s.aimControls(d)}
}

// label is a message as plain words, for a button or a field.
func (s *Service) label(language string, key bot.Key, args ...bot.Arg) string {
	return s.words.Text(language, key, args...).String()
}
