package connector_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// The helper is a connector without the SDK: it watches neither its stdin nor
// its parent and obeys orders, so that what keeps it in check is the gateway.
// The order of a call is the id of the ticket that it asks for.
const (
	helperName    = "helper"
	helperVersion = "1.2.3"
)

// helperConfig is the configuration of a connection of the helper.
type helperConfig struct {
	// Vendor is a file that holds how the vendor is: up, down, refused, invalid,
	// forbidden or crash. Each try to connect adds a line to <Vendor>.tries.
	Vendor string `json:"vendor"`
	// Tie is a unix socket that the process holds open while it lives.
	Tie   string `json:"tie,omitempty"`
	Token string `json:"token,omitempty"`
}

var stderr = os.Stderr // go-plugin replaces it

func serve(mode string) {
	version := handshake.ProtocolVersion
	switch mode {
	case "other-version":
		version++
	case "mute":
		time.Sleep(time.Hour)
	case "sdk":
		serveSDK()
		return
	case "noisy":
		fmt.Fprint(stderr, noise)
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake.Config,
		VersionedPlugins: map[int]plugin.PluginSet{version: {handshake.PluginName: &helper{news: make(chan *connectorv1.WatchResponse)}}},
		GRPCServer: func(o []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(o, grpc.MaxRecvMsgSize(handshake.MaxMessageBytes))...)
		},
	})
}

type helper struct {
	plugin.NetRPCUnsupportedPlugin
	connectorv1.UnimplementedConnectorServer // of an older contract: without Validate
	mu                                       sync.Mutex
	configs                                  map[string]helperConfig
	news                                     chan *connectorv1.WatchResponse
}

func (h *helper) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	connectorv1.RegisterConnectorServer(s, h)
	psav1.RegisterTicketReaderServer(s, h)
	return nil
}

func (h *helper) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, nil
}

func (h *helper) Describe(context.Context, *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
	return connectorv1.DescribeResponse_builder{
		Name: new(helperName), Version: new(helperVersion), Summary: new("obeys"),
		Services: []string{"deskgate.psa.v1.TicketReader"},
		Schema: connectorv1.Schema_builder{Attributes: []*connectorv1.Attribute{
			connectorv1.Attribute_builder{Name: new("token"), Type: new(connectorv1.Attribute_Type_STRING), Secret: new(true)}.Build(),
		}}.Build(),
		Operations: []*connectorv1.OperationSupport{
			connectorv1.OperationSupport_builder{Operation: new("tickets.list"), Emulated: new(true)}.Build(),
		},
	}.Build(), nil
}

