package house_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

// sites are the web of a test: where addresses lead, all to a page of one title.
type sites map[string]string

func (s sites) Visit(_ context.Context, address string, _ library.Validators) (library.Visit, error) {
	if to, ok := s[address]; ok {
		address = to
	}
	return library.Visit{Outcome: library.Found, Address: address, Type: "text/html", Body: []byte("<title>Fraction strips</title>")}, nil
}

// What is saved gets the title of its page, and a shortened link becomes what it leads
// to. Buttons that were shown before that go on working.
func TestPagesAreReadAfterSaving(t *testing.T) {
	s := newSchool(t, "2026-03-06 10:30", "")
	var err error
	s.House, err = house.Build(t.Context(), house.Options{
		Engine: s.engine, Clock: s.clock, Manual: true, Language: "en", Zone: "America/New_York", Version: "test", Log: slog.New(slog.DiscardHandler),
		Pages:    sites{"https://bit.ly/strips": "https://example.org/strips"},
		Adapters: func(house.Tools) ([]bot.Adapter, error) { return []bot.Adapter{s.room}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Library.Close)
	says := func(r bot.Reply, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if text := r.Message.Text.String(); !strings.Contains(text, part) {
				t.Errorf("%q is not in %q", part, text)
			}
		}
	}
	s.ask("joe", "/library/save", "link", "https://example.org/strips skip part two")
	s.ask("ana", "/library/save", "link", "https://bit.ly/strips for grade 4")
	s.until("2026-03-06 10:40")
	for _, key := range []string{"bit.ly/strips", "example.org/strips"} {
		says(s.ask("ana", "/library/card/"+library.IDOf(key)), "Fraction strips", "skip part two")
	}
	says(s.ask("eva", "/library/find", "words", "strips"), "Fraction strips")
	// They are looked at in turn, for months, without a mishap.
	s.until("2026-06-06 10:40")
	says(s.ask("ana", "/library/card/"+library.IDOf("bit.ly/strips")), "Fraction strips")
}
