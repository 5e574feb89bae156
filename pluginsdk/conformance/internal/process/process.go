// Package process runs one connector process for a conformance run, started as
// the gateway starts it, and keeps all that it prints.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	plugrunner "github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/runner"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// startTimeout is what a connector gets to start and to say what it is.
const startTimeout = 20 * time.Second

// Process is a running connector.
type Process struct {
	// Description is what the connector says that it is.
	Description *connectorv1.DescribeResponse

	client  *plugin.Client
	runner  *runner.Runner
	conn    *grpc.ClientConn
	sockets string
	spawner *runner.Spawner
	log     log
}

// Start starts a connector program and asks it what it is. environment is added
// to the little that a connector sees of ours.
func Start(ctx context.Context, program string, environment map[string]string) (*Process, error) {
	path, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "deskgate-")
	if err != nil {
		return nil, err
	}
	p := &Process{sockets: dir, spawner: runner.NewSpawner()}
	p.client = plugin.NewClient(p.config(path, environment))
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := p.greet(ctx); err != nil {
		p.Stop()
		return nil, fmt.Errorf("%s does not start as a connector: %w%s", program, err, p.log.tail())
	}
	return p, nil
}

func (p *Process) config(path string, environment map[string]string) *plugin.ClientConfig {
	env := runner.HostEnv()
	env = append(env, handshake.LogLevelKey+"=debug")
	for name, value := range environment {
		env = append(env, name+"="+value)
	}
	return &plugin.ClientConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{handshake.ProtocolVersion: {handshake.PluginName: wire{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     startTimeout,
		Logger:           hclog.NewNullLogger(),
		SyncStdout:       runner.NewLineWriter(p.log.add), // what the process prints once it serves
		SyncStderr:       runner.NewLineWriter(p.log.add),
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: p.sockets},
		GRPCDialOptions: []grpc.DialOption{grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(handshake.MaxMessageBytes), grpc.MaxCallSendMsgSize(handshake.MaxMessageBytes))},
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, socketDir string) (plugrunner.Runner, error) {
			p.runner = runner.New(runner.Config{
				Name: filepath.Base(path), Path: path, SocketDir: socketDir, Spawner: p.spawner,
				Env:    append(env, spec.Env...), // go-plugin's own last, so they win
				Stdout: p.log.add, Stderr: p.log.add,
			})
			return p.runner, nil
		},
	}
}

func (p *Process) greet(ctx context.Context) error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(handshake.PluginName)
	if err != nil {
		return err
	}
	conn, ok := raw.(*grpc.ClientConn)
	if !ok {
		return errors.New("go-plugin dispensed no connection")
	}
	p.conn = conn
	p.Description, err = p.Control().Describe(ctx, &connectorv1.DescribeRequest{})
	return err
}

// Control is the connector's own service.
func (p *Process) Control() connectorv1.ConnectorClient {
	return connectorv1.NewConnectorClient(p.conn)
}

// Raw is the connection to the process, for services that are not of one
// connection.
func (p *Process) Raw() grpc.ClientConnInterface { return p.conn }

// Serves tells whether the connector serves a service, by its full name.
func (p *Process) Serves(service string) bool {
	return slices.Contains(p.Description.GetServices(), service)
}

// Alive tells whether the process still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.runner.Exited():
		return false
	default:
		return true
	}
}

// PID is the process's id.
func (p *Process) PID() int { return p.runner.PID() }

// Log is all that the process has printed, line by line.
func (p *Process) Log() []string { return p.log.all() }

// Stop ends the process.
func (p *Process) Stop() {
	p.client.Kill()
	p.spawner.Close()
	_ = os.RemoveAll(p.sockets) // a folder in the system's temporary one
}

// On returns what calls one connection of the process.
func (p *Process) On(connection string) grpc.ClientConnInterface {
	return bound{conn: p.conn, connection: connection}
}

// bound calls one connection.
type bound struct {
	conn       *grpc.ClientConn
	connection string
}

// requestID marks the calls of a conformance run in the connector's log.
const requestID = "conformance"

func (b bound) context(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx,
		handshake.MetadataConnection, b.connection, handshake.MetadataRequestID, requestID, handshake.MetadataAgent, requestID)
}

func (b bound) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	return b.conn.Invoke(b.context(ctx), method, args, reply, opts...)
}

func (b bound) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return b.conn.NewStream(b.context(ctx), desc, method, opts...)
}

// wire gives go-plugin the connection as it is.
type wire struct{ plugin.NetRPCUnsupportedPlugin }

func (wire) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("a conformance run is no connector")
}

func (wire) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

// log keeps what a process prints. It is for several goroutines.
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) add(line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(line))
}

func (l *log) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.lines...)
}

// shownLines is how many of its last lines tell why a process did not start.
const shownLines = 5

func (l *log) tail() string {
	lines := l.all()
	if len(lines) == 0 {
		return ""
	}
	return "\nit printed last:\n  " + strings.Join(lines[max(0, len(lines)-shownLines):], "\n  ")
}