func (h *helper) Connect(_ context.Context, in *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
	var config helperConfig
	if err := json.Unmarshal(in.GetConfigJson(), &config); err != nil {
		return nil, err
	}
	if config.Tie != "" {
		if _, err := net.Dial("unix", config.Tie); err != nil {
			return nil, err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if config.Vendor != "" {
		tries, err := os.OpenFile(config.Vendor+".tries", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(tries, "connect")
		tries.Close()
	}
	if err := vendorSays(config); err != nil {
		return nil, err
	}
	if h.configs == nil {
		h.configs = map[string]helperConfig{}
	}
	h.configs[in.GetConnection()] = config
	return connectorv1.ConnectResponse_builder{
		Summary:       new("tenant of " + in.GetConnection()),
		AgentResource: connectorv1.AgentResource_builder{Id: new("7"), Name: new("Bot"), Attribution: new("native")}.Build(),
	}.Build(), nil
}

func vendorSays(config helperConfig) error {
	if config.Vendor == "" {
		return nil
	}
	state, err := os.ReadFile(config.Vendor)
	if err != nil {
		return err
	}
	switch string(state) {
	case "down":
		return refuse(codes.Unavailable, "the vendor is in maintenance", connectorv1.Fault_builder{Code: new("connection_down")})
	case "refused":
		return refuse(codes.Unavailable, "the vendor refused the token "+config.Token,
			connectorv1.Fault_builder{Code: new("connection_down"), Reason: new("LOGIN_REFUSED"), Source: new(connectorv1.Fault_Source_PSA)})
	case "forbidden":
		return refuse(codes.PermissionDenied, "the account may not read tickets", connectorv1.Fault_builder{Code: new("permission_denied")})
	case "invalid":
		return refuse(codes.InvalidArgument, "there is no board Dispatch", connectorv1.Fault_builder{
			Code: new("invalid_argument"), Violations: []*connectorv1.Fault_Violation{connectorv1.Fault_Violation_builder{
				Field: new("board"), Message: new("there is no board Dispatch"), Allowed: []string{"Help Desk"}, DidYouMean: new("Help Desk"),
			}.Build()}})
	case "crash":
		os.Exit(9)
	}
	return nil
}

func refuse(code codes.Code, message string, f connectorv1.Fault_builder) error {
	st, err := status.New(code, message).WithDetails(f.Build())
	if err != nil {
		return err
	}
	return st.Err()
}

func (h *helper) Disconnect(context.Context, *connectorv1.DisconnectRequest) (*connectorv1.DisconnectResponse, error) {
	return &connectorv1.DisconnectResponse{}, nil
}

func (h *helper) Check(_ context.Context, in *connectorv1.CheckRequest) (*connectorv1.CheckResponse, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	finding := connectorv1.Finding_builder{Step: new("login"), Level: new(connectorv1.Finding_Level_OK)}
	if err := vendorSays(h.configs[in.GetConnection()]); err != nil {
		finding.Level = new(connectorv1.Finding_Level_FAILED)
		finding.Message = new(status.Convert(err).Message())
	}
	return connectorv1.CheckResponse_builder{Findings: []*connectorv1.Finding{finding.Build()}, VendorRequests: new(int32(1))}.Build(), nil
}

func (h *helper) Watch(_ *connectorv1.WatchRequest, stream grpc.ServerStreamingServer[connectorv1.WatchResponse]) error {
	for {
		select {
		case news := <-h.news:
			if err := stream.Send(news); err != nil {
				return err
			}
		case <-stream.Context().Done():
			return nil
		}
	}
}

// ListTickets answers more than gRPC would take by itself.
func (h *helper) ListTickets(context.Context, *psav1.ListTicketsRequest) (*psav1.ListTicketsResponse, error) {
	return psav1.ListTicketsResponse_builder{NextPageToken: new(strings.Repeat("x", 6<<20))}.Build(), nil
}

// GetTicket obeys.
func (h *helper) GetTicket(ctx context.Context, in *psav1.GetTicketRequest) (*psav1.GetTicketResponse, error) {
	order, arg, _ := strings.Cut(in.GetTicket(), " ")
	answer := func(format string, a ...any) (*psav1.GetTicketResponse, error) {
		return psav1.GetTicketResponse_builder{Ticket: psav1.Ticket_builder{Title: new(fmt.Sprintf(format, a...))}.Build()}.Build(), nil
	}
	md, _ := metadata.FromIncomingContext(ctx)
	value := func(key string) string { return strings.Join(md.Get(key), ",") }
	switch order {
	case "who":
		_ = grpc.SetTrailer(ctx, metadata.Pairs(handshake.TrailerVendorRequests, "3", handshake.TrailerVendorMS, "40"))
		return answer("%s %s %s", value(handshake.MetadataConnection), value(handshake.MetadataRequestID), value(handshake.MetadataAgent))
	case "environment":
		return answer("%s", strings.Join(os.Environ(), "\n"))
	case "wait": // tell on the socket that it has come so far, answer when that is closed
		conn, err := net.Dial("unix", arg)
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, conn)
		return answer("waited")
	case "exit":
		os.Exit(7)
	case "panic":
		go panic("out of toner") // no server recovers this one
		select {}
	case "leave-child": // one that holds the log open and is in no group of ours
		child := exec.Command(os.Args[0], "-hold", arg)
		child.Stderr, child.SysProcAttr = stderr, &syscall.SysProcAttr{Setsid: true}
		if err := child.Start(); err != nil {
			return nil, err
		}
		return answer("left %d", child.Process.Pid)
	case "log":
		fmt.Fprintln(stderr, arg)
		return answer("logged")
	case "print":
		fmt.Println(arg)
		return answer("printed")
	case "report":
		health := connectorv1.WatchResponse_Health_V(connectorv1.WatchResponse_Health_V_value[arg])
		h.news <- connectorv1.WatchResponse_builder{Connection: new(value(handshake.MetadataConnection)), Health: new(health), Reason: new("it says " + arg)}.Build()
		return answer("reported")
	case "bare":
		return nil, status.Error(codes.Internal, "a detail for nobody")
	case "deadline":
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	case "fault":
		return nil, refuse(codes.FailedPrecondition, "the PSA wants a resolution", connectorv1.Fault_builder{
			Code: new(arg), Reason: new("CONFIRMATION_REQUIRED"), Source: new(connectorv1.Fault_Source_PSA),
			Vendor:            connectorv1.Fault_Vendor_builder{Status: new(int32(400)), Code: new("E7"), Message: new("token hunter2-hunter2 is fine")}.Build(),
			RetryAfterSeconds: new(int32(5)), Outcome: new(connectorv1.Fault_Outcome_NOT_SENT),
			Confirmations: []*connectorv1.Fault_Confirmation{connectorv1.Fault_Confirmation_builder{Code: new("c1"), Text: new("sure?")}.Build()},
			Violations:    []*connectorv1.Fault_Violation{connectorv1.Fault_Violation_builder{Field: new("status"), Message: new("no")}.Build()},
			CurrentEtag:   new("e2"), ExistingId: new("9"),
		})
	}
	return nil, status.Error(codes.InvalidArgument, "no such order")
}

// hold lives while the socket is open.
func hold(socket string) {
	conn, err := net.DialTimeout("unix", socket, time.Minute)
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, conn)
}
