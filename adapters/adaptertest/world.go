package adaptertest

import (
	"maps"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// The two people of a World. Both are in its channel.
const (
	Ana = "ana"
	Joe = "joe"
)

// World is a platform with one channel and two people, Ana and Joe, in it. A
// World serves one case; whatever it starts it ends in t.Cleanup, idle HTTP
// connections included.
//
// The methods by which people do things return when the platform has taken the
// input, not when the bot has answered. Where input sent earlier would be lost,
// they wait until the adapter that Connect made last is receiving. Where
// something is impossible (no such button in sight, no form open) they end the
// test with t.Fatal. The suite calls one method at a time.
type World interface {
	// Connect makes an adapter for this platform. A second call makes another
	// one as after a restart of the process: same platform, same connection
	// name, same seal key, no memory. The suite runs it and ends the one before
	// first.
	Connect() bot.Adapter
	// Lacks lists what the platform has no notion of. The cases about it are
	// skipped; everything that is not listed must be there.
	Lacks() []Capability

	// Channel is the channel that both people are in.
	Channel() bot.Channel
	// Account is Ana's or Joe's.
	Account(who string) bot.Account

	// Say posts text in the channel, exactly as typed: the World encodes it as
	// the platform encodes what people type. It returns the message's ID.
	Say(who, text string) (id string)
	// Reply posts text as a reply to message id.
	Reply(who, id, text string) (reply string)
	// Command asks for a command in the channel.
	Command(who string, c Command)
	// Press presses the button with this label on message id, an ID from Seen.
	Press(who, id, label string)
	// Fill submits the form that is open for this person, with values by the
	// fields' labels; of a field with choices, the Value of one. A field that is
	// not named keeps what stands in it.
	Fill(who string, values map[string]string)

	// Seen is what the bot has said that this person can see now, in the
	// channel and directly, oldest first. What was deleted is not there; a
	// placeholder that the platform shows while the bot is thinking is not
	// listed.
	Seen(who string) []Seen
	// Form is the form that this person has open. It is asked for again and
	// again until it shows what is expected. Where the platform closes a form
	// when it is submitted, and the adapter offers it again with a button, the
	// World presses that button for the person, once, and takes the errors from
	// the words beside it.
	Form(who string) (Form, bool)
}

// Capability is something that not every platform can do.
type Capability string

// What a World may lack, with the interface that it implements otherwise. The
// last ones need not be listed by Lacks: a World that does not implement their
// interface lacks them.
const (
	Edits            Capability = "edits"            // Editor
	Redelivery       Capability = "redelivery"       // Redeliverer
	Acknowledgements Capability = "acknowledgements" // Acknowledger

	Menus    Capability = "menus"    // Picker
	Actions  Capability = "actions"  // Actor
	Home     Capability = "a home"   // Homer
	Meanings Capability = "meanings" // Meaner
	Members  Capability = "members"  // Lister
	Talk     Capability = "talk"     // Talker
	Rooms    Capability = "rooms"    // Roomer
)

// Editor is a World in which people can change and delete their messages.
type Editor interface {
	Edit(who, id, text string)
	Delete(who, id string)
}

// Redeliverer is a World whose platform may deliver an input twice.
type Redeliverer interface {
	// Redeliver hands the adapter the last thing that Say or SayDirectly did once
	// more, as the platform itself would, whether or not it was acknowledged.
	Redeliver()
}

// Acknowledger is a World whose platform wants every input acknowledged within
// a few seconds.
type Acknowledger interface {
	// Acknowledged reports whether the last command has been acknowledged (a
	// deferral counts).
	Acknowledged() bool
}

// Picker is a World in which people pick from menus. A menu is named by what
// stands in it while nothing is picked; those in sight are in Seen.Menus.
type Picker interface {
	// Pick picks the choice with this label.
	Pick(who, id, menu, label string)
	// PickPerson picks Ana or Joe.
	PickPerson(who, id, menu, whom string)
	// PickChannel picks the World's channel.
	PickChannel(who, id, menu string)
}

// Actor is a World in which a message has a menu of what can be done with it.
type Actor interface {
	// Act chooses the entry with this label from the menu of a message that
	// somebody said.
	Act(who, id, label string)
}

// Homer is a World whose platform shows everybody a home.
type Homer interface {
	// OpenHome opens the person's home.
	OpenHome(who string)
	// Home is what the person's home shows; false if it shows nothing yet.
	Home(who string) (Seen, bool)
	// PressHome presses the button with this label in the person's home.
	PressHome(who, label string)
}

// Meaner is a World in which a person types a command whose option names
// somebody, or a channel, so that the platform knows which one is meant.
type Meaner interface {
	// CommandNaming asks for /name sub with the option who set to Ana or Joe, and
	// the option where set to the World's channel.
	CommandNaming(asker, name, sub, whom string)
}

// Talker is a World in which a person writes to the bot alone, in words of their own.
type Talker interface {
	// SayDirectly posts text in the direct messages of this person and the bot,
	// exactly as typed, as Say does in the channel.
	SayDirectly(who, text string) (id string)
}

// Roomer is a World in which a few people have a room of their own. Its adapter is a
// bot.RoomOpener.
type Roomer interface {
	// Refuse lets no more rooms be made.
	Refuse()
	// SayInRoom posts text in the room that Ana and Joe have.
	SayInRoom(who, text string)
}

// Confidant is a World that knows its platform's secrets and what was logged. It
// is asked after every case.
type Confidant interface {
	// Secrets lists what must stand in no log line: tokens, keys, addresses that
	// work like a password.
	Secrets() []string
	// Log is everything that was logged, at the most talkative level.
	Log() string
}

// Command is a command as a person asks for it.
type Command struct {
	Name    string            // "probe"
	Sub     string            // "private"
	Options map[string]string // "text": "hello"
}

// String is the command as typed, for platforms where commands are text:
// /probe private text:"hello".
func (c Command) String() string {
	var b strings.Builder
	b.WriteString("/" + c.Name + " " + c.Sub)
	for _, name := range slices.Sorted(maps.Keys(c.Options)) {
		b.WriteString(" " + name + `:"` + c.Options[name] + `"`)
	}
	return b.String()
}

// Seen is a message of the bot as a person sees it.
type Seen struct {
	ID string // as in bot.MessageRef
	// Text is what can be read on the screen, without buttons: markup has become
	// a look and is gone, escapes are resolved, a mention reads @name.
	Text    string
	Private bool     // in the channel, shown to this person alone
	Direct  bool     // in the direct messages with this person
	Room    bool     // in a room of theirs and others
	Buttons []string // their labels
	Menus   []string // what stands in them while nothing is picked
	Pings   []string // who is notified by it: Ana, Joe, or "everyone" for any kind of crowd
	Links   []string // the addresses that its links lead to
	Images  []string // what its images say to readers who do not see them
	Files   []string // the names of the files that come with it
}

// Form is a form as a person sees it.
type Form struct {
	Title  string
	Fields []Field
}

// Field is one input of a Form.
type Field struct {
	Label   string
	Hint    string       // shown while it is empty
	Choices []bot.Choice // to pick from; nil where a text is typed
	Value   string       // what stands in it; of a field with choices, the Value of one, or of what is ticked, one a line
	Error   string       // what the bot says is wrong with it
}
