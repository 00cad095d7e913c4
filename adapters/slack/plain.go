package slack

import "strings"

// typed gives a message as it was typed. Slack writes & < > as entities and puts
// what it recognised between angle brackets: <@U1>, <#C1|name>, <!here>,
// <https://example.org|label>. name gives the name of a person. mark, if there is
// one, gives what to put before a person or channel, by "@" or "#" and its ID.
// https://docs.slack.dev/messaging/formatting-message-text
func typed(text string, name func(user string) string, mark func(target string) string) string {
	var b strings.Builder
	b.Grow(len(text))
	for {
		open := strings.IndexByte(text, '<')
		if open < 0 {
			break
		}
		end := strings.IndexAny(text[open+1:], "<>")
		if end < 0 || text[open+1+end] == '<' {
			// Not what Slack writes; a lone bracket stands for itself.
			b.WriteString(unescape(text[:open+1]))
			text = text[open+1:]
			continue
		}
		b.WriteString(unescape(text[:open]))
		b.WriteString(recognised(text[open+1:open+1+end], name, mark))
		text = text[open+end+2:]
	}
	b.WriteString(unescape(text))
	return b.String()
}

// recognised reads what stands between angle brackets.
func recognised(inner string, name, mark func(string) string) string {
	target, label, labelled := strings.Cut(inner, "|")
	target, label = unescape(target), unescape(label)
	before := ""
	if mark != nil && len(target) > 1 && (target[0] == '@' || target[0] == '#') {
		before = mark(target)
	}
	switch {
	case strings.HasPrefix(target, "@"):
		if labelled && label != "" && mark == nil {
			return "@" + strings.TrimPrefix(label, "@")
		}
		// In a command the label is the name that the person signs in with.
		if known := name(target[1:]); known != target[1:] || label == "" {
			return before + "@" + known
		}
		return before + "@" + strings.TrimPrefix(label, "@")
	case strings.HasPrefix(target, "#"):
		return before + "#" + strings.TrimPrefix(orElse(label, target), "#")
	case strings.HasPrefix(target, "!"):
		if labelled && label != "" {
			return label
		}
		word, _, _ := strings.Cut(target[1:], "^")
		return "@" + word
	case !strings.Contains(target, ":"):
		return "<" + unescape(inner) + ">"
	case !labelled || label == "" || label == target:
		return strings.TrimPrefix(target, "mailto:")
	case target == "mailto:"+label || target == "tel:"+label:
		return label
	case strings.TrimSuffix(withoutScheme(target), "/") == strings.TrimSuffix(label, "/"):
		return target // the address was typed without its scheme
	default:
		return label + " (" + target + ")"
	}
}

func withoutScheme(address string) string {
	if _, rest, found := strings.Cut(address, "://"); found {
		return rest
	}
	return address
}

var unescaper = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// unescape undoes what Slack does to & < >.
func unescape(s string) string { return unescaper.Replace(s) }
