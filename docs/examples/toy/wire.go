package toy

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// request is a line that the bot writes. Which fields count depends on Do.
type request struct {
	Do      string            `json:"do"` // listen, ack, answer, post, edit, delete, find, direct
	Token   string            `json:"token,omitempty"`
	Event   string            `json:"event,omitempty"`   // ack, answer
	Private bool              `json:"private,omitempty"` // ack
	Channel string            `json:"channel,omitempty"` // post, find
	Key     bot.DeliveryKey   `json:"key,omitempty"`     // post, find
	Message string            `json:"message,omitempty"` // edit, delete
	User    string            `json:"user,omitempty"`    // direct
	Body    *body             `json:"body,omitempty"`    // answer, post, edit
	Replace bool              `json:"replace,omitempty"` // answer: Body takes the place of the message
	Form    *form             `json:"form,omitempty"`    // answer: opens this
	Errors  map[string]string `json:"errors,omitempty"`  // answer: the form stays open with these, by field
}

// response is the server's answer to a request.
type response struct {
	Error   string `json:"error,omitempty"`   // a code
	After   int    `json:"after,omitempty"`   // seconds to wait, with the code slow_down
	Message string `json:"message,omitempty"` // post, find
	Channel string `json:"channel,omitempty"` // direct
}

// event is something that a person did.
type event struct {
	ID       string            `json:"event"`
	Kind     string            `json:"kind"` // said, edited, deleted, command, press, submit
	Channel  string            `json:"channel"`
	User     string            `json:"user"`
	Name     string            `json:"name"`
	Bot      bool              `json:"bot,omitempty"`     // it is a bot, perhaps this one
	Manages  bool              `json:"manages,omitempty"` // this person runs the server
	Message  string            `json:"message,omitempty"` // said; or that whose button was pressed
	ReplyTo  string            `json:"reply_to,omitempty"`
	Text     string            `json:"text,omitempty"`
	Token    string            `json:"token,omitempty"`  // press, submit
	Values   map[string]string `json:"values,omitempty"` // submit
	Revision int64             `json:"revision,omitempty"`
	At       time.Time         `json:"at"`
}

type body struct {
	Text    string     `json:"text"` // with markup
	Buttons []button   `json:"buttons,omitempty"`
	Image   *bot.Image `json:"image,omitempty"`
	Files   []bot.File `json:"files,omitempty"`
}

type button struct {
	Label string           `json:"label"`
	Token string           `json:"token,omitempty"` // comes back when the button is pressed
	URL   string           `json:"url,omitempty"`   // of a link: where it leads
	Style bot.ControlStyle `json:"style,omitempty"`
}

type form struct {
	Title  string  `json:"title"`
	Token  string  `json:"token"` // comes back when the form is submitted
	Submit string  `json:"submit"`
	Fields []field `json:"fields"`
}

type field struct {
	Name     string       `json:"name"`
	Label    string       `json:"label"`
	Hint     string       `json:"hint,omitempty"`
	Value    string       `json:"value,omitempty"`
	Long     bool         `json:"long,omitempty"`
	Optional bool         `json:"optional,omitempty"`
	Max      int          `json:"max,omitempty"`
	Choices  []bot.Choice `json:"choices,omitempty"`
	Many     bool         `json:"many,omitempty"`
}
