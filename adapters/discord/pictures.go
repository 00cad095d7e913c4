package discord

import (
	"errors"

	"github.com/staffroom-bot/staffroom/bot"
)

// pictureName names the file of a picture of our own making. It is the first of its
// message, so that no other of that name takes its place.
const pictureName = "staffroom-picture.png"

// own reports whether an image is of our own making.
func own(i *bot.Image) bool { return i != nil && len(i.PNG) > 0 }

// refusesPicture reports whether a message failed in a way that its picture would
// explain: the bot may not attach files in the channel, or the file is none that
// Discord takes.
func refusesPicture(err error, m bot.Message) bool {
	if !own(m.Image) {
		return false
	}
	e, ok := errors.AsType[*bot.Error](err)
	return codeOf(err) == missingPermissions || ok && e.Code == bot.Permanent && e.Reason == bot.BadPost
}

// withoutPicture is m as text alone. What the picture shows stands there too.
func withoutPicture(m bot.Message) bot.Message {
	m.Image = nil
	return m
}
