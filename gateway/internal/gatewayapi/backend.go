// Package gatewayapi serves the gateway's own operations (connections,
// operations, agent) and carries all others to their connector.
package gatewayapi

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/pipeline"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// Backend is the end of the path.
type Backend struct {
	connectors *connector.Manager
	catalogue  *operation.Catalogue
	policy     func() *access.Policy
	methods    map[string]method
}

// method is a generated handler with the server that it works on.
type method struct {
	server  any
	handler func(srv any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error)
}

// New returns the backend of a gateway.
func New(connectors *connector.Manager, catalogue *operation.Catalogue, policy func() *access.Policy) *Backend {
	b := &Backend{connectors: connectors, catalogue: catalogue, policy: policy, methods: map[string]method{}}
	b.register(&gatewayv1.ConnectionReader_ServiceDesc, connections{b})
	b.register(&gatewayv1.ConnectionChecker_ServiceDesc, connections{b})
	b.register(&gatewayv1.OperationReader_ServiceDesc, operations{b})
	b.register(&gatewayv1.AgentReader_ServiceDesc, agents{b})
	return b
}

var (
	_ gatewayv1.ConnectionReaderServer  = connections{}
	_ gatewayv1.ConnectionCheckerServer = connections{}
	_ gatewayv1.OperationReaderServer   = operations{}
	_ gatewayv1.AgentReaderServer       = agents{}
)

func (b *Backend) register(desc *grpc.ServiceDesc, server any) {
	for _, m := range desc.Methods {
		b.methods["/"+desc.ServiceName+"/"+m.MethodName] = method{server, m.Handler}
	}
}

// Has says whether there is a connection of that name.
func (b *Backend) Has(connection string) bool { return b.connectors.Has(connection) }

// Invoke carries a call out, here or at its connector.
func (b *Backend) Invoke(ctx context.Context, inv *pipeline.Invocation) error {
	if !inv.Operation.Connector {
		return b.local(ctx, inv)
	}
	if prob := b.served(inv); prob != nil {
		return prob
	}
	start := time.Now()
	meta := metadata(inv)
	meta.Write = inv.Operation.Write && !inv.Options.DryRun
	cost, err := b.call(ctx, inv, meta)
	spend(inv, cost, start)
	return err
}

// call makes the call in the form that its operation has.
func (b *Backend) call(ctx context.Context, inv *pipeline.Invocation, meta connector.Metadata) (cost connector.Cost, err error) {
	method := inv.Operation.FullMethod
	switch inv.Operation.Stream {
	case operation.Upload:
		return b.connectors.Upload(ctx, inv.Connection, method, inv.Request, inv.Upload, inv.Response, meta)
	case operation.Download:
		inv.Content, cost, err = b.connectors.Download(ctx, inv.Connection, method, inv.Request, inv.Response, meta)
		return cost, err
	default:
		return b.connectors.Invoke(ctx, inv.Connection, method, inv.Request, inv.Response, meta)
	}
}

// spend notes what a call cost that began at start.
func spend(inv *pipeline.Invocation, cost connector.Cost, start time.Time) {
	inv.Cost.Add(pipeline.Cost{VendorRequests: cost.VendorRequests, Vendor: cost.VendorTime, Connector: time.Since(start)})
}

// CheckOutcome has the connector look what became of a write.
func (b *Backend) CheckOutcome(ctx context.Context, inv *pipeline.Invocation, lost pipeline.Lost) (pipeline.Outcome, error) {
	start := time.Now()
	found, cost, err := b.connectors.CheckOutcome(ctx, connector.LostWrite{
		Connection: inv.Connection, Operation: inv.Operation.Name, Request: inv.Request,
		SentAt: lost.SentAt, LostAt: lost.LostAt, Others: lost.Others,
	}, metadata(inv))
	spend(inv, cost, start)
	if err != nil {
		return pipeline.Outcome{}, err
	}
	out := pipeline.Outcome{Reason: found.GetReason(), AskAgain: time.Duration(found.GetAskAgainSeconds()) * time.Second}
	switch found.GetHappened() {
	case connectorv1.Happened_DID_NOT:
		out.Happened = pipeline.DidNotHappen
	case connectorv1.Happened_HAPPENED:
		inv.Response = inv.Operation.Output.New()
		if err := proto.Unmarshal(found.GetResponse(), inv.Response); err != nil {
			return pipeline.Outcome{}, problem.From(err)
		}
		out.Happened = pipeline.DidHappen
	}
	return out, nil
}

// served refuses an operation that the connection's connector does not have,
// with the reason.
func (b *Backend) served(inv *pipeline.Invocation) *problem.Problem {
	if b.connectors.Serves(inv.Connection, inv.Operation.Service) {
		return nil // or it is not known yet: the call itself will tell
	}
	status, _ := b.connectors.Status(inv.Connection)
	p := problem.New(problem.NotSupported, "%s does not serve %s: its connector %q has no %s; GET /v1/operations?connection=%s lists what it serves",
		inv.Connection, inv.Operation.Name, status.Connector, inv.Operation.Service, inv.Connection)
	p.Reason = "not_served"
	return p
}

// invocationKey is where a context carries the invocation to the gateway's own
// services, whose methods are those of gRPC.
type invocationKey struct{}

func invocation(ctx context.Context) *pipeline.Invocation {
	inv, _ := ctx.Value(invocationKey{}).(*pipeline.Invocation)
	return inv
}

// metadata is what travels with a call of the invocation.
func metadata(inv *pipeline.Invocation) connector.Metadata {
	return connector.Metadata{RequestID: inv.RequestID, Agent: inv.Identity.Name()}
}

// local calls one of the gateway's own services.
func (b *Backend) local(ctx context.Context, inv *pipeline.Invocation) error {
	m, ok := b.methods[inv.Operation.FullMethod]
	if !ok {
		return problem.New(problem.Internal, "the gateway has no server for %s", inv.Operation.FullMethod)
	}
	decode := func(into any) error {
		request, ok := into.(proto.Message)
		if !ok {
			return fmt.Errorf("%T is no message", into)
		}
		proto.Merge(request, inv.Request)
		return nil
	}
	out, err := m.handler(m.server, context.WithValue(ctx, invocationKey{}, inv), decode, nil)
	if err != nil {
		return err
	}
	response, ok := out.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is no message", out)
	}
	inv.Response = response
	return nil
}
