package gatewayapi

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// operations serves the catalogue.
type operations struct{ *Backend }

// ListOperations lists the operations; with a connection, how it serves each.
func (s operations) ListOperations(ctx context.Context, request *gatewayv1.ListOperationsRequest) (*gatewayv1.ListOperationsResponse, error) {
	var status *connector.Status
	if name := request.GetConnection(); name != "" {
		found, ok := s.connectors.Status(name)
		if !ok || !invocation(ctx).Identity.Sees(name) {
			return nil, problem.New(problem.NotFound, "no connection is named %q: GET /v1/connections lists those you may use", name)
		}
		status = &found
	}
	out := &gatewayv1.ListOperationsResponse{}
	for _, op := range s.catalogue.Operations {
		out.SetOperations(append(out.GetOperations(), describeOperation(op, status)))
	}
	return out, nil
}

func describeOperation(op *operation.Operation, status *connector.Status) *gatewayv1.Operation {
	o := op.Record()
	if status == nil || !op.Connector {
		return o
	}
	served := serve(*status, op)
	o.SetSupport(served.GetSupport())
	o.SetPermission(served.GetPermission())
	if served.HasReason() {
		o.SetReason(served.GetReason())
	}
	if served.HasRight() {
		o.SetRight(served.GetRight())
	}
	limits := status.Operations[op.Name]
	o.SetUnsupportedFilters(limits.GetUnsupportedFilters())
	o.SetUnsupportedFields(limits.GetUnsupportedFields())
	return o
}

// serve says how a connection serves an operation: what its connector has, and
// what the PSA grants the account.
func serve(s connector.Status, op *operation.Operation) *gatewayv1.ServedOperation {
	b := gatewayv1.ServedOperation_builder{
		Operation: proto.String(op.Name), Support: psav1.Support_NATIVE.Enum(), Permission: gatewayv1.PsaPermission_UNKNOWN.Enum(),
	}
	if !serves(s, op) {
		b.Support, b.Reason = psav1.Support_NOT_SERVED.Enum(), proto.String("the connector "+s.Connector+" has no "+op.Service)
		return b.Build()
	}
	how, granted := s.Operations[op.Name], s.Permissions[op.Name] // nil is not told
	if how.GetEmulated() {
		b.Support = psav1.Support_EMULATED.Enum()
	}
	reasons := []string{granted.GetReason(), how.GetReason()} // also what is granted can have its exceptions
	if granted != nil {
		b.Permission = gatewayv1.PsaPermission_V(granted.GetPermission()).Enum() // the same numbers, held by a test
		b.Right = text(granted.GetRight())
	}
	if granted.GetPermission() == connectorv1.Permission_DENIED {
		b.Support, reasons = psav1.Support_NOT_PERMITTED.Enum(), reasons[:1]
	}
	b.Reason = text(strings.Join(slices.DeleteFunc(reasons, func(s string) bool { return s == "" }), "; "))
	return b.Build()
}

// text is nil for what is not said.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func serves(s connector.Status, op *operation.Operation) bool {
	return slices.Contains(s.Services, op.Service)
}

// agents tells callers who they are.
type agents struct{ *Backend }

// GetAgent reads the calling agent.
func (s agents) GetAgent(ctx context.Context, _ *gatewayv1.GetAgentRequest) (*gatewayv1.GetAgentResponse, error) {
	id := invocation(ctx).Identity
	agent := gatewayv1.Agent_builder{Name: proto.String(id.Name()), Groups: id.Groups()}.Build()
	for _, op := range s.catalogue.Operations {
		if !op.Connector {
			agent.SetGateway(append(agent.GetGateway(), s.permission(id, op, nil)))
		}
	}
	for _, status := range s.connectors.Connections() {
		if !id.Sees(status.Name) {
			continue
		}
		on := gatewayv1.ConnectionPermissions_builder{Connection: proto.String(status.Name)}.Build()
		for _, op := range s.catalogue.Operations {
			if op.Connector {
				on.SetOperations(append(on.GetOperations(), s.permission(id, op, &status)))
			}
		}
		agent.SetConnections(append(agent.GetConnections(), on))
	}
	return gatewayv1.GetAgentResponse_builder{Agent: agent}.Build(), nil
}

// permission says whether the agent may call an operation, and why not.
func (s agents) permission(id *access.Identity, op *operation.Operation, on *connector.Status) *gatewayv1.Permission {
	connection := ""
	if on != nil {
		connection = on.Name
	}
	p := gatewayv1.Permission_builder{Operation: proto.String(op.Name), Allowed: proto.Bool(true)}.Build()
	refuse := func(reason, detail string) *gatewayv1.Permission {
		p.SetAllowed(false)
		p.SetReason(reason)
		p.SetDetail(detail)
		return p
	}
	if prob := s.policy().Authorize(id, op, connection, nil, nil); prob != nil {
		return refuse(prob.Reason, prob.Detail)
	}
	if on == nil || len(on.Services) == 0 {
		return p
	}
	switch served := serve(*on, op); served.GetSupport() {
	case psav1.Support_NOT_SERVED:
		return refuse("not_served", served.GetReason())
	case psav1.Support_NOT_PERMITTED:
		return refuse("psa", served.GetReason())
	}
	return p
}
