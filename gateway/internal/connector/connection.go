package connector

import (
	"context"
	"sync"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"github.com/hashicorp/go-hclog"
)

const (
	// refusals end the tries to log in: vendors lock accounts.
	refusals = 2
	// kills of the shared process put a connection into quarantine.
	kills = 3
)

// connection is one connection and how it is.
type connection struct {
	spec    ConnectionSpec
	log     hclog.Logger
	timing  Timing
	turn    chan struct{} // held while connecting: one try at a time
	settled chan struct{} // closed when it was ready or has reported a fault
	settle  sync.Once
	hide    func(string) string // takes the connection's secrets out of a text

	mu         sync.Mutex
	on         *process // the process that it is connected on, or nil
	state      State
	reason     string
	since      time.Time
	retryAt    time.Time
	violations []problem.Violation
	summary    string
	agent      AgentResource
	// permissions are what the PSA grants the account, by operation; nil is not
	// known.
	permissions map[string]*connectorv1.OperationPermission
	refused     int                        // logins refused in a row
	held        bool                       // no tries until a check passes
	cause       string                     // the reason of the fault behind the state, for programs
	killed      int                        // how often its calls ended the process
	news        *connectorv1.WatchResponse // heard while connecting
}

func newConnection(spec ConnectionSpec, log hclog.Logger, timing Timing, hide func(string) string) *connection {
	return &connection{
		spec: spec, log: log.With("connection", spec.Name), timing: timing, hide: hide,
		turn: make(chan struct{}, 1), settled: make(chan struct{}),
		state: Starting, reason: "connecting", since: time.Now(),
	}
}

// keepConnecting tries to connect until it is connected, the tries are held, or
// ctx ends. Each try is made under the lane's lock.
func (c *connection) keepConnecting(ctx context.Context, p *process, lane sync.Locker) {
	wait := newBackoff(c.timing)
	c.mu.Lock()
	if !c.held {
		c.set(Starting, "connecting", nil)
	}
	c.mu.Unlock()
	for {
		c.mu.Lock()
		held := c.held
		c.mu.Unlock()
		if held {
			return
		}
		lane.Lock()
		_, fault := c.connect(ctx, p, Metadata{})
		lane.Unlock()
		if fault == nil {
			c.probe(ctx, p, Metadata{})
			return
		}
		if ctx.Err() != nil {
			return
		}
		delay := max(wait.NextBackOff(), fault.RetryAfter)
		c.mu.Lock()
		c.retryAt = time.Now().Add(delay)
		c.mu.Unlock()
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// connect makes one try on the process, unless it is connected there already,
// and sets the state by what came of it.
func (c *connection) connect(ctx context.Context, p *process, meta Metadata) (Cost, *problem.Problem) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return Cost{}, problem.New(problem.DeadlineExceeded, "the connection is still being made").Because(ctx.Err())
	}
	c.mu.Lock()
	connected := c.on == p
	c.news = nil
	c.mu.Unlock()
	if connected {
		return Cost{}, nil
	}
	var answer connectorv1.ConnectResponse
	call := call{process: p, connection: c, method: connectorv1.Connector_Connect_FullMethodName, meta: meta}
	limit, cancel := context.WithTimeout(ctx, c.timing.Connect)
	defer cancel()
	cost, fault := call.do(limit, connectorv1.ConnectRequest_builder{
		Connection: &c.spec.Name, ConfigJson: c.spec.Config,
	}.Build(), &answer)
	if fault != nil {
		if ctx.Err() == nil && p.ctx.Err() == nil { // else it says nothing about the connection
			c.failed(fault)
		}
		return cost, fault
	}
	c.connected(p, &answer)
	return cost, nil
}

// connected takes in a Connect that went well.
func (c *connection) connected(p *process, answer *connectorv1.ConnectResponse) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on, c.refused, c.held, c.cause, c.retryAt = p, 0, false, "", time.Time{}
	if c.quarantined() { // a check let it out
		c.killed = 0
	}
	c.summary = answer.GetSummary()
	agent := answer.GetAgentResource()
	c.agent = AgentResource{ID: agent.GetId(), Name: agent.GetName(), Attribution: agent.GetAttribution()}
	c.set(Ready, "", nil)
	if c.news != nil { // it came before the answer
		c.apply(c.news)
	}
}

