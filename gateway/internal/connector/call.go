package connector

import (
	"context"
	"strconv"
	"time"

	"github.com/deskgate/deskgate/gateway/internal/problem"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// reapLimit is how long a call waits to learn whether its process has died.
const reapLimit = 500 * time.Millisecond

// call is one call to a connector.
type call struct {
	process    *process
	connection *connection
	method     string
	meta       Metadata
}

// do makes the call.
func (k call) do(ctx context.Context, in, out proto.Message) (Cost, *problem.Problem) {
	joined, end, fault := k.begin(ctx)
	if fault != nil {
		return Cost{}, fault
	}
	defer end()
	var trailer metadata.MD
	err := k.process.conn.Invoke(k.outgoing(joined), k.method, in, out, grpc.Trailer(&trailer))
	cost := costOf(trailer)
	if err != nil {
		return cost, k.explain(ctx, err)
	}
	return cost, nil
}

// begin counts the call, and returns a context that also ends with the process.
// What it returns has to be called at the end.
func (k call) begin(ctx context.Context) (context.Context, func(), *problem.Problem) {
	if !k.process.begin() {
		return nil, nil, k.notSent(problem.New(problem.ConnectionDown,
			"the connector of connection %q has just ended or is being stopped; try again in a moment", k.name()))
	}
	joined, leave := k.process.join(ctx)
	return joined, func() { leave(); k.process.done() }, nil
}

func (k call) name() string { return k.connection.spec.Name }

func (k call) outgoing(ctx context.Context) context.Context {
	pairs := []string{handshake.MetadataConnection, k.name()}
	if k.meta.RequestID != "" {
		pairs = append(pairs, handshake.MetadataRequestID, k.meta.RequestID)
	}
	if k.meta.Agent != "" {
		pairs = append(pairs, handshake.MetadataAgent, k.meta.Agent)
	}
	return metadata.AppendToOutgoingContext(ctx, pairs...)
}

// explain turns the error of a call into what its caller is told.
func (k call) explain(ctx context.Context, err error) *problem.Problem {
	st := status.Convert(err)
	if fault := faultOf(st); fault != nil {
		return k.fromFault(st, fault)
	}
	if k.hasDied(ctx, st.Code()) {
		if k.meta.Write {
			return k.unknown(problem.New(problem.OutcomeUnknown,
				"the connector of connection %q ended during the call: whether the PSA was changed is not known; look before you repeat it", k.name())).Because(err)
		}
		return problem.New(problem.ConnectionDown,
			"the connector of connection %q ended during the call and is being started again; try again in a moment", k.name()).Because(err)
	}
	switch {
	case ctx.Err() != nil || st.Code() == codes.DeadlineExceeded:
		return k.unknown(problem.New(problem.DeadlineExceeded,
			"the connector of connection %q had no answer in the time of the call", k.name())).Because(err)
	case st.Code() == codes.Unimplemented:
		p := problem.New(problem.NotSupported, "the connector %q of connection %q does not serve this operation", k.connection.spec.Connector, k.name())
		p.Source = problem.Connector
		return k.notSent(p).Because(err)
	case st.Code() == codes.Unavailable:
		return k.unknown(problem.New(problem.ConnectionDown,
			"the connector of connection %q cannot be reached; try again in a moment", k.name())).Because(err)
	default:
		return k.unknown(&problem.Problem{
			Code: problem.Internal, Source: problem.Connector,
			Detail: "the connector failed without a reason; the log has more under this request id",
		}).Because(err)
	}
}

// hasDied tells whether the process ended under the call. While the caller
// waits for the answer, gRPC's code may be ahead of the process's end.
func (k call) hasDied(ctx context.Context, code codes.Code) bool {
	limit := time.Duration(0)
	if ctx.Err() == nil && (code == codes.Unavailable || code == codes.Canceled) {
		limit = reapLimit
	}
	return k.process.died(k.name(), limit)
}

// unknown marks a write that may have happened.
func (k call) unknown(p *problem.Problem) *problem.Problem {
	if k.meta.Write {
		p.Outcome = problem.Unknown
	}
	return p
}

// notSent marks a write that cannot have happened.
func (k call) notSent(p *problem.Problem) *problem.Problem {
	if k.meta.Write {
		p.Outcome = problem.NotSent
	}
	return p
}

// costOf reads the trailers; what a connector does not tell is zero.
func costOf(trailer metadata.MD) Cost {
	return Cost{
		VendorRequests: number(trailer, handshake.TrailerVendorRequests),
		VendorTime:     time.Duration(number(trailer, handshake.TrailerVendorMS)) * time.Millisecond,
	}
}

func number(trailer metadata.MD, key string) int {
	values := trailer.Get(key)
	if len(values) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(values[0], 10, 32)
	if err != nil || n < 0 {
		return 0
	}
	return int(n)
}
