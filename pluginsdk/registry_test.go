package pluginsdk

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

func TestReplaceWhileCallsRun(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}), make(chan struct{})
	var closed atomic.Int32
	hold := holding(begun, release, &closed)
	r := start(t, demoConnector(func(d *demo) error {
		if d.config.Site == "https://old.example" {
			return hold(d)
		}
		return nil
	}))
	r.connect("a", `{"site":"https://old.example","token":"t0ken"}`)
	old := r.getAsync("a")
	<-begun
	r.connect("a", `{"site":"https://new.example","token":"t0ken"}`) // does not wait for the old call
	if got, err := r.get("a"); err != nil || got != "https://new.example" {
		t.Errorf("the new connection: %q, %v", got, err)
	}
	if closed.Load() != 0 {
		t.Error("the old instance is closed under its call")
	}
	close(release)
	if got := <-old; got.err != nil || got.title != "https://old.example" {
		t.Errorf("the old call: %+v", got)
	}
	r.server.stop() // waits for the old one as well
	if closed.Load() != 1 {
		t.Errorf("the old instance was closed %d times", closed.Load())
	}
}

func TestDisconnectWaitsForCalls(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}), make(chan struct{})
	var closed atomic.Int32
	r := start(t, demoConnector(holding(begun, release, &closed)))
	r.connect("a", demoJSON)
	running := r.getAsync("a")
	<-begun
	disconnected := make(chan error, 1)
	go func() {
		_, err := r.control.Disconnect(t.Context(), connectorv1.DisconnectRequest_builder{Connection: new("a")}.Build())
		disconnected <- err
	}()
	// Once it is out, new calls are refused while the old one still runs.
	for {
		conn, err := r.server.connections.enter("a")
		if err != nil {
			break
		}
		conn.calls.leave()
	}
	if _, err := r.get("a"); faultOf(t, err).Reason != reasonNotConnected {
		t.Errorf("a new call: %v", err)
	}
	close(release)
	if got := <-running; got.err != nil {
		t.Errorf("the running call: %v", got.err)
	}
	if err := <-disconnected; err != nil || closed.Load() != 1 {
		t.Errorf("Disconnect = %v, closed %d times", err, closed.Load())
	}
	if _, err := r.control.Disconnect(t.Context(), connectorv1.DisconnectRequest_builder{Connection: new("a")}.Build()); err != nil {
		t.Errorf("a second Disconnect: %v", err)
	}
}

func TestConnectsOfOneNameTakeTurns(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}), make(chan struct{})
	r := start(t, demoConnector(func(d *demo) error {
		if d.config.Site == "https://first.example" {
			begun <- struct{}{}
			<-release
		}
		return nil
	}))
	results := make(chan error, 2)
	connect := func(site string) {
		_, err := r.tryConnect("a", `{"site":"`+site+`","token":"t0ken"}`)
		results <- err
	}
	go connect("https://first.example")
	<-begun
	go connect("https://second.example")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.server.connections.turn(ctx, "a"); fault.CodeOf(err) != fault.CodeDeadlineExceeded {
		t.Errorf("out of turn: %v", err)
	}
	close(release)
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if got, err := r.get("a"); err != nil || got != "https://second.example" {
		t.Errorf("the later configuration loses: %q, %v", got, err)
	}
}

func TestConnectThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	var closed atomic.Int32
	r := start(t, demoConnector(nil))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.server.connections.connect(ctx, "a", r.server.log, func(context.Context, Env) (any, error) {
		cancel()
		return &demo{closed: func() error { closed.Add(1); return errors.New("half open") }}, nil
	})
	if !errors.Is(err, context.Canceled) || closed.Load() != 1 {
		t.Errorf("connect = %v, closed %d times", err, closed.Load())
	}
	if _, err := r.get("a"); faultOf(t, err).Reason != reasonNotConnected {
		t.Errorf("a call: %v", err)
	}
	if line := r.log.find(t, "closing the connection failed"); line["error"] != "half open" {
		t.Errorf("logged %v", line)
	}
}

func TestDisconnectThatCannotWait(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}), make(chan struct{})
	var closed atomic.Int32
	r := start(t, demoConnector(holding(begun, release, &closed)))
	r.connect("a", demoJSON)
	running := r.getAsync("a")
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for { // once it is out
			conn, err := r.server.connections.enter("a")
			if err != nil {
				cancel()
				return
			}
			conn.calls.leave()
		}
	}()
	if err := r.server.connections.disconnect(ctx, "a"); fault.CodeOf(err) != fault.CodeDeadlineExceeded {
		t.Errorf("disconnect = %v", err)
	}
	close(release)
	if got := <-running; got.err != nil {
		t.Errorf("the running call: %v", got.err)
	}
	r.server.stop()
	if closed.Load() != 1 {
		t.Errorf("closed %d times", closed.Load())
	}
}
