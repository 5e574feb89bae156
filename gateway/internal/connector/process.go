package connector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/connector/logline"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/runner"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	plugrunner "github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
)

// process is one life of a connector's process: started once, never again.
type process struct {
	runner  *runner.Runner
	client  *plugin.Client
	conn    *grpc.ClientConn
	rpc     connectorv1.ConnectorClient
	sockets string
	stop    time.Duration

	// ctx ends as soon as the process has.
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	closed  bool
	calls   sync.WaitGroup
	victims map[string]bool // the connections whose calls died with it
	killed  bool
	why     string // why we ended it
}

// launch is what a process is started with.
type launch struct {
	name    string
	source  string // the program where the admin has it, for messages
	path    string // its private copy, which is what runs
	env     []string
	sockets string // the folder of all socket folders
	sink    *logline.Sink
	spawner *runner.Spawner
	timing  Timing
}

// start starts a process and asks it what it is. When it fails, no process is
// left; the error is a sentence that follows on the connector's name.
func start(ctx context.Context, l launch) (*process, *connectorv1.DescribeResponse, error) {
	dir, err := os.MkdirTemp(l.sockets, "")
	if err != nil {
		return nil, nil, fmt.Errorf("no folder for its socket can be made: %w", err)
	}
	p := &process{sockets: dir, stop: l.timing.Stop, victims: map[string]bool{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.client = plugin.NewClient(p.clientConfig(l))

	// One limit for all of it. go-plugin has one for the handshake alone, and
	// what follows would wait for ever for a process that does not answer.
	ctx, cancel := context.WithTimeout(ctx, l.timing.Start)
	defer cancel()
	release := context.AfterFunc(ctx, func() { p.kill("") })
	said, err := p.greet(ctx)
	if err == nil && !release() {
		err = ctx.Err()
	}
	if err != nil {
		p.kill("")
		p.end(context.Background())
		return nil, nil, p.startError(ctx, l, err)
	}
	return p, said, nil
}

func (p *process) clientConfig(l launch) *plugin.ClientConfig {
	stdout, stderr := runner.NewLineWriter(l.sink.Stdout), runner.NewLineWriter(l.sink.Stderr)
	return &plugin.ClientConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{handshake.ProtocolVersion: {handshake.PluginName: wire{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     2 * l.timing.Start,    // start has its own, which says more
		Logger:           hclog.NewNullLogger(), // what it would say, the supervisor says
		SyncStdout:       stdout,                // what the process prints once it serves
		SyncStderr:       stderr,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: p.sockets},
		GRPCDialOptions: []grpc.DialOption{
			grpc.WithDefaultCallOptions(
				grpc.MaxCallRecvMsgSize(handshake.MaxMessageBytes), grpc.MaxCallSendMsgSize(handshake.MaxMessageBytes)),
			grpc.WithStaticStreamWindowSize(handshake.StreamWindowBytes), grpc.WithStaticConnWindowSize(handshake.ConnWindowBytes),
		},
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, socketDir string) (plugrunner.Runner, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.runner = runner.New(runner.Config{
				Name: l.name, Path: l.path, SocketDir: socketDir, Spawner: l.spawner,
				Env:    append(append([]string(nil), l.env...), spec.Env...), // go-plugin's own last, so they win
				Stdout: l.sink.Stdout, Stderr: l.sink.Stderr,
			})
			if p.killed {
				_ = p.runner.Kill(context.Background()) // it has nothing to kill yet, and remembers
			}
			return p.runner, nil
		},
	}
}

// greet starts the process, connects and asks what it is.
func (p *process) greet(ctx context.Context) (*connectorv1.DescribeResponse, error) {
	if _, err := p.client.Start(); err != nil {
		return nil, err
	}
	go func() { <-p.runner.Exited(); p.cancel() }()
	protocol, err := p.client.Client()
	if err != nil {
		return nil, err
	}
	raw, err := protocol.Dispense(handshake.PluginName)
	if err != nil {
		return nil, err
	}
	conn, ok := raw.(*grpc.ClientConn)
	if !ok {
		return nil, errors.New("go-plugin dispensed no connection")
	}
	p.conn, p.rpc = conn, connectorv1.NewConnectorClient(conn)
	ctx, stop := p.join(ctx)
	defer stop()
	return p.rpc.Describe(ctx, &connectorv1.DescribeRequest{})
}

// join returns ctx that also ends with the process.
func (p *process) join(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(p.ctx, cancel)
	return ctx, func() { unhook(); cancel() }
}

// begin counts a call. It answers false when the process takes no more.
func (p *process) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.ctx.Err() != nil {
		return false
	}
	p.calls.Add(1)
	return true
}

func (p *process) done() { p.calls.Done() }

// died waits for the process to be reaped and tells whether it was: gRPC's
// Unavailable alone does not say. A call that died with the process is on
// record against its connection.
func (p *process) died(connection string, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.ctx.Done():
	case <-timer.C:
		if p.ctx.Err() == nil {
			return false
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.victims[connection] = true
	return true
}

// drain refuses new calls and waits for those in flight, until ctx ends.
func (p *process) drain(ctx context.Context) {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	idle := make(chan struct{})
	go func() { p.calls.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// kill ends the process and what it started. The first reason stays.
func (p *process) kill(why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killed = true
	if p.why == "" {
		p.why = why
	}
	if p.runner != nil {
		_ = p.runner.Kill(context.Background()) // it is gone, or cannot be: there is no third way
	}
}

// end asks the process to end, kills it when it does not, or when ctx ends, and
// returns when nothing of it is left.
func (p *process) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, p.stop)
	defer cancel()
	unhook := context.AfterFunc(ctx, func() { p.kill("") })
	defer unhook()
	p.client.Kill() // returns when the output is read to its end, which the kill brings about
	if p.runner != nil && p.runner.PID() != 0 {
		<-p.runner.Finished()
	}
	p.cancel()
	_ = os.RemoveAll(p.sockets) // an empty folder in the way harms nobody
}

// exit says how the process came to its end.
func (p *process) exit() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why != "" {
		return p.why
	}
	return "it ended by itself: " + p.runner.Exit()
}

// wire is the plugin that go-plugin dispenses: the bare connection.
type wire struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCServer implements plugin.GRPCPlugin; the gateway serves nothing.
func (wire) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the gateway is no connector")
}

// GRPCClient implements plugin.GRPCPlugin.
func (wire) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}
