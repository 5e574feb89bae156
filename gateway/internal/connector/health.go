package connector

import (
	"context"
	"fmt"
	"time"

	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// checkHealth ends a process that does not answer any more. go-plugin's own
// Ping has no deadline.
func (s *supervisor) checkHealth(ctx context.Context, p *process) {
	ticker := time.NewTicker(s.timing.HealthEvery)
	defer ticker.Stop()
	client := grpc_health_v1.NewHealthClient(p.conn)
	for misses := 0; ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		limit, cancel := context.WithTimeout(ctx, s.timing.HealthLimit)
		_, err := client.Check(limit, &grpc_health_v1.HealthCheckRequest{Service: plugin.GRPCServiceName})
		cancel()
		switch status.Code(err) {
		case codes.DeadlineExceeded, codes.Unavailable, codes.Canceled:
			misses++
		default: // whatever it says, it lives
			misses = 0
			continue
		}
		if ctx.Err() != nil {
			return
		}
		s.log.Warn("the connector does not answer", "misses", misses, "of", s.timing.HealthMisses)
		if misses >= s.timing.HealthMisses {
			p.kill(fmt.Sprintf("it did not answer %d health checks in a row and was ended", misses))
			return
		}
	}
}

// watch takes in what the connector tells of its connections.
func (s *supervisor) watch(ctx context.Context, p *process) {
	wait := newBackoff(s.timing)
	for ctx.Err() == nil {
		err := s.listen(ctx, p, wait.Reset)
		if ctx.Err() != nil {
			return
		}
		if status.Code(err) == codes.Unimplemented {
			s.log.Warn("the connector does not tell how its connections are; only failing calls will show it")
			return
		}
		s.log.Debug("the connector's watch has ended and is opened again", "error", err)
		select {
		case <-time.After(wait.NextBackOff()):
		case <-ctx.Done():
		}
	}
}

func (s *supervisor) listen(ctx context.Context, p *process, heard func()) error {
	stream, err := p.rpc.Watch(ctx, &connectorv1.WatchRequest{})
	if err != nil {
		return err
	}
	for {
		news, err := stream.Recv()
		if err != nil {
			return err
		}
		heard()
		s.mu.Lock()
		c := s.connections[news.GetConnection()]
		s.mu.Unlock()
		if c != nil {
			c.hear(p, news)
		}
	}
}
