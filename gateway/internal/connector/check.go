package connector

import (
	"cmp"
	"context"
	"strings"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// check looks whether the connection works, connecting it if need be, and says
// what both cost.
func (c *connection) check(ctx context.Context, p *process, meta Metadata) (*connectorv1.CheckResponse, Cost, *problem.Problem) {
	if p == nil {
		c.mu.Lock()
		reason := c.reason
		c.mu.Unlock()
		return found(finding("connector", reason, "the process is started again by itself; the gateway's log has what it last wrote")), Cost{}, nil
	}
	cost, fault := c.connect(ctx, p, meta)
	if fault != nil {
		if ctx.Err() != nil {
			return nil, cost, fault
		}
		return found(findings(fault)...), cost, nil
	}
	var answer connectorv1.CheckResponse
	call := call{process: p, connection: c, method: connectorv1.Connector_Check_FullMethodName, meta: meta}
	more, fault := call.do(ctx, connectorv1.CheckRequest_builder{Connection: &c.spec.Name}.Build(), &answer)
	cost = cost.plus(more)
	if fault != nil {
		return nil, cost, fault
	}
	cost = cost.plus(c.probe(ctx, p, meta))
	for _, f := range answer.GetFindings() {
		if f.GetLevel() == connectorv1.Finding_Level_FAILED {
			return &answer, cost, nil
		}
	}
	c.passed(p)
	return &answer, cost, nil
}

// passed takes in a check that found nothing wrong.
func (c *connection) passed(p *process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on != p {
		return // the process ended meanwhile
	}
	c.held, c.refused, c.cause = false, 0, ""
	c.set(Ready, "", nil)
}

// findings returns why a connection could not be made.
func findings(fault *problem.Problem) []*connectorv1.Finding {
	if len(fault.Violations) == 0 {
		step, advice := "connect", ""
		switch {
		case fault.Code == problem.PermissionDenied:
			step, advice = "rights", "let the account at the PSA do this, and check again"
		case fault.Reason == problem.LoginRefused:
			step, advice = "login", "correct the credentials in the connection's block, or unlock the account at the PSA, and check again"
		}
		return []*connectorv1.Finding{finding(step, fault.Detail, advice)}
	}
	var all []*connectorv1.Finding
	for _, v := range fault.Violations {
		// The check's step is the attribute: setup pages name those that a step sets.
		attribute, _, _ := strings.Cut(v.Field, ".")
		all = append(all, finding(cmp.Or(attribute, "configuration"), v.Field+": "+v.Message, "correct the connection's block and restart the gateway"))
	}
	return all
}

func found(f ...*connectorv1.Finding) *connectorv1.CheckResponse {
	return connectorv1.CheckResponse_builder{Findings: f}.Build()
}

func finding(step, message, advice string) *connectorv1.Finding {
	return connectorv1.Finding_builder{
		Step: new(step), Level: new(connectorv1.Finding_Level_FAILED), Message: new(message), Advice: new(advice),
	}.Build()
}
