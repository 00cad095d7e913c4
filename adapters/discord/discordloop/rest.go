package discordloop

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

// incoming is a request of the bot, read.
type incoming struct {
	*http.Request
	path  string // without the API's version
	body  []byte // JSON
	files []File
}

// answer is what a request gets.
type answer struct {
	status int
	body   any // nil: none
}

func refuse(status, code int, message string) answer {
	return answer{status, map[string]any{"code": code, "message": message}}
}

// Refusals that Discord has a code for.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
func unknownChannel() answer { return refuse(http.StatusNotFound, 10003, "Unknown Channel") }
func unknownMessage() answer { return refuse(http.StatusNotFound, 10008, "Unknown Message") }
func invalidForm(why string) answer {
	return refuse(http.StatusBadRequest, 50035, "Invalid Form Body: "+why)
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(*incoming) answer) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/{version}"+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, serve) })
	}
	mux.HandleFunc("/gateway", s.serveGateway)
	handle("GET /gateway/bot", s.getGateway)
	handle("GET /applications/@me", s.getApplication)
	handle("GET /users/@me", s.getSelf)
	handle("GET /users/@me/guilds", s.getGuilds)
	handle("GET /channels/{channel}/messages", s.getMessages)
	handle("POST /channels/{channel}/messages/{message}/threads", s.openThread)
	handle("POST /channels/{channel}/threads", s.createThread)
	handle("PUT /channels/{channel}/thread-members/{person}", s.addToThread)
	handle("GET /channels/{channel}/users/@me/threads/archived/private", s.archivedThreads)
	handle("GET /guilds/{guild}/threads/active", s.activeThreads)
	handle("GET /guilds/{guild}", s.getGuild)
	handle("GET /guilds/{guild}/roles", s.getRoles)
	handle("GET /guilds/{guild}/members", s.getMembers)
	handle("GET /guilds/{guild}/members/{person}", s.getMember)
	handle("GET /guilds/{guild}/scheduled-events", s.getEvents)
	handle("POST /guilds/{guild}/scheduled-events", s.createEvent)
	handle("PATCH /guilds/{guild}/scheduled-events/{event}", s.changeEvent)
	handle("DELETE /guilds/{guild}/scheduled-events/{event}", s.deleteEvent)
	handle("POST /users/@me/channels", s.openDirect)
	handle("GET /channels/{channel}", s.getChannel)
	handle("POST /channels/{channel}/messages", s.createMessage)
	handle("PATCH /channels/{channel}/messages/{message}", s.editMessage)
	handle("DELETE /channels/{channel}/messages/{message}", s.deleteMessage)
	handle("GET /applications/{app}/commands", s.getCommands)
	handle("PUT /applications/{app}/commands", s.putCommands)
	handle("POST /interactions/{id}/{token}/callback", s.callback)
	handle("POST /webhooks/{app}/{token}", s.followUp)
	handle("PATCH /webhooks/{app}/{token}/messages/@original", s.editOriginal)
	handle("DELETE /webhooks/{app}/{token}/messages/@original", s.deleteOriginal)
	return mux
}

// serve reads a request, lets it go wrong where it should, and answers.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, with func(*incoming) answer) {
	_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/"), "/")
	in := &incoming{Request: r, path: "/" + path}
	f := s.fault(r.Method, in.path)
	if f != nil && f.Refuse {
		s.note(in, 0)
		panic(http.ErrAbortHandler)
	}
	if err := in.read(); err != nil {
		s.write(w, in, invalidForm(err.Error()))
		return
	}
	if f != nil && f.Hold != nil {
		select {
		case <-f.Hold:
		case <-r.Context().Done():
		}
	}
	switch {
	case f != nil && f.Status != 0:
		s.write(w, in, f.answer(w.Header()))
		return
	case !s.authorized(in):
		s.write(w, in, refuse(http.StatusUnauthorized, 0, "401: Unauthorized"))
		return
	}
	target := in.path
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	if err := s.check(r.Method, target, in.body); err != nil {
		s.write(w, in, invalidForm(err.Error()))
		return
	}
	s.mu.Lock()
	a := with(in)
	s.mu.Unlock()
	if f != nil && f.Drop {
		s.note(in, 0)
		panic(http.ErrAbortHandler)
	}
	s.write(w, in, a)
}

// check asks Options.Check, and keeps what it says.
func (s *Server) check(method, path string, body []byte) error {
	if s.opts.Check == nil {
		return nil
	}
	err := s.opts.Check(method, path, body)
	if err != nil {
		s.mu.Lock()
		s.violations = append(s.violations, method+" "+path+": "+err.Error())
		s.mu.Unlock()
	}
	return err
}

