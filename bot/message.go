package bot

// Message is what the bot says, without saying where.
type Message struct {
	Text     Text      `json:"text,omitempty"`
	Image    *Image    `json:"image,omitempty"`
	Controls []Control `json:"controls,omitempty"`
	Files    []File    `json:"files,omitempty"`
}

// Image is a picture: one that lies somewhere, by its address, or one of our own
// making. Exactly one of URL and PNG is set.
//
// A picture of our own comes with its message and goes with it: a change of the
// message replaces it, and leaves it as it is where the bytes are the same. What it
// shows must stand in the text too, since an adapter leaves it out where it cannot
// be had. Make it small: it lies in the store until the message is sent.
type Image struct {
	URL string `json:"url,omitempty"`
	PNG []byte `json:"png,omitempty"`
	Alt string `json:"alt"` // for readers who do not see it; never empty
}

// File is a document that comes with a message.
type File struct {
	Name string `json:"name"` // with its ending, for example "archive.md"
	Data []byte `json:"data"`
}

// Control is a button, a menu to pick from, or a link. Using it asks for Path, as a
// command would; what was picked is the request's value, account or channel named
// Picked. To a platform outside this process Path is given as a token of a Seal.
// A link has a URL instead of a Path: it leads there, and nothing is asked.
type Control struct {
	Label string       `json:"label"`         // of a menu: what stands in it while nothing is picked
	Path  string       `json:"path"`          // a concrete path, for example "/host/next/01h…"; at most MaxPath bytes
	URL   string       `json:"url,omitempty"` // of a link: an address on the web, at most MaxURL bytes; then there is no Path, Pick or Style
	Style ControlStyle `json:"style,omitempty"`
	// Of is what it is about, in a few words: said where several messages stand as one
	// and have controls of the same label.
	Of      string   `json:"of,omitempty"`
	Pick    Pick     `json:"pick,omitempty"`    // what is picked; empty: it is a button
	Choices []Choice `json:"choices,omitempty"` // of PickChoice, at most MaxChoices
}

// MaxURL is how long the address of a link may be, in bytes: Discord takes 512, and a
// longer one stands in the text.
// https://docs.discord.com/developers/components/reference#button
const MaxURL = 512

// Pick is what a menu offers.
type Pick string

// The kinds of menus.
const (
	PickChoice  Pick = "choice"  // one of Control.Choices
	PickPerson  Pick = "person"  // somebody on the platform
	PickChannel Pick = "channel" // a channel of the space in which people write
)

// Picked names what was picked from a menu, in Request.Values, Accounts or
// Channels.
const Picked = "picked"

// MaxChoices is how many choices a menu or a proposal may have.
// https://discord.com/developers/docs/components/reference#string-select
const MaxChoices = 25

// ControlStyle is how much a control stands out.
type ControlStyle string

// The styles. Ordinary is the zero value.
const (
	Ordinary ControlStyle = ""
	Primary  ControlStyle = "primary"
	Danger   ControlStyle = "danger"
)

// DeliveryKey names one thing to be said, whatever happens on the way. A post
// with the key of an earlier one is that earlier one.
type DeliveryKey string

// Post is a message with a place.
type Post struct {
	Key     DeliveryKey `json:"key"`
	Channel Channel     `json:"channel"`
	Direct  *Account    `json:"direct,omitempty"` // a direct message: Channel is found out when it is sent
	Message Message     `json:"message"`
	// Thread is the title of the thread that is to open under the post, so that
	// people can write there: plain words. The outbox has it opened by adapters that
	// are a ThreadOpener; elsewhere a thread needs no opening. Empty: none is wanted.
	Thread string `json:"thread,omitempty"`
}
