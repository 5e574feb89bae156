package gatewayapi

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	gatewayv1 "github.com/deskgate/deskgate/proto/deskgate/gateway/v1"

	"github.com/deskgate/deskgate/gateway/internal/connector"
	"github.com/deskgate/deskgate/gateway/internal/setup"
)

// connections serves what there is to know of the connections.
type connections struct{ *Backend }

// ListConnections lists the connections that the agent's groups name.
func (s connections) ListConnections(ctx context.Context, _ *gatewayv1.ListConnectionsRequest) (*gatewayv1.ListConnectionsResponse, error) {
	id := invocation(ctx).Identity
	out := &gatewayv1.ListConnectionsResponse{}
	for _, status := range s.connectors.Connections() {
		if id.Sees(status.Name) {
			out.SetConnections(append(out.GetConnections(), describe(status)))
		}
	}
	return out, nil
}

// GetConnection reads one connection.
func (s connections) GetConnection(_ context.Context, request *gatewayv1.GetConnectionRequest) (*gatewayv1.GetConnectionResponse, error) {
	status, _ := s.connectors.Status(request.GetConnection()) // the path has looked
	return gatewayv1.GetConnectionResponse_builder{Connection: describe(status)}.Build(), nil
}

// CheckConnection checks a connection now.
func (s connections) CheckConnection(ctx context.Context, request *gatewayv1.CheckConnectionRequest) (*gatewayv1.CheckConnectionResponse, error) {
	inv, start := invocation(ctx), time.Now()
	found, cost, err := s.connectors.Check(ctx, request.GetConnection(), metadata(inv))
	spend(inv, cost, start)
	if err != nil {
		return nil, err
	}
	status, _ := s.connectors.Status(request.GetConnection())
	steps := setup.Steps(status.Setup)
	out := gatewayv1.CheckConnectionResponse_builder{
		Passed: proto.Bool(true), VendorRequests: proto.Int32(int32(cost.VendorRequests)),
	}.Build()
	for _, f := range found.GetFindings() {
		level := gatewayv1.Finding_Level_V(f.GetLevel()) // the same numbers, held by a test
		if f.GetLevel() == connectorv1.Finding_Level_FAILED {
			out.SetPassed(false)
		}
		advice := f.GetAdvice()
		if f.GetLevel() != connectorv1.Finding_Level_OK {
			advice = withStep(advice, steps, f.GetStep())
		}
		out.SetFindings(append(out.GetFindings(), gatewayv1.Finding_builder{
			Step: proto.String(f.GetStep()), Level: &level, Message: proto.String(f.GetMessage()), Advice: text(advice),
		}.Build()))
	}
	out.SetConnection(describe(status))
	out.SetSetup(setupSteps(steps, found.GetFindings()))
	for _, op := range s.catalogue.Operations {
		if op.Connector && len(status.Services) > 0 {
			out.SetOperations(append(out.GetOperations(), serve(status, op)))
		}
	}
	return out, nil
}

// withStep adds to an advice the steps of the setup page that mend what a step of
// the check found.
func withStep(advice string, steps []setup.Step, name string) string {
	var titles []string
	for _, s := range steps {
		if slices.Contains(s.ProvenBy, name) {
			titles = append(titles, strconv.Quote(s.Title))
		}
	}
	if len(titles) == 0 {
		return advice
	}
	see := "see " + strings.Join(titles, " and ") + " of the connector's setup"
	if advice == "" {
		return see
	}
	return advice + " (" + see + ")"
}

// setupSteps marks the steps of the connector's setup page by what a check found.
func setupSteps(page []setup.Step, findings []*connectorv1.Finding) []*gatewayv1.SetupStep {
	var steps []*gatewayv1.SetupStep
	for _, step := range page {
		steps = append(steps, gatewayv1.SetupStep_builder{
			Title: proto.String(step.Title), State: step.Judge(findings).Enum(), ProvenBy: step.ProvenBy,
		}.Build())
	}
	return steps
}

// describe turns a status into the record that callers see.
func describe(s connector.Status) *gatewayv1.Connection {
	c := gatewayv1.Connection_builder{
		Name: proto.String(s.Name), Connector: proto.String(s.Connector), ConnectorVersion: text(s.Version),
		State: s.State.Enum(), Reason: text(s.Reason), Summary: text(s.Summary), AgentResource: text(s.Agent.Name),
		Services: s.Services,
	}.Build()
	if !s.Since.IsZero() {
		c.SetSince(timestamppb.New(s.Since.Truncate(time.Second))) // the API's times are whole seconds
	}
	return c
}
