package connector

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// probe asks what the account of the connection may do at the PSA. What was known
// before stays where that cannot be told now; it is nothing that calls wait for.
func (c *connection) probe(ctx context.Context, p *process, meta Metadata) Cost {
	ctx, cancel := context.WithTimeout(ctx, c.timing.Connect)
	defer cancel()
	var answer connectorv1.ProbePermissionsResponse
	k := call{process: p, connection: c, method: connectorv1.PermissionProbe_ProbePermissions_FullMethodName, meta: meta}
	cost, fault := k.do(ctx, connectorv1.ProbePermissionsRequest_builder{Connection: &c.spec.Name}.Build(), &answer)
	if fault != nil {
		if !unserved(fault) {
			c.log.Warn("what the account may do at the PSA cannot be told", "reason", fault.Detail)
		}
		return cost
	}
	permissions := map[string]*connectorv1.OperationPermission{}
	for _, found := range answer.GetPermissions() {
		permissions[found.GetOperation()] = found
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.permissions = permissions
	return cost
}

// unserved tells that a connector does not have the service.
func unserved(fault *problem.Problem) bool {
	return fault.Code == problem.NotSupported && status.Code(errors.Unwrap(fault)) == codes.Unimplemented
}
