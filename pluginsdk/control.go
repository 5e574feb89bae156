package pluginsdk

import (
	"context"
	"strings"

	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// control serves deskgate.connector.v1.Connector.
type control struct{ *server }

var _ connectorv1.ConnectorServer = control{}

// Describe implements connectorv1.ConnectorServer.
func (c control) Describe(context.Context, *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
	return c.program.describe, nil
}

// Validate implements connectorv1.ConnectorServer.
func (c control) Validate(_ context.Context, req *connectorv1.ValidateRequest) (*connectorv1.ValidateResponse, error) {
	_, secrets, err := c.program.decode(req.GetConfigJson())
	c.redactor.Add(secrets...)
	if err == nil {
		return &connectorv1.ValidateResponse{}, nil
	}
	violations := fault.From(err).Proto().GetViolations()
	for _, v := range violations {
		v.SetMessage(c.redactor.String(v.GetMessage()))
	}
	return connectorv1.ValidateResponse_builder{Violations: violations}.Build(), nil
}

// Connect implements connectorv1.ConnectorServer.
func (c control) Connect(ctx context.Context, req *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
	name := req.GetConnection()
	if name == "" {
		return nil, fault.InvalidArgument("connection", "the connection has no name")
	}
	open, secrets, err := c.program.decode(req.GetConfigJson())
	c.redactor.Add(secrets...)
	if err != nil {
		return nil, err
	}
	conn, err := c.connections.connect(ctx, name, c.log.With("connection", name), open)
	if err != nil {
		return nil, err
	}
	b := connectorv1.ConnectResponse_builder{VendorRequests: new(int32(call.From(ctx).VendorRequests()))}
	if describer, ok := conn.instance.(Describer); ok {
		info := describer.ConnectInfo()
		b.Summary = new(text(info.Summary))
		if a := info.AgentResource; a != nil {
			b.AgentResource = connectorv1.AgentResource_builder{
				Id: new(text(a.ID)), Name: new(text(a.Name)), Attribution: new(text(string(a.Attribution))),
			}.Build()
		}
	}
	return b.Build(), nil
}

// Disconnect implements connectorv1.ConnectorServer.
func (c control) Disconnect(ctx context.Context, req *connectorv1.DisconnectRequest) (*connectorv1.DisconnectResponse, error) {
	if err := c.connections.disconnect(ctx, req.GetConnection()); err != nil {
		return nil, err
	}
	return &connectorv1.DisconnectResponse{}, nil
}

var levels = map[Level]connectorv1.Finding_Level_V{
	OK:      connectorv1.Finding_Level_OK,
	Warning: connectorv1.Finding_Level_WARNING,
	Failed:  connectorv1.Finding_Level_FAILED,
	Unknown: connectorv1.Finding_Level_UNKNOWN,
}

// Check implements connectorv1.ConnectorServer.
func (c control) Check(ctx context.Context, req *connectorv1.CheckRequest) (*connectorv1.CheckResponse, error) {
	conn, err := c.connections.enter(req.GetConnection())
	if err != nil {
		return nil, err
	}
	defer conn.calls.leave()
	findings, err := conn.check(ctx)
	if err != nil {
		return nil, err
	}
	b := connectorv1.CheckResponse_builder{VendorRequests: new(int32(call.From(ctx).VendorRequests()))}
	for _, f := range findings {
		level, ok := levels[f.Level]
		if !ok {
			level = connectorv1.Finding_Level_UNKNOWN
		}
		b.Findings = append(b.Findings, connectorv1.Finding_builder{
			Step: new(text(f.Step)), Level: &level, Message: new(text(f.Message)), Advice: new(text(f.Advice)),
		}.Build())
	}
	return b.Build(), nil
}

// Watch implements connectorv1.ConnectorServer.
func (c control) Watch(_ *connectorv1.WatchRequest, stream grpc.ServerStreamingServer[connectorv1.WatchResponse]) error {
	w := c.news.watch()
	defer c.news.leave(w)
	for {
		for _, news := range c.news.take(w) {
			if err := stream.Send(news); err != nil {
				return err
			}
		}
		select {
		case <-w.wake:
		case <-stream.Context().Done():
			return nil
		case <-c.stopping:
			return nil
		}
	}
}

// text repairs text of a PSA that is not UTF-8, which gRPC would refuse.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
