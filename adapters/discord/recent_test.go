package discord

import (
	"testing"
	"time"
)

func TestRecent(t *testing.T) {
	now := time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)
	r := newRecent[int](2, time.Hour, func() time.Time { return now })
	has := func(key string, want int, there bool) {
		t.Helper()
		if got, ok := r.get(key); got != want || ok != there {
			t.Errorf("get(%s) = %d, %t; want %d, %t", key, got, ok, want, there)
		}
	}
	has("a", 0, false)
	r.put("a", 1)
	r.put("b", 2)
	has("a", 1, true)
	r.put("c", 3) // b was used longest ago
	has("b", 0, false)
	has("a", 1, true)
	now = now.Add(30 * time.Minute)
	r.put("a", 4)
	now = now.Add(31 * time.Minute)
	has("a", 4, true)
	has("c", 0, false)
	if r.order.Len() != 1 || len(r.byKey) != 1 {
		t.Errorf("%d and %d values are kept, want one", r.order.Len(), len(r.byKey))
	}
}

func TestTokens(t *testing.T) {
	a := renderer()
	long := "/" + string(make([]byte, 79))
	for _, c := range []struct {
		kind         tokenKind
		guild, path  string
		keepsItGuild bool
	}{
		{routeToken, "1480000000000000000", "/host/next/01hzzzzzzzzzzzzzz", true},
		{reopenToken, "1480000000000000000", "/host/save/01hzzzzzzzzzzzzzz", true},
		{routeToken, "", "/host/next", false},
		{routeToken, "18446744073709551615", long, false},
		{reopenToken, "18446744073709551615", long, false},
	} {
		token := a.token(c.kind, a.space(c.guild), c.path)
		kind, guild, path, ok := a.openToken(token)
		if !ok || kind != c.kind || path != c.path || c.keepsItGuild != (guild == c.guild && guild != "") || len(token) > maxCustomID {
			t.Errorf("%+v: token of %d bytes opens as %c, %q, %q, %t", c, len(token), kind, guild, path, ok)
		}
	}
	for _, sealed := range []string{"", "x", "*/a", "zzzzzzzzzzzzzzzz/a"} {
		if _, _, path, ok := a.openToken(a.seal.Token(sealed)); ok {
			t.Errorf("%q opens as %q", sealed, path)
		}
	}
}
