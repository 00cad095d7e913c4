package library

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Batch is by which import a resource came, and what that has made of it, so that it can
// be undone for UndoFor. The zero Batch is none. It does not say who has imported.
type Batch struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Made string    `json:"made"` // a mark of what is said there: what others have changed since stays
}

// unimportPath is followed by the ID of the Batch, and by how many entries brought
// something to what was there: that stays.
const unimportPath = organizePath + "/unimport/"

// batchOf names the import of an input: 60 bits of its hash.
func batchOf(input bot.InputID) string { return shortHash([]byte(input)) }

// said is a mark of what can be read in a resource, but for what its page says.
func (r *Resource) said() string {
	body, _ := json.Marshal([]any{r.Title, r.Subject, r.Tags, r.Grades, r.Licence, r.About}) // texts always can be
	return shortHash(body)
}

func shortHash(of []byte) string {
	sum := sha256.Sum256(of)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12])
}

// asImported reports whether a resource is what an import has made, and nobody has said
// anything of it.
func (r *Resource) asImported(batch string) bool {
	return r.Import.ID == batch && r.Import.Made == r.said() && len(r.People()) == 0
}

// unimport takes out of the library again what an import has made, and nobody has touched
// since.
func (s *Service) unimport(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	batch, c := req.Params.Get("batch"), req.Member.Community
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	gone, stay := 0, 0
	for after := ""; ; {
		page, err := s.store.Page(ctx, c, after, readAtOnce)
		if err != nil {
			return bot.Reply{}, err
		}
		for i := range page {
			r := &page[i]
			after = r.ID
			if r.Import.ID != batch {
				continue
			}
			if now.Sub(r.Import.At) >= UndoFor {
				return bot.Reply{}, bot.Fail(bot.Conflict, s.say(req, "import.undo.late"))
			}
			out, err := s.takeOut(ctx, r, batch)
			switch {
			case err != nil:
				return bot.Reply{}, err
			case out:
				gone++
			default:
				stay++
			}
		}
		if len(page) < readAtOnce {
			break
		}
	}
	lines := []bot.Text{s.say(req, "import.undone.none")}
	if gone > 0 {
		lines[0] = s.say(req, "import.undone", bot.Count("count", gone))
	}
	if stay > 0 {
		lines = append(lines, s.say(req, "import.undone.stay", bot.Count("count", stay)))
	}
	if joined, err := strconv.Atoi(req.Params.Get("joined")); err == nil && joined > 0 {
		lines = append(lines, s.say(req, "import.undone.joined", bot.Count("count", joined)))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), s.control(req, "export.button.back", organizePath+"/overview"))), nil
}

// takeOut takes a resource out, if it is as an import has made it and nobody keeps it for
// themselves.
func (s *Service) takeOut(ctx context.Context, r *Resource, batch string) (out bool, err error) {
	for range mostTries {
		if !r.asImported(batch) {
			return false, nil
		}
		keepers, err := s.store.Keepers(ctx, r.Community, r.ID)
		if err != nil || len(keepers) > 0 {
			return false, err
		}
		if err = s.store.Remove(ctx, r, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			return err == nil, err
		}
		got, err := s.store.Read(ctx, r.Community, "", r.ID)
		if err != nil {
			return false, err
		}
		fresh, there := got.Found[r.ID]
		if !there {
			return false, nil
		}
		*r = fresh
	}
	return false, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}
