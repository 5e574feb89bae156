package connector

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// run keeps the process alive, beginning with a first life.
func (s *supervisor) run(p *process) {
	defer close(s.ended)
	for {
		if p != nil {
			born := time.Now()
			s.tend(p)
			if s.ctx.Err() != nil {
				return
			}
			s.policy.lived(time.Since(born))
			s.mourn(p, time.Since(born))
		}
		if !s.pause() {
			return
		}
		s.report(Starting, "the connector is being started again")
		var err error
		if p, _, err = s.start(s.ctx); err != nil {
			s.log.Error("the connector was not started", "error", err)
			s.report(Backoff, "the connector "+err.Error())
		}
	}
}

// pause waits until the next start is due. It answers false when there is none.
func (s *supervisor) pause() bool {
	wait, failed := s.policy.next(time.Now())
	if failed {
		s.report(Failed, s.processStatus().Reason)
	}
	s.log.Warn("the connector is going to be started again", "in", wait.Round(time.Millisecond), "failed", failed)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// tend looks after one life of the process, from its start to its end or the
// Manager's.
func (s *supervisor) tend(p *process) {
	s.log.Info("the connector is running", "pid", p.runner.PID(), "version", s.description().Version)
	ctx, cancel := context.WithCancel(s.ctx)
	defer context.AfterFunc(p.ctx, cancel)()
	defer cancel()
	s.report(Ready, "")

	var minders sync.WaitGroup
	minders.Go(func() { s.checkHealth(ctx, p) })
	minders.Go(func() { s.watch(ctx, p) })
	s.mu.Lock()
	s.proc = p
	lane := s.lane()
	s.adopt = func(c *connection) { minders.Go(func() { c.keepConnecting(ctx, p, lane) }) }
	for _, c := range s.connections {
		s.adopt(c)
	}
	s.mu.Unlock()

	<-ctx.Done()
	closing := s.ctx.Err() != nil
	s.mu.Lock()
	s.adopt = nil
	if !closing {
		s.proc = nil
	}
	s.mu.Unlock()
	if !closing {
		s.log.Error("the connector's process is gone", "pid", p.runner.PID(), "reason", p.exit())
		s.report(Backoff, "the connector's process is gone: "+p.exit())
	}
	minders.Wait()
	if !closing { // otherwise close ends it, after the calls in flight
		p.end(context.Background())
	}
}

// lane returns what connections connect under: all at once, or, after a death
// that had several suspects, one after the other, which tells who it is.
func (s *supervisor) lane() sync.Locker {
	if s.suspects {
		return &sync.Mutex{}
	}
	return nobody{}
}

type nobody struct{}

func (nobody) Lock()   {}
func (nobody) Unlock() {}

// mourn draws the conclusions from the end of a life.
func (s *supervisor) mourn(p *process, age time.Duration) {
	p.drain(context.Background()) // they end with the process, and say whose they were
	p.mu.Lock()
	victims := slices.Collect(maps.Keys(p.victims))
	p.mu.Unlock()
	all := s.served()
	for _, c := range all {
		c.processGone(age >= s.timing.StartsWindow)
	}
	s.suspects = len(victims) > 1 || s.suspects && age < s.timing.BackoffMax
	// Only where others suffer: a connector with one connection is just failed.
	if len(victims) != 1 || len(all) < 2 {
		return
	}
	for _, c := range all {
		if c.spec.Name == victims[0] {
			c.blame()
		}
	}
}
