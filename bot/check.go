package bot

// Finding is one thing that an adapter found out about its connection before it
// is used: that a token works, that a permission is given.
type Finding struct {
	OK   bool
	What string // what was looked at and how it stands, in plain words; without any secret
	Mend string // if not OK: what to do, with the page of the docs that leads through it
}
