package slack

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// rendered is one message as Slack takes it.
type rendered struct {
	text   string // beside the blocks, for notifications and screen readers; escaped
	blocks []slack.Block
}

// render gives the messages that say m in a space: one, or several where it is
// longer than Slack takes. Image and controls stand on the last. A picture of our own
// is in none of them: see illustrate.
func (a *Adapter) render(space bot.SpaceID, m bot.Message) []rendered {
	return a.renderAtMost(1<<30, space, m)
}

// renderOne gives one message that says m, shortened where it is too long.
func (a *Adapter) renderOne(space bot.SpaceID, m bot.Message) rendered {
	return a.renderAtMost(1, space, m)[0]
}

func (a *Adapter) renderAtMost(most int, space bot.SpaceID, m bot.Message) []rendered {
	l := layout{space: space, most: most}
	for _, s := range m.Text {
		l.add(s)
	}
	l.closeBlock()
	if image := imageBlock(m.Image); image != nil {
		l.addBlock(image, m.Image.Alt)
	}
	for i, group := range groups(m.Controls, maxActions) {
		l.addBlock(a.actionsBlock(i*maxActions, group), "")
	}
	l.closeMessage()
	if last := &l.done[len(l.done)-1]; last.text == "" {
		last.text = escape(shorten(instead(m), maxFallback))
	}
	return l.done
}

// instead is what a message without text is called in a notification.
func instead(m bot.Message) string {
	var names []string
	if own(m.Image) {
		names = append(names, harmless(m.Image.Alt))
	}
	for _, f := range m.Files {
		names = append(names, harmless(f.Name))
	}
	for _, c := range m.Controls {
		names = append(names, harmless(c.Label))
	}
	return strings.Join(names, ", ")
}

// groups cuts controls into groups of at most n.
func groups(controls []bot.Control, n int) [][]bot.Control {
	var out [][]bot.Control
	for len(controls) > n {
		out, controls = append(out, controls[:n]), controls[n:]
	}
	if len(controls) > 0 {
		out = append(out, controls)
	}
	return out
}

// layout fills blocks and messages with spans.
type layout struct {
	space bot.SpaceID
	most  int // messages; what is too much is left out

	done     []rendered
	blocks   []slack.Block
	texts    int // how many of the blocks are text
	fallback strings.Builder

	elements []slack.RichTextSectionElement
	filled   int // characters in the block so far
	full     bool
}

func (l *layout) add(s bot.Span) {
	switch s.Kind {
	case bot.SpanTime:
		l.addTime(s)
	case bot.SpanMention:
		l.addMention(s)
	case bot.SpanChannel:
		l.addChannel(s)
	case bot.SpanLink:
		if linkable(s.URL) {
			l.addText(orElse(s.Text, s.URL), func(text string) slack.RichTextSectionElement {
				return slack.NewRichTextSectionLinkElement(s.URL, text, nil)
			})
			return
		}
		l.addText(s.Text, plain(nil))
	case bot.SpanBold:
		l.addText(s.Text, plain(&slack.RichTextSectionTextStyle{Bold: true}))
	case bot.SpanItalic:
		l.addText(s.Text, plain(&slack.RichTextSectionTextStyle{Italic: true}))
	case bot.SpanCode:
		l.addText(s.Text, plain(&slack.RichTextSectionTextStyle{Code: true}))
	default:
		l.addText(s.Text, plain(nil))
	}
}

func plain(style *slack.RichTextSectionTextStyle) func(string) slack.RichTextSectionElement {
	return func(text string) slack.RichTextSectionElement {
		return slack.NewRichTextSectionTextElement(text, style)
	}
}

