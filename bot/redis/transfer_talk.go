package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// talked is what a member has begun to answer in direct messages, as it is kept.
type talked struct {
	fields map[string]string
	kept   time.Duration
}

// readsTalk reads it with a pipeline: what it gives is asked for once that is done.
func readsTalk(ctx context.Context, pipe redis.Pipeliner, c bot.CommunityID, m bot.MemberID) func() talked {
	fields, kept := pipe.HGetAll(ctx, key(c, checkInTalk(m))), pipe.PTTL(ctx, key(c, checkInTalk(m)))
	return func() talked { return talked{fields.Val(), kept.Val()} }
}

// talkAlong takes along what a member has begun to answer in direct messages. If they
// are in the middle of something in the other community too, they go on with that: what
// they had begun and set aside is there as well, and so is the line of which they have
// not said yet what it answers. What is there already stays, also if it is done again.
func talkAlong(m bot.MemberID, here, there talked) ([]write, error) {
	if len(here.fields) == 0 {
		return nil, nil
	}
	name := checkInTalk(m)
	var writes []write
	if len(there.fields) == 0 {
		writes = inParts("HSET", name, flat(here.fields), 2)
	} else {
		for _, field := range sortedKeys(here.fields) {
			if strings.HasPrefix(field, partialField) || strings.HasPrefix(field, asideField) {
				writes = append(writes, write{"HSETNX", name, []string{field, here.fields[field]}})
			}
		}
		about, err := joinedTalk(here.fields["about"], there.fields["about"])
		if err != nil {
			return nil, err
		}
		if about != there.fields["about"] {
			writes = append(writes, write{"HSET", name, []string{"about", about}}, write{"HINCRBY", name, []string{"v", "1"}})
		}
	}
	if kept := max(here.kept, there.kept); kept > 0 {
		writes = append(writes, write{"PEXPIRE", name, []string{strconv.FormatInt(kept.Milliseconds(), 10)}})
	}
	return writes, nil
}

// joinedTalk is how far somebody is in one community, with the line that waits in
// another to be about something.
func joinedTalk(here, there string) (string, error) {
	var from, into checkin.Talk
	for body, talk := range map[string]*checkin.Talk{here: &from, there: &into} {
		if body == "" {
			continue
		}
		if err := json.Unmarshal([]byte(body), talk); err != nil {
			return "", fmt.Errorf("talk: %w", err)
		}
	}
	if from.Said == "" || strings.Contains(into.Said, from.Said) {
		return there, nil
	}
	into.Said = strings.TrimPrefix(into.Said+"\n"+from.Said, "\n")
	into.Known = append(into.Known, from.Known...)
	body, err := json.Marshal(&into)
	return string(body), err
}
