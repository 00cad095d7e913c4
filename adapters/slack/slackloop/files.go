package slackloop

import (
	"encoding/json"
	"io"
	"net/http"
)

func (s *Server) uploadURL(payload []byte) (result, error) {
	var args struct {
		Name   string `json:"filename"`
		Length int    `json:"length"`
	}
	if err := json.Unmarshal(payload, &args); err != nil || args.Name == "" || args.Length < 1 {
		return nil, failure("invalid_arguments")
	}
	f := &File{ID: s.nextID("F"), Name: args.Name}
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
	if err := s.mayPost(args.Channel, args.ThreadTS); err != nil {
		return nil, err
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
	m := s.add(Message{Channel: args.Channel, ThreadTS: args.ThreadTS, User: BotUser, Files: ids})
	s.tellOfPost(m)
	return result{"files": args.Files}, nil
}
