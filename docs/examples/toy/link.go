package toy

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// link is one connection to the server.
type link struct {
	net.Conn
	lines *bufio.Scanner
	close func()
}

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

// connect connects. The link ends with ctx, and gives up waiting for the server
// after callWithin.
func (a *Adapter) connect(ctx context.Context) (*link, error) {
	dialer := net.Dialer{Timeout: callWithin}
	conn, err := dialer.DialContext(ctx, "tcp", a.address)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(callWithin))
	}
	if err != nil {
		return nil, &bot.Error{Code: bot.Unavailable, Err: err}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	l := &link{Conn: conn, lines: bufio.NewScanner(conn), close: func() {
		stop()
		_ = conn.Close()
	}}
	l.lines.Buffer(nil, maxLine)
	return l, nil
}

// write writes a line.
func (l *link) write(req request) error {
	line, err := json.Marshal(req)
	if err != nil {
		return err
	}
	_, err = l.Write(append(line, '\n'))
	return err
}

// read reads a line.
func (l *link) read(into any) error {
	if !l.lines.Scan() {
		return errors.Join(io.ErrUnexpectedEOF, l.lines.Err())
	}
	return json.Unmarshal(l.lines.Bytes(), into)
}

// exchange makes a request. Its errors are of type *bot.Error.
func (l *link) exchange(req request) (response, error) {
	if err := l.write(req); err != nil {
		// The server has no whole line, so it has done nothing.
		return response{}, &bot.Error{Code: bot.Unavailable, Err: err}
	}
	var resp response
	if err := l.read(&resp); err != nil {
		lost := &bot.Error{Code: bot.UnknownOutcome, Err: err}
		if req.Do == "find" || req.Do == "direct" { // what changes nothing leaves no doubt
			lost.Code = bot.Unavailable
		}
		return response{}, lost
	}
	return resp, resp.failure()
}

// call makes a request over a connection of its own.
func (a *Adapter) call(ctx context.Context, req request) (response, error) {
	l, err := a.connect(ctx)
	if err != nil {
		return response{}, err
	}
	defer l.close()
	req.Token = a.token
	return l.exchange(req)
}

// failure classifies the server's error code. It does not try again: the outbox
// does, by the code.
func (r response) failure() error {
	e := &bot.Error{Code: bot.Permanent, Err: errors.New("the server says " + r.Error)}
	switch r.Error {
	case "":
		return nil
	case "busy":
		e.Code = bot.Unavailable
	case "slow_down":
		e.Code, e.After = bot.RateLimited, time.Duration(r.After)*time.Second
	case "bad_token":
		e.Reason = bot.Disconnected
	case "no_channel", "no_message", "no_person":
		e.Reason = bot.Gone
	case "forbidden":
		e.Reason = bot.NotAllowed
	default: // the server has understood, and will not do it
		e.Reason = bot.BadPost
	}
	return e
}

func hasReason(err error, reason bot.Reason) bool {
	var e *bot.Error
	return errors.As(err, &e) && e.Reason == reason
}
