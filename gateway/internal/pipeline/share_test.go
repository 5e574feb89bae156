package pipeline

import (
	"context"
	"strings"
	"testing"
	"time"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/gateway/internal/problem"
)

func getTicket(t *testing.T) *Invocation {
	t.Helper()
	catalogue, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return &Invocation{
		Operation: catalogue.ByName("tickets.get"), Connection: "cw",
		Request: psav1.GetTicketRequest_builder{Ticket: new("7")}.Build(),
	}
}

// TestReadThatPanics holds that a read whose call panics ends neither the gateway
// nor the reads after it.
func TestReadThatPanics(t *testing.T) {
	t.Parallel()
	p := &Pipeline{limits: Limits{Read: time.Minute}}
	err := p.share(t.Context(), getTicket(t), func(context.Context, *Invocation) error { panic("out of order") })
	if got := problem.From(err); got.Code != problem.Internal || strings.Contains(got.Detail, "out of order") || !strings.Contains(got.Error(), "share_test.go") {
		t.Errorf("answered %v", err)
	}
	if err := p.share(t.Context(), getTicket(t), func(context.Context, *Invocation) error { return nil }); err != nil {
		t.Errorf("the read after it: %v", err)
	}
}

// TestReadIsLeft has a caller give up: the call that others may have joined goes
// on, and leaves the caller's invocation alone.
func TestReadIsLeft(t *testing.T) {
	t.Parallel()
	p := &Pipeline{limits: Limits{Read: time.Minute}}
	ctx, cancel := context.WithCancel(t.Context())
	inv, ended := getTicket(t), make(chan error)
	err := p.share(ctx, inv, func(ctx context.Context, look *Invocation) error {
		cancel()
		look.Response = &psav1.GetTicketResponse{}
		look.Cost.VendorRequests++
		ended <- ctx.Err()
		return nil
	})
	if problem.From(err).Code != problem.DeadlineExceeded {
		t.Errorf("answered %v", err)
	}
	inv.Response = nil // who has it back may write to it
	if err := <-ended; err != nil {
		t.Errorf("the call ended with its caller: %v", err)
	}
	if inv.Response != nil || inv.Cost != (Cost{}) {
		t.Errorf("the invocation is %v, %v", inv.Response, inv.Cost)
	}
}
