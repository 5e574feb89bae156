// Package pluginsdk makes a Go program a connector: a process that the gateway
// starts and that speaks one PSA's API. The program's main names the connector
// and starts it, nothing else:
//
//	func main() { pluginsdk.Serve(acme.Connector) }
//
// What a connector can do is what its instances implement: the generated server
// interfaces of deskgate.psa.v1 (psav1.TicketReaderServer and so on), each
// whole. A method that is missing makes its service silently not served, so
// guard each one at compile time:
//
//	var _ psav1.TicketReaderServer = (*instance)(nil)
//
// Everything around the calls is the SDK's: the handshake, dispatch to the
// connection that a call is for, the call in the context (package call), errors
// (package fault), panics, refused logins, logs, shutdown.
package pluginsdk

import (
	"context"

	"github.com/hashicorp/go-hclog"
)

// Connector says what a connector is. Config is a struct whose tags make the
// schema of a connection's block (package schema); it usually embeds
// CommonConfig. Instance is one connection, usually a pointer to a struct: the
// services are those that this type implements, not what Connect happens to
// return.
//
// An instance may also be a Checker, a PermissionProber, an OutcomeChecker, a
// Describer and an io.Closer.
type Connector[Config, Instance any] struct {
	// Name is the connector's name in gateway.hcl: `[a-z0-9][a-z0-9-]{0,62}`.
	Name string
	// Version is the release. Empty takes what the build says (package release).
	Version string
	// Summary is one sentence on what it connects to.
	Summary string
	// Setup is what the admin has to do at the PSA, in Markdown: where to click,
	// which rights and why, the HCL to paste. Embed it.
	Setup string
	// Connect makes a connection ready for calls and proves that it works. It may
	// call the PSA, within ctx, which ends with Connect: what goes on longer ends
	// with the instance's Close. An error that is a *fault.Error reaches the
	// admin; the Field of a violation is the path of an attribute.
	Connect func(ctx context.Context, env Env, config Config) (Instance, error)
	// Operations says what of the operations is emulated or limited; what is not
	// listed is native and whole.
	Operations []OperationSupport
}

// OperationSupport says how the connector serves one operation.
type OperationSupport struct {
	// Operation is the name, such as "tickets.merge".
	Operation string
	// Emulated says that it is composed of other calls of the PSA.
	Emulated bool
	// Reason says why or how, for a person.
	Reason string
	// UnsupportedFilters are the request's filters that are refused.
	UnsupportedFilters []string
	// UnsupportedFields are the resource's fields that are refused in writes.
	UnsupportedFields []string
}

// Env is what a connection gets besides its configuration.
type Env struct {
	// Connection is the connection's name.
	Connection string
	// Logger logs under the connection's name. The connection's secrets are
	// removed from what it writes.
	Logger hclog.Logger
	// Report says how the connection is, whenever that changes; it may be called
	// at any time and never blocks. The reason is for the admin. Refused logins,
	// and a PSA that cannot be reached, need no report: the SDK sees them.
	Report func(health Health, reason string)
}

// Health is how a connection is. Between what an instance reports and what the
// SDK sees, the worse one counts.
type Health int

// The healths, from good to bad.
const (
	Ready          Health = iota // it works
	Degraded                     // calls fail for now; it is tried again by itself
	NeedsAttention               // an admin has to act
)

// Checker is implemented by instances that can tell whether they work.
type Checker interface {
	// Check looks whether the connection works, step by step, and changes nothing
	// at the PSA. It fails only if it could not look.
	Check(ctx context.Context) ([]Finding, error)
}

// Finding is one thing that a check looked at.
type Finding struct {
	Step    string // such as "reach", "login", "agent_resource"
	Level   Level
	Message string // what was found, for the admin
	Advice  string // what to do about it, or ""
}

// Level is how good or bad a finding is.
type Level int

// The levels.
const (
	OK      Level = iota + 1 // as it should be
	Warning                  // it works, and somebody should know
	Failed                   // it does not work
	Unknown                  // it cannot be told
)

// Describer is implemented by instances that know what they are connected to.
type Describer interface {
	// ConnectInfo is asked once, after Connect; it makes no calls.
	ConnectInfo() ConnectInfo
}

// ConnectInfo is what connecting found out.
type ConnectInfo struct {
	// Summary is what the account is, for the admin: site, company, version.
	Summary string
	// AgentResource is the technician that writes are attributed to, if there is
	// one.
	AgentResource *AgentResource
}

// AgentResource is the technician that a connection's writes are attributed to.
type AgentResource struct {
	ID   string
	Name string
	// Attribution is one of the constants below.
	Attribution Attribution
}

// Attribution is how the PSA attributes a connection's writes.
type Attribution string

// The attributions.
const (
	Native       Attribution = "native"       // the login is the technician's
	Impersonated Attribution = "impersonated" // the login acts in the technician's name
	APIUser      Attribution = "api_user"     // writes show the API user
)
