package pluginsdk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// The test binary starts itself anew in these roles.
const (
	modeKey       = "DESKGATE_TEST_MODE"
	modeConnector = "connector"
	modeParent    = "parent" // starts a connector and waits to be killed
)

// Files that the roles inherit. Who reads fd 3 to its end knows that all who
// held it are dead.
const (
	tellFD    = 3 // the connector tells what happens, a word per line
	releaseFD = 4 // the connector's held calls wait for its end
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

func TestProcess(t *testing.T) {
	t.Parallel()
	told, tell := pipe(t)
	held, release := pipe(t)
	dir := socketDir(t)
	logged := &lines{found: make(chan string, 1000)}
	c, err := spawn(dir, logged, tell, held)
	if err != nil {
		t.Fatal(err)
	}
	defer c.client.Kill()
	_ = tell.Close()
	said := bufio.NewScanner(told)

	d, err := c.control.Describe(t.Context(), &connectorv1.DescribeRequest{})
	if err != nil || d.GetName() != "demo" {
		t.Fatalf("Describe = %v, %v", d, err)
	}
	if err := c.get(t.Context(), "print"); err != nil { // stdout belongs to the handshake
		t.Error(err)
	}
	for _, want := range []string{
		`"@level":"warn","@message":"logged","@module":"demo",`, `"@message":"logged by package log: REDACTED"`,
	} {
		for line := range logged.found {
			if strings.Contains(line, demoToken) {
				t.Errorf("the token is in the log: %s", line)
			}
			if strings.Contains(line, want) {
				break
			}
		}
	}

	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if err := syscall.Kill(c.pid, sig); err != nil {
			t.Fatal(err)
		}
		for line := range logged.found {
			if strings.Contains(line, "signal ignored") && strings.Contains(line, sig.String()) {
				break
			}
		}
	}
	if err := c.get(t.Context(), "1"); err != nil {
		t.Errorf("after the signals: %v", err)
	}

	watch, err := c.control.Watch(t.Context(), &connectorv1.WatchRequest{})
	if err != nil {
		t.Fatal(err)
	}
	running := make(chan error, 1)
	go func() { running <- c.get(t.Context(), "hold") }()
	if !said.Scan() || said.Text() != "held" {
		t.Fatalf("said %q", said.Text())
	}
	killed := make(chan struct{})
	go func() { c.client.Kill(); close(killed) }()
	for err == nil { // the watch ends when stopping begins
		_, err = watch.Recv()
	}
	_ = release.Close()
	if err := <-running; err != nil {
		t.Errorf("the call that ran at the shutdown: %v", err)
	}
	if !said.Scan() || said.Text() != "closed" || said.Scan() {
		t.Errorf("said %q", said.Text())
	}
	<-killed
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNothingOutlivesTheParent(t *testing.T) {
	t.Parallel()
	cases := map[string]func(parent *exec.Cmd, stdin *os.File) error{
		"kill -9":          func(parent *exec.Cmd, _ *os.File) error { return parent.Process.Kill() },
		"the end of stdin": func(_ *exec.Cmd, stdin *os.File) error { return stdin.Close() },
	}
	for name, end := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told, tell := pipe(t)
			stdinR, stdinW := pipe(t)
			parent := exec.Command(os.Args[0])
			parent.Env = []string{modeKey + "=" + modeParent, "TMPDIR=" + socketDir(t)}
			parent.ExtraFiles = []*os.File{tell}
			if name != "kill -9" { // with /dev/null, only the parent's id tells
				parent.Stdin = stdinR
			}
			stdout, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = parent.Process.Kill(); _ = parent.Wait() }()
			_ = tell.Close()
			_ = stdinR.Close()
			ready := bufio.NewScanner(stdout)
			if !ready.Scan() || !strings.HasPrefix(ready.Text(), "ready ") {
				t.Fatalf("the parent says %q", ready.Text())
			}
			pid, err := strconv.Atoi(strings.TrimPrefix(ready.Text(), "ready "))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }() // only if it should still live
			if err := end(parent, stdinW); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewScanner(told)
			if !said.Scan() || said.Text() != "closed" {
				t.Errorf("said %q", said.Text())
			}
			if said.Scan() { // the end comes when the connector is dead
				t.Errorf("said %q", said.Text())
			}
		})
	}
}

func TestStartedByHand(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{modeKey + "=" + modeConnector}
	out, err := cmd.Output()
	if err != nil || !strings.HasPrefix(string(out), "demo 1.2.3\nSpeaks to a PSA that is not there.\n") {
		t.Errorf("%v, printed:\n%s", err, out)
	}
}

func TestCannotListen(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{modeKey + "=" + modeConnector, handshake.CookieKey + "=" + handshake.CookieValue,
		"PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR=/nonexistent"}
	var log strings.Builder
	cmd.Stderr = &log
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 || !strings.Contains(log.String(), "plugin init error") {
		t.Errorf("%v, logged %s", err, log.String())
	}
}
