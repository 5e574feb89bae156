// Package pipeline is the one path that every call takes, whichever door it
// came in by: a chain of small stages over one Invocation.
package pipeline

import (
	"io"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Invocation is one call on its way. A door fills the first part, the stages
// the rest.
type Invocation struct {
	// Operation is what is called.
	Operation *operation.Operation
	// RequestID goes through to the vendor call's log line.
	RequestID string
	// Token is what the caller showed.
	Token string
	// Path, Query and Body are the request as the caller wrote it: path
	// parameters unescaped, the query raw and without the options.
	Path  map[string]string
	Query string
	Body  []byte
	// Upload is the content that the caller sends along; nil is none. An error of it
	// that is a problem is what the caller is told.
	Upload io.Reader
	// Options ride outside the body.
	Options Options
	// Flaw is what the door found wrong with the request's form, or nil. It is
	// told once the caller is known.
	Flaw *problem.Problem

	// Identity is the agent whose token it was.
	Identity *access.Identity
	// Request is the decoded request.
	Request proto.Message
	// Connection is the connection that the request names; empty for the
	// gateway's own operations that have none.
	Connection string
	// Response is the answer as a message.
	Response proto.Message
	// JSON is the answer as the caller gets it, in the buffer that the door gave, if
	// it gave one that is large enough.
	JSON []byte
	// Content is the answer of a download, in place of JSON. The door closes it.
	Content io.ReadCloser
	// Cost is what the call cost at the PSA.
	Cost Cost
}

// Options are a caller's options for one call.
type Options struct {
	// DryRun asks what would be sent.
	DryRun bool
	// Accept lists the codes of warnings that the caller accepts.
	Accept []string
	// IfMatch is the etag that the record has to have, as the header gives it.
	IfMatch string
}

// Cost is what a call cost behind the gateway.
type Cost struct {
	// VendorRequests is the number of requests at the PSA.
	VendorRequests int
	// Vendor is the time spent waiting for the PSA, Connector the time in the
	// connector process, the vendor's included.
	Vendor, Connector time.Duration
}

// Add counts a further call.
func (c *Cost) Add(other Cost) {
	c.VendorRequests += other.VendorRequests
	c.Vendor += other.Vendor
	c.Connector += other.Connector
}
