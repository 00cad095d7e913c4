package slackloop

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Fault is a way in which a call goes wrong. Its zero value is none.
type Fault struct {
	Error      string // answered as Slack's error; nothing is done
	Status     int    // answered as this HTTP status; nothing is done
	RetryAfter int    // answered as 429 with so many seconds; nothing is done
	Cut        bool   // the connection ends; nothing is done
	CutAfter   bool   // it is done, and the connection ends before the answer
	// Hold makes the call wait until it is closed, or until the caller has gone.
	Hold <-chan struct{}
}

type plannedFault struct {
	method string
	fault  Fault
	times  int
}

// Fail makes the next calls of a method go wrong: "" stands for every method,
// "response_url" for answers to interactions, and a negative number of times for
// all until Mend.
func (s *Server) Fail(method string, f Fault, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &plannedFault{method, f, times})
}

// Mend ends all faults.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) takeFault(method string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.faults {
		if p.times != 0 && (p.method == "" || p.method == method) {
			if p.times > 0 {
				p.times--
			}
			return p.fault
		}
	}
	return Fault{}
}

// failure is an error of Slack, by its name.
type failure string

func (f failure) Error() string { return string(f) }

// result is what a method answers besides ok.
type result map[string]any

// serveMethod serves POST /api/{method}.
func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request) {
	method := r.PathValue("method")
	payload, token, err := readPayload(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.serve(w, r, method, payload, func() (result, error) {
		want := BotToken
		if method == "apps.connections.open" {
			want = AppToken
		}
		switch token {
		case want:
			return s.call(method, payload)
		case "":
			return nil, failure("not_authed")
		case BotToken, AppToken:
			return nil, failure("not_allowed_token_type")
		}
		return nil, failure("invalid_auth")
	})
}

// serve records a call, lets it go wrong as planned, and answers.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, name string, payload []byte, do func() (result, error)) {
	s.mu.Lock()
	s.calls = append(s.calls, Call{Method: name, Payload: payload, At: s.options.Now()})
	s.touch()
	s.mu.Unlock()
	fault := s.takeFault(name)
	if fault.Hold != nil {
		select {
		case <-fault.Hold:
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
	switch {
	case fault.Cut:
		panic(http.ErrAbortHandler)
	case fault.RetryAfter > 0:
		w.Header().Set("Retry-After", strconv.Itoa(fault.RetryAfter))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case fault.Status > 0:
		w.WriteHeader(fault.Status)
		return
	}
	if s.limited(w, name, payload) {
		return
	}
	var got result
	err := s.check(name, payload)
	if fault.Error != "" {
		err = failure(fault.Error)
	}
	if err == nil {
		got, err = do()
	}
	if fault.CutAfter {
		panic(http.ErrAbortHandler)
	}
	answer := result{"ok": err == nil}
	if err != nil {
		answer["error"] = err.Error()
	}
	for k, v := range got {
		answer[k] = v
	}
	if name == "auth.test" {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.options.Scopes, ","))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(answer)
}

// check has a payload looked at.
func (s *Server) check(method string, payload []byte) error {
	if s.options.Check == nil {
		return nil
	}
	if err := s.options.Check(method, payload); err != nil {
		s.mu.Lock()
		s.complaints = append(s.complaints, fmt.Errorf("%s: %w", method, err))
		s.mu.Unlock()
		return failure("invalid_arguments")
	}
	return nil
}

func (s *Server) call(method string, payload []byte) (result, error) {
	methods := map[string]func([]byte) (result, error){
		"apps.connections.open":        s.openConnection,
		"auth.test":                    s.authTest,
		"users.info":                   s.usersInfo,
		"chat.postMessage":             s.postMessage,
		"chat.postEphemeral":           s.postEphemeral,
		"chat.update":                  s.updateMessage,
		"chat.delete":                  s.deleteMessage,
		"conversations.history":        s.history,
		"conversations.replies":        s.replies,
		"conversations.open":           s.openConversation,
		"conversations.members":        s.members,
		"usergroups.list":              s.userGroups,
		"usergroups.users.list":        s.inUserGroup,
		"views.open":                   s.openView,
		"views.publish":                s.publishView,
		"files.getUploadURLExternal":   s.uploadURL,
		"files.completeUploadExternal": s.completeUpload,
		"files.delete":                 s.deleteFile,
	}
	serve, ok := methods[method]
	if !ok {
		return nil, failure("unknown_method")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	return serve(payload)
}

// readPayload reads a call's arguments as JSON, whichever way they came, and its
// token, which must come in the header: other hosts that speak Slack's API know no
// other way.
func readPayload(r *http.Request) (payload []byte, token string, err error) {
	token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, "", err
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if len(body) == 0 {
			body = []byte("{}")
		}
		return body, token, nil
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, "", err
	}
	fields := map[string]any{}
	for name := range values {
		fields[name] = formValue(name, values.Get(name))
	}
	if values.Has("token") {
		return nil, "", failure("the token belongs into the header")
	}
	payload, err = json.Marshal(fields)
	return payload, token, err
}

// formValue gives a form's field the type that it has in JSON.
func formValue(name, value string) any {
	switch name {
	case "blocks", "metadata", "attachments", "view", "files":
		return json.RawMessage(value)
	case "limit", "length":
		if n, err := strconv.Atoi(value); err == nil {
			return n
		}
	case "inclusive", "include_all_metadata", "include_locale", "unfurl_links", "unfurl_media", "mrkdwn", "link_names", "return_im":
		if b, err := strconv.ParseBool(value); err == nil {
			return b
		}
	}
	return value
}

func (s *Server) authTest([]byte) (result, error) {
	return result{"team_id": Team, "team": "Loop", "user_id": BotUser, "bot_id": BotID, "user": BotName}, nil
}

func (s *Server) usersInfo(payload []byte) (result, error) {
	var args struct {
		User string `json:"user"`
	}
	if err := json.Unmarshal(payload, &args); err != nil {
		return nil, failure("invalid_arguments")
	}
	p, ok := s.people[args.User]
	if !ok {
		return nil, failure("user_not_found")
	}
	return result{"user": result{
		"id": p.ID, "team_id": cmp.Or(p.Team, Team), "name": strings.ToLower(p.Name), "real_name": p.Name, "is_admin": p.Admin,
		"is_bot": p.ID == BotUser || p.Bot, "deleted": p.Gone, "locale": p.Locale, "profile": result{"display_name": p.Name, "real_name": p.Name},
	}}, nil
}
