package call_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/call"
)

func TestFromOutsideOfACall(t *testing.T) {
	t.Parallel()
	c := call.From(context.Background())
	if c == nil || c.DryRun || c.RequestID != "" {
		t.Fatalf("From without a call = %+v, want an empty one", c)
	}
	c.AddRequest(time.Second) // must not leak into the next
	if n := call.From(context.Background()).VendorRequests(); n != 0 {
		t.Errorf("a new empty call has counted %d requests", n)
	}
	if c := call.From(call.With(context.Background(), nil)); c == nil {
		t.Error("From with a nil call = nil")
	}
}

func TestCallCountsAndRecords(t *testing.T) {
	t.Parallel()
	ctx := call.With(context.Background(), &call.Call{Connection: "acme", RequestID: "r1", DryRun: true})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			c := call.From(ctx)
			c.AddRequest(3 * time.Millisecond)
			c.AddWrite()
			c.Plan(call.Request{Method: "POST"})
			c.Read(call.Request{Method: "GET"})
		})
	}
	all.Wait()
	c := call.From(ctx)
	if c.Connection != "acme" || c.RequestID != "r1" || !c.DryRun {
		t.Errorf("the call lost what it carries: %+v", c)
	}
	if c.VendorRequests() != 20 || c.VendorTime() != 60*time.Millisecond || c.Writes() != 20 {
		t.Errorf("counted %d requests, %s, %d writes; want 20, 60ms, 20", c.VendorRequests(), c.VendorTime(), c.Writes())
	}
	if len(c.Planned()) != 20 || len(c.Reads()) != 20 {
		t.Errorf("recorded %d planned, %d reads; want 20 each", len(c.Planned()), len(c.Reads()))
	}
	c.TookBack()
	if c.Writes() != 18 {
		t.Errorf("%d writes of 20 are left when one has taken back another", c.Writes())
	}
	c.Planned()[0].Method = "changed"
	if got := c.Planned()[0].Method; got != "POST" {
		t.Errorf("a caller changed the record to %q", got)
	}
}
