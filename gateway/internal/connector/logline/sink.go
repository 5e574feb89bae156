package logline

import (
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/time/rate"
)

const (
	keepLines  = 50   // for the status page
	perSecond  = 200  // lines that reach the log
	burst      = 1000 // lines at once, such as a stack trace
	shownBytes = 512  // of a kept line
)

// Sink logs the lines of one connector's processes and keeps the last ones. It
// is safe for concurrent use.
type Sink struct {
	logger  hclog.Logger
	limiter *rate.Limiter

	mu       sync.Mutex
	secrets  *strings.Replacer
	kept     []string
	dropped  int
	panicked bool // what follows is a stack trace
}

// NewSink returns a Sink that logs to logger.
func NewSink(logger hclog.Logger) *Sink {
	return &Sink{logger: logger, limiter: rate.NewLimiter(perSecond, burst)}
}

// Hide replaces texts in what is logged and kept from now on: a connector
// should not log its secrets, and one that does must not spread them.
func (s *Sink) Hide(secrets *strings.Replacer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets = secrets
}

// Stderr takes a line that a process wrote to its log.
func (s *Sink) Stderr(raw []byte) {
	line := Parse(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case isPanic(raw):
		s.panicked = true
	case line.Level == hclog.NoLevel && s.panicked:
		line.Level = hclog.Error
	case line.Level == hclog.NoLevel:
		line.Level = hclog.Info
	}
	s.log(line)
}

// Stdout takes a line that a process printed where nothing should be.
func (s *Sink) Stdout(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log(Line{Level: hclog.Debug, Message: clean(string(raw), maxMessage), Fields: []any{"stream", "stdout"}})
}

// Reset is called between two processes.
func (s *Sink) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.panicked = false
}

// Last returns the last lines, oldest first.
func (s *Sink) Last() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.kept...)
}

func (s *Sink) log(line Line) {
	s.hide(&line)
	s.keep(line)
	if line.Level < s.logger.GetLevel() {
		return
	}
	if !s.limiter.Allow() {
		s.dropped++
		return
	}
	if s.dropped > 0 {
		s.logger.Warn("the connector logs too much, lines were dropped", "dropped", s.dropped)
		s.dropped = 0
	}
	s.logger.Log(line.Level, line.Message, line.Fields...)
}

func (s *Sink) hide(line *Line) {
	if s.secrets == nil {
		return
	}
	line.Message = s.secrets.Replace(line.Message)
	for i, f := range line.Fields {
		if text, ok := f.(string); ok {
			line.Fields[i] = s.secrets.Replace(text)
		}
	}
}

func (s *Sink) keep(line Line) {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s] %s", strings.ToUpper(line.Level.String()), line.Message)
	for i := 0; i+1 < len(line.Fields); i += 2 {
		fmt.Fprintf(&b, " %v=%v", line.Fields[i], line.Fields[i+1])
	}
	if len(s.kept) == keepLines {
		s.kept = append(s.kept[:0], s.kept[1:]...)
	}
	s.kept = append(s.kept, clean(b.String(), shownBytes))
}
