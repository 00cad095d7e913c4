package slack

import "time"

// Lengths are in characters as Slack counts them. Where Slack's unit is not
// documented this package counts UTF-16 code units, which is never less than
// the number of Unicode characters.
const (
	// maxBlockText is how much text one block holds: the limit of a section,
	// kept for rich_text too, for which none is documented.
	// https://docs.slack.dev/reference/block-kit/blocks/section-block
	maxBlockText = 3_000

	// maxTextBlocks is how many full blocks of text one message holds. Slack
	// refuses a message with msg_blocks_too_long somewhere above 11,000
	// characters, what surrounds the text included, and documents no figure:
	// this keeps to half of what was measured.
	// https://github.com/slackapi/bolt-js/issues/2867
	maxTextBlocks = 2

	// maxFallback is how long the text beside the blocks is. It is read in
	// notifications and by screen readers; Slack splits texts above 4,000.
	// https://docs.slack.dev/reference/methods/chat.postMessage
	maxFallback = 3_000

	// https://docs.slack.dev/reference/block-kit/blocks/header-block
	maxHeader = 150

	// maxViewBlocks is how many blocks a view has.
	// https://docs.slack.dev/reference/views/home-tab-views
	maxViewBlocks = 100

	// maxBlocks is how many blocks a message has.
	// https://docs.slack.dev/reference/block-kit/blocks
	maxBlocks = 50

	// maxActions is how many buttons stand in one actions block.
	// https://docs.slack.dev/reference/block-kit/blocks/actions-block
	maxActions = 25

	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	maxButtonText  = 75
	maxButtonValue = 2_000
	maxActionID    = 255

	// https://docs.slack.dev/reference/block-kit/blocks/image-block
	maxImageURL = 3_000
	maxAltText  = 2_000

	// maxLinkURL is the limit of other URLs in Block Kit, kept for the links in
	// rich_text, for which none is documented.
	// https://docs.slack.dev/reference/block-kit/block-elements/button-element
	maxLinkURL = 3_000

	// A modal's title, and the label of the button that sends it.
	// https://docs.slack.dev/reference/views/modal-views
	maxViewTitle       = 24
	maxViewSubmit      = 24
	maxPrivateMetadata = 3_000

	// https://docs.slack.dev/reference/block-kit/blocks/input-block
	maxInputLabel = 2_000
	maxBlockID    = 255

	// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	maxInputValue  = 3_000
	maxPlaceholder = 150

	// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
	// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
	maxOptions     = 100
	maxOptionText  = 75
	maxOptionValue = 150

	// maxFieldError is our own: five fields of a form with an error each stay
	// below the size of an acknowledgement, whatever they are escaped to.
	maxFieldError = 500

	// maxAck is how many bytes an acknowledgement may have over Socket Mode.
	// Slack ignores longer ones.
	// https://docs.slack.dev/apis/events-api/using-socket-mode
	maxAck = 20_000
)

const (
	// maxRequest is how many bytes a request of Slack may have: far more than any
	// event, whose largest part is a message of 40,000 characters and its blocks.
	maxRequest = 1 << 20

	// ackSlack is how much longer a request waits for its acknowledgement than
	// that may take.
	ackSlack = 250 * time.Millisecond

	// ackWithin is when a delivery is acknowledged at the latest. Slack waits
	// for 3 s; the rest is for the way.
	// https://docs.slack.dev/apis/events-api
	ackWithin = 2500 * time.Millisecond

	// claimFor is how long a command is remembered so that its redelivery is
	// recognised. Slack tries again at once, after a minute and after five.
	// https://docs.slack.dev/apis/events-api#retries
	claimFor = 10 * time.Minute

	// historyPage is how many messages are read at once.
	// https://docs.slack.dev/reference/methods/conversations.history
	historyPage = 200
)

// Bounds of our own.
const (
	maxFileAlt      = 1_000           // what is said of a picture; Slack documents no limit for files
	maxFileTitle    = 80              // of a picture: the beginning of that
	maxPictures     = 1_000           // remembered pictures of messages
	pictureFor      = 24 * time.Hour  // until a message is asked for its picture again
	pictureWithin   = 5 * time.Second // how long a message waits for its picture, in each step
	maxHomeParts    = 5               // messages that would hold what a home shows
	maxHistoryPages = 50              // of one lookup; beyond it, nobody can tell
	resumeWithin    = 24 * time.Hour  // how far back the parts of a long post are looked for
	maxQueued       = 1_000           // waiting events of one channel
	maxRunning      = 64              // handlers of commands at once
	maxWaiting      = 1_000           // commands that wait for one of them
	maxClaims       = 10_000          // remembered commands
	maxPeople       = 5_000           // remembered people
	maxDirect       = 5_000           // remembered channels of direct messages
	directFor       = 24 * time.Hour
	maxNamesLookup  = 10                    // people in one message whose names are asked for
	profileFor      = 10 * time.Minute      // until a person's profile is asked for again
	profileAgain    = 10 * time.Second      // until it is asked for again after a failure
	profileWithin   = time.Second           // how long input waits for a profile
	handlerWithin   = 30 * time.Second      // how long a handler may take
	callWithin      = 15 * time.Second      // how long a call of the Web API may take
	stopWithin      = time.Second           // how long handlers may go on after the end
	ackFlush        = 30 * time.Millisecond // for the library to write acknowledgements; it does not say when it has
	ackWriteWithin  = 5 * time.Second       // how long an acknowledgement waits for the socket
)
