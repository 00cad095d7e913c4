package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// maxLine is the longest line of input, in bytes.
const maxLine = 1 << 20

var errQuit = errors.New("console: quit")

// Lines works off the lines of r, each when the one before is done and, with
// Options.Settle, its effects have settled. It returns nil at the end of r or at
// !quit. A line that cannot be done gets a notice and the next has its turn.
//
// A read from a terminal cannot be broken off: when ctx ends before r does,
// Lines returns at once and the read ends with the next line.
func (a *Adapter) Lines(ctx context.Context, r io.Reader) error {
	done := make(chan struct{})
	defer close(done)
	input, failed := readLines(r, done)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case text, ok := <-input:
			if !ok {
				return <-failed
			}
			if err := a.line(ctx, text); err != nil {
				if errors.Is(err, errQuit) {
					return nil
				}
				return err
			}
		}
	}
}

// readLines reads in a goroutine of its own, until done is closed. At the end of
// r input is closed, and failed has the reason, nil for an ordinary end.
func readLines(r io.Reader, done <-chan struct{}) (input <-chan string, failed <-chan error) {
	lines, reason := make(chan string), make(chan error, 1)
	go func() {
		defer close(lines)
		reader := bufio.NewReader(r)
		for {
			text, err := readLine(reader)
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = nil
				}
				reason <- err
				return
			}
			select {
			case lines <- text:
			case <-done:
				return
			}
		}
	}()
	return lines, reason
}

// readLine reads a line of any length, and keeps so much of it that it can be seen
// to be too long. A last line need not end in a line break.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, more, err := r.ReadLine()
		if err != nil {
			return "", err
		}
		if room := maxLine + 1 - len(line); room > 0 {
			line = append(line, part[:min(room, len(part))]...)
		}
		if !more {
			return string(line), nil
		}
	}
}

func (a *Adapter) line(ctx context.Context, text string) error {
	if len(text) > maxLine {
		a.screen.notice(fmt.Sprintf("that line has more than %d bytes and is left out", maxLine))
		return nil
	}
	l, err := parseLine(text)
	if err == nil && l.verb == nothing {
		return nil
	}
	if err == nil {
		err = a.execute(ctx, l)
	}
	var m mistake
	if errors.As(err, &m) {
		a.screen.notice(m.Error())
		err = nil
	}
	if err == nil && a.options.Settle != nil {
		err = a.options.Settle(ctx)
	}
	return err
}

func (a *Adapter) execute(ctx context.Context, l line) error {
	who := a.As(l.who).In(l.channel)
	switch l.verb {
	case sayIt:
		_, err := who.Say(ctx, l.text, SayOptions{})
		return err
	case replyTo:
		_, err := who.Say(ctx, l.text, SayOptions{ReplyTo: l.message})
		return err
	case commandIt:
		return who.Command(ctx, l.text)
	case pressIt:
		return a.press(ctx, who, l.text)
	case pickIt:
		return who.Pick(ctx, "", l.text, "")
	case menuOf:
		return who.Act(ctx, l.text, l.message)
	case fillIt:
		return who.fill(ctx, func(f *form) (map[string]string, error) { return f.parse(l.text) })
	case editIt:
		return who.Edit(ctx, l.message, l.text)
	case deleteIt:
		return who.Delete(ctx, l.message)
	case reactTo:
		return who.React(ctx, l.message, l.text)
	case joinIn:
		return a.Join(ctx, l.person)
	case waitFor:
		return a.wait(ctx, l.wait)
	case moveTo:
		a.moveTo(l.channel)
	case directOf:
		return a.directOf(l.who)
	case helpMe:
		a.screen.notice(help)
	case quitIt:
		return errQuit
	}
	return nil
}

// press presses "Start", "Start 12" or "12 Start". A label that ends in a number
// is a label first.
func (a *Adapter) press(ctx context.Context, who Speaker, text string) error {
	err := who.Press(ctx, text, "")
	var m mistake
	if !errors.As(err, &m) {
		return err
	}
	first, rest := cutWord(text)
	if id := strings.TrimPrefix(first, "#"); isNumber(id) && rest != "" {
		return who.Press(ctx, unquote(rest), id)
	}
	if cut := strings.LastIndexByte(text, ' '); cut > 0 {
		if id := strings.TrimPrefix(text[cut+1:], "#"); isNumber(id) {
			return who.Press(ctx, unquote(strings.TrimSpace(text[:cut])), id)
		}
	}
	return err
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (a *Adapter) wait(ctx context.Context, d time.Duration) error {
	if a.options.Wait == nil {
		return mistakef("the clock goes by itself here; with --clock manual !wait moves it")
	}
	if err := a.options.Wait(ctx, d); err != nil {
		return err
	}
	a.screen.notice("the clock shows " + a.options.Now().In(a.screen.zone).Format("Monday 15:04"))
	return nil
}

func (a *Adapter) moveTo(channel string) {
	a.mu.Lock()
	a.current = channel
	a.mu.Unlock()
	a.screen.notice("people are in #" + channel + " now")
}

// here is the channel that people are in.
func (a *Adapter) here() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.current
}

// directOf shows a person's direct messages as they stand.
func (a *Adapter) directOf(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.memory.people[userOf(name)]
	if !ok {
		return mistakef("nobody called %s has joined; !join %s adds them", name, name)
	}
	found := false
	for _, msg := range a.memory.messages {
		if msg.Channel == directChannel(userOf(p.Name)) && !msg.Deleted {
			found = true
			a.show(msg, msg.At, "")
		}
	}
	if !found {
		a.screen.notice(p.Name + " has no direct messages")
	}
	return nil
}

const help = `what a line can be:
maria: A1 I start with a picture      says it
maria #other: hello                   says it in another channel
maria @staffroom: hello               says it to staffroom alone
maria: /chat list                     a command; /staffroom help lists them
maria: !press Start                   presses the newest [Start] that maria sees
maria: !press Start 12                presses [Start] on message 12
maria: !pick Q2                       picks it from the newest menu that has it
maria: !menu 12 Report                chooses from the menu of message 12
maria: !fill Title=… Questions="…"    submits the form that maria has open; \n in quotes is a line break
maria: !reply 12 I agree              replies to message 12
maria: !edit 12 I meant this          changes her message 12
maria: !delete 12                     takes her message 12 away
maria: !react 12 👍                    reacts to message 12
maria: !say !hello                    says what would be taken for something else
!dm maria                             shows her direct messages
!in #other                            moves everybody to another channel
!join pat role=organizer zone=America/Chicago language=es
                                      adds a person, or changes what is said of one
!wait 10m                             moves a manual clock (90s, 1h30m, 2d)
!help                                 this
!quit                                 the end
# words                               a note; empty lines are passed over too`
