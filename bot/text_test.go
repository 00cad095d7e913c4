package bot_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestTextString(t *testing.T) {
	at := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		text bot.Text
		want string
	}{
		{"nothing", nil, ""},
		{"one span", bot.Plain("hello"), "hello"},
		{"looks", bot.Text{{Kind: bot.SpanBold, Text: "a"}, {Text: " "}, {Kind: bot.SpanLink, Text: "b", URL: "https://example.org"}}, "a b"},
		{"a mention", bot.Text{{Kind: bot.SpanMention, Text: "Ana", Account: &bot.Account{User: "U1"}}}, "Ana"},
		{"a time alone", bot.Text{{Kind: bot.SpanTime, At: &at}}, "Thu 7:00 pm UTC"},
		{"a time among words", bot.Text{{Text: "at "}, {Kind: bot.SpanTime, At: &at, Zone: "America/Chicago", Style: bot.ClockTime}}, "at 2:00 pm CDT"},
		{"a time without an instant", bot.Text{{Text: "at "}, {Kind: bot.SpanTime}}, "at "},
	}
	for _, tt := range tests {
		if got := tt.text.String(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTextEmpty(t *testing.T) {
	at := time.Unix(0, 0)
	for _, empty := range []bot.Text{nil, {}, bot.Plain(""), {{}, {Kind: bot.SpanBold}}} {
		if !empty.Empty() {
			t.Errorf("%+v is not empty", empty)
		}
	}
	for _, full := range []bot.Text{bot.Plain(" "), {{Kind: bot.SpanTime, At: &at}}} {
		if full.Empty() {
			t.Errorf("%+v is empty", full)
		}
	}
}

func TestJoin(t *testing.T) {
	got := bot.Join(", ", nil, bot.Plain("a"), bot.Text{{}}, bot.Text{{Kind: bot.SpanBold, Text: "b"}, {Text: "c"}})
	if looks(got) != "a, <b>b</b>c" {
		t.Errorf("got %q", looks(got))
	}
	if got := bot.Join("", bot.Plain("a"), bot.Plain("b")); got.String() != "ab" {
		t.Errorf("got %q", got)
	}
}

func TestTextAsJSON(t *testing.T) {
	at := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	want := bot.Text{
		{Text: "a"}, {Kind: bot.SpanMention, Text: "Ana", Account: &bot.Account{Space: bot.SpaceID{Connection: "c", ID: "1"}, User: "u"}},
		{Kind: bot.SpanTime, At: &at, Zone: "Europe/Madrid", Language: "es", Style: bot.DateTime},
	}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got bot.Text
	if err := json.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestClock(t *testing.T) {
	utc := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
	}
	tests := []struct {
		name         string
		at           time.Time
		own, reader  string
		style        bot.TimeStyle
		english, esp string
	}{
		{"the reader's zone", utc(5, 15, 1, 0), "UTC", "America/New_York", bot.WeekdayTime, "Thu 9:00 pm", "jue 21:00"},
		{"its own zone", utc(5, 15, 1, 0), "America/New_York", "", bot.WeekdayTime, "Thu 9:00 pm EDT", "jue 21:00 EDT"},
		{"an unknown zone of the reader's", utc(5, 15, 1, 0), "America/New_York", "Mars/Base", bot.WeekdayTime, "Thu 9:00 pm EDT", "jue 21:00 EDT"},
		{"no zone", utc(5, 15, 1, 0), "", "", bot.WeekdayTime, "Fri 1:00 am UTC", "vie 01:00 UTC"},
		{"zones that nobody knows", utc(5, 15, 1, 0), "Mars/Base", "Mars/Other", bot.WeekdayTime, "Fri 1:00 am UTC", "vie 01:00 UTC"},
		{"the date", utc(5, 12, 18, 0), "", "Europe/Madrid", bot.DateTime, "Tue 12 May, 8:00 pm", "mar 12 de mayo, 20:00"},
		{"the clock", utc(5, 12, 18, 5), "", "Europe/Madrid", bot.ClockTime, "8:05 pm", "20:05"},
		{"noon", utc(9, 2, 12, 0), "", "UTC", bot.DateTime, "Wed 2 Sep, 12:00 pm", "mié 2 de septiembre, 12:00"},
		{"midnight", utc(9, 5, 0, 0), "", "UTC", bot.DateTime, "Sat 5 Sep, 12:00 am", "sáb 5 de septiembre, 00:00"},
		{"before the clocks go forward", utc(3, 8, 6, 59), "", "America/New_York", bot.WeekdayTime, "Sun 1:59 am", "dom 01:59"},
		{"after the clocks went forward", utc(3, 8, 7, 0), "", "America/New_York", bot.WeekdayTime, "Sun 3:00 am", "dom 03:00"},
		{"the first 1:30 of two", utc(11, 1, 5, 30), "America/New_York", "", bot.ClockTime, "1:30 am EDT", "01:30 EDT"},
		{"the second 1:30 of two", utc(11, 1, 6, 30), "America/New_York", "", bot.ClockTime, "1:30 am EST", "01:30 EST"},
		{"half an hour's summer time", utc(4, 4, 15, 30), "", "Australia/Lord_Howe", bot.WeekdayTime, "Sun 2:00 am", "dom 02:00"},
		{"a zone without letters", utc(5, 12, 18, 0), "America/Sao_Paulo", "", bot.ClockTime, "3:00 pm -03", "15:00 -03"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bot.Span{Kind: bot.SpanTime, At: &tt.at, Zone: tt.own, Style: tt.style}
			for language, want := range map[string]string{"": tt.english, "en-GB": tt.english, "fi": tt.english, "es": tt.esp, "es-MX": tt.esp, "ES": tt.esp} {
				s.Language = language
				if got := s.Clock(tt.reader); got != want {
					t.Errorf("%q: got %q, want %q", language, got, want)
				}
			}
		})
	}
	if got := (bot.Span{Text: "x"}).Clock("UTC"); got != "" {
		t.Errorf("a span without an instant shows %q", got)
	}
}

func TestEveryMonthInSpanish(t *testing.T) {
	want := []string{
		"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
	}
	for i, name := range want {
		at := time.Date(2026, time.Month(i+1), 1, 12, 0, 0, 0, time.UTC)
		s := bot.Span{Kind: bot.SpanTime, At: &at, Style: bot.DateTime, Language: "es"}
		if got, want := s.Clock("UTC"), " 1 de "+name+", 12:00"; !strings.HasSuffix(got, want) {
			t.Errorf("got %q, which does not end in %q", got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	tests := []struct {
		text string
		most int
		want string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"ábc", 3, "ábc"},
		{"ábcd", 3, "áb…"},
		{"ab cd", 4, "ab…"},
		{"漢字漢字", 2, "漢…"},
	}
	for _, tt := range tests {
		if got := bot.Shorten(tt.text, tt.most); got != tt.want {
			t.Errorf("%q to %d: got %q, want %q", tt.text, tt.most, got, tt.want)
		}
	}
}

func TestNearest(t *testing.T) {
	commands := []string{"chat", "checkin", "host", "library", "partner", "chat list", "chat show"}
	tests := []struct {
		word  string
		limit int
		want  []string
	}{
		{"chat", 3, []string{"chat"}},
		{"Chat", 3, []string{"chat"}},
		{"chta", 3, []string{"chat"}},
		{"cht", 3, []string{"chat"}},
		{"hots", 3, []string{"host"}},
		{"chat lsit", 3, []string{"chat list"}},
		{"ch", 3, []string{"chat", "checkin", "chat list"}},
		{"ch", 1, []string{"chat"}},
		{"lib", 3, []string{"library"}},
		{"libary", 3, []string{"library"}},
		{"weather", 3, nil},
		{"c", 3, nil},
		{"", 3, nil},
	}
	for _, tt := range tests {
		got := bot.Nearest(tt.word, commands, tt.limit)
		if len(got) == 0 && len(tt.want) == 0 {
			continue
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %v, want %v", tt.word, got, tt.want)
		}
	}
	if got := bot.Nearest("aa", []string{"ab", "ab", "ac"}, 5); !reflect.DeepEqual(got, []string{"ab", "ac"}) {
		t.Errorf("got %v", got)
	}
}

func TestDay(t *testing.T) {
	day := time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC)
	for language, want := range map[string]string{
		"en": "Thu 3 Dec 2026", "": "Thu 3 Dec 2026", "es": "jue 3 de diciembre de 2026", "es-MX": "jue 3 de diciembre de 2026",
	} {
		if got := bot.Day(language, day); got != want {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
	}
	for language, want := range map[string]string{"en": "3 Dec", "": "3 Dec", "es-MX": "3 dic"} {
		if got := bot.ShortDay(language, day); got != want {
			t.Errorf("%s in short: %q, want %q", language, got, want)
		}
	}
}
