package redis

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// change is one change of a community's data, applied by one script or not at
// all.
type change struct {
	community bot.CommunityID
	// The record, if one changes: kept in the hash named by records under id,
	// its version beside it. from is the expected version, 0 for a new record.
	records string
	id      string
	from    int64
	body    any
	// Conflict if one of these has left the community: see leftSpaces.
	unless []string
	// More writes to the community's keys, in order.
	writes []write
	outbox.Effects
}

type write struct {
	op   string // a Redis command, such as HSET, or enter, stay, leave, withdraw
	name string // of the key within the community
	args []string
}

// Operations on a field of a hash that holds words: enter puts a word first, stay
// puts it last unless it is there, leave takes it away, and the field too if it was
// the only one.
const (
	enter = "ENTER"
	stay  = "STAY"
	leave = "LEAVE"
)

// The operation withdraw on the posts takes one away that is held, or fleeting and not
// being sent just now, by its delivery key. With another key, its lane and its body, it
// waits on under that.
const withdraw = "WITHDRAW"

// The operation wrote on a field of the hash of when people were written to sets it, and
// makes the whole change a conflict if it is not as expected.
const wrote = "WRITTEN"

// The script's view of the effects and writes.
type (
	scriptEffects struct {
		Cancel []string     `json:"cancel"`
		Jobs   []scriptJob  `json:"jobs"`
		Posts  []scriptPost `json:"posts"`
	}
	scriptJob struct {
		ID   string `json:"id"`
		Due  string `json:"due"`
		Body string `json:"body"`
	}
	scriptPost struct {
		Key    string `json:"key"`
		Change bool   `json:"change"`
		Lane   string `json:"lane"`
		Body   string `json:"body"`
		Job    string `json:"job"`
		Drain  string `json:"drain"`
		// Posts that the change takes back: see outbox.Item.
		After   string `json:"after,omitempty"`
		Instead string `json:"instead,omitempty"`
		// Of a change: what becomes of the post that nobody has begun to send (outbox.Early),
		// and the body that it then has.
		Early     string `json:"early"`
		Rewritten string `json:"rewritten"`
	}
	scriptWrite struct {
		Op   string   `json:"op"`
		Key  int      `json:"key"`
		Args []string `json:"args"`
	}
)

// Apply brings about effects that belong to no change of a record.
func (s *Store) Apply(ctx context.Context, group string, e outbox.Effects) error {
	_, err := s.advance(ctx, change{community: bot.CommunityID(group), Effects: e})
	return err
}

// advance applies the change and gives the record's new version (0 if no record
// changes). A record that has another version than expected is a conflict, and so
// is a community that has been left; an input that has had its effect is outbox.ErrRepeated.
func (s *Store) advance(ctx context.Context, c change) (int64, error) {
	effects, due, err := encodeEffects(c.Effects)
	if err != nil {
		return 0, err
	}
	keys := append(jobKeys(string(c.community)),
		key(c.community, "posts"), key(c.community, "queue"), key(c.community, "sent"),
		key(c.community, "undelivered"), key(c.community, "numbers"), key(c.community, "sending"), key(c.community, "changes"),
		inputKey(c.community, c.Input), key(c.community, c.records), key(c.community, c.records+":v"), key(c.community, leftSpaces))
	writes := make([]scriptWrite, 0, len(c.writes))
	told, err := writtenTo(c.Written)
	if err != nil {
		return 0, err
	}
	for _, w := range append(told, c.writes...) {
		keys = append(keys, key(c.community, w.name))
		writes = append(writes, scriptWrite{Op: w.op, Key: len(keys), Args: w.args})
	}
	for _, k := range c.Withdraw {
		writes = append(writes, scriptWrite{Op: withdraw, Key: 6, Args: []string{string(k)}}) // the posts
	}
	encodedWrites, err := json.Marshal(writes)
	if err != nil {
		return 0, err
	}
	version, body := "", ""
	if c.records != "" {
		encoded, err := json.Marshal(c.body)
		if err != nil {
			return 0, err
		}
		version, body = strconv.FormatInt(c.from, 10), string(encoded)
	}
	run := func() ([]string, error) {
		return s.strings(ctx, advanceScript, keys, s.now(), effects, string(c.Input), c.id, version, body, encodedWrites, strings.Join(c.unless, " "))
	}
	out, err := s.hinted(ctx, string(c.community), due, run)
	if err != nil {
		return 0, err
	}
	switch out[0] {
	case "repeated":
		return 0, outbox.ErrRepeated
	case "conflict":
		return 0, &bot.Error{Code: bot.Conflict}
	}
	after, _ := strconv.ParseInt(out[1], 10, 64)
	return after, nil
}

