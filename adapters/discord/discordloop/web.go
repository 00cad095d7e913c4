package discordloop

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// SendTo has interactions sent to an address, as if it were entered as the
// application's Interactions Endpoint URL; "" brings them over the gateway again.
func (s *Server) SendTo(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoint = address
}

// Sign makes a request of Discord's: signed, and made at the given time.
func (s *Server) Sign(ctx context.Context, address string, body []byte, at time.Time) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	s.mu.Lock()
	signature := ed25519.Sign(s.signing, append([]byte(timestamp), body...))
	s.mu.Unlock()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Signature-Timestamp", timestamp)
	req.Header.Set("X-Signature-Ed25519", hex.EncodeToString(signature))
	return req, nil
}

// deliver brings the bot an interaction. The caller holds mu.
func (s *Server) deliver(i *interaction, data map[string]any) {
	if s.endpoint == "" {
		s.gateway.dispatch("INTERACTION_CREATE", data)
		return
	}
	body, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	address := s.endpoint
	s.wg.Go(func() {
		answer, err := s.ask(address, body)
		if err == nil {
			err = s.check(http.MethodPost, "/interactions/"+i.id+"/"+i.token+"/callback", answer)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if err == nil {
			err = s.answered(i, answer)
		}
		if err != nil {
			i.failed = err.Error()
		}
		s.change()
	})
}

// ask sends a request, and waits for the answer for as long as Discord does.
func (s *Server) ask(address string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	req, err := s.Sign(ctx, address, body, time.Now())
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = statusError(resp.StatusCode)
	}
	return answer, err
}

// statusError is an answer that is none.
type statusError int

func (e statusError) Error() string { return http.StatusText(int(e)) }

// answered takes the first answer to an interaction. The caller holds mu.
func (s *Server) answered(i *interaction, answer []byte) error {
	var c struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer, &c); err != nil {
		return err
	}
	if i.given != 0 {
		return statusError(http.StatusConflict)
	}
	if why := s.give(i, c.Type, c.Data, nil); why != "" {
		return invalidAnswer(why)
	}
	i.given = c.Type
	return nil
}

type invalidAnswer string

func (e invalidAnswer) Error() string { return string(e) }
