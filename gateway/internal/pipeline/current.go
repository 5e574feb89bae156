package pipeline

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/gateway/internal/access"
	"github.com/deskgate/deskgate/gateway/internal/operation"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// current reads the record that a call changes, for the judgement of a policy: a
// call of its own at the PSA, whose cost counts to the one that asks.
func (p *Pipeline) current(ctx context.Context, inv *Invocation) access.Current {
	return func() (proto.Message, *problem.Problem) {
		get := inv.Operation.Current
		look := &Invocation{
			Operation: get, RequestID: inv.RequestID, Path: inv.Path, Identity: inv.Identity,
			Connection: inv.Connection, Request: samePath(get, inv.Request), Response: get.Output.New(),
		}
		ctx, cancel := context.WithTimeout(ctx, p.limits.Read)
		defer cancel()
		err := p.backend.Invoke(ctx, look)
		inv.Cost.Add(look.Cost)
		if err != nil {
			return nil, problem.From(err)
		}
		return operation.RecordOf(look.Response), nil
	}
}

// samePath is the request of a get for the record that another request names.
func samePath(get *operation.Operation, request proto.Message) proto.Message {
	out, from := get.Input.New(), request.ProtoReflect()
	for _, name := range get.HTTP.PathParams {
		into := out.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(name))
		out.ProtoReflect().Set(into, from.Get(from.Descriptor().Fields().ByName(protoreflect.Name(name))))
	}
	return out
}