// failed takes in a Connect that did not.
func (c *connection) failed(fault *problem.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cause = fault.Reason
	if fault.Reason == problem.LoginRefused {
		c.refused++ // whatever fails in between: the PSA counts as well
	}
	switch {
	case c.quarantined():
		// A check was tried in vain; the state stands.
	case fault.Code == problem.InvalidArgument:
		// No try mends a configuration.
		c.held = true
		c.set(NeedsAttention, fault.Detail, fault.Violations)
	case c.refused >= refusals:
		c.held = true
		c.set(NeedsAttention, fault.Detail+" (no more tries until a check passes, so that the account is not locked)", nil)
	case c.held:
		c.set(NeedsAttention, fault.Detail, nil)
	case fault.Code == problem.PermissionDenied:
		c.set(NeedsAttention, fault.Detail, nil) // tried on: the right may be given at the PSA
	default:
		c.set(Degraded, fault.Detail, nil)
	}
}

// hear takes in what the connector told of the connection.
func (c *connection) hear(p *process, news *connectorv1.WatchResponse) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on != p {
		c.news = news
		return
	}
	c.apply(news)
}

func (c *connection) apply(news *connectorv1.WatchResponse) {
	reason := c.hide(news.GetReason())
	c.cause = news.GetFault().GetReason()
	switch news.GetHealth() {
	case connectorv1.WatchResponse_Health_READY:
		c.held, c.refused = false, 0
		c.set(Ready, "", nil)
	case connectorv1.WatchResponse_Health_DEGRADED:
		c.set(Degraded, reason, nil)
	case connectorv1.WatchResponse_Health_NEEDS_ATTENTION:
		// After a restart, no login may be tried that is known to be refused.
		c.held = c.cause == problem.LoginRefused
		c.set(NeedsAttention, reason, nil)
	}
}

// processGone takes in that the process has ended. A calm life before that
// clears what the connection is blamed for.
func (c *connection) processGone(calm bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on, c.news = nil, nil
	if !c.held {
		c.cause = ""
	}
	if calm && !c.quarantined() {
		c.killed = 0
	}
}

// processState takes in how the process is, which is how the connection is
// unless it has a fault of its own.
func (c *connection) processState(state State, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.held {
		c.set(state, reason, nil)
	}
}

// blame counts a process that ended during calls of this connection alone.
func (c *connection) blame() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killed++
	if c.quarantined() {
		c.held, c.cause = true, ""
		c.set(Failed, "its calls have ended the connector's process again and again; it is left out until a check passes, so that the other connections work", nil)
	}
}

func (c *connection) quarantined() bool { return c.killed >= kills }

// set enters a state. The caller holds the lock.
func (c *connection) set(state State, reason string, violations []problem.Violation) {
	if state != c.state {
		c.since = time.Now()
	}
	if state != c.state || reason != c.reason {
		level := hclog.Info
		if state != Ready && state != Starting {
			level = hclog.Warn
		}
		c.log.Log(level, "the connection "+words[state], "reason", reason)
	}
	c.state, c.reason, c.violations = state, reason, violations
	if state != Starting {
		c.settle.Do(func() { close(c.settled) })
	}
}

func (c *connection) status(desc *Description) Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := Status{
		Name: c.spec.Name, Connector: c.spec.Connector,
		State: c.state, Reason: c.reason, Since: c.since, Summary: c.summary, Agent: c.agent,
		Violations: c.violations, Permissions: c.permissions,
	}
	if desc != nil {
		status.Version, status.Services, status.Operations, status.Setup = desc.Version, desc.Services, desc.Operations, desc.Setup
	}
	return status
}

// route returns the process that calls go to, or why there is none.
func (c *connection) route() (*process, *problem.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on != nil && (c.state == Ready || c.state == Degraded) {
		return c.on, nil
	}
	p := problem.New(problem.ConnectionDown, "connection %q %s: %s", c.spec.Name, words[c.state], c.reason)
	switch {
	case c.cause == problem.LoginRefused:
		p.Reason = problem.LoginRefused
	case c.held:
		p.Reason = problem.NeedsAttention
	}
	if wait := time.Until(c.retryAt); wait > 0 && p.Retryable() {
		p.RetryAfter = wait
	}
	return nil, p
}
