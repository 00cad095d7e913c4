package discord

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// The types of this file are what the API's specification lists and no more:
// discordgo's own also write fields that strict servers refuse.

// body is a message as it is created or edited. Text, embeds, buttons and
// attachments are always named, so that an edit takes away what is there no
// longer.
type body struct {
	Content     string       `json:"content"`
	Embeds      []embed      `json:"embeds"`
	Components  []row        `json:"components"`
	Attachments []attachment `json:"attachments"`
	Mentions    allowed      `json:"allowed_mentions"`
	Flags       int          `json:"flags,omitempty"`
	Reference   *reference   `json:"message_reference,omitempty"`
	Nonce       string       `json:"nonce,omitempty"`
	Enforce     bool         `json:"enforce_nonce,omitempty"`

	files []bot.File
	alt   string // of the first file, if it is a picture
}

// flagEphemeral marks a message that only the asker sees.
// https://discord.com/developers/docs/resources/message#message-object-message-flags
const flagEphemeral = 1 << 6

// allowed says who may be notified. Parse is empty: nobody whom we do not list.
type allowed struct {
	Parse       []string `json:"parse"`
	Users       []string `json:"users"`
	RepliedUser bool     `json:"replied_user"`
}

type reference struct {
	MessageID string `json:"message_id"`
	MustExist bool   `json:"fail_if_not_exists"`
}

type embed struct {
	Description string `json:"description,omitempty"`
	Image       *image `json:"image,omitempty"`
}

type image struct {
	URL string `json:"url"`
	Alt string `json:"description,omitempty"`
}

type attachment struct {
	ID       string `json:"id"` // its number among the files of the request
	Filename string `json:"filename"`
	Alt      string `json:"description,omitempty"`
}

// wholeText names the file that holds a text too long to be shown.
const wholeText = "text.txt"

// message puts m in Discord's terms, as one message whatever its length, so
// that it stays one thing to dedupe, edit and delete: text longer than a
// message's goes into embeds, which together hold three times as much, and of a
// still longer one the beginning, with the whole attached as a file. Mentions
// in embeds are shown but notify nobody.
//
// Previews of addresses are no concern here: data never becomes a link, and a
// link asks for none.
//
// space is where the message is read; more are controls besides m's.
func (a *Adapter) message(m bot.Message, space bot.SpaceID, more ...component) (body, error) {
	b := body{
		Embeds:      []embed{},
		Attachments: []attachment{},
		Mentions:    allowed{Parse: []string{}, Users: []string{}},
	}
	if own(m.Image) {
		b.files = append(b.files, bot.File{Name: pictureName, Data: m.Image.PNG})
		b.alt = cut(clean(m.Image.Alt), maxAttachmentAlt)
	}
	b.files = append(b.files, m.Files...)
	a.setText(&b, m.Text)
	if m.Image != nil {
		shown, err := embedded(m.Image)
		if err != nil {
			return body{}, err
		}
		b.Embeds = append(b.Embeds, embed{Image: shown})
	}
	controls, err := a.controls(m.Controls, space)
	if err != nil {
		return body{}, err
	}
	if b.Components, err = rows(append(controls, more...)); err != nil {
		return body{}, err
	}
	return b, b.attach()
}

// embedded is a picture as an embed shows it: from its address, or from the file
// that comes with the message.
// https://discord.com/developers/docs/reference#uploading-files-using-attachments-within-embeds
func embedded(i *bot.Image) (*image, error) {
	alt := cut(clean(i.Alt), maxAltText)
	if own(i) {
		return &image{URL: "attachment://" + pictureName, Alt: alt}, nil
	}
	u, err := url.Parse(i.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(u.String()) > maxImageURL {
		return nil, badPost("the image's address is none that Discord can show")
	}
	return &image{URL: u.String(), Alt: alt}, nil
}

func (a *Adapter) setText(b *body, text bot.Text) {
	pieces, users := a.pieces(text)
	slices.Sort(users)
	users = slices.Compact(users)
	b.Mentions.Users = append(b.Mentions.Users, users[:min(len(users), maxPings)]...)
	parts, whole := write(pieces, maxContent)
	if whole {
		if len(parts) > 0 {
			b.Content = parts[0]
		}
		return
	}
	const second = maxEmbedText - maxDescription
	if parts, whole = write(pieces, maxDescription, second); !whole {
		parts, _ = write(pieces, maxDescription, second-1)
		parts[len(parts)-1] += "…"
		b.files = append(b.files, bot.File{Name: wholeText, Data: []byte(clean(text.String()))})
	}
	for _, p := range parts {
		b.Embeds = append(b.Embeds, embed{Description: p})
	}
}

// attach names the files. They are all that the message has then: those that an
// edit does not name are taken away, and so is the picture that it replaces.
// https://discord.com/developers/docs/resources/message#edit-message
func (b *body) attach() error {
	if len(b.files) > maxFiles {
		return badPost(fmt.Sprintf("a message holds at most %d files", maxFiles))
	}
	size := 0
	for i, f := range b.files {
		size += len(f.Data)
		b.Attachments = append(b.Attachments, attachment{ID: fmt.Sprint(i), Filename: f.Name})
	}
	if b.alt != "" {
		b.Attachments[0].Alt = b.alt
	}
	if size > maxUpload {
		return badPost("the files are too large to upload")
	}
	return nil
}

func badPost(why string) error {
	return &bot.Error{Code: bot.Permanent, Reason: bot.BadPost, Err: errors.New(why)}
}
