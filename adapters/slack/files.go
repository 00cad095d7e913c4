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

// upload hands Slack a file and gives its ID. It is shared in a channel, or, without
// one, with nobody yet. alt says what a picture shows; "" for what is none.
// https://docs.slack.dev/messaging/working-with-files#uploading_files
func (a *Adapter) upload(ctx context.Context, ch bot.Channel, f bot.File, alt string) (string, error) {
	var ticket struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	values := url.Values{"filename": {f.Name}, "length": {strconv.Itoa(len(f.Data))}}
	title := f.Name
	if alt != "" {
		values.Set("alt_txt", oneLine(alt, maxFileAlt))
		title = oneLine(alt, maxFileTitle)
	}
	if err := a.api.read(ctx, "files.getUploadURLExternal", values, &ticket); err != nil {
		return "", err
	}
	if err := a.api.upload(ctx, ticket.URL, f.Data); err != nil {
		return "", err
	}
	type file struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	return ticket.ID, a.api.write(ctx, "files.completeUploadExternal", struct {
		Files    []file `json:"files"`
		Channel  string `json:"channel_id,omitempty"`
		ThreadTS string `json:"thread_ts,omitempty"`
	}{[]file{{ticket.ID, title}}, ch.ID, ch.Thread}, nil)
}
