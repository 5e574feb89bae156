// Package config reads gateway.hcl: every mistake at once, each with its place,
// what is allowed and what was probably meant, and never a secret's text.
package config

import (
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Config is what gateway.hcl says, with the environment and the flags over the
// scalars of its gateway and state blocks.
type Config struct {
	Gateway     Gateway
	State       State
	Connectors  []Connector
	Connections []Connection
	Groups      []Group
	Agents      []Agent

	source *source
	eval   *hcl.EvalContext
}

// Gateway is the gateway's own settings.
type Gateway struct {
	// Listen is the address, as host:port.
	Listen string
	// PublicURL is where callers reach the gateway, without a slash at its
	// end; empty means: wherever it listens.
	PublicURL string
	// LogLevel is trace, debug, info, warn or error.
	LogLevel string
	Limits   Limits
	// ShutdownTimeout is how long calls in flight may take to finish.
	ShutdownTimeout time.Duration
}

// Limits bounds what one call may cost.
type Limits struct {
	// Body is the largest JSON body, in bytes.
	Body int
	// Attachment is the largest file that comes along, in bytes.
	Attachment int
	// ReadDeadline and WriteDeadline are how long a call may take in all,
	// TransferDeadline one with a file.
	ReadDeadline, WriteDeadline, TransferDeadline time.Duration
	// OutcomeDeadline is how long the gateway looks what became of a write whose
	// answer was lost. It has to be longer than a lost request can take to arrive,
	// or no write is ever known not to have happened.
	OutcomeDeadline time.Duration
}

// State says where the gateway keeps what outlives a restart.
type State struct {
	// Dir is the state directory.
	Dir string
}

// Connector is a connector program.
type Connector struct {
	Name string
	// Source is the path of the program, or of the folder that it is in.
	Source string
	// Version is the version that the admin expects; empty means any.
	Version string
	// Range is the block's header.
	Range hcl.Range
	// SourceRange is the value of source.
	SourceRange hcl.Range
}

// Connection is an account at a PSA. What else its block holds is decoded by
// [Config.Connection], once the connector has published its schema.
type Connection struct {
	Name string
	// Connector is the name of the connector that serves it.
	Connector string
	// Range is the block's header.
	Range hcl.Range

	block *hclsyntax.Block
}

// Group is a named set of grants.
type Group struct {
	Name string
	// Allow holds the level by area; an area that is missing is none.
	Allow map[string]string
	// Connections are the names of connections; "*" means every one.
	Connections []string
	// Range is the block's header.
	Range hcl.Range
}

// Agent is a caller with a token of its own.
type Agent struct {
	Name   string
	Groups []string
	// TokenID is the part of the token that is not secret.
	TokenID string
	// TokenSHA256 is the hash of the whole token.
	TokenSHA256 [32]byte
	// Range is the block's header.
	Range hcl.Range
}
