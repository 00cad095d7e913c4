package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/console"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// player plays a script on a terminal, with people who say what a file says.
type player struct {
	*terminal
	chat  discussion.Discussion
	until func(ctx context.Context, t time.Time) error // waits, and lets happen what is due
	said  int
	loose []imported // what replies to a message that is not there yet
}

// join lets everybody in beforehand, so that a name that cannot be is found out
// before anything is played.
func (p *player) join(ctx context.Context, hosts []string, messages []imported) error {
	for _, host := range hosts {
		if err := p.console.Join(ctx, console.Person{Name: host, Role: bot.RoleHost}); err != nil {
			return fmt.Errorf("hosts: %q: %w", host, err)
		}
	}
	var problems []error
	joined := map[string]bool{}
	for _, m := range messages {
		if joined[m.author] {
			continue
		}
		joined[m.author] = true
		if err := p.console.Join(ctx, console.Person{Name: m.author}); err != nil {
			problems = append(problems, fmt.Errorf("line %d, author: %w", m.line, err))
		}
	}
	return errors.Join(problems...)
}

// schedule takes the script in for the console's channel.
func (p *player) schedule(ctx context.Context, script discussion.Script, channel string) error {
	home, err := p.Directory.Community(ctx, p.console.Channel(channel).Space)
	if err != nil {
		return err
	}
	p.chat = discussion.Discussion{
		Community: home.ID, Script: script, Channel: p.console.Channel(channel), Language: home.Language, Base: script.Start,
	}
	for _, name := range script.Hosts {
		host, err := p.Directory.Member(ctx, p.console.Account(name), name)
		if err != nil {
			return err
		}
		p.chat.Hosts = append(p.chat.Hosts, host.ID)
	}
	return p.Chats.Schedule(ctx, &p.chat, "")
}

// play says the messages, each at its time.
func (p *player) play(ctx context.Context, messages []imported) error {
	known := make(map[string]bool, len(messages))
	for _, m := range messages {
		if err := p.until(ctx, p.chat.Script.Start.Add(m.at)); err != nil {
			return err
		}
		o := console.SayOptions{ID: m.id}
		switch n := m.threadQuestion(); {
		case n > 0:
			key := discussion.QuestionKey(p.chat.ID, n)
			ref, asked, err := p.console.Find(ctx, p.chat.Channel, key, time.Time{})
			if err != nil {
				return err
			}
			if o.ReplyTo = ref.ID; !asked {
				p.loose = append(p.loose, m)
			}
		case m.threadOf != "" && !known[m.threadOf]:
			p.loose = append(p.loose, m)
		default:
			o.ReplyTo = m.threadOf
		}
		if _, err := p.console.As(m.author).Say(ctx, m.text, o); err != nil {
			return fmt.Errorf("line %d: %w", m.line, err)
		}
		known[m.id] = true
		p.said++
	}
	return nil
}

// write writes the archive into dir, as archive.html and in all other formats. Each appears whole or not
// at all.
func (p *player) write(ctx context.Context, dir string) (discussion.Archive, error) {
	archive, err := p.Chats.Archive(ctx, p.chat.Community, p.chat.ID)
	if err != nil {
		return archive, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return archive, err
	}
	for _, f := range discussion.Formats() {
		var b bytes.Buffer
		if err := archive.Write(&b, f, p.Words, p.chat.Language); err != nil {
			return archive, err
		}
		if err := writeWhole(filepath.Join(dir, "archive."+string(f)), b.Bytes()); err != nil {
			return archive, err
		}
	}
	return archive, nil
}

// writeWhole replaces a file at once, so that nobody reads half of it and a full
// disk leaves the old one.
func writeWhole(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err := tmp.Write(data); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
