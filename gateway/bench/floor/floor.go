// Package floor is what a call to a connector costs at the least: a bare gRPC
// exchange with a connector's process over go-plugin's connection, mutual TLS on a
// unix socket. It asks the health service that go-plugin serves in every connector,
// whose messages are next to empty; the gateway is not involved.
package floor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
)

// Floor is a connector's process that is asked nothing but whether it is there.
type Floor struct {
	client *plugin.Client
	health grpc_health_v1.HealthClient
	pid    int
}

// Start starts a connector's binary.
func Start(path string) (*Floor, error) {
	f := &Floor{client: plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{handshake.ProtocolVersion: {handshake.PluginName: bare{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Cmd:              exec.Command(path),
		AutoMTLS:         true, // as the gateway has it
		SkipHostEnv:      true,
		GRPCDialOptions: []grpc.DialOption{ // as well
			grpc.WithStaticStreamWindowSize(handshake.StreamWindowBytes), grpc.WithStaticConnWindowSize(handshake.ConnWindowBytes),
		},
		Logger: hclog.NewNullLogger(),
		Stderr: io.Discard,
	})}
	protocol, err := f.client.Client()
	if err != nil {
		f.Stop()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	raw, err := protocol.Dispense(handshake.PluginName)
	if err != nil {
		f.Stop()
		return nil, err
	}
	conn, ok := raw.(*grpc.ClientConn)
	if !ok {
		f.Stop()
		return nil, errors.New("go-plugin dispensed no connection")
	}
	f.health = grpc_health_v1.NewHealthClient(conn)
	if f.pid, err = strconv.Atoi(f.client.ID()); err != nil {
		f.Stop()
		return nil, err
	}
	return f, nil
}

// PID is the process id of the connector.
func (f *Floor) PID() int { return f.pid }

// Call makes one exchange.
func (f *Floor) Call(int, int) error {
	answer, err := f.health.Check(context.Background(), &grpc_health_v1.HealthCheckRequest{Service: plugin.GRPCServiceName})
	if err == nil && answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		err = fmt.Errorf("the connector is %s", answer.GetStatus())
	}
	return err
}

// Stop ends the process.
func (f *Floor) Stop() { f.client.Kill() }

// bare is the plugin that is dispensed: the connection itself.
type bare struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCServer implements plugin.GRPCPlugin.
func (bare) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the bench serves nothing")
}

// GRPCClient implements plugin.GRPCPlugin.
func (bare) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}