// read takes the JSON and the files out of the body.
func (in *incoming) read() error {
	body, err := io.ReadAll(in.Body)
	if err != nil {
		return err
	}
	kind, params, _ := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		in.body = body
		return nil
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		if p.FormName() == "payload_json" {
			in.body = data
		} else {
			in.files = append(in.files, File{Name: p.FileName(), Data: data})
		}
	}
}

func (s *Server) authorized(in *incoming) bool {
	for _, open := range []string{"/interactions/", "/webhooks/"} {
		if strings.HasPrefix(in.path, open) { // the path's own token authorizes
			return in.Header.Get("Authorization") == ""
		}
	}
	return in.Header.Get("Authorization") == "Bot "+s.opts.Token
}

func (f *Fault) answer(h http.Header) answer {
	if f.Body != "" {
		return answer{f.Status, json.RawMessage(f.Body)}
	}
	a := refuse(f.Status, f.Code, http.StatusText(f.Status))
	if f.RetryAfter > 0 {
		seconds := f.RetryAfter.Seconds()
		h.Set("Retry-After", strconv.Itoa(int(seconds+0.999)))
		a.body = map[string]any{"message": "You are being rate limited.", "retry_after": seconds, "global": false}
	}
	return a
}

func (s *Server) write(w http.ResponseWriter, in *incoming, a answer) {
	s.note(in, a.status)
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	raw, plain := a.body.(json.RawMessage)
	if !plain {
		raw, _ = json.Marshal(a.body)
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(raw)
}

func (s *Server) note(in *incoming, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{Method: in.Method, Path: in.path, Status: status})
	s.change()
}

// The handlers below run while mu is held.

func (s *Server) openDirect(in *incoming) answer {
	var b struct {
		Recipient string `json:"recipient_id"`
	}
	if json.Unmarshal(in.body, &b) != nil || s.people[b.Recipient] == nil {
		return invalidForm("recipient_id")
	}
	return answer{http.StatusOK, s.channelJSON(s.direct(b.Recipient))}
}

func (s *Server) getChannel(in *incoming) answer {
	c, ok := s.channels[in.PathValue("channel")]
	if !ok {
		return unknownChannel()
	}
	return answer{http.StatusOK, s.channelJSON(c)}
}

func (s *Server) createMessage(in *incoming) answer {
	c, ok := s.channels[in.PathValue("channel")]
	if !ok {
		return unknownChannel()
	}
	b, err := parseBody(in)
	if err != nil {
		return invalidForm(err.Error())
	}
	if c.locked {
		return refuse(http.StatusBadRequest, 50083, "Thread is archived")
	}
	if p, ok := s.people[c.with]; ok && p.NoDirect {
		return refuse(http.StatusForbidden, 50007, "Cannot send messages to this user")
	}
	if b.Nonce != "" && b.Enforce {
		if m, ok := s.nonces[b.Nonce]; ok {
			if m.gone {
				return unknownMessage()
			}
			return answer{http.StatusOK, s.messageJSON(m)}
		}
	}
	if b.empty() {
		return refuse(http.StatusBadRequest, 50006, "Cannot send an empty message")
	}
	c.archived = false // what is said brings a thread back
	m := s.botSays(c.id, b, in.files)
	if b.Nonce != "" {
		m.Nonce = b.Nonce
		s.nonces[b.Nonce] = m
	}
	s.gateway.dispatch("MESSAGE_CREATE", s.messageJSON(m))
	return answer{http.StatusOK, s.messageJSON(m)}
}

// own finds a message of the bot's by the request's path.
func (s *Server) own(in *incoming) (*Message, answer) {
	if _, ok := s.channels[in.PathValue("channel")]; !ok {
		return nil, unknownChannel()
	}
	for _, m := range s.messages {
		if m.ID == in.PathValue("message") && m.Channel == in.PathValue("channel") && !m.gone && m.OnlyFor == "" {
			if m.Author != "" {
				return nil, refuse(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
			}
			return m, answer{}
		}
	}
	return nil, unknownMessage()
}

func (s *Server) editMessage(in *incoming) answer {
	m, refusal := s.own(in)
	if m == nil {
		return refusal
	}
	b, err := parseBody(in)
	if err != nil {
		return invalidForm(err.Error())
	}
	s.rewrite(m, b, in.files)
	return answer{http.StatusOK, s.messageJSON(m)}
}

func (s *Server) deleteMessage(in *incoming) answer {
	m, refusal := s.own(in)
	if m == nil {
		return refusal
	}
	s.remove(m)
	return answer{http.StatusNoContent, nil}
}
