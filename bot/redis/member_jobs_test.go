package redis

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

// A job comes with the change of a member, or not at all.
func TestAMemberIsSavedWithJobs(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		people, ctx := b.people(), b.Context()
		b.place(lincoln, home)
		r, err := people.Member(ctx, home, bot.Account{Space: lincoln, User: "ana"}, bot.Member{ID: "01ana", Name: "ana"})
		b.ok(err)
		r.Zone = "Europe/Madrid"
		b.ok(people.SaveMember(ctx, r, job(home, "with", noon)))
		if jobs := b.claim(5); len(jobs) != 1 || jobs[0].ID != "with" {
			t.Errorf("the jobs are %v", jobs)
		}
		if err := people.SaveMember(ctx, r, job(home, "late", noon)); bot.CodeOf(err) != bot.Conflict {
			t.Errorf("the second is %v", err)
		}
		gone := community.Record{Member: bot.Member{ID: "01gone", Community: home}}
		if err := people.SaveMember(ctx, gone, job(home, "gone", noon)); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("nobody is %v", err)
		}
		if jobs := b.claim(5); len(jobs) != 0 {
			t.Errorf("jobs without their change: %v", jobs)
		}
	})
}
