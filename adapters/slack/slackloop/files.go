package slackloop

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
)

func (s *Server) uploadURL(payload []byte) (result, error) {
	var args struct {
		Name   string `json:"filename"`
		Length int    `json:"length"`
		Alt    string `json:"alt_txt"`
	}
	if err := json.Unmarshal(payload, &args); err != nil || args.Name == "" || args.Length < 1 {
		return nil, failure("invalid_arguments")
	}
	f := &File{ID: s.nextID("F"), Name: args.Name, Alt: args.Alt}
	s.files[f.ID] = f
	return result{"upload_url": s.http.URL + "/upload/" + f.ID, "file_id": f.ID}, nil
}

// serveUpload serves POST /upload/{id}.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.serve(w, r, "upload", nil, func() (result, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		f, ok := s.files[r.PathValue("id")]
		if !ok {
			return nil, failure("file_not_found")
		}
		f.Data = data
		return nil, nil
	})
}

func (s *Server) completeUpload(payload []byte) (result, error) {
	var args struct {
		Files []struct {
			ID    string `json:"id"`
			Title string `json:"title"`
		} `json:"files"`
		Channel  string `json:"channel_id"`
		ThreadTS string `json:"thread_ts"`
	}
	if err := json.Unmarshal(payload, &args); err != nil || len(args.Files) == 0 {
		return nil, failure("invalid_arguments")
	}
	if args.Channel != "" {
		if err := s.mayPost(args.Channel, args.ThreadTS); err != nil {
			return nil, err
		}
	}
	var ids []string
	for _, named := range args.Files {
		f, ok := s.files[named.ID]
		if !ok || f.Data == nil || f.Completed {
			return nil, failure("file_not_found")
		}
		f.Completed = true
		ids = append(ids, f.ID)
	}
	if args.Channel == "" { // only the bot sees them
		return result{"files": args.Files}, nil
	}
	m := s.add(Message{Channel: args.Channel, ThreadTS: args.ThreadTS, User: BotUser, Files: ids})
	s.tellOfPost(m)
	return result{"files": args.Files}, nil
}

// deleteFile serves files.delete: the file disappears from every message.
func (s *Server) deleteFile(payload []byte) (result, error) {
	var args struct {
		File string `json:"file"`
	}
	if err := json.Unmarshal(payload, &args); err != nil {
		return nil, failure("invalid_arguments")
	}
	if _, ok := s.files[args.File]; !ok {
		return nil, failure("file_not_found")
	}
	delete(s.files, args.File)
	for _, m := range s.messages {
		m.Files = slices.DeleteFunc(m.Files, func(id string) bool { return id == args.File })
	}
	return nil, nil
}

// attach gives a message the files that chat.update names, and no others. s.mu is
// held.
func (s *Server) attach(m *Message, ids []string) error {
	for _, id := range ids {
		if f, ok := s.files[id]; !ok || !f.Completed {
			return failure("file_not_found")
		}
	}
	m.Files = ids
	return nil
}

// Files lists the files that there are, in the order of their IDs.
func (s *Server) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []File
	for _, id := range slices.Sorted(maps.Keys(s.files)) {
		out = append(out, *s.files[id])
	}
	return out
}
