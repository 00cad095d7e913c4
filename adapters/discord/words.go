package discord

import "github.com/staffroom-bot/staffroom/bot"

// The adapter's own messages, with their English text.
const (
	keyFormErrors bot.Key = "discord.form.errors" // Almost there. Please change this:
	keyFormReopen bot.Key = "discord.form.reopen" // Change it (a button)
	keyFormReady  bot.Key = "discord.form.ready"  // There is a short form to fill in.
	keyFormOpen   bot.Key = "discord.form.open"   // Open the form (a button)
	keyFormGone   bot.Key = "discord.form.gone"   // This form is no longer kept. Please ask for it again.
	keyStale      bot.Key = "discord.stale"       // This button no longer works. Please ask again.
	keyWhere      bot.Key = "discord.where"       // I am in several servers, and don't know which one you mean…
	keyDone       bot.Key = "discord.done"        // Done.
	keyFailed     bot.Key = "discord.failed"      // That did not work. Please try again in a moment.
)
