package redis

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// crowded is a real Redis with many jobs, as two replicas see it.
type crowded struct {
	*testing.B
	replicas    [2]*Store
	communities []string
	each        int // jobs in each community
}

func newCrowded(b *testing.B, communities, each int) *crowded {
	b.Helper()
	c := &crowded{B: b, each: each}
	url := redistest.URL(b)
	for i := range c.replicas {
		e, err := engine.Open(b.Context(), engine.Options{URL: url})
		c.ok(err)
		b.Cleanup(func() { _ = e.Close(context.Background()) }) // only reads are left
		c.replicas[i], err = Open(b.Context(), e.Client(), nil)
		c.ok(err)
	}
	for range communities {
		c.communities = append(c.communities, bot.NewID(noon))
	}
	return c
}

func (c *crowded) ok(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *crowded) jobs() int { return len(c.communities) * c.each }

// step is the job of a series' next occurrence, as bot/schedule makes it.
func (c *crowded) step(community string, due time.Time) scheduler.Job {
	c.Helper()
	series := bot.NewID(noon)
	payload, err := json.Marshal(map[string]string{"series": series})
	c.ok(err)
	return scheduler.Job{Group: community, ID: "series/" + series, Kind: schedule.JobKind, Due: due, Payload: payload}
}

// fill has put called with the jobs of a community, a hundred at a time, and in
// several places at once.
func (c *crowded) fill(due time.Time, put func(community string, jobs []scheduler.Job) error) {
	c.Helper()
	work := make(chan string)
	var everyone sync.WaitGroup
	for range 8 {
		everyone.Go(func() {
			for community := range work {
				for left := c.each; left > 0; left -= 100 {
					jobs := make([]scheduler.Job, min(left, 100))
					for i := range jobs {
						jobs[i] = c.step(community, due)
					}
					if err := put(community, jobs); err != nil {
						c.Error(err)
					}
				}
			}
		})
	}
	for _, community := range c.communities {
		work <- community
	}
	close(work)
	everyone.Wait()
	if c.Failed() {
		c.FailNow()
	}
}

func (c *crowded) schedule(community string, jobs []scheduler.Job) error {
	return c.replicas[0].Apply(c.Context(), community, outbox.Effects{Jobs: jobs})
}

// plainly writes the words of jobs into a hash and a sorted set, and nothing
// else.
func (c *crowded) plainly(community string, jobs []scheduler.Job) error {
	pipe := c.replicas[0].client.Pipeline()
	for _, j := range jobs {
		body, err := json.Marshal(jobBody{Kind: j.Kind, Payload: j.Payload})
		if err != nil {
			return err
		}
		pipe.HSet(c.Context(), "{"+community+"}:jobs", j.ID, body)
		pipe.ZAdd(c.Context(), "{"+community+"}:due", redis.Z{Score: float64(j.Due.UnixMilli()), Member: j.ID})
	}
	_, err := pipe.Exec(c.Context())
	return err
}

// grows is by how many bytes the server's memory grows while something is done,
// which is taken back afterwards.
func (c *crowded) grows(do func()) float64 {
	c.Helper()
	client := c.replicas[0].client
	used := func() float64 {
		info, err := client.Info(c.Context(), "memory").Result()
		c.ok(err)
		found := regexp.MustCompile(`used_memory:(\d+)`).FindStringSubmatch(info)
		if found == nil {
			c.Fatal("the server does not say how much memory it uses")
		}
		bytes, err := strconv.ParseFloat(found[1], 64)
		c.ok(err)
		return bytes
	}
	before := used()
	do()
	grown := used() - before
	c.ok(client.FlushDB(c.Context()).Err())
	return grown
}

