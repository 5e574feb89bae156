// Package handshake holds what the gateway and a connector process have to agree
// on before the first call.
package handshake

import "github.com/hashicorp/go-plugin"

// Cookie tells a connector that the gateway started it, and not a person.
// It is no secret.
const (
	CookieKey   = "DESKGATE_CONNECTOR"
	CookieValue = "deskgate.connector.v1"
)

const (
	// ProtocolVersion is the major version of the contract, which is also the
	// version in its package names.
	ProtocolVersion = 1
	// ContractMinor is the minor version of the contract: it grows when the
	// contract grows.
	ContractMinor = 1
	// PluginName is the name that a connector is dispensed by.
	PluginName = "connector"
	// LogLevelKey is the environment variable that carries the log level.
	LogLevelKey = "DESKGATE_LOG_LEVEL"
	// MaxMessageBytes bounds a gRPC message in both directions. gRPC's own 4 MiB
	// are less than a page of tickets with their vendor records can need.
	MaxMessageBytes = 64 << 20
	// StreamWindowBytes is how much may be on its way on a call. gRPC would find its
	// own by a ping with every message, which on a local socket tells nothing and
	// costs more than a small message does.
	StreamWindowBytes = 1 << 20
	// ConnWindowBytes is how much may be on its way on a connection.
	ConnWindowBytes = 16 << 20
)

// Metadata of a call.
const (
	// MetadataConnection names the connection that a call is for.
	MetadataConnection = "deskgate-connection"
	// MetadataRequestID carries the caller's request id into the logs.
	MetadataRequestID = "deskgate-request-id"
	// MetadataAgent names the calling agent.
	MetadataAgent = "deskgate-agent"
)

// Trailers of a call.
const (
	// TrailerVendorRequests counts the requests that a call cost at the PSA.
	TrailerVendorRequests = "deskgate-vendor-requests"
	// TrailerVendorMS is the time spent waiting for the PSA, in milliseconds.
	TrailerVendorMS = "deskgate-vendor-ms"
)

// Config is go-plugin's half of the handshake.
var Config = plugin.HandshakeConfig{
	ProtocolVersion:  ProtocolVersion,
	MagicCookieKey:   CookieKey,
	MagicCookieValue: CookieValue,
}
