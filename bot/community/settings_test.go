package community

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/locale"
)

// settingsRouter serves /my settings as ana uses it, with the real words.
func settingsRouter(t *testing.T) (r *bot.Router, d *Directory, store *memoryStore) {
	t.Helper()
	d, store, clock := newTestDirectory()
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	r = bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			m, err := d.Member(ctx, req.Account, req.Name)
			if err != nil {
				return bot.Reply{}, err
			}
			req.Member = m
			return next(ctx, req)
		}
	})
	s := NewSettings(d, words, clock.Now)
	r.Command(bot.Command{Name: "my", Subcommands: s.Subcommands()})
	s.Register(r)
	return r, d, store
}

func settingsForm(t *testing.T, r *bot.Router) bot.Form {
	t.Helper()
	reply, err := r.Ask(context.Background(), bottest.Request("ana", "/my/settings"))
	if err != nil || reply.Form == nil {
		t.Fatalf("got %+v, %v", reply, err)
	}
	return *reply.Form
}

func save(t *testing.T, r *bot.Router, language, zone string) bot.Reply {
	t.Helper()
	reply, err := r.Ask(context.Background(), bottest.Request("ana", "/my/settings/save", "language", language, "zone", zone))
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func TestSettingsForm(t *testing.T) {
	r, _, _ := settingsRouter(t)
	f := settingsForm(t, r)
	if f.Path != "/my/settings/save" || f.Title != "My settings" || len(f.Fields) != 2 {
		t.Fatalf("got %+v", f)
	}
	language, zone := f.Fields[0], f.Fields[1]
	want := []bot.Choice{
		{Label: "As in this group (English)", Value: "community"},
		{Label: "English", Value: "en"},
		{Label: "español", Value: "es"},
	}
	if language.Value != "community" || !slices.Equal(language.Choices, want) {
		t.Errorf("language: %+v", language)
	}
	if zone.Value != "" || !zone.Optional || !strings.Contains(zone.Hint, "America/Chicago") {
		t.Errorf("zone: %+v", zone)
	}
	for _, path := range []string{"/my/settings", "/my/settings/save"} {
		if route, ok := r.Route(path); !ok || !route.Private || route.Mode != bot.Quick {
			t.Errorf("%s: %+v", path, route)
		}
	}
}

func TestSettingsSave(t *testing.T) {
	r, d, store := settingsRouter(t)
	reply := save(t, r, "es", "madrid")
	if got, want := reply.Message.Text.String(), "Guardado. Te escribo en español, y tu hora es jue 21:00 (Europe/Madrid)."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	ana := member(t, d, "ana", "ana")
	if ana.Language != "es" || ana.Zone != "Europe/Madrid" {
		t.Errorf("got %+v", ana)
	}
	f := settingsForm(t, r)
	if f.Title != "Mis ajustes" || f.Fields[0].Value != "es" || f.Fields[1].Value != "Europe/Madrid" {
		t.Errorf("the form does not show what was chosen: %+v", f)
	}
	// Back to what the group has.
	reply = save(t, r, "community", "  ")
	if got, want := reply.Message.Text.String(), "Saved. I write to you in English, and your time is Thu 2:00 pm (America/Chicago)."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if stored := store.members[ana.ID]; stored.Language != "" || stored.Zone != "" {
		t.Errorf("still stored: %+v", stored)
	}
}

func TestSettingsSavedUnchangedFollowTheCommunity(t *testing.T) {
	r, d, store := settingsRouter(t)
	f := settingsForm(t, r)
	save(t, r, f.Fields[0].Value, f.Fields[1].Value)
	if stored := store.members[member(t, d, "ana", "ana").ID]; stored.Language != "" || stored.Zone != "" {
		t.Errorf("saving the form as it was has pinned %+v", stored)
	}
}

func TestSettingsRefuse(t *testing.T) {
	r, d, store := settingsRouter(t)
	before := member(t, d, "ana", "ana")
	tests := []struct {
		name, language, zone string
		field, want          string
	}{
		{"a slip", "en", "Chicgo", "zone", "I don't know a time zone “Chicgo”. Did you mean America/Chicago? Nothing is lost."},
		{"two places of one name", "en", "San Juan", "zone", "I don't know a time zone “San Juan”. Did you mean America/Argentina/San_Juan or America/Puerto_Rico? Nothing is lost."},
		{"nothing near", "en", "xyzzy plugh", "zone", "I don't know a time zone “xyzzy plugh”. Please try a large city near you, such as Chicago. Nothing is lost."},
		{"a flood", "en", strings.Repeat("x", 100000), "zone", "I don't know a time zone “" + strings.Repeat("x", 59) + "…”. Please try a large city near you, such as Chicago. Nothing is lost."},
		{"no such language", "tlh", "", "language", "Please choose one of the languages in the list."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reply := save(t, r, tt.language, tt.zone)
			if reply.Message != nil || len(reply.FieldErrors) != 1 {
				t.Fatalf("got %+v", reply)
			}
			if got := reply.FieldErrors[tt.field].String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if after := member(t, d, "ana", "ana"); after != before || store.count("SaveMember") != 0 {
		t.Errorf("something was stored: %+v", after)
	}
	if both := save(t, r, "tlh", "xyzzy plugh"); len(both.FieldErrors) != 2 {
		t.Errorf("both fields are wrong, told were %v", both.FieldErrors)
	}
}

// Where choices are typed, people type names.
func TestSettingsLanguageByName(t *testing.T) {
	r, d, _ := settingsRouter(t)
	save(t, r, "Español", "")
	if got := member(t, d, "ana", "ana").Language; got != "es" {
		t.Errorf("got %q", got)
	}
}

func TestZones(t *testing.T) {
	z := newZones()
	tests := []struct {
		typed, want string
		nearest     []string
	}{
		{"America/Chicago", "America/Chicago", nil},
		{"america/chicago", "America/Chicago", nil},
		{" Chicago ", "America/Chicago", nil},
		{"CHICAGO", "America/Chicago", nil},
		{"Central", "America/Chicago", nil},
		{"Central Time", "America/Chicago", nil},
		{"Eastern", "America/New_York", nil},
		{"eastern standard time", "America/New_York", nil},
		{"EST", "America/New_York", nil},
		{"U.S. Pacific", "America/Los_Angeles", nil},
		{"US/Eastern", "America/New_York", nil},
		{"new york", "America/New_York", nil},
		{"New_York", "America/New_York", nil},
		{"Nueva York", "America/New_York", nil},
		{"St. Louis", "America/Chicago", nil},
		{"St. John's", "America/St_Johns", nil},
		{"Ciudad de México", "America/Mexico_City", nil},
		{"Bogotá", "America/Bogota", nil},
		{"São Paulo", "America/Sao_Paulo", nil},
		{"Madrid", "Europe/Madrid", nil},
		{"España", "Europe/Madrid", nil},
		{"UTC", "UTC", nil},
		{"gmt", "UTC", nil},
		{"Etc/GMT+5", "Etc/GMT+5", nil},
		{"Nairobi", "Africa/Nairobi", nil},
		{"Chcago", "", []string{"America/Chicago"}},
		{"madird", "", []string{"Europe/Madrid"}},
		{"America/Chicgo", "", []string{"America/Chicago"}},
		{"Buenos Airse", "", []string{"America/Argentina/Buenos_Aires"}},
		{"Birmingham", "", []string{"America/Chicago", "Europe/London"}},
		{"Local", "", nil},
		{"../../etc/passwd", "", nil},
		{"", "", nil},
		{"12", "", nil},
	}
	for _, tt := range tests {
		zone, nearest := z.find(tt.typed)
		if zone != tt.want || !slices.Equal(nearest, tt.nearest) {
			t.Errorf("%q: got %q, %v; want %q, %v", tt.typed, zone, nearest, tt.want, tt.nearest)
		}
	}
}

// Every zone of the list exists, goes by its own name, and no name is written in
// a way in which it cannot be found.
func TestZonesFile(t *testing.T) {
	z := newZones()
	for _, names := range z.byName {
		for _, zone := range names {
			if _, err := time.LoadLocation(zone); err != nil {
				t.Errorf("%s: %v", zone, err)
			}
			if got, _ := z.find(zone); got != zone {
				t.Errorf("%s leads to %q", zone, got)
			}
		}
	}
	for name := range z.byName {
		for _, ending := range []string{" time"} {
			if strings.HasSuffix(name, ending) {
				t.Errorf("%q can never be found: its ending is cut off", name)
			}
		}
	}
	if len(z.names) < 700 {
		t.Errorf("%d names only", len(z.names))
	}
}

func FuzzZones(f *testing.F) {
	for _, s := range []string{"Chicago", "San Juan", "América/México", "US/Eastern", "\x00/\xff", "//"} {
		f.Add(s)
	}
	z := newZones()
	f.Fuzz(func(t *testing.T, typed string) {
		zone, nearest := z.find(typed)
		if zone == "" && len(nearest) > 3 {
			t.Errorf("%d suggestions", len(nearest))
		}
		if zone != "" {
			if _, err := time.LoadLocation(zone); err != nil {
				t.Error(err)
			}
		}
	})
}