// writtenTo are the writes by which it is kept that people were written to.
func writtenTo(all []outbox.Written) ([]write, error) {
	var out []write
	for _, w := range all {
		before, err := encodeTimes(w.Before)
		if err != nil {
			return nil, err
		}
		after, err := encodeTimes(w.After)
		if err != nil {
			return nil, err
		}
		out = append(out, write{wrote, "written", []string{w.Lane(), string(before), string(after)}})
	}
	return out, nil
}

// encodeTimes gives times as they are kept: in milliseconds.
func encodeTimes(times []time.Time) ([]byte, error) {
	ms := make([]int64, len(times))
	for i, t := range times {
		ms[i] = t.UnixMilli()
	}
	return json.Marshal(ms)
}

// hinted runs a script that schedules something, and says so in the due index
// before (so that it is found if we die) and after (so that a worker which was
// looking meanwhile does not overlook it). due is "" if nothing is scheduled.
func (s *Store) hinted(ctx context.Context, group, due string, run func() ([]string, error)) ([]string, error) {
	if due == "" {
		return run()
	}
	if _, known := s.groups.Load(group); !known {
		if err := s.client.SAdd(ctx, groupsKey, group).Err(); err != nil {
			return nil, failed(err)
		}
		s.groups.Store(group, true)
	}
	if err := s.hint(ctx, group, due); err != nil {
		return nil, err
	}
	out, err := run()
	if err != nil {
		return nil, err
	}
	err = s.hint(context.WithoutCancel(ctx), group, due)
	s.wake()
	return out, err
}

// encodeEffects gives the effects as the script reads them, and the earliest
// due time among them: "0" for at once, "" for none.
func encodeEffects(e outbox.Effects) (encoded []byte, due string, err error) {
	out := scriptEffects{
		Cancel: append([]string{}, e.Cancel...),
		Jobs:   make([]scriptJob, 0, len(e.Jobs)),
		Posts:  make([]scriptPost, 0, len(e.Posts)),
	}
	var earliest time.Time
	for _, j := range e.Jobs {
		body, err := json.Marshal(jobBody{Kind: j.Kind, Payload: j.Payload})
		if err != nil {
			return nil, "", err
		}
		if j.Due.IsZero() {
			out.Jobs = append(out.Jobs, scriptJob{ID: j.ID, Body: string(body)})
			due = "0"
			continue
		}
		out.Jobs = append(out.Jobs, scriptJob{ID: j.ID, Due: millis(j.Due), Body: string(body)})
		if earliest.IsZero() || j.Due.Before(earliest) {
			earliest = j.Due
		}
	}
	if !earliest.IsZero() && due == "" {
		due = millis(earliest)
	}
	for _, item := range e.Posts {
		p, err := encodePost(item)
		if err != nil {
			return nil, "", err
		}
		out.Posts = append(out.Posts, p)
		due = "0"
	}
	encoded, err = json.Marshal(out)
	return encoded, due, err
}

func encodePost(item outbox.Item) (scriptPost, error) {
	body, err := json.Marshal(item)
	if err != nil {
		return scriptPost{}, err
	}
	lane := item.Lane()
	payload, err := json.Marshal(lane)
	if err != nil {
		return scriptPost{}, err
	}
	kind := outbox.JobKind
	if item.Held() {
		kind = outbox.UnaskedJobKind
	}
	drain, err := json.Marshal(jobBody{Kind: kind, Payload: payload})
	if err != nil {
		return scriptPost{}, err
	}
	p := scriptPost{
		Key: string(item.Post.Key), Change: item.Update, Lane: lane, Body: string(body),
		Job: outbox.JobID(lane), Drain: string(drain), After: string(item.After), Instead: string(item.Instead), Early: string(item.Early),
	}
	if item.Early == outbox.Rewritten {
		item.Update, item.Early = false, ""
		rewritten, err := json.Marshal(item)
		if err != nil {
			return scriptPost{}, err
		}
		p.Rewritten = string(rewritten)
	}
	return p, nil
}
