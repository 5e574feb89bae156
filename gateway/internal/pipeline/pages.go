package pipeline

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/gateway/internal/pagetoken"
	"github.com/deskgate/deskgate/gateway/internal/problem"
)

// defaultPageSize is the page that a caller gets who does not say.
const defaultPageSize = 50

// paged is a request for a page; every list of the contract has these fields.
type paged interface {
	proto.Message
	HasPageSize() bool
	SetPageSize(int32)
	ClearPageSize()
	GetPageToken() string
	SetPageToken(string)
	ClearPageToken()
}

// page is the answer to one.
type page interface {
	GetNextPageToken() string
	SetNextPageToken(string)
}

// pages opens the caller's page token for the connector and seals the
// connector's cursor for the caller.
func (p *Pipeline) pages(ctx context.Context, inv *Invocation, next handler) error {
	request, ok := inv.Request.(paged)
	if !ok {
		return next(ctx, inv)
	}
	binding, err := bind(inv, request)
	if err != nil {
		return err
	}
	if !request.HasPageSize() {
		request.SetPageSize(defaultPageSize)
	}
	if token := request.GetPageToken(); token != "" {
		cursor, err := p.sealer.Open(binding, token)
		if err != nil {
			return problem.Field("page_token", err.Error())
		}
		request.SetPageToken(cursor)
	}
	if err := next(ctx, inv); err != nil {
		return err
	}
	if answer, ok := inv.Response.(page); ok && answer.GetNextPageToken() != "" {
		answer.SetNextPageToken(p.sealer.Seal(binding, answer.GetNextPageToken()))
	}
	return nil
}

// bind is what a token of this call is good for: the same caller, connection,
// operation and query, whatever the page size.
func bind(inv *Invocation, request paged) (pagetoken.Binding, error) {
	query, ok := proto.Clone(request).(paged)
	if !ok {
		return pagetoken.Binding{}, problem.New(problem.Internal, "a request lost its type")
	}
	query.ClearPageSize()
	query.ClearPageToken()
	stable, err := proto.MarshalOptions{Deterministic: true}.Marshal(query)
	if err != nil {
		return pagetoken.Binding{}, problem.From(err)
	}
	return pagetoken.Binding{Agent: inv.Identity.Name(), Connection: inv.Connection, Operation: inv.Operation.Name, Query: stable}, nil
}
