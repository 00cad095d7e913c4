package slack

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// withContent leaves out empty files, which Slack does not take.
func withContent(files []bot.File) []bot.File {
	var out []bot.File
	for _, f := range files {
		if len(f.Data) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// names lists files, one a line.
func names(files []bot.File) string {
	var list []string
	for _, f := range files {
		list = append(list, f.Name)
	}
	return strings.Join(list, "\n")
}

// upload shares a file in a channel.
// https://docs.slack.dev/messaging/working-with-files#uploading_files
func (a *Adapter) upload(ctx context.Context, ch bot.Channel, f bot.File) error {
	var ticket struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	values := url.Values{"filename": {f.Name}, "length": {strconv.Itoa(len(f.Data))}}
	if err := a.api.read(ctx, "files.getUploadURLExternal", values, &ticket); err != nil {
		return err
	}
	if err := a.api.upload(ctx, ticket.URL, f.Data); err != nil {
		return err
	}
	type file struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	return a.api.write(ctx, "files.completeUploadExternal", struct {
		Files    []file `json:"files"`
		Channel  string `json:"channel_id"`
		ThreadTS string `json:"thread_ts,omitempty"`
	}{[]file{{ticket.ID, f.Name}}, ch.ID, ch.Thread}, nil)
}
