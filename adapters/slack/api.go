package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// maxAnswer is how much of an answer is read, in bytes: far above a full page of
// history.
const maxAnswer = 64 << 20

// client calls the Web API. It decodes no more of an answer than is needed: an
// unexpected block in somebody's message must not make a post fail that stands.
// https://docs.slack.dev/apis/web-api
type client struct {
	base  string // with a slash at the end
	token string
	http  *http.Client
}

// baseURL is where the methods are, with a slash at the end whether or not the
// configuration has one.
func baseURL(configured string) string {
	if configured == "" {
		return slack.APIURL
	}
	return strings.TrimRight(configured, "/") + "/"
}

// write calls a method that changes something. Its failure tells whether the
// change may have been made all the same.
func (c *client) write(ctx context.Context, method string, body, out any) error {
	return write(ctx, method, func(ctx context.Context) error { return c.callJSON(ctx, method, body, out) })
}

// ensure calls a method that may be called again without harm, so that no
// failure leaves a doubt.
func (c *client) ensure(ctx context.Context, method string, body, out any) error {
	return read(ctx, method, func(ctx context.Context) error { return c.callJSON(ctx, method, body, out) })
}

// read calls a method that takes its arguments as a form, as those that change
// nothing do.
func (c *client) read(ctx context.Context, method string, values url.Values, out any) error {
	return read(ctx, method, func(ctx context.Context) error {
		return c.call(ctx, method, "application/x-www-form-urlencoded", []byte(values.Encode()), out)
	})
}

func (c *client) callJSON(ctx context.Context, method string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.call(ctx, method, "application/json; charset=utf-8", data, out)
}

func (c *client) call(ctx context.Context, method, contentType string, body []byte, out any) error {
	data, _, err := c.send(ctx, c.base+method, contentType, "Bearer "+c.token, body)
	if err != nil {
		return err
	}
	return answer(data, out)
}

// scopes calls a method that changes nothing with any token and gives the scopes
// of the token, as every answer of Slack names them; nil if this one does not.
// https://docs.slack.dev/authentication/installing-with-oauth#scopes
func (c *client) scopes(ctx context.Context, method, token string, out any) ([]string, error) {
	var named []string
	err := read(ctx, method, func(ctx context.Context) error {
		data, header, err := c.send(ctx, c.base+method, "application/x-www-form-urlencoded", "Bearer "+token, nil)
		if err != nil {
			return err
		}
		for scope := range strings.SplitSeq(header.Get("X-OAuth-Scopes"), ",") {
			if scope = strings.TrimSpace(scope); scope != "" {
				named = append(named, scope)
			}
		}
		return answer(data, out)
	})
	return named, err
}

// answer reads the outcome of a call, and what is wanted of its result.
func answer(data []byte, out any) error {
	var outcome struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	if err := json.Unmarshal(data, &outcome); err != nil {
		return errors.New("the answer is not readable")
	}
	if !outcome.OK && outcome.Error == "" {
		return errors.New("the answer says neither ok nor what is wrong")
	}
	if !outcome.OK {
		return slack.SlackErrorResponse{Err: outcome.Error}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return errors.New("the answer has an unexpected shape")
	}
	return nil
}

// post sends JSON to an address that Slack handed out and that needs no token: a
// response_url. It answers with "ok", or with JSON that says what is wrong.
func (c *client) post(ctx context.Context, what, address string, body any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return write(ctx, what, func(ctx context.Context) error {
		got, _, err := c.send(ctx, address, "application/json; charset=utf-8", "", data)
		if err != nil || !bytes.HasPrefix(bytes.TrimSpace(got), []byte("{")) {
			return err
		}
		return answer(got, nil)
	})
}

// upload sends bytes to an address from files.getUploadURLExternal. Nobody sees
// them before the upload is completed, so no failure leaves a doubt.
func (c *client) upload(ctx context.Context, address string, data []byte) error {
	return read(ctx, "uploading a file", func(ctx context.Context) error {
		_, _, err := c.send(ctx, address, "application/octet-stream", "", data)
		return err
	})
}

func (c *client) send(ctx context.Context, address, contentType, authorization string, body []byte) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, errors.New("not an address that can be called")
	}
	req.Header.Set("Content-Type", contentType)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		if seconds <= 0 {
			return nil, nil, &slack.RateLimitedError{RetryAfter: fallbackRetryAfter}
		}
		return nil, nil, &slack.RateLimitedError{RetryAfter: time.Duration(seconds) * time.Second}
	case resp.StatusCode/100 != 2:
		return nil, nil, slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	return data, resp.Header, err
}
