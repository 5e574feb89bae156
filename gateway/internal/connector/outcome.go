package connector

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// LostWrite is a write whose answer was lost.
type LostWrite struct {
	Connection, Operation string
	Request               proto.Message
	// SentAt is when the connector got it, LostAt when its answer was given up.
	SentAt, LostAt time.Time
	// Others are the ids of the records that other calls of a create have made.
	Others []string
}

// reconnectPoll is how often a connection is looked at that is not up yet.
const reconnectPoll = 100 * time.Millisecond

// CheckOutcome has the connector look whether a write happened. A connection that
// is down is waited for until ctx ends: the connector may have died of this very
// write. The error, if any, is a *problem.Problem.
func (m *Manager) CheckOutcome(ctx context.Context, w LostWrite, meta Metadata) (*connectorv1.CheckOutcomeResponse, Cost, error) {
	raw, err := proto.Marshal(w.Request)
	if err != nil {
		return nil, Cost{}, problem.From(err)
	}
	k, fault := m.reconnected(ctx, w.Connection, meta)
	if fault != nil {
		return nil, Cost{}, fault
	}
	var answer connectorv1.CheckOutcomeResponse
	cost, fault := k.do(ctx, connectorv1.CheckOutcomeRequest_builder{
		Connection: &w.Connection, Operation: &w.Operation, Request: raw,
		SentAt: timestamppb.New(w.SentAt), LostAt: timestamppb.New(w.LostAt), Others: w.Others,
	}.Build(), &answer)
	if fault != nil {
		return nil, cost, fault
	}
	return &answer, cost, nil
}

// reconnected waits for a connection that can be called, unless only an admin can
// bring it back.
func (m *Manager) reconnected(ctx context.Context, connection string, meta Metadata) (call, *problem.Problem) {
	tick := time.NewTicker(reconnectPoll)
	defer tick.Stop()
	for {
		k, fault := m.call(connection, connectorv1.OutcomeChecker_CheckOutcome_FullMethodName, meta)
		if fault == nil || !fault.Retryable() {
			return k, fault
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return call{}, fault
		}
	}
}
