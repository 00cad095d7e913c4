// Package locale is the message catalogue: every word that a member reads.
//
// The words are in one file per feature and language, such as en/chat.json:
//
//	{
//	  "chat.question": "**Q{number}.** {text}",
//	  "chat.people":   {"one": "{n} person", "other": "{n} people"}
//	}
//
// A message is a template in the light markup of bot.Template. One with plural
// forms gets a bot.Count, which chooses the form by the language's own rules.
// English comes first: it stands in for what another language does not have, and
// the tests see to it that nothing is missing.
//
// To add a language, add its folder, and its weekdays and months to bot's
// Span.Clock.
package locale
