package bot

// Message is what the bot says, without saying where.
type Message struct {
	Text     Text      `json:"text,omitempty"`
	Image    *Image    `json:"image,omitempty"`
	Controls []Control `json:"controls,omitempty"`
	Files    []File    `json:"files,omitempty"`
}

// Image is a picture by address.
type Image struct {
	URL string `json:"url"`
	Alt string `json:"alt"` // for readers who do not see it; never empty
}

// File is a document that comes with a message.
type File struct {
	Name string `json:"name"` // with its ending, for example "archive.md"
	Data []byte `json:"data"`
}

// Control is a button, or a menu to pick from. Using it asks for Path, as a
// command would; what was picked is the request's value, account or channel named
// Picked. To a platform outside this process Path is given as a token of a Seal.
type Control struct {
	Label   string       `json:"label"` // of a menu: what stands in it while nothing is picked
	Path    string       `json:"path"`  // a concrete path, for example "/host/next/01h…"; at most MaxPath bytes
	Style   ControlStyle `json:"style,omitempty"`
	Pick    Pick         `json:"pick,omitempty"`    // what is picked; empty: it is a button
	Choices []Choice     `json:"choices,omitempty"` // of PickChoice, at most MaxChoices
}

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
