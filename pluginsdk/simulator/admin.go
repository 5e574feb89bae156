package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const adminPrefix = "/_sim/"

func isAdmin(path string) bool {
	return strings.HasPrefix(path, adminPrefix) || path+"/" == adminPrefix
}

// adminRoutes are the admin paths; no vendor credentials are asked for.
func (s *Server) adminRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_sim/reset", s.postReset)
	mux.HandleFunc("GET /_sim/requests", s.getRequests)
	mux.HandleFunc("DELETE /_sim/requests", s.deleteRequests)
	mux.HandleFunc("GET /_sim/faults", s.getFaults)
	mux.HandleFunc("POST /_sim/faults", s.postFault)
	mux.HandleFunc("DELETE /_sim/faults", s.deleteFaults)
	mux.HandleFunc("GET /_sim/outbox", s.getOutbox)
	mux.HandleFunc("POST /_sim/act", s.postAct)
	mux.HandleFunc("GET /_sim/clock", s.getClock)
	mux.HandleFunc("POST /_sim/clock", s.postClock)
	mux.HandleFunc("GET /_sim/state", s.getCollections)
	mux.HandleFunc("GET /_sim/state/{collection}", s.getState)
	return mux
}

func (s *Server) postReset(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Seed   *uint64    `json:"seed"`
		Limits *Limits    `json:"limits"`
		Speed  *float64   `json:"speed"`
		Start  *time.Time `json:"start"`
	}
	if !read(w, r, &in) {
		return
	}
	o := s.options
	set(&o.Seed, in.Seed)
	set(&o.Limits, in.Limits)
	set(&o.Speed, in.Speed)
	set(&o.Start, in.Start)
	if err := s.reset(o); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	write(w, http.StatusOK, map[string]any{
		"seed": o.Seed, "limits": o.Limits, "speed": o.Speed, "now": s.clock.Now(),
	})
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *Server) getRequests(w http.ResponseWriter, _ *http.Request) {
	list, lost := s.requests.list()
	if documented, ok := s.vendor.(Documented); ok {
		for i := range list {
			list[i].Undocumented = documented.Undocumented(list[i])
		}
	}
	if lost > 0 {
		w.Header().Set("X-Sim-Requests-Dropped", strconv.Itoa(lost))
	}
	write(w, http.StatusOK, list)
}

func (s *Server) deleteRequests(w http.ResponseWriter, _ *http.Request) {
	s.requests.clear()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) getFaults(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, s.faults.list())
}

func (s *Server) postFault(w http.ResponseWriter, r *http.Request) {
	f := new(Fault)
	if !read(w, r, f) {
		return
	}
	if err := f.prepare(s.vendor); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	write(w, http.StatusCreated, s.faults.add(f))
}

func (s *Server) deleteFaults(w http.ResponseWriter, r *http.Request) {
	id := 0
	if text := r.URL.Query().Get("id"); text != "" {
		var err error
		if id, err = strconv.Atoi(text); err != nil || id < 1 {
			refuse(w, http.StatusBadRequest, fmt.Errorf("id is %q; it must be the number that setting the fault answered", text))
			return
		}
	}
	if !s.faults.remove(id) {
		refuse(w, http.StatusNotFound, fmt.Errorf("there is no fault %d", id))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) getOutbox(w http.ResponseWriter, _ *http.Request) {
	mails := s.vendor.Outbox()
	if mails == nil {
		mails = []Mail{}
	}
	write(w, http.StatusOK, mails)
}

// postAct makes a vendor request as another user. It is not logged, limited
// or faulted: the log is the record of what the connector did.
func (s *Server) postAct(w http.ResponseWriter, r *http.Request) {
	var in struct {
		As     string          `json:"as"`
		Method string          `json:"method"`
		Path   string          `json:"path"`
		Body   json.RawMessage `json:"body"`
	}
	if !read(w, r, &in) {
		return
	}
	if in.As == "" || in.Method == "" || !strings.HasPrefix(in.Path, "/") {
		refuse(w, http.StatusBadRequest, errors.New("as, method and path are needed; path begins with /"))
		return
	}
	req, err := http.NewRequestWithContext(r.Context(), in.Method, in.Path, bytes.NewReader(in.Body))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	req.Host = r.Host
	req.TLS = r.TLS
	if len(in.Body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if req, err = s.vendor.Act(in.As, req); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	s.serveVendor(w, req)
}

func (s *Server) getClock(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"now": s.clock.Now(), "start": s.clock.Start()})
}

func (s *Server) postClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	if !read(w, r, &in) {
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 {
		refuse(w, http.StatusBadRequest, fmt.Errorf(`advance is %q; it must be a duration such as "90s" or "72h", not negative`, in.Advance))
		return
	}
	s.clock.Advance(d)
	s.getClock(w, r)
}

func (s *Server) getCollections(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, s.vendor.Collections())
}

func (s *Server) getState(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("collection")
	find := s.vendor.State
	if id := r.URL.Query().Get("id"); id != "" {
		if keyed, ok := s.vendor.(Keyed); ok {
			find = func(collection string) (any, bool) { return keyed.StateOf(collection, id) }
		}
	}
	state, ok := find(name)
	if !ok {
		refuse(w, http.StatusNotFound, fmt.Errorf("there is no collection %q; there are %s", name, strings.Join(s.vendor.Collections(), ", ")))
		return
	}
	write(w, http.StatusOK, state)
}

// read decodes a body strictly; an empty one stands for {}.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		refuse(w, http.StatusBadRequest, fmt.Errorf("the body: %w", err))
		return false
	}
	return true
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) // the caller went away; nothing to tell it
}

func refuse(w http.ResponseWriter, status int, err error) {
	write(w, status, map[string]string{"error": err.Error()})
}
