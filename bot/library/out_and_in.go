package library

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// The paths of what goes out and comes in.
const (
	exchangePath = organizePath + "/exchange"
	importPath   = organizePath + "/import"
	importedPath = organizePath + "/imported"
	exportPath   = organizePath + "/export"
	ownListPath  = "/library/list"
	ownPath      = "/library/export"
)

func (s *Service) registerExchange(r *bot.Router) {
	r.Handle(bot.Route{Path: exchangePath, Access: bot.OrganizersOnly, Private: true, Handle: s.askExchange})
	r.Handle(bot.Route{Path: importPath, Access: bot.OrganizersOnly, Private: true, Handle: s.askImport})
	r.Handle(bot.Route{Path: importedPath, Access: bot.OrganizersOnly, Private: true, Handle: s.imported})
	r.Handle(bot.Route{Path: unimportPath + "{batch}/{joined}", Access: bot.OrganizersOnly, Private: true, Mode: bot.Deferred, Handle: s.unimport})
	r.Handle(bot.Route{Path: exportPath, Access: bot.OrganizersOnly, Private: true, Mode: bot.Deferred, Handle: s.export})
	r.Handle(bot.Route{Path: ownListPath, Access: bot.MembersOnly, Private: true, Handle: s.askOwn})
	r.Handle(bot.Route{Path: ownPath, Access: bot.MembersOnly, Private: true, Mode: bot.Deferred, Handle: s.exported})
}

// askExchange offers organizers to take a list in, and to have the library as a file.
func (s *Service) askExchange(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return replacing(req, bot.Say(s.say(req, "export.organize"),
		s.control(req, "import.button", importPath), s.formats(req, exportPath), s.control(req, "export.button.back", organizePath+"/overview"))), nil
}

// askOwn offers a member what is theirs as a file.
func (s *Service) askOwn(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Say(s.say(req, "export.own"), s.formats(req, ownPath)), nil
}

// formats is the menu of the forms of a file.
func (s *Service) formats(req *bot.Request, path string) bot.Control {
	menu := bot.Control{Label: s.label(req, "export.menu"), Path: path, Pick: bot.PickChoice}
	for _, f := range exchange.Formats() {
		menu.Choices = append(menu.Choices, bot.Choice{Label: s.label(req, bot.Key("export.format."+string(f))), Value: string(f)})
	}
	return menu
}

const listField = "list"

// mostListText is how long a pasted list may be, in characters: what both platforms
// take in a form.
// https://docs.discord.com/developers/components/reference#text-input
const mostListText = 4000

// askImport opens the form for a list.
func (s *Service) askImport(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Ask(bot.Form{
		Title: s.label(req, "import.form"), Path: importedPath, Submit: s.label(req, "import.form.submit"),
		Fields: []bot.Field{{Name: listField, Label: s.label(req, "import.form.list"), Hint: s.label(req, "import.form.list.hint"), Long: true, Max: mostListText}},
	}), nil
}

// mostTold is how many lines are told of in the answer. Where there are more, all of
// them are in a file.
const mostToldLines = 10

// imported takes the form. Where nothing in it could be read, it stays open.
func (s *Service) imported(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	list := req.Value(listField)
	o := Importing{
		Community: req.Member.Community, Space: req.Account.Space, Language: req.Member.Language, Format: exchange.FormatOf("", []byte(list)),
		Batch: batchOf(req.Input),
	}
	got, err := s.Import(ctx, o, strings.NewReader(list))
	if err != nil {
		return bot.Reply{}, err
	}
	sums, lines := s.ImportReport(req.Member.Language, o, got)
	if got.Added+got.Joined+got.Same+got.Twice == 0 && len(lines) > 0 {
		return bot.Reply{FieldErrors: map[string]bot.Text{listField: bot.Join("\n", lines[:min(len(lines), mostFaultLines)]...)}}, nil
	}
	told := lines[:min(len(lines), mostToldLines)]
	var controls []bot.Control
	if got.Added > 0 {
		controls = append(controls, s.control(req, "library.button.undo", unimportPath+o.Batch+"/"+strconv.Itoa(got.Joined)))
	}
	controls = append(controls, s.control(req, "export.button.back", organizePath+"/overview"))
	reply := bot.Say(bot.Join("\n", append(sums, told...)...), controls...)
	if len(told) < len(lines) {
		whole := bot.Join("\n", append(sums, lines...)...).String()
		reply.Message.Text = bot.Join("\n", reply.Message.Text, s.say(req, "import.file", bot.Count("count", len(lines)-len(told))))
		reply.Message.Files = []bot.File{{Name: "import.txt", Data: []byte(whole + "\n")}}
	}
	return replacing(req, reply), nil
}

// mostFaultLines is how many reasons stand in the form.
const mostFaultLines = 3

// mostExported is how large a file may be that goes through a chat, in bytes: Discord
// takes 10 MiB with a message.
// https://docs.discord.com/developers/reference#uploading-files
const mostExported = 8 << 20

// errLarge is what writing a file gives that is larger.
var errLarge = errors.New("the export is too large for a chat")

// bounded is a file in memory that does not grow beyond mostExported.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > mostExported {
		return 0, errLarge
	}
	return b.Buffer.Write(p)
}

// export gives organizers the library as a file.
func (s *Service) export(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.file(req, "export.done", func(f exchange.Format, out io.Writer) (int, error) {
		return s.Export(ctx, req.Member.Community, f, out)
	})
}

// exported gives a member what is theirs as a file.
func (s *Service) exported(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.file(req, "export.done.own", func(f exchange.Format, out io.Writer) (int, error) {
		return s.exportOwn(ctx, req.Member, f, out)
	})
}

func (s *Service) file(req *bot.Request, done bot.Key, write func(exchange.Format, io.Writer) (int, error)) (bot.Reply, error) {
	f := exchange.Format(req.Value(bot.Picked))
	name := "library." + string(f)
	known := false
	for _, other := range exchange.Formats() {
		known = known || f == other
	}
	if !known {
		return bot.Reply{}, &bot.Error{Code: bot.Invalid, Err: errors.New("there is no such format")}
	}
	var out bounded
	n, err := write(f, &out)
	switch {
	case errors.Is(err, errLarge):
		return bot.Say(s.say(req, "export.large")), nil
	case err != nil:
		return bot.Reply{}, err
	case n == 0:
		return bot.Say(s.say(req, "export.nothing")), nil
	}
	reply := bot.Say(s.say(req, done, bot.Count("count", n)))
	reply.Message.Files = []bot.File{{Name: name, Data: out.Bytes()}}
	return reply, nil
}
