package schedule

import (
	"context"
	"slices"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// A series that runs by the zones of members comes in each at its own local
// time, once.
func TestASeriesInManyZones(t *testing.T) {
	d := newDesk(t, "2026-03-06 08:00")
	zones := []string{newYork, "America/Los_Angeles", "Europe/Madrid", "Asia/Tokyo"}
	d.Kind(Kind{
		Name: "everywhere",
		Occur: func(_ context.Context, o Occurrence) (outbox.Effects, error) {
			d.happened = append(d.happened, o)
			return outbox.Effects{Posts: []outbox.Item{{Post: bot.Post{Key: bot.DeliveryKey(o.Key)}}}}, nil
		},
		Zones: func(context.Context, Series) ([]string, error) { return zones, nil },
	})
	r := d.add("every friday at 15:00", func(r *Series) { r.Kind = "everywhere" })
	d.workUntil("2026-03-06 12:00") // 18:00 in Madrid, 9:00 in Los Angeles, 2:00 on Saturday in Tokyo
	d.wantLog(r, "Fri 6 15:00 done Europe/Madrid")
	d.workUntil("2026-03-08 12:00")
	d.wantLog(r, "Fri 6 15:00 done Europe/Madrid", "Fri 6 15:00 done", "Fri 6 15:00 done America/Los_Angeles")

	// The clocks went forward in America, not yet in Europe. Somebody joined in
	// Auckland, and nobody is in Tokyo any more.
	zones = []string{newYork, "America/Los_Angeles", "Europe/Madrid", "Pacific/Auckland"}
	d.workUntil("2026-03-14 08:00")
	d.wantLog(r, "Fri 6 15:00 done Europe/Madrid", "Fri 6 15:00 done", "Fri 6 15:00 done America/Los_Angeles",
		"Fri 13 15:00 done Asia/Tokyo", "Fri 13 15:00 done Europe/Madrid", "Fri 13 15:00 done", "Fri 13 15:00 done America/Los_Angeles")
	d.workUntil("2026-03-21 08:00")
	log := d.log(r)
	if want := []string{
		"Fri 20 15:00 done Pacific/Auckland", "Fri 20 15:00 done Europe/Madrid", "Fri 20 15:00 done", "Fri 20 15:00 done America/Los_Angeles",
	}; !slices.Equal(log[len(log)-4:], want) {
		t.Errorf("the last week: %q", log[len(log)-4:])
	}
	keys := map[string]bool{}
	for _, o := range d.happened {
		keys[o.Key] = true
	}
	if len(keys) != len(d.happened) || len(d.memory.posts) != len(d.happened) {
		t.Errorf("%d occurrences have %d keys and %d posts", len(d.happened), len(keys), len(d.memory.posts))
	}

	// Out of turn it happens once, for all.
	extra := len(d.happened)
	req := &bot.Request{Member: bot.Member{Community: home}, Input: "now"}
	_, err := d.act(t.Context(), req, r.ID, func(c *change) error { _, err := d.runNow(t.Context(), c); return err })
	d.ok(err)
	if o := d.happened[extra]; len(d.happened) != extra+1 || !o.Extra || o.Zone != newYork {
		t.Errorf("it happened %d times, the first %+v", len(d.happened)-extra, o)
	}
}

// Two zones with the same clocks are due at the same instant.
func TestZonesThatAreDueTogether(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	d.Kind(Kind{
		Name:  "everywhere",
		Occur: func(_ context.Context, o Occurrence) (outbox.Effects, error) { return d.occur(o) },
		Zones: func(context.Context, Series) ([]string, error) { return []string{newYork, "America/Toronto"}, nil },
	})
	r := d.add("daily at 15:00", func(r *Series) { r.Kind = "everywhere" })
	d.sleep("2026-03-02 15:00")
	d.work()
	d.wantLog(r, "Mon 2 15:00 done", "Mon 2 15:00 done America/Toronto")
	if len(d.memory.posts) != 2 {
		t.Errorf("%d posts", len(d.memory.posts))
	}
	d.wantNext(r.ID, "2026-03-03 15:00")
}

// When the zones cannot be found out, the series waits.
func TestZonesThatCannotBeHad(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	var trouble error
	d.Kind(Kind{
		Name:  "everywhere",
		Occur: func(_ context.Context, o Occurrence) (outbox.Effects, error) { return d.occur(o) },
		Zones: func(context.Context, Series) ([]string, error) { return []string{newYork}, trouble },
	})
	r := d.add("daily at 15:00", func(r *Series) { r.Kind = "everywhere" })
	d.sleep("2026-03-02 15:00")
	trouble = &bot.Error{Code: bot.Unavailable}
	if err := d.run(d.job(r)); err == nil || err.Error() != "again after 5s: unavailable" {
		t.Errorf("got %v", err)
	}
	if len(d.memory.posts) > 0 {
		t.Error("it was posted all the same")
	}
	trouble = nil
	d.work()
	d.wantLog(r, "Mon 2 15:00 done")
}

// A kind that is at fault does not stop the series: it goes on where it was.
func TestZonesOfAKindThatIsAtFault(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00")
	fault := func() ([]string, error) { return []string{newYork, "Asia/Tokyo"}, nil }
	d.Kind(Kind{
		Name:  "everywhere",
		Occur: func(_ context.Context, o Occurrence) (outbox.Effects, error) { return d.occur(o) },
		Zones: func(context.Context, Series) ([]string, error) { return fault() },
	})
	r := d.add("daily at 15:00", func(r *Series) { r.Kind = "everywhere" })
	fault = func() ([]string, error) { return nil, errBroken }
	d.workUntil("2026-03-02 16:00")
	fault = func() ([]string, error) { panic("oh") }
	d.workUntil("2026-03-03 16:00")
	d.wantLog(r, "Mon 2 15:00 done", "Tue 3 15:00 done Asia/Tokyo", "Tue 3 15:00 done")
	other := Series{Community: home, Kind: "everywhere", Rule: r.Rule, Zone: newYork}
	if err := d.Add(t.Context(), &other, ""); err == nil {
		t.Error("a series of which nothing is known was added")
	}
}
