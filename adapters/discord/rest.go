package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	discordHost = "https://discord.com"
	apiVersion  = "10"
	apiBase     = discordHost + "/api/v" + apiVersion
	userAgent   = "DiscordBot (https://github.com/staffroom-bot/staffroom, 1)"

	requestWithin = 15 * time.Second
	maxAnswer     = 8 << 20 // bytes of an answer that are read
)

// rest calls Discord's HTTP API. discordgo's own calls are not used: they sleep
// on a rate limit whatever the context says, repeat a request after a 502, keep
// a bucket for every interaction for good, and hide the status of some answers.
// Here every failure is classified once and nothing is repeated: that is the
// outbox's decision.
type rest struct {
	client *http.Client
	token  string
}

// call is one request. Its path begins after the API's version.
type call struct {
	method, path string
	body         any // nil: none
	files        []bot.File
	anonymous    bool // the path's own token authorizes it
	into         any  // decodes the answer; nil: ignored
}

func (r *rest) do(ctx context.Context, c call) error {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	req, err := c.request(ctx)
	if err != nil {
		return &bot.Error{Code: bot.Permanent, Reason: bot.BadPost, Err: withoutAddress(err)}
	}
	req.Header.Set("User-Agent", userAgent)
	if !c.anonymous {
		req.Header.Set("Authorization", "Bot "+r.token)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return unanswered(err, sent.Load())
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return unanswered(err, true)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return refused(resp.StatusCode, resp.Header, answer)
	}
	if c.into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, c.into); err != nil {
		return unanswered(fmt.Errorf("reading the answer: %w", err), true)
	}
	return nil
}

func (c call) request(ctx context.Context) (*http.Request, error) {
	if c.body == nil {
		return http.NewRequestWithContext(ctx, c.method, apiBase+c.path, nil)
	}
	payload, err := json.Marshal(c.body)
	if err != nil {
		return nil, err
	}
	contentType := "application/json"
	if len(c.files) > 0 {
		if payload, contentType, err = withFiles(payload, c.files); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, c.method, apiBase+c.path, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", contentType)
	return req, nil
}

// withFiles makes the body of an upload.
// https://discord.com/developers/docs/reference#uploading-files
func withFiles(payload []byte, files []bot.File) ([]byte, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	payloadPart := textproto.MIMEHeader{}
	payloadPart.Set("Content-Disposition", `form-data; name="payload_json"`)
	payloadPart.Set("Content-Type", "application/json")
	p, err := w.CreatePart(payloadPart)
	if err != nil {
		return nil, "", err
	}
	if _, err := p.Write(payload); err != nil {
		return nil, "", err
	}
	for i, f := range files {
		p, err := w.CreateFormFile("files["+strconv.Itoa(i)+"]", f.Name)
		if err != nil {
			return nil, "", err
		}
		if _, err := p.Write(f.Data); err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// toHost is a transport that sends what is meant for Discord to another host
// that speaks the same API.
type toHost struct {
	host *url.URL
	next http.RoundTripper
}

func (t *toHost) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host, req.Host = t.host.Scheme, t.host.Host, t.host.Host
	if prefix := strings.TrimSuffix(t.host.Path, "/"); prefix != "" {
		req.URL.Path, req.URL.RawPath = prefix+req.URL.Path, ""
	}
	return t.next.RoundTrip(req)
}

// client is an HTTP client for Discord, or for the host that stands in for it.
func client(apiURL string, transport http.RoundTripper) (*http.Client, error) {
	if apiURL != "" {
		host, err := url.Parse(apiURL)
		if err != nil || host.Scheme != "https" && host.Scheme != "http" || host.Host == "" {
			return nil, fmt.Errorf("api_url expects an address such as %s", discordHost)
		}
		transport = &toHost{host: host, next: transport}
	}
	return &http.Client{Transport: transport, Timeout: requestWithin}, nil
}
