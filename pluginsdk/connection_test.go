package pluginsdk

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(func(d *demo) error {
		d.check = func(context.Context) ([]Finding, error) {
			return []Finding{
				{Step: "reach", Level: OK, Message: "answers"},
				{Step: "rights", Level: Failed, Message: "no right \xff", Advice: "grant it"},
				{Step: "mail"},
			}, nil
		}
		return nil
	}))
	r.connect("a", demoJSON)
	resp, err := r.control.Check(t.Context(), connectorv1.CheckRequest_builder{Connection: new("a")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	f := resp.GetFindings()
	if len(f) != 3 || f[0].GetLevel() != connectorv1.Finding_Level_OK || f[1].GetMessage() != "no right \uFFFD" ||
		f[1].GetAdvice() != "grant it" || f[2].GetLevel() != connectorv1.Finding_Level_UNKNOWN {
		t.Errorf("the findings are %v", f)
	}
	_, err = r.control.Check(t.Context(), connectorv1.CheckRequest_builder{Connection: new("b")}.Build())
	if faultOf(t, err).Reason != reasonNotConnected {
		t.Errorf("of an unknown connection: %v", err)
	}
}

// holding makes calls wait until they are released, and tells when one has
// begun.
func holding(begun chan<- struct{}, release <-chan struct{}, closed *atomic.Int32) func(*demo) error {
	return func(d *demo) error {
		d.get = func(ctx context.Context, _ *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
			begun <- struct{}{}
			select {
			case <-release:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			if closed.Load() > 0 {
				return nil, errors.New("closed under a call")
			}
			return ticket(string(d.config.Site)), nil
		}
		d.closed = func() error {
			closed.Add(1)
			return nil
		}
		return nil
	}
}

type answer struct {
	title string
	err   error
}

func (r *rig) getAsync(connection string) <-chan answer {
	done := make(chan answer, 1)
	go func() {
		title, err := r.get(connection)
		done <- answer{title, err}
	}()
	return done
}

func TestStopDrains(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}), make(chan struct{})
	var closed atomic.Int32
	r := start(t, demoConnector(holding(begun, release, &closed)))
	r.connect("a", demoJSON)
	running := r.getAsync("a")
	<-begun
	stopped := make(chan struct{})
	go func() { r.server.stop(); close(stopped) }()
	<-r.server.stopping
	var err error
	for err == nil || faultOf(t, err).Reason != reasonStopping {
		_, err = r.control.Describe(t.Context(), &connectorv1.DescribeRequest{})
	}
	if _, err := r.tryConnect("b", demoJSON); faultOf(t, err).Reason != reasonStopping {
		t.Errorf("Connect while stopping: %v", err)
	}
	close(release)
	if got := <-running; got.err != nil {
		t.Errorf("the running call: %v", got.err)
	}
	<-stopped
	if closed.Load() != 1 {
		t.Errorf("closed %d times", closed.Load())
	}
}

func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	var closed atomic.Int32
	r := start(t, demoConnector(holding(begun, nil, &closed)))
	r.server.drain = 0
	r.connect("a", demoJSON)
	running := r.getAsync("a")
	<-begun
	r.server.stop()
	if got := <-running; faultOf(t, got.err).Code != fault.CodeDeadlineExceeded {
		t.Errorf("the running call: %v", got.err)
	}
	if closed.Load() != 1 {
		t.Errorf("closed %d times", closed.Load())
	}
}

func TestCloseThatPanics(t *testing.T) {
	t.Parallel()
	r := start(t, demoConnector(func(d *demo) error {
		d.closed = func() error { panic("boom") }
		return nil
	}))
	r.connect("a", demoJSON)
	if _, err := r.control.Disconnect(t.Context(), connectorv1.DisconnectRequest_builder{Connection: new("a")}.Build()); err != nil {
		t.Errorf("Disconnect = %v", err)
	}
	if line := r.log.find(t, "closing the connection panicked"); line["panic"] != "boom" || line["connection"] != "a" {
		t.Errorf("logged %v", line)
	}
}

// plain is an instance without anything optional; its Close has no error.
type plain struct {
	psav1.UnimplementedTicketReaderServer
	closed *atomic.Bool
}

func (p plain) Close() { p.closed.Store(true) }

func TestPlainInstance(t *testing.T) {
	t.Parallel()
	var closed atomic.Bool
	r := start(t, Connector[struct{}, plain]{
		Name: "plain", Summary: "Does little.",
		Connect: func(context.Context, Env, struct{}) (plain, error) { return plain{closed: &closed}, nil },
	})
	if resp := r.connect("a", `{}`); resp.HasSummary() || resp.HasAgentResource() {
		t.Errorf("Connect = %v", resp)
	}
	resp, err := r.control.Check(t.Context(), connectorv1.CheckRequest_builder{Connection: new("a")}.Build())
	if err != nil || len(resp.GetFindings()) != 1 || resp.GetFindings()[0].GetLevel() != connectorv1.Finding_Level_UNKNOWN {
		t.Errorf("Check = %v, %v", resp, err)
	}
	r.server.stop()
	if !closed.Load() {
		t.Error("not closed")
	}
}
