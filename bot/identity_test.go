package bot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestNewID(t *testing.T) {
	now := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	var ids []string
	for i := range 2000 {
		ids = append(ids, bot.NewID(now.Add(time.Duration(i)*time.Millisecond)))
	}
	if !slices.IsSorted(ids) {
		t.Error("IDs do not sort by the time of their making")
	}
	seen := map[string]bool{}
	for range 2000 {
		id := bot.NewID(now)
		if seen[id] {
			t.Fatalf("%s came twice", id)
		}
		seen[id] = true
		if len(id) != 17 || strings.Trim(id, "0123456789abcdefghjkmnpqrstvwxyz") != "" {
			t.Fatalf("%q is no ID", id)
		}
	}
	for _, at := range []time.Time{time.Unix(0, 0), time.Date(3080, 1, 1, 0, 0, 0, 0, time.UTC)} {
		before, after := bot.NewID(at), bot.NewID(at.Add(time.Hour))
		if before >= after {
			t.Errorf("at %v: %s does not come before %s", at, before, after)
		}
	}
}

// Names of different places differ, whatever stands in their parts.
func TestNamesAreUnambiguous(t *testing.T) {
	odd := []string{"", "a", "a/b", "/", "%2F", "a%", "b", ":"}
	seen := map[string]bot.Channel{}
	for _, connection := range odd {
		for _, space := range odd {
			for _, id := range odd {
				ch := bot.Channel{Space: bot.SpaceID{Connection: connection, ID: space}, ID: id}
				for _, thread := range odd {
					ch.Thread = thread
					name := ch.String()
					if other, taken := seen[name]; taken {
						t.Fatalf("%+v and %+v are both %s", other, ch, name)
					}
					seen[name] = ch
				}
			}
		}
	}
	a := bot.Account{Space: bot.SpaceID{Connection: "slack", ID: "T/1"}, User: "U1"}
	if got := a.String(); got != "slack/T%2F1/U1" {
		t.Errorf("got %q", got)
	}
	if got := a.Space.String(); got != "slack/T%2F1" {
		t.Errorf("got %q", got)
	}
}

func TestChannelRoot(t *testing.T) {
	ch := bot.Channel{ID: "C1", Thread: "T1"}
	if root := ch.Root(); root.Thread != "" || root.ID != "C1" || ch.Thread != "T1" {
		t.Errorf("got %+v of %+v", root, ch)
	}
}

func TestRoles(t *testing.T) {
	order := []bot.Role{bot.RoleMember, bot.RoleHost, bot.RoleOrganizer}
	for i, higher := range order {
		for j, lower := range order {
			if got := higher.Includes(lower); got != (i >= j) {
				t.Errorf("%s includes %s: %v", higher, lower, got)
			}
		}
	}
	if bot.Role("king").Includes(bot.RoleHost) {
		t.Error("an unknown role includes host")
	}
}

func TestMemberAsJSON(t *testing.T) {
	want := bot.Member{ID: "m1", Number: 7, Name: "Ana", Role: bot.RoleHost}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "zone") || strings.Contains(string(data), "language") {
		t.Errorf("what was not chosen is stored: %s", data)
	}
	var got bot.Member
	if err := json.Unmarshal(data, &got); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCodeOf(t *testing.T) {
	known := &bot.Error{Code: bot.Conflict, Err: errors.New("version 3, not 2")}
	tests := []struct {
		name string
		err  error
		want bot.Code
	}{
		{"none", nil, ""},
		{"any other", errors.New("x"), bot.Internal},
		{"known", known, bot.Conflict},
		{"wrapped", fmt.Errorf("saving: %w", known), bot.Conflict},
		{"joined", errors.Join(errors.New("x"), known), bot.Conflict},
		{"known around known: the outer one counts", &bot.Error{Code: bot.Unavailable, Err: known}, bot.Unavailable},
		{"with words", bot.Fail(bot.Invalid, bot.Plain("No.")), bot.Invalid},
	}
	for _, tt := range tests {
		if got := bot.CodeOf(tt.err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestErrorText(t *testing.T) {
	cause := errors.New("403 Forbidden")
	e := &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed, Message: bot.Plain("what Ana typed"), Err: cause}
	if got := e.Error(); got != "permanent (not_allowed): 403 Forbidden" {
		t.Errorf("got %q", got)
	}
	if !errors.Is(e, cause) {
		t.Error("the cause is lost")
	}
	if got := bot.Fail(bot.Invalid, bot.Plain("what Ana typed")).Error(); got != "invalid" {
		t.Errorf("got %q", got)
	}
}

func TestFormerSelves(t *testing.T) {
	ana := bot.Member{ID: "m1", Former: "m2 m3"}
	for id, want := range map[bot.MemberID]bool{"m1": true, "m2": true, "m3": true, "m4": false, "m": false, "": false, "m2 m3": false} {
		if got := ana.Is(id); got != want {
			t.Errorf("ana is %q: %t", id, got)
		}
	}
	if (bot.Member{}).Is("") {
		t.Error("nobody is somebody")
	}
}
