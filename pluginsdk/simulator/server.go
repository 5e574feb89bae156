package simulator

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
)

// maxBody bounds a request body that the simulator reads.
const maxBody = 64 << 20

// Server serves a vendor's API with the admin paths beside it. Use [Start]
// to have it listen.
type Server struct {
	vendor   Vendor
	about    Description
	options  Options
	clock    *Clock
	requests requestLog
	faults   faultList
	secret   map[string]bool
	admin    *http.ServeMux

	// resetting keeps two resets from mixing; the vendor guards its own state.
	resetting sync.Mutex
	setup     Setup
}

// New returns a server whose vendor has been reset to the options.
func New(v Vendor, o Options) (*Server, error) {
	o = o.withDefaults()
	s := &Server{
		vendor:  v,
		about:   v.Describe(),
		options: o,
		clock:   NewClock(o.Start),
		secret:  map[string]bool{"Authorization": true, "Cookie": true},
	}
	for _, name := range s.about.SecretHeaders {
		s.secret[http.CanonicalHeaderKey(name)] = true
	}
	s.admin = s.adminRoutes()
	if a, ok := v.(Administered); ok {
		a.Administer(s.admin)
	}
	if err := s.reset(o); err != nil {
		return nil, err
	}
	return s, nil
}

// reset builds everything anew: state, clock, log and faults.
func (s *Server) reset(o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	s.resetting.Lock()
	defer s.resetting.Unlock()
	s.clock.Restart(o.Start)
	setup := Setup{Seed: o.Seed, Limits: o.Limits, Speed: o.Speed, Clock: s.clock}
	if err := s.vendor.Reset(setup); err != nil {
		return err
	}
	s.setup = setup
	s.requests.clear()
	s.faults.remove(0)
	return nil
}

// Clock is the simulated time.
func (s *Server) Clock() *Clock { return s.clock }

// ServeHTTP serves the admin paths and the vendor's API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isAdmin(r.URL.Path) {
		s.admin.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			http.Error(w, "Request Entity Too Large", http.StatusRequestEntityTooLarge)
			return
		}
		panic(http.ErrAbortHandler) // the caller went away
	}
	r.Body = io.NopCloser(bytes.NewReader(body))

	rec := &statusRecorder{ResponseWriter: w, clock: s.clock}
	entry := Request{
		Time: s.clock.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
		Header: redact(r.Header, s.secret), Body: loggable(body),
	}
	faults := s.faults.take(r)
	if len(faults) > 0 {
		entry.Fault = faults[0].Fault
	}
	// Deferred, so that a request whose connection a fault drops is logged too.
	defer func() {
		entry.Status = rec.status
		s.requests.add(entry)
	}()
	s.inject(rec, r, faults)
}

// statusRecorder remembers the status that was answered, and dates the answer:
// the vendor has one clock, and net/http would tell ours.
type statusRecorder struct {
	http.ResponseWriter
	clock  *Clock
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
		r.Header().Set("Date", r.clock.Now().Format(http.TimeFormat))
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *statusRecorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