// BenchmarkScaleMemory is what a scheduled job takes in Redis. The floor is the
// same words in a hash and a sorted set for each community, and nothing else.
func BenchmarkScaleMemory(b *testing.B) {
	for name, size := range map[string][2]int{
		"1000000-jobs-in-5000-communities": {5000, 200},
		"1000000-jobs-in-100-communities":  {100, 10_000},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c := newCrowded(b, size[0], size[1])
				tomorrow := time.Now().Add(24 * time.Hour)
				took := c.grows(func() { c.fill(tomorrow, c.schedule) })
				floor := c.grows(func() { c.fill(tomorrow, c.plainly) })
				b.ReportMetric(took/float64(c.jobs()), "B/job")
				b.ReportMetric(took/floor, "xfloor")
			}
		})
	}
}

// BenchmarkScaleDue is how late 10,000 jobs start that are due in the same
// moment, with two workers. "step" is what they do: to change a record and
// schedule its next step, in one script; "nothing" tells the scheduler's own
// share. The floor is the time of as many calls of a script that does nothing, in
// pipelines.
func BenchmarkScaleDue(b *testing.B) {
	for place, size := range map[string][2]int{"5000-communities": {5000, 2}, "one-community": {1, 10_000}} {
		for _, does := range []string{"nothing", "step"} {
			b.Run(place+"/"+does, func(b *testing.B) {
				for b.Loop() {
					c := newCrowded(b, size[0], size[1])
					floor := c.callNothing()
					late := c.run(c.dueSoon(), does == "step")
					slices.Sort(late)
					last := late[len(late)-1]
					b.ReportMetric(late[len(late)/2].Seconds(), "p50-s")
					b.ReportMetric(last.Seconds(), "last-s")
					b.ReportMetric(last.Seconds()/floor.Seconds(), "xfloor")
				}
			})
		}
	}
}

// dueSoon schedules every job for the same moment, a little after the last is
// scheduled.
func (c *crowded) dueSoon() time.Time {
	c.Helper()
	for lead := 3 * time.Second; ; lead *= 2 {
		due := time.Now().Add(lead).Truncate(time.Millisecond)
		c.fill(due, c.schedule)
		if time.Until(due) > time.Second {
			return due
		}
		c.ok(c.replicas[0].client.FlushDB(c.Context()).Err())
	}
}

// run runs all jobs on both replicas, and gives how late each began.
func (c *crowded) run(due time.Time, step bool) []time.Duration {
	c.Helper()
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	began := make(chan time.Duration, c.jobs())
	var running sync.WaitGroup
	for _, s := range c.replicas {
		r := scheduler.NewRunner(s, scheduler.Options{})
		r.Handle(schedule.JobKind, func(ctx context.Context, j scheduler.Job) error {
			began <- time.Since(due)
			if !step {
				return nil
			}
			next := j
			next.Due = due.Add(24 * time.Hour)
			_, err := s.advance(ctx, change{
				community: bot.CommunityID(j.Group), records: "notes", id: j.ID, body: note{"told"},
				Effects: outbox.Effects{Jobs: []scheduler.Job{next}},
			})
			return err
		})
		running.Go(func() { r.Run(ctx) })
	}
	late := make([]time.Duration, c.jobs())
	for i := range late {
		late[i] = <-began
	}
	cancel()
	running.Wait()
	return late
}

// callNothing calls a script that does nothing as often as there are jobs.
func (c *crowded) callNothing() time.Duration {
	c.Helper()
	nothing := redis.NewScript("return 1")
	c.ok(nothing.Load(c.Context(), c.replicas[0].client).Err())
	var everyone sync.WaitGroup
	begin := time.Now()
	for i, s := range c.replicas {
		everyone.Go(func() {
			for left := (c.jobs() + i) / len(c.replicas); left > 0; left -= 100 {
				pipe := s.client.Pipeline()
				for range min(left, 100) {
					nothing.EvalSha(c.Context(), pipe, jobKeys(c.communities[0]))
				}
				if _, err := pipe.Exec(c.Context()); err != nil {
					c.Error(err)
				}
			}
		})
	}
	everyone.Wait()
	return time.Since(begin)
}
