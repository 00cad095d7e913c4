package house

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/fetch"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// lookAfterLinks has pages read and links checked. By a manual clock nobody goes on the
// web, unless pages are given: what is there does not follow that clock.
func (h *House) lookAfterLinks(o Options) {
	links := redis.Library{Store: h.Store}
	if o.Pages == nil && o.Manual {
		leave := func(context.Context, scheduler.Job) error { return nil }
		h.Runner.Handle(library.PageJobKind, leave)
		h.Runner.Handle(library.LinksJobKind, leave)
		return
	}
	if o.Pages == nil {
		o.Pages = fetch.NewVisitor(agent(o.Version), links)
	}
	caretaker := library.NewCaretaker(links, o.Pages)
	h.Runner.Handle(library.PageJobKind, caretaker.ReadPage)
	h.Runner.Handle(library.LinksJobKind, caretaker.CheckLinks)
}
