package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MaxPath is the longest concrete path, in bytes. A control's path travels in
// Discord's custom_id (100 characters) together with its seal.
// https://discord.com/developers/docs/components/reference#custom-id
const MaxPath = 80

const maxParams = 3

// Router finds what serves a path and runs it inside the middleware. It is set
// up once, before anything comes in, and then only read.
type Router struct {
	commands   []Command
	actions    []Action
	followers  []Follower
	routes     map[string]*served // by the part of the path before its first {name}
	listeners  []Listener
	talkers    []Talker
	completers map[string]completion // by path and option
	middleware []Middleware
	unserved   *served // what happens to a path that nothing serves
}

type served struct {
	route  Route
	params []string
	handle Handler
}

type completion struct {
	route    Route // the command's access, under a path of its own
	complete Completer
}

// NewRouter returns a router whose handlers run inside the middleware, the
// first outermost.
func NewRouter(middleware ...Middleware) *Router {
	r := &Router{
		routes:     map[string]*served{},
		completers: map[string]completion{},
		middleware: middleware,
	}
	r.unserved = &served{route: Route{Path: "unserved", Private: true}, handle: r.wrap(unserved)}
	return r
}

// wrap puts the middleware around a handler.
func (r *Router) wrap(h Handler) Handler {
	for _, m := range slices.Backward(r.middleware) {
		h = m(h)
	}
	return h
}

func unserved(context.Context, *Request) (Reply, error) {
	return Reply{}, &Error{Code: NotFound, Err: errors.New("no route serves this path")}
}

// Command adds a command and the routes of its subcommands. A wrong or repeated
// declaration is a mistake of the program, found by its first test: it panics.
func (r *Router) Command(c Command) {
	for _, s := range c.Subcommands {
		path := "/" + c.Name + "/" + s.Name
		r.Handle(Route{Path: path, Access: s.Access, Private: s.Private, Mode: s.Mode, Handle: s.Handle})
		for _, o := range s.Options {
			if o.Complete != nil {
				route := Route{Path: path + "?" + o.Name, Access: s.Access, Private: true}
				r.completers[path+" "+o.Name] = completion{route, o.Complete}
			}
		}
	}
	r.commands = append(r.commands, c)
}

// Action adds something to do with a message, and its route.
func (r *Router) Action(a Action) {
	r.Handle(Route{Path: a.Path, Access: a.Access, Private: a.Private, Mode: a.Mode, Handle: a.Handle})
	r.actions = append(r.actions, a)
}

// Handle adds a route that is reached by a control or a form. Like Command it
// panics on a wrong or repeated declaration.
func (r *Router) Handle(route Route) {
	static, params, err := splitPattern(route.Path)
	if err != nil {
		panic(err)
	}
	if _, taken := r.routes[static]; taken {
		panic(fmt.Errorf("route %s is declared twice", static))
	}
	r.routes[static] = &served{route: route, params: params, handle: r.wrap(route.Handle)}
}

// Listen adds a listener. Every listener hears of every event.
func (r *Router) Listen(l Listener) { r.listeners = append(r.listeners, l) }

// Follow adds a follower.
func (r *Router) Follow(f Follower) { r.followers = append(r.followers, f) }

// Talk adds a talker. They are asked in the order of their declaration, until one
// takes what was said.
func (r *Router) Talk(t Talker) { r.talkers = append(r.talkers, t) }

// Actions lists the actions in the order of their declaration.
func (r *Router) Actions() []Action { return r.actions }

// Followed lists what the followers of a space name. What one of them cannot
// tell does not keep the others' from being told, with the error.
func (r *Router) Followed(ctx context.Context, space SpaceID) ([]Following, error) {
	var all []Following
	var errs []error
	for _, f := range r.followers {
		followed, err := f(ctx, space)
		all = append(all, followed...)
		errs = append(errs, err)
	}
	return all, errors.Join(errs...)
}

// Commands lists the commands in the order of their declaration.
func (r *Router) Commands() []Command { return r.commands }

