package pluginsdk

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// processConnector is the connector of the child process.
func processConnector() Connector[demoConfig, *demo] {
	tell, release := os.NewFile(tellFD, "tell"), os.NewFile(releaseFD, "release")
	return demoConnector(func(d *demo) error {
		d.get = func(_ context.Context, req *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
			switch req.GetTicket() {
			case "hold":
				fmt.Fprintln(tell, "held")
				_, _ = release.Read(make([]byte, 1))
			case "print":
				fmt.Println("printed by the connector")
				fmt.Fprintln(os.Stderr, "and complained")
				d.env.Logger.Warn("logged", "token", d.config.Token)
				log.Print("[WARN] logged by package log: " + d.config.Token)
			}
			return ticket(string(d.config.Site)), nil
		}
		d.closed = func() error {
			fmt.Fprintln(tell, "closed")
			return nil
		}
		return nil
	})
}

// child is a connector process under go-plugin's own client.
type child struct {
	client  *plugin.Client
	control connectorv1.ConnectorClient
	tickets psav1.TicketReaderClient
	pid     int
}

// spawn starts a connector process in its own folder. The files become its fd 3
// and 4.
func spawn(dir string, stderr *lines, files ...*os.File) (*child, error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{modeKey + "=" + modeConnector, "PLUGIN_UNIX_SOCKET_DIR=" + dir, handshake.LogLevelKey + "=debug"}
	cmd.ExtraFiles = files
	config := &plugin.ClientConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{handshake.ProtocolVersion: {handshake.PluginName: dispenser{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Cmd:              cmd, SkipHostEnv: true, AutoMTLS: true, Logger: hclog.NewNullLogger(),
	}
	if stderr != nil {
		config.Stderr = stderr
	}
	c := &child{client: plugin.NewClient(config)}
	protocol, err := c.client.Client()
	if err != nil {
		return nil, err
	}
	raw, err := protocol.Dispense(handshake.PluginName)
	if err != nil {
		return nil, err
	}
	conn, ok := raw.(*grpc.ClientConn)
	if !ok {
		return nil, errors.New("no connection dispensed")
	}
	c.control, c.tickets = connectorv1.NewConnectorClient(conn), psav1.NewTicketReaderClient(conn)
	c.pid = cmd.Process.Pid
	_, err = c.control.Connect(context.Background(), connectorv1.ConnectRequest_builder{
		Connection: new("a"), ConfigJson: []byte(demoJSON)}.Build())
	return c, err
}

type dispenser struct{ plugin.NetRPCUnsupportedPlugin }

func (dispenser) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return errors.New("no server") }

func (dispenser) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

func (c *child) get(ctx context.Context, id string) error {
	_, err := c.tickets.GetTicket(on(ctx, "a"), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	return err
}

// beParent is the process between the test and a connector.
func beParent() {
	tell := os.NewFile(tellFD, "tell")
	c, err := spawn(os.Getenv("TMPDIR"), nil, tell)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	_ = tell.Close() // now the connector alone holds it
	fmt.Println("ready", c.pid)
	select {}
}

// lines receives a process's log line by line.
type lines struct{ found chan string }

func (l *lines) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		select {
		case l.found <- strings.TrimSpace(line):
		default:
		}
	}
	return len(p), nil
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(); _ = w.Close() })
	return r, w
}

// socketDir is a folder whose path is short enough for a socket.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dg") //nolint:usetesting // t.TempDir has the test's name in it, and a socket's path at most 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
