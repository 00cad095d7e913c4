package discord

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit
func TestWhoHasToWait(t *testing.T) {
	cases := map[string]struct {
		header  http.Header
		answer  string
		after   time.Duration
		overall bool
	}{
		"a channel":        {nil, `{"message":"You are being rate limited.","retry_after":1.5,"global":false}`, 1500 * time.Millisecond, false},
		"everything":       {nil, `{"message":"You are being rate limited.","retry_after":64.5,"global":true}`, 64500 * time.Millisecond, true},
		"by the header":    {http.Header{"X-Ratelimit-Scope": {"global"}, "Retry-After": {"3"}}, "<html>", 3 * time.Second, true},
		"a channel's many": {http.Header{"X-Ratelimit-Scope": {"shared"}, "Retry-After": {"3"}}, "<html>", 3 * time.Second, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var e *bot.Error
			if !errors.As(refused(http.StatusTooManyRequests, c.header, []byte(c.answer)), &e) {
				t.Fatal("no error with a code")
			}
			if e.Code != bot.RateLimited || e.After != c.after || e.Overall != c.overall {
				t.Errorf("%s after %s, overall: %t", e.Code, e.After, e.Overall)
			}
		})
	}
}