// linkable reports whether a link may lead there.
func linkable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || length(address) > maxLinkURL {
		return false
	}
	return u.Scheme == "mailto" || (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// addTime shows an instant in each reader's zone and language.
func (l *layout) addTime(s bot.Span) {
	if s.At == nil {
		return
	}
	format := "{day_divider_pretty} {time}"
	switch s.Style {
	case bot.ClockTime:
		format = "{time}"
	case bot.DateTime:
		format = "{date_long_pretty} {time}"
	}
	shown := s.Clock("")
	l.addWhole(slack.NewRichTextSectionDateElement(s.At.Unix(), format, nil, &shown), shown)
}

// addMention notifies a person of this workspace; others are only named.
func (l *layout) addMention(s bot.Span) {
	name := "@" + strings.TrimPrefix(harmless(s.Text), "@")
	if s.Account == nil || s.Account.Space != l.space || s.Account.User == "" {
		l.addText(name, plain(nil))
		return
	}
	l.addWhole(slack.NewRichTextSectionUserElement(s.Account.User, nil), name)
}

// addChannel links to a channel of this workspace; others are only named.
func (l *layout) addChannel(s bot.Span) {
	name := harmless(s.Text)
	if s.Channel == nil || s.Channel.Space != l.space || s.Channel.ID == "" {
		l.addText(name, plain(nil))
		return
	}
	l.addWhole(slack.NewRichTextSectionChannelElement(s.Channel.ID, nil), name)
}

// addText adds text in pieces where it does not fit.
func (l *layout) addText(text string, element func(string) slack.RichTextSectionElement) {
	text = harmless(text)
	for text != "" && l.begin() {
		head, rest, midWord := cut(text, maxBlockText-l.filled)
		if midWord && l.filled > 0 {
			l.closeBlock() // the word may be whole in the next
			continue
		}
		if head != "" {
			l.push(element(head), head)
		}
		if rest != "" {
			l.closeBlock()
		}
		text = rest
	}
}

// addWhole adds an element that cannot be cut.
func (l *layout) addWhole(e slack.RichTextSectionElement, shown string) {
	if l.filled+length(shown) > maxBlockText {
		l.closeBlock()
	}
	if l.begin() {
		l.push(e, shown)
	}
}

// begin makes sure that there is a message with room for one more element, and
// reports false if there may be no further message.
func (l *layout) begin() bool {
	if l.full || l.filled > 0 || l.texts < maxTextBlocks {
		return !l.full
	}
	if len(l.done)+1 < l.most {
		l.closeMessage()
		return true
	}
	l.full = true
	l.blocks = append(l.blocks, textBlock(slack.NewRichTextSectionTextElement(ellipsis, nil)))
	return false
}

func (l *layout) push(e slack.RichTextSectionElement, shown string) {
	l.elements = append(l.elements, e)
	l.fallback.WriteString(shown)
	l.filled += length(shown)
}

func (l *layout) closeBlock() {
	if len(l.elements) == 0 {
		return
	}
	l.blocks = append(l.blocks, textBlock(l.elements...))
	l.texts++
	l.elements, l.filled = nil, 0
	l.fallback.WriteByte('\n')
}

func textBlock(elements ...slack.RichTextSectionElement) slack.Block {
	return slack.NewRichTextBlock("", slack.NewRichTextSection(elements...))
}

// addBlock adds a block that is no text; shown is what it says in a notification.
func (l *layout) addBlock(b slack.Block, shown string) {
	if len(l.blocks) < maxBlocks {
		l.blocks = append(l.blocks, b)
		l.fallback.WriteString(harmless(shown))
	}
}

func (l *layout) closeMessage() {
	text := strings.TrimSpace(l.fallback.String())
	l.done = append(l.done, rendered{text: escape(shorten(text, maxFallback)), blocks: l.blocks})
	l.blocks, l.texts = nil, 0
	l.fallback.Reset()
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text literal where Slack looks for mentions and links.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string) string { return escaper.Replace(s) }

// imageBlock is nil where there is no picture that Slack could fetch.
func imageBlock(image *bot.Image) slack.Block {
	if image == nil || !linkable(image.URL) || length(image.URL) > maxImageURL {
		return nil
	}
	return slack.NewImageBlock(image.URL, oneLine(orElse(image.Alt, image.URL), maxAltText), "", nil)
}

// withLink is m with a link in the place of its image, for when Slack cannot
// fetch the picture.
func withLink(m bot.Message) bot.Message {
	link := bot.Text{{Kind: bot.SpanLink, Text: orElse(m.Image.Alt, m.Image.URL), URL: m.Image.URL}}
	m.Text, m.Image = bot.Join("\n", m.Text, link), nil
	return m
}

// actionsBlock shows controls; first is the number of the first among those of
// the message.
func (a *Adapter) actionsBlock(first int, controls []bot.Control) slack.Block {
	elements := make([]slack.BlockElement, 0, len(controls))
	for i, c := range controls {
		if c.Pick != "" {
			elements = append(elements, a.menu(first+i, c))
			continue
		}
		if c.URL != "" {
			elements = append(elements, linkButton(first+i, c))
			continue
		}
		b := slack.NewButtonBlockElement(actionPrefix+strconv.Itoa(first+i), a.seal.Token(c.Path), plainText(c.Label, maxButtonText))
		switch c.Style {
		case bot.Primary:
			b.Style = slack.StylePrimary
		case bot.Danger:
			b.Style = slack.StyleDanger
		}
		elements = append(elements, b)
	}
	return slack.NewActionBlock("", elements...)
}

// linkButton shows a control that leads to an address. Slack tells of a press all the
// same, which asks for nothing: its action_id is not one of ours.
func linkButton(n int, c bot.Control) slack.BlockElement {
	b := slack.NewButtonBlockElement("link-"+strconv.Itoa(n), "", plainText(c.Label, maxButtonText))
	b.URL = c.URL
	return b
}

// actionPrefix begins the action_id of a control, which has to differ from the
// others of its message. What a press asks for is in its value.
const actionPrefix = "control-"

// plainText is a label; shortcodes such as :smile: stay letters in it. Slack refuses
// all of a message or view for one that is empty, as what somebody typed may be once
// it is harmless.
func plainText(s string, limit int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, orElse(oneLine(s, limit), ellipsis), false, false)
}
