package connector

import (
	"time"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
)

// State says how a connection is. Its values are those of the gateway's API.
type State = gatewayv1.Connection_State_V

// The states of a connection.
const (
	Starting           = gatewayv1.Connection_State_STARTING
	Ready              = gatewayv1.Connection_State_READY
	Degraded           = gatewayv1.Connection_State_DEGRADED
	NeedsAttention     = gatewayv1.Connection_State_NEEDS_ATTENTION
	NeedsAuthorization = gatewayv1.Connection_State_NEEDS_AUTHORIZATION
	Backoff            = gatewayv1.Connection_State_BACKOFF
	Failed             = gatewayv1.Connection_State_FAILED
)

// Status is how a connection is.
type Status struct {
	// Name is the connection, Connector and Version what serves it.
	Name, Connector, Version string
	State                    State
	// Reason says why, for a person; it is empty for Ready.
	Reason string
	// Since is when the state was entered.
	Since time.Time
	// Summary says what the account is: site, company, version. It is empty
	// until the connection was ready once.
	Summary string
	// Agent is the technician that writes are attributed to.
	Agent AgentResource
	// Services are the full names of the gRPC services that the connector
	// serves; Operations what of its operations is emulated or limited.
	Services   []string
	Operations map[string]*connectorv1.OperationSupport
	// Permissions are what the PSA grants the account, by operation, as last probed.
	Permissions map[string]*connectorv1.OperationPermission
	// Setup is the connector's setup page, in Markdown.
	Setup string
	// Violations say which attributes of the connection's block the connector
	// refused, as paths in the block; the caller knows their file and line.
	Violations []problem.Violation
}

// AgentResource is the technician that a connection's writes are attributed to.
type AgentResource struct {
	ID, Name string
	// Attribution is native, impersonated or api_user.
	Attribution string
}

// ProcessStatus is how the process of a connector is.
type ProcessStatus struct {
	// Connector and Version name the connector.
	Connector, Version string
	// State is Starting, Ready, Backoff or Failed.
	State  State
	Reason string
	Since  time.Time
	// PID is the running process, or 0.
	PID int
	// Starts counts the starts since the gateway's own.
	Starts int
	// LastLines are the last lines that it wrote, cleaned, oldest first.
	LastLines []string
}

// words say a state in a sentence that begins with the connection.
var words = map[State]string{
	Starting:           "is starting",
	Ready:              "is ready",
	Degraded:           "is degraded",
	NeedsAttention:     "needs attention",
	NeedsAuthorization: "needs authorization",
	Backoff:            "waits for its connector to be started again",
	Failed:             "has failed",
}
