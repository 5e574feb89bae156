package connector

import (
	"cmp"
	"encoding/json"
	"time"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"github.com/hashicorp/go-hclog"
)

// Spec is a connector block.
type Spec struct {
	// Name is the block's label, which is also what the connector calls itself.
	Name string
	// Source is the path of the connector's program, or of the folder that it is
	// in under the name deskgate-connector-<Name>. The caller has resolved it; a
	// relative one is relative to the working directory.
	Source string
	// Version is the version that the connector has to have; "" takes any.
	Version string
}

// ConnectionSpec is a connection block.
type ConnectionSpec struct {
	// Name is the block's label.
	Name string
	// Connector is the label of the connector that serves the connection.
	Connector string
	// Config is the connection's configuration as a JSON object by the
	// connector's schema, secrets included. It is handed to the connector and
	// nowhere else.
	Config json.RawMessage
}

// Options is what a Manager works with.
type Options struct {
	// Logger receives the Manager's own lines and those of the connectors, which
	// carry connector=<name>. The default discards them.
	Logger hclog.Logger
	// Connectors are the connector blocks, each name once.
	Connectors []Spec
	// StateDir is the gateway's state directory; the private copies of the
	// connectors live in its folder connectors.
	StateDir string
	// LogLevel is the level that connectors are asked to log at: trace, debug,
	// info, warn or error. The default is the Logger's own.
	LogLevel string
	// Timing overrides DefaultTiming where it is not zero.
	Timing Timing
}

// Timing holds the periods of the supervision.
type Timing struct {
	// Start bounds a start (handshake, first connection and Describe), and a look
	// at a connection's configuration.
	Start time.Duration
	// Connect bounds one try to connect a connection.
	Connect time.Duration
	// HealthEvery is how often a process is asked whether it lives, HealthLimit
	// how long it may take to answer; HealthMisses in a row end it.
	HealthEvery, HealthLimit time.Duration
	HealthMisses             int
	// BackoffMin and BackoffMax bound the wait before a process is started, or a
	// connection connected, again.
	BackoffMin, BackoffMax time.Duration
	// Starts in StartsWindow are allowed; then the process is failed and tried
	// every FailedEvery.
	Starts       int
	StartsWindow time.Duration
	FailedEvery  time.Duration
	// Stop is how long a process may take to end by itself after Shutdown.
	Stop time.Duration
}

// DefaultTiming returns the periods of a gateway in production.
func DefaultTiming() Timing {
	return Timing{
		Start:        10 * time.Second,
		Connect:      60 * time.Second,
		HealthEvery:  10 * time.Second,
		HealthLimit:  5 * time.Second,
		HealthMisses: 3,
		BackoffMin:   500 * time.Millisecond,
		BackoffMax:   30 * time.Second,
		Starts:       5,
		StartsWindow: 10 * time.Minute,
		FailedEvery:  5 * time.Minute,
		Stop:         2 * time.Second,
	}
}

// Description is what a connector says of itself.
type Description struct {
	// Name and Version are the connector's own.
	Name, Version string
	// Summary is one sentence on what it connects to.
	Summary string
	// Setup is the admin's steps at the PSA, in Markdown.
	Setup string
	// Services are the full names of the gRPC services that it serves.
	Services []string
	// Operations says by operation what is emulated or limited. An operation of
	// a served service that is not here is native and without limits.
	Operations map[string]*connectorv1.OperationSupport
	// Schema is what a connection's block may hold. It is never nil.
	Schema *connectorv1.Schema
	// ContractMinor is the minor version of the contract it was built against.
	ContractMinor int
	// SHA256 is the hash of its program or of its folder, in hex.
	SHA256 string
}

// Metadata is what travels with a call.
type Metadata struct {
	// RequestID and Agent are for the connector's logs.
	RequestID string
	Agent     string
	// Write says that the call changes something at the PSA: when its process
	// dies, nobody knows whether it did.
	Write bool
}

// Cost is what a call cost at the PSA.
type Cost struct {
	// VendorRequests counts the requests to the PSA.
	VendorRequests int
	// VendorTime is the time spent waiting for the PSA.
	VendorTime time.Duration
}

func (c Cost) plus(more Cost) Cost {
	return Cost{VendorRequests: c.VendorRequests + more.VendorRequests, VendorTime: c.VendorTime + more.VendorTime}
}

func (t Timing) orDefault() Timing {
	d := DefaultTiming()
	return Timing{
		Start:        cmp.Or(t.Start, d.Start),
		Connect:      cmp.Or(t.Connect, d.Connect),
		HealthEvery:  cmp.Or(t.HealthEvery, d.HealthEvery),
		HealthLimit:  cmp.Or(t.HealthLimit, d.HealthLimit),
		HealthMisses: cmp.Or(t.HealthMisses, d.HealthMisses),
		BackoffMin:   cmp.Or(t.BackoffMin, d.BackoffMin),
		BackoffMax:   cmp.Or(t.BackoffMax, d.BackoffMax),
		Starts:       cmp.Or(t.Starts, d.Starts),
		StartsWindow: cmp.Or(t.StartsWindow, d.StartsWindow),
		FailedEvery:  cmp.Or(t.FailedEvery, d.FailedEvery),
		Stop:         cmp.Or(t.Stop, d.Stop),
	}
}
