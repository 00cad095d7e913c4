package library

import "context"

// Pages is the web as the library sees it.
type Pages interface {
	// Visit looks at what is at an address, unless it is still as known. It asks no
	// host more often than all replicas together may, asks a site first whether it
	// wants to be looked at, follows few redirects, reads little and waits for seconds.
	// Its errors, which do not contain the address, say that nothing was found out:
	// rate_limited (the host has to be left alone for Error.After) and unavailable.
	Visit(ctx context.Context, address string, known Validators) (Visit, error)
}

// Validators tell a server what is known of a page already.
type Validators struct {
	ETag     string
	Modified string // as the server wrote it
}

// Visit is what came of visiting an address.
type Visit struct {
	Outcome Outcome
	// Address is where the redirects ended, and Moved says that there were some, each
	// of them for good (301 or 308).
	Address string
	Moved   bool
	Validators
	// Type is the type of what was found, as the server says, such as "text/html;
	// charset=utf-8", and Body the begin of what is of a type that can be read: of HTML
	// and JSON.
	Type string
	Body []byte
}

// Outcome is what an address showed.
type Outcome string

// The outcomes.
const (
	Found     Outcome = "found"
	Unchanged Outcome = "unchanged" // it is as known; there is no Body
	Missing   Outcome = "missing"   // the site says that there is no such page
	NoSite    Outcome = "no site"   // there is no host of that name
	Refused   Outcome = "refused"   // it is not shown to us, which says nothing of others: one has to log in, or is led in circles
	Silent    Outcome = "silent"    // the site does not answer, or says that it cannot now
	Barred    Outcome = "barred"    // its robots.txt does not want it looked at
)
