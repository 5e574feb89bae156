package pluginsdk

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/deskgate/deskgate/pluginsdk/call"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/schema"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func TestMain(m *testing.M) {
	switch os.Getenv(modeKey) {
	case modeConnector:
		Serve(processConnector())
		os.Exit(0)
	case modeParent:
		beParent()
	default:
		goleak.VerifyTestMain(m)
	}
}

// demoConfig is what a connection of the demo connector is configured with.
type demoConfig struct {
	CommonConfig

	Site  schema.URL `hcl:"site,required" doc:"The address of the API."`
	Token string     `hcl:"token,required" secret:"true" doc:"The API token."`
}

// demo is an instance that does what its test says.
type demo struct {
	env    Env
	config demoConfig

	get    func(context.Context, *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error)
	update func(context.Context, *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error)
	check  func(context.Context) ([]Finding, error)
	closed func() error
}

var (
	_ psav1.TicketReaderServer = (*demo)(nil)
	_ psav1.TicketWriterServer = (*demo)(nil)
	_ Checker                  = (*demo)(nil)
	_ Describer                = (*demo)(nil)
)

func (d *demo) ListTickets(context.Context, *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
	return &psav1.ListTicketsResponse{}, nil
}

// GetTicket answers a ticket whose title is the connection's site, unless the
// test says otherwise.
func (d *demo) GetTicket(ctx context.Context, req *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
	if d.get != nil {
		return d.get(ctx, req)
	}
	return ticket(string(d.config.Site)), nil
}

func (d *demo) CreateTicket(context.Context, *psav1.CreateTicketRequest) (*psav1.CreateTicketResponse, error) {
	return &psav1.CreateTicketResponse{}, nil
}

func (d *demo) UpdateTicket(ctx context.Context, req *psav1.UpdateTicketRequest) (*psav1.UpdateTicketResponse, error) {
	return d.update(ctx, req)
}

func (d *demo) Check(ctx context.Context) ([]Finding, error) {
	if d.check != nil {
		return d.check(ctx)
	}
	return []Finding{{Step: "login", Level: OK, Message: "the login works"}}, nil
}

func (d *demo) ConnectInfo() ConnectInfo {
	return ConnectInfo{Summary: "Demo at " + string(d.config.Site), AgentResource: &AgentResource{ID: "7", Name: "Dana", Attribution: Native}}
}

func (d *demo) Close() error {
	if d.closed != nil {
		return d.closed()
	}
	return nil
}

func ticket(title string) *psav1.GetTicketResponse {
	return psav1.GetTicketResponse_builder{Ticket: psav1.Ticket_builder{Title: &title}.Build()}.Build()
}

// demoConnector returns the demo connector; setup makes each instance do what
// the test wants.
func demoConnector(setup func(*demo) error) Connector[demoConfig, *demo] {
	return Connector[demoConfig, *demo]{
		Name: "demo", Version: "1.2.3", Summary: "Speaks to a PSA that is not there.", Setup: "# Setup\n",
		Connect: func(ctx context.Context, env Env, config demoConfig) (*demo, error) {
			call.From(ctx).AddRequest(0)
			d := &demo{env: env, config: config}
			if setup != nil {
				if err := setup(d); err != nil {
					return nil, err
				}
			}
			return d, nil
		},
		Operations: []OperationSupport{{
			Operation: "tickets.list", Emulated: true, Reason: "the PSA has no list", UnsupportedFilters: []string{"owner"},
		}},
	}
}

// rig is a connector that is served in this process.
type rig struct {
	*testing.T
	server  *server
	control connectorv1.ConnectorClient
	tickets psav1.TicketReaderClient
	writes  psav1.TicketWriterClient
	conn    *grpc.ClientConn
	log     *logBuffer
}

func start[Config, Instance any](t *testing.T, c Connector[Config, Instance]) *rig {
	t.Helper()
	p, err := c.program()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, log: &logBuffer{}}
	redactor := vendorhttp.NewRedactor()
	r.server = newServer(p, newLogger(c.Name, "debug", redacting{r.log, redactor}), redactor)
	grpcServer := r.server.newGRPC(nil)
	r.server.register(grpcServer)
	listener := bufconn.Listen(1 << 20)
	served := make(chan error, 1)
	go func() { served <- grpcServer.Serve(listener) }()
	r.conn, err = grpc.NewClient("passthrough:///bufconn",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(handshake.MaxMessageBytes)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.server.stop()
		_ = r.conn.Close()
		grpcServer.Stop()
		<-served
	})
	r.control = connectorv1.NewConnectorClient(r.conn)
	r.tickets = psav1.NewTicketReaderClient(r.conn)
	r.writes = psav1.NewTicketWriterClient(r.conn)
	return r
}

const (
	demoToken = "s3cret-token"
	demoJSON  = `{"site":"https://demo.example","token":"` + demoToken + `"}`
)

// connect connects and fails the test if that does.
func (r *rig) connect(name, config string) *connectorv1.ConnectResponse {
	r.Helper()
	resp, err := r.tryConnect(name, config)
	if err != nil {
		r.Fatalf("Connect(%s): %v", name, err)
	}
	return resp
}

func (r *rig) tryConnect(name, config string) (*connectorv1.ConnectResponse, error) {
	return r.control.Connect(r.Context(), connectorv1.ConnectRequest_builder{Connection: &name, ConfigJson: []byte(config)}.Build())
}

// get reads a ticket over a connection.
func (r *rig) get(connection string, opts ...grpc.CallOption) (string, error) {
	resp, err := r.tickets.GetTicket(on(r.Context(), connection), psav1.GetTicketRequest_builder{Ticket: new("1")}.Build(), opts...)
	return resp.GetTicket().GetTitle(), err
}

func on(ctx context.Context, connection string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, handshake.MetadataConnection, connection, handshake.MetadataRequestID, "req-1")
}

// faultOf returns what the gateway reads out of an error.
func faultOf(t *testing.T, err error) *fault.Error {
	t.Helper()
	st, ok := status.FromError(err)
	if err == nil || !ok || len(st.Details()) != 1 {
		t.Fatalf("the error %v is no status with one detail", err)
	}
	return fault.FromStatus(st)
}

// answers makes an instance answer with these errors, one after the other, and
// counts how often it is asked. Each call costs one request at the PSA.
func answers(errs ...error) (func(*demo) error, *atomic.Int32) {
	asked := new(atomic.Int32)
	return func(d *demo) error {
		d.get = func(ctx context.Context, _ *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
			n := int(asked.Add(1))
			call.From(ctx).AddRequest(0)
			if n <= len(errs) && errs[n-1] != nil {
				return nil, errs[n-1]
			}
			return ticket("ok"), nil
		}
		return nil
	}, asked
}
