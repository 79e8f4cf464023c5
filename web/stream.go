package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// heartbeat is how often a stream says something at all, so that whatever lies between
// does not take the connection for dead. (d)
const heartbeat = 15 * time.Second

// stream tells a page how far something is while it lasts, as server-sent events: what
// look returns, as JSON, whenever that is another than before, and "end" once look says
// that it is over or ended is closed. Look is asked every so often. The stream also ends
// with the request and with the server.
func stream[T comparable](s *Server, w http.ResponseWriter, r *http.Request, every time.Duration, ended <-chan struct{}, look func() (is T, over bool)) error {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	rc := http.NewResponseController(w)
	send := func(text string) bool {
		_, err := fmt.Fprint(w, text)
		return err == nil && rc.Flush() == nil
	}
	tick, beat := time.NewTicker(every), time.NewTicker(heartbeat)
	defer tick.Stop()
	defer beat.Stop()
	const end = "event: end\ndata: {}\n\n"
	var last T
	for told := false; ; {
		is, over := look()
		if over {
			send(end)
			return nil
		}
		if !told || is != last {
			told, last = true, is
			data, err := json.Marshal(is)
			if err != nil {
				return err
			}
			if !send("event: progress\ndata: " + string(data) + "\n\n") {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-beat.C:
			if !send(": still here\n\n") {
				return nil
			}
		case <-ended:
			send(end)
			return nil
		case <-s.ctx.Done():
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}
