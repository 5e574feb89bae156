package pluginsdk

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"github.com/deskgate/deskgate/pluginsdk/vendorhttp"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
)

// How long stopping waits.
const (
	drainLimit = 5 * time.Second // for the calls to end by themselves
	closeLimit = 2 * time.Second // then, their contexts ended, for them and the instances to close
	leaveLimit = time.Second     // for the gateway to close its end
)

// server is the connector at work.
type server struct {
	plugin.NetRPCUnsupportedPlugin

	program     *program
	log         hclog.Logger
	redactor    *vendorhttp.Redactor // of everything logged
	connections *registry
	news        *hub

	drain, close time.Duration // drainLimit and closeLimit

	stopOnce sync.Once
	stopping chan struct{}   // closed when stop begins
	hurry    context.Context // ends when calls in flight are no longer waited for
	endCalls context.CancelFunc

	grpc atomic.Pointer[grpc.Server] // set when it serves
}

func newServer(p *program, log hclog.Logger, redactor *vendorhttp.Redactor) *server {
	news := newHub()
	s := &server{
		program: p, log: log, redactor: redactor, news: news, connections: newRegistry(log, news),
		drain: drainLimit, close: closeLimit, stopping: make(chan struct{}),
	}
	s.hurry, s.endCalls = context.WithCancel(context.Background())
	return s
}

// newGRPC returns the gRPC server within our limits and manners.
func (s *server) newGRPC(opts []grpc.ServerOption) *grpc.Server {
	opts = append(opts,
		grpc.MaxRecvMsgSize(handshake.MaxMessageBytes),
		grpc.MaxSendMsgSize(handshake.MaxMessageBytes),
		grpc.StaticStreamWindowSize(handshake.StreamWindowBytes),
		grpc.StaticConnWindowSize(handshake.ConnWindowBytes),
		grpc.UnaryInterceptor(s.intercept),
		grpc.StreamInterceptor(s.interceptStream),
		grpc.StatsHandler(tracker{s.connections.all}))
	server := grpc.NewServer(opts...)
	s.grpc.Store(server)
	return server
}

// GRPCServer implements plugin.GRPCPlugin.
func (s *server) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	s.register(server)
	return nil
}

// GRPCClient implements plugin.GRPCPlugin; a connector is nobody's client.
func (s *server) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a connector only serves")
}

func (s *server) register(server *grpc.Server) {
	connectorv1.RegisterConnectorServer(server, control{s})
	connectorv1.RegisterPermissionProbeServer(server, probe{s})
	connectorv1.RegisterOutcomeCheckerServer(server, outcome{s})
	for _, desc := range s.program.services {
		server.RegisterService(dispatched(desc, s.connections), nil) // nil: each call has its own instance
	}
}

// stop takes no more calls, lets those in flight end and closes the instances.
// It returns when that is done or took too long.
func (s *server) stop() {
	s.stopOnce.Do(func() { close(s.stopping) })
	stopped := s.connections.stop()
	if within(stopped, s.drain) {
		return
	}
	s.log.Warn("calls are still running; their time is cut short", "waited", s.drain)
	s.endCalls()
	if !within(stopped, s.close) {
		s.log.Warn("calls or connections do not end", "waited", s.close)
	}
}

// leave ends serving: when the gateway has closed its end, and with it the
// streams that never end by themselves, or after a while without that.
func (s *server) leave() {
	server := s.grpc.Load()
	defer time.AfterFunc(leaveLimit, server.Stop).Stop()
	server.GracefulStop()
}

func within(done <-chan struct{}, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
