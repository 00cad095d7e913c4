package ping

import (
	"reflect"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
)

func TestPing(t *testing.T) {
	r := bot.NewRouter()
	New(bottest.Words{}).Register(r)
	tests := []struct {
		name, path string
		times      string // the option, as typed
		text, next string // what is said, and where the button leads
		replace    bool
		code       bot.Code
	}{
		{name: "command", path: "/ping/now", text: "es ping.pong name=Ana count=1", next: "/ping/again/1"},
		{name: "option", path: "/ping/now", times: "3", text: "es ping.pong name=Ana count=3", next: "/ping/again/3"},
		{name: "no number of times", path: "/ping/now", times: "often", code: bot.Invalid},
		{name: "too many times", path: "/ping/now", times: "101", code: bot.Invalid},
		{name: "button", path: "/ping/again/1", text: "es ping.pong name=Ana count=2", next: "/ping/again/2", replace: true},
		{name: "no number", path: "/ping/again/x", code: bot.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if route, ok := r.Route(tt.path); !ok || !route.Private {
				t.Error("the reply is not private")
			}
			req := bottest.Request("ana", tt.path, "times", tt.times)
			req.Member = bot.Member{Name: "Ana", Language: "es"}
			reply, err := r.Ask(t.Context(), req)
			if bot.CodeOf(err) != tt.code {
				t.Fatalf("got error %v, want code %q", err, tt.code)
			}
			if err != nil {
				return
			}
			if got := reply.Message.Text.String(); got != tt.text {
				t.Errorf("said %q, want %q", got, tt.text)
			}
			want := []bot.Control{{Label: "es ping.button.again", Path: tt.next}}
			if got := reply.Message.Controls; !reflect.DeepEqual(got, want) {
				t.Errorf("buttons %v, want %v", got, want)
			}
			if reply.Replace != tt.replace {
				t.Errorf("replaces: %t, want %t", reply.Replace, tt.replace)
			}
		})
	}
}
