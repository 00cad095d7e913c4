package checkin

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// file is a check-in as a YAML file, to be taken to another community: the words
// of the form for a new one, and how it is asked. Who takes part is a matter of the
// place, and stays there.
type file struct {
	Name      string   `yaml:"name"`
	Questions []string `yaml:"questions"` // as in the form, one each
	When      string   `yaml:"when"`
	Days      int      `yaml:"days"`
	Sharing   Sharing  `yaml:"sharing"`
	Ask       string   `yaml:"ask,omitempty"` // local, together, channel
}

// mostFile is how long a file may be, in bytes: every form takes it
// (https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element/).
const mostFile = 3000

// parseFile reads a file. What it means is checked as if it had been typed. An error
// is a *fileError.
func parseFile(text string) (f file, err error) {
	defer func() { // the parser has known ways to panic on hostile input
		if recover() != nil {
			err = &fileError{}
		}
	}()
	if len(text) > mostFile {
		return f, &fileError{}
	}
	for _, t := range lexer.Tokenize(text) {
		if t.Type == token.AnchorType || t.Type == token.AliasType { // small files that grow large
			return f, &fileError{lineOf(t)}
		}
	}
	if err = yaml.NewDecoder(strings.NewReader(text), yaml.Strict()).Decode(&f); err == nil {
		return f, nil
	}
	if at := yaml.Error(nil); errors.As(err, &at) {
		return f, &fileError{lineOf(at.GetToken())}
	}
	return f, &fileError{}
}

// fileError is that something is no file of a check-in.
type fileError struct {
	Line int // where, from 1 on; 0: nobody can tell
}

// Error implements error.
func (e *fileError) Error() string {
	return "this is no check-in as a file: line " + strconv.Itoa(e.Line)
}

func lineOf(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 0
	}
	return t.Position.Line
}

// yaml is the check-in as a file.
func (c *CheckIn) yaml() ([]byte, error) {
	f := file{Name: c.Name, When: c.Rule.String(), Days: c.Days, Sharing: c.Sharing, Ask: c.way()}
	for _, q := range c.Questions {
		f.Questions = append(f.Questions, q.line())
	}
	var b bytes.Buffer
	err := yaml.NewEncoder(&b, yaml.IndentSequence(true)).Encode(f)
	return b.Bytes(), err
}

// line is a question as parseQuestions reads it.
func (q *Question) line() string {
	switch q.Kind {
	case Scale:
		return q.Text + " (1-5)"
	case YesNo:
		return q.Text + " (yes/no)"
	case GoalOf:
		return q.Text + " (goal)"
	case Choice:
		return q.Text + " (" + strings.Join(q.Choices, " / ") + ")"
	default:
		return q.Text
	}
}

// handOut gives a check-in as a file.
func (s *Service) handOut(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	body, err := ci.yaml()
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Say(s.say(req, "checkin.file", bot.Str("name", ci.Name), bot.Str("command", req.Typed("/organize checkins"))))
	reply.Message.Files = []bot.File{{Name: "check-in-" + strconv.Itoa(ci.Number) + ".yaml", Data: body}}
	return reply, nil
}

// askFile asks for a file.
func (s *Service) askFile(_ context.Context, req *bot.Request) (bot.Reply, error) {
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "checkin.file.form"), Path: takeInPath, Submit: s.label(lang, "checkin.form.next"),
		Fields: []bot.Field{{Name: "file", Label: s.label(lang, "checkin.file.text"), Hint: s.label(lang, "checkin.file.hint"), Long: true, Max: mostFile}},
	}), nil
}

// takeIn makes a check-in of a file.
func (s *Service) takeIn(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	fault := func(text bot.Text) (bot.Reply, error) {
		return bot.Reply{FieldErrors: map[string]bot.Text{"file": text}}, nil
	}
	f, err := parseFile(req.Value("file"))
	if err != nil {
		if at := (*fileError)(nil); errors.As(err, &at) && at.Line > 0 {
			return fault(s.say(req, "checkin.file.fault.line", bot.Num("line", at.Line)))
		}
		return fault(s.say(req, "checkin.file.fault"))
	}
	typed := *req
	typed.Values = map[string]string{
		"name": f.Name, "questions": strings.Join(f.Questions, "\n"), "when": f.When, "days": strconv.Itoa(f.Days), "sharing": string(f.Sharing),
	}
	ci, faults, err := s.fresh(ctx, &typed)
	if err != nil {
		return bot.Reply{}, err
	}
	if faults["sharing"] != nil {
		faults["sharing"] = s.say(req, "checkin.file.fault.one_of", bot.Str("all", listOf(sharings[:])))
	}
	if ways := []string{wayLocal, wayTogether, wayChannel}; f.Ask != "" && !slices.Contains(ways, f.Ask) {
		faults["ask"] = s.say(req, "checkin.file.fault.one_of", bot.Str("all", listOf(ways)))
	}
	for _, field := range []string{"name", "questions", "when", "days", "sharing", "ask"} {
		if wrong := faults[field]; wrong != nil {
			return fault(bot.Join(": ", bot.Plain(field), wrong))
		}
	}
	ci.InChannel, ci.Local = f.Ask == wayChannel, f.Ask != wayChannel && f.Ask != wayTogether
	if err := s.schedule.Add(ctx, &ci, req.Input); errors.Is(err, outbox.ErrRepeated) {
		return s.organize(ctx, req) // it is there since the first time
	} else if err != nil {
		return bot.Reply{}, err
	}
	return s.savedReply(ctx, req, &ci, "checkin.new.saved")
}

func listOf[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}
