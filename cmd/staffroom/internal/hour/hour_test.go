//go:build unix

package hour

import (
	"testing"
	"time"
)

// Nothing goes wrong.
func TestAnHour(t *testing.T) {
	begin(t)
	calm := func(*world) {}
	if !*byCommand {
		play(t, calm)
		return
	}
	w := newWorld(t)
	w.start()
	w.link()
	w.play(calm)
}

// enough is how many messages people write in the server alone while it is away.
const enough = 5

// The gateway breaks twice, and the session cannot be resumed. What is written
// meanwhile stands in the channel and in the threads alone.
func TestAnHourWithADroppedGateway(t *testing.T) {
	begin(t)
	t.Parallel()
	play(t, func(w *world) {
		for _, n := range []int{3, 6} {
			w.until(n, gap/2)
			w.withoutDiscord(func(written func() int) {
				w.discord.EndSession()
				w.discord.Disconnect(0, 0)
				if w.poll(patience, func() bool { return written() >= enough }); w.discord.Connected() {
					w.Error("it was back before anything was written")
				}
			})
		}
	})
}

// withoutDiscord breaks the connection to Discord, and waits until it is there
// again. breakIt returns when people have written something meanwhile.
func (w *world) withoutDiscord(breakIt func(written func() int)) {
	there := w.places[0]
	there.hush()
	<-time.After(200 * time.Millisecond) // what was changed before has been heard
	sessions, _ := w.discord.Sessions()
	before := len(w.discord.standing())
	written := func() int { return len(w.discord.standing()) - before }
	breakIt(written)
	w.await("Discord", func() bool {
		now, _ := w.discord.Sessions()
		return now > sessions && w.discord.Connected()
	})
	w.Logf("%d messages were written while Discord could not tell of them", written())
	there.speak()
}

// Each event of both workspaces comes three times, and out of order.
func TestAnHourOfRedelivery(t *testing.T) {
	begin(t)
	t.Parallel()
	play(t, func(w *world) {
		calm := []func(){w.socket.Storm(*seed), w.web.Storm(*seed + 1)}
		w.until(questions, gap*3/2)
		for _, stop := range calm {
			stop()
		}
	})
}

// Every second question is refused once or twice in each place.
func TestAnHourOfRefusals(t *testing.T) {
	begin(t)
	t.Parallel()
	play(t, func(w *world) {
		random := chance(troubleStream)
		for n := 2; n <= questions; n += 2 {
			w.until(n, -gap/4)
			for _, p := range w.places {
				w.refusals[p.number][n-1] = 1 + random.IntN(2)
				p.refuse(w.refusals[p.number][n-1])
			}
		}
	})
}

// The worker and its Redis are killed together, as by a power failure, and started
// again.
func TestAnHourWithAPowerFailure(t *testing.T) {
	begin(t)
	t.Parallel()
	play(t, func(w *world) { w.powerFailure(4) })
}

// powerFailure kills the worker and its Redis while a question is out, and starts them
// again.
func (w *world) powerFailure(n int) {
	w.until(n, time.Duration(chance(troubleStream).Int64N(int64(gap))))
	w.withoutDiscord(func(written func() int) {
		away := time.Now()
		w.worker.Kill()
		w.redis.Kill()
		w.poll(patience, func() bool { return written() >= enough })
		w.redis.Start()
		w.start()
		w.excused = append(w.excused, excuse{from: away, to: time.Now().Add(lease)})
		w.Logf("away for %s", time.Since(away).Round(time.Millisecond))
	})
}
