package bot_test

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

// customIDLimit is how long a control's token may be on Discord, in characters.
// https://discord.com/developers/docs/components/reference#custom-id
const customIDLimit = 100

func TestSeal(t *testing.T) {
	s := bot.NewSeal([]byte(strings.Repeat("k", 32)))
	longest := "/" + strings.Repeat("a", bot.MaxPath-1)
	for _, path := range []string{"/host/next/01h2x3y4z5a6b7c8d", "/my/settings/save", "/a~b", "", longest} {
		token := s.Token(path)
		if got, ok := s.Path(token); !ok || got != path {
			t.Errorf("%q became %q, %v", path, got, ok)
		}
		if token != s.Token(path) {
			t.Errorf("%q has two tokens: a button would change with each update", path)
		}
		if len(token) > customIDLimit {
			t.Errorf("the token of a path of %d bytes has %d", len(path), len(token))
		}
		if again := bot.NewSeal([]byte(strings.Repeat("k", 32))); again.Token(path) != token {
			t.Errorf("%q: another replica makes another token", path)
		}
	}
}

func TestSealRefuses(t *testing.T) {
	s := bot.NewSeal([]byte(strings.Repeat("k", 32)))
	token := s.Token("/host/end/01h2x3y4z5a6b7c8d")
	tampered := []string{
		"", "~", "/host/end/1", "/host/end/1~", "/host/end/1~AAAAAAAAAAAA",
		token + "A", token[:len(token)-1], "x" + token, strings.ToUpper(token),
		strings.Replace(token, "end", "nxt", 1),
		strings.Replace(token, "~", "~~", 1),
		bot.NewSeal([]byte(strings.Repeat("l", 32))).Token("/host/end/01h2x3y4z5a6b7c8d"),
	}
	for i := range token {
		changed := []byte(token)
		changed[i] ^= 1
		tampered = append(tampered, string(changed))
	}
	for _, forged := range tampered {
		if path, ok := s.Path(forged); ok {
			t.Errorf("%q opened as %q", forged, path)
		}
	}
}

func TestSealKeepsItsKey(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	s := bot.NewSeal(key)
	token := s.Token("/a")
	clear(key)
	if s.Token("/a") != token {
		t.Error("the seal changed with the slice that it was made from")
	}
}
