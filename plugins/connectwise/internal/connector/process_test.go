package connector

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/simulator/seed"
	"github.com/deskgate/deskgate/pluginsdk"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
)

// processKey makes of the test binary the connector's own process.
const processKey = "DESKGATE_TEST_CONNECTOR"

func TestMain(m *testing.M) {
	if os.Getenv(processKey) != "" {
		pluginsdk.Serve(Connector)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process starts the connector as a gateway would, opens a connection to a
// simulator, and returns the way to it and the context of its calls.
func process(t *testing.T, url string) (context.Context, *grpc.ClientConn) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{processKey + "=1", "PLUGIN_UNIX_SOCKET_DIR=" + dir}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{handshake.ProtocolVersion: {handshake.PluginName: dispenser{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Cmd:              cmd, SkipHostEnv: true, AutoMTLS: true, Logger: hclog.NewNullLogger(),
	})
	t.Cleanup(client.Kill)
	protocol, err := client.Client()
	if err != nil {
		t.Fatal(err)
	}
	dispensed, err := protocol.Dispense(handshake.PluginName)
	if err != nil {
		t.Fatal(err)
	}
	conn, ok := dispensed.(*grpc.ClientConn)
	if !ok {
		t.Fatalf("dispensed %T", dispensed)
	}
	config, err := json.Marshal(map[string]string{
		"site": url, "company": seed.CompanyID, "public_key": seed.PublicKey, "private_key": seed.PrivateKey, "client_id": seed.ClientID,
		"agent_resource": seed.AgentMember, "rate_limit": "off",
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connectorv1.NewConnectorClient(conn).Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: new("cw"), ConfigJson: config}.Build()); err != nil {
		t.Fatal(err)
	}
	return metadata.AppendToOutgoingContext(t.Context(), handshake.MetadataConnection, "cw", handshake.MetadataRequestID, "req-1"), conn
}

type dispenser struct{ plugin.NetRPCUnsupportedPlugin }

func (dispenser) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return errors.New("no server") }

func (dispenser) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}
