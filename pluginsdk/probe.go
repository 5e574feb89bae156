package pluginsdk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// PermissionProber is implemented by instances that can tell what their account
// may do at the PSA.
type PermissionProber interface {
	// ProbePermissions tells per operation what the account may do, by reads that
	// change nothing. An operation that is missing is PermissionUnknown.
	ProbePermissions(ctx context.Context) ([]OperationPermission, error)
}

// OperationPermission is what the account may do with one operation.
type OperationPermission struct {
	Operation  string // such as "tickets.merge"
	Permission Permission
	Reason     string // how that is known, or why it is not, for the admin
	Right      string // the right that the operation needs, in the words of the PSA's screens
}

// Permission is whether the PSA grants an operation.
type Permission int

// The permissions.
const (
	PermissionUnknown Permission = iota // it cannot be told before it is tried
	PermissionGranted
	PermissionOwnOnly // on the account's own records
	PermissionDenied
)

var permissions = map[Permission]connectorv1.Permission_V{
	PermissionUnknown: connectorv1.Permission_UNKNOWN,
	PermissionGranted: connectorv1.Permission_GRANTED,
	PermissionOwnOnly: connectorv1.Permission_OWN_ONLY,
	PermissionDenied:  connectorv1.Permission_DENIED,
}

// refusal is the PSA's last no to an operation.
type refusal struct {
	at    time.Time
	words string
}

// remember keeps that the PSA refused an operation for want of a right, until it
// grants it again: where an account cannot read its rights, that is all there is
// to know.
func (c *connection) remember(operation string, err error) {
	f := fault.From(err)
	refused := f != nil && f.Code == fault.CodePermissionDenied && f.Source == fault.SourcePSA
	if !refused && err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !refused {
		delete(c.refusals, operation)
		return
	}
	if c.refusals == nil {
		c.refusals = map[string]refusal{}
	}
	c.refusals[operation] = refusal{time.Now().UTC(), f.Message}
}

// probe serves deskgate.connector.v1.PermissionProbe.
type probe struct{ *server }

var _ connectorv1.PermissionProbeServer = probe{}

// ProbePermissions implements connectorv1.PermissionProbeServer.
func (p probe) ProbePermissions(ctx context.Context, req *connectorv1.ProbePermissionsRequest) (*connectorv1.ProbePermissionsResponse, error) {
	conn, err := p.connections.enter(req.GetConnection())
	if err != nil {
		return nil, err
	}
	defer conn.calls.leave()
	if refused := conn.refusedFor(); refused != nil {
		return nil, refused
	}
	var found []OperationPermission
	if prober, ok := conn.instance.(PermissionProber); ok {
		found, err = prober.ProbePermissions(ctx)
		conn.observe(call.From(ctx), err)
		if err != nil {
			return nil, err
		}
	}
	b := connectorv1.ProbePermissionsResponse_builder{VendorRequests: new(int32(call.From(ctx).VendorRequests()))}
	for _, o := range conn.withRefusals(found) {
		permission, ok := permissions[o.Permission]
		if !ok {
			permission = connectorv1.Permission_UNKNOWN
		}
		b.Permissions = append(b.Permissions, connectorv1.OperationPermission_builder{
			Operation: new(o.Operation), Permission: &permission, Reason: new(text(o.Reason)), Right: new(text(o.Right)),
		}.Build())
	}
	return b.Build(), nil
}

// withRefusals fills what is not known with what the PSA has refused.
func (c *connection) withRefusals(found []OperationPermission) []OperationPermission {
	c.mu.Lock()
	defer c.mu.Unlock()
	found = slices.Clone(found) // it is the instance's own
	seen := map[string]bool{}
	for n, o := range found {
		seen[o.Operation] = true
		if no, ok := c.refusals[o.Operation]; ok && o.Permission == PermissionUnknown {
			found[n].Permission, found[n].Reason = PermissionDenied, no.String()
		}
	}
	for operation, no := range c.refusals {
		if !seen[operation] {
			found = append(found, OperationPermission{Operation: operation, Permission: PermissionDenied, Reason: no.String()})
		}
	}
	return found
}

func (r refusal) String() string {
	return fmt.Sprintf("the PSA refused it at %s: %s", r.at.Format(time.RFC3339), r.words)
}