// Routes lists all that can be asked for, by their paths, with the proposals for an
// option as "/command/subcommand?option".
func (r *Router) Routes() []Route {
	var all []Route
	for _, s := range r.routes {
		all = append(all, s.route)
	}
	for _, c := range r.completers {
		all = append(all, c.route)
	}
	slices.SortFunc(all, func(a, b Route) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// Route finds the route that serves a concrete path.
func (r *Router) Route(path string) (*Route, bool) {
	s, _, ok := r.find(path)
	if !ok {
		return nil, false
	}
	return &s.route, true
}

// Ask serves a request. A path that nothing serves, such as that of a button
// from before an upgrade, is a not_found; the middleware sees it too. What was said
// to the bot is what its path makes of it only if no talker takes it.
func (r *Router) Ask(ctx context.Context, req *Request) (Reply, error) {
	if req.Said != "" && len(r.talkers) > 0 {
		if reply, taken, err := r.talk(ctx, req); taken || err != nil {
			return reply, err
		}
	}
	s, params, ok := r.find(req.Path)
	if !ok {
		s = r.unserved
	}
	req.Route, req.Params = &s.route, params
	return s.handle(ctx, req)
}

// talk offers what was said to the talkers. The middleware is around them, under a
// route of their own, and so explains what goes wrong: then it is taken too.
func (r *Router) talk(ctx context.Context, req *Request) (reply Reply, taken bool, err error) {
	req.Route, req.Params = &Route{Path: "/talk", Private: true}, Params{}
	left := false
	reply, err = r.wrap(func(ctx context.Context, req *Request) (Reply, error) {
		for _, t := range r.talkers {
			reply, took, err := t(ctx, req)
			if took || err != nil {
				return reply, err
			}
		}
		left = true
		return Reply{}, nil
	})(ctx, req)
	return reply, !left, err
}

// Tell passes the event to every listener and joins their errors. A listener
// that panics has failed, like one that returns an error.
func (r *Router) Tell(ctx context.Context, ev *Event) error {
	var errs []error
	for _, l := range r.listeners {
		if err := tell(ctx, l, ev); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func tell(ctx context.Context, l Listener, ev *Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("listener panicked: %v", p)
		}
	}()
	return l(ctx, ev)
}

// Complete proposes values for an option of the command at req.Path. An option
// without proposals has none, which is no error. The middleware is around it:
// the completer knows the member, and whoever may not use the command is
// proposed nothing.
func (r *Router) Complete(ctx context.Context, req *Request, option string) ([]Choice, error) {
	c, ok := r.completers[req.Path+" "+option]
	if !ok {
		return nil, nil
	}
	req.Route = &c.route
	var choices []Choice
	_, err := r.wrap(func(ctx context.Context, req *Request) (Reply, error) {
		var err error
		choices, err = c.complete(ctx, req)
		return Reply{}, err
	})(ctx, req)
	return choices, err
}

// find tries the whole path, then with one segment after the other taken for a
// parameter: at most four lookups, none of which allocates.
func (r *Router) find(path string) (*served, Params, bool) {
	var values [maxParams]string
	static := path
	for n := 0; ; n++ {
		if s, ok := r.routes[static]; ok && len(s.params) == n {
			p := Params{names: s.params}
			for i := range n {
				p.values[i] = values[n-1-i]
			}
			return s, p, true
		}
		cut := strings.LastIndexByte(static, '/')
		if n == maxParams || cut <= 0 || cut == len(static)-1 {
			return nil, Params{}, false // a {name} is never empty
		}
		values[n] = static[cut+1:]
		static = static[:cut]
	}
}

// splitPattern takes "/host/next/{chat}" apart into "/host/next" and ["chat"].
func splitPattern(pattern string) (static string, params []string, err error) {
	words, found := strings.CutPrefix(pattern, "/")
	if !found {
		return "", nil, fmt.Errorf("route %q does not begin with a slash", pattern)
	}
	for segment := range strings.SplitSeq(words, "/") {
		name, isParam := strings.CutPrefix(segment, "{")
		name, closed := strings.CutSuffix(name, "}")
		switch {
		case isParam != closed || !isWordSegment(name) || slices.Contains(params, name):
			return "", nil, fmt.Errorf("route %q: %q is no lower-case word and no {name} of its own", pattern, segment)
		case isParam:
			params = append(params, name)
		case len(params) > 0:
			return "", nil, fmt.Errorf("route %q: words come first, then the {names}", pattern)
		default:
			static += "/" + name
		}
	}
	if static == "" || len(params) > maxParams {
		return "", nil, fmt.Errorf("route %q: at least one word and at most %d {names}", pattern, maxParams)
	}
	return static, params, nil
}

func isWordSegment(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}
