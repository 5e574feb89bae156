package main

import (
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/handshake"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// Mistakes of reading.
var (
	dropsAFilter       = asking(func(r *psav1.ListTicketsRequest) { r.SetQueue(nil) })
	takesTheFirstValue = asking(func(r *psav1.ListTicketsRequest) {
		for _, f := range []string{"status", "queue", "company", "type", "priority", "owner", "contact"} {
			if list := r.ProtoReflect().Get(field(r.ProtoReflect(), f)).List(); list.Len() > 1 {
				r.ProtoReflect().Mutable(field(r.ProtoReflect(), f)).List().Truncate(1)
			}
		}
	})
	sinceIsExclusive = asking(func(r *psav1.ListTicketsRequest) {
		if r.HasUpdatedSince() {
			r.SetUpdatedSince(timestamppb.New(r.GetUpdatedSince().AsTime().Add(time.Second)))
		}
	})
	losesARowAtAPageEdge = answering(func(r *psav1.ListTicketsResponse) {
		if rows := r.GetTickets(); r.GetNextPageToken() != "" && len(rows) > 1 {
			r.SetTickets(rows[:len(rows)-1])
		}
	})
	reversesPages = answering(func(r *psav1.ListTicketsResponse) {
		rows := r.GetTickets()
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	})
	forgetsIncludes   = asking(func(r *psav1.ListTicketsRequest) { r.SetInclude(nil) })
	etagNeverChanges  = answeringEverywhere(func(m protoreflect.Message) { setText(m, "etag", "always") })
	takesAnyPageSize  = asking(func(r *psav1.ListTicketsRequest) { r.SetPageSize(50) })
	refersToNoName    = answeringEverywhere(func(m protoreflect.Message) { clearIn(m, "Reference", "name") })
	answersAnyID      = mutant{handle: anyID}
	repeatsAPage      = mutant{handle: repeated}
	neverEnds         = mutant{handle: endless}
	answersForAnother = mutant{handle: another}
	hoursOff          = mutant{handle: shifted}
)

// answeringEverywhere changes every message of every answer of a PSA service.
func answeringEverywhere(change func(protoreflect.Message)) mutant {
	return mutant{handle: func(c *call) (proto.Message, error) {
		response, err := forward(c)
		if err == nil {
			everywhere(response.ProtoReflect(), change)
		}
		return response, err
	}}
}

func setText(m protoreflect.Message, name, text string) {
	if f := field(m, name); f != nil && m.Has(f) {
		m.Set(f, protoreflect.ValueOfString(text))
	}
}

func clearIn(m protoreflect.Message, message protoreflect.Name, name string) {
	if m.Descriptor().Name() == message {
		unset(m, name)
	}
}

// repeated answers the second page with the rows of the first.
func repeated(c *call) (proto.Message, error) {
	r, ok := c.request.(*psav1.ListTicketsRequest)
	if !ok || r.GetPageToken() == "" {
		return forward(c)
	}
	right, err := forward(c)
	if err != nil {
		return right, err
	}
	again, ok := proto.Clone(r).(*psav1.ListTicketsRequest)
	if !ok {
		return right, nil
	}
	again.ClearPageToken()
	first, err := c.send(c.ctx, again)
	if err != nil {
		return first, err
	}
	if page, ok := first.(*psav1.ListTicketsResponse); ok {
		if next, ok := right.(*psav1.ListTicketsResponse); ok {
			next.SetTickets(page.GetTickets())
		}
	}
	return right, nil
}

// endless answers the last page with the token that led to it.
func endless(c *call) (proto.Message, error) {
	response, err := forward(c)
	r, asked := c.request.(*psav1.ListTicketsRequest)
	if page, ok := response.(*psav1.ListTicketsResponse); ok && asked && err == nil && !page.HasNextPageToken() && r.HasPageToken() {
		page.SetNextPageToken(r.GetPageToken())
	}
	return response, err
}

// anyID answers some ticket for an id that there is not.
func anyID(c *call) (proto.Message, error) {
	response, err := forward(c)
	if _, ok := c.request.(*psav1.GetTicketRequest); !ok || err == nil {
		return response, err
	}
	list, e := c.sendTo(c.ctx, c.service, "ListTickets", psav1.ListTicketsRequest_builder{PageSize: new(int32(1))}.Build())
	if page, ok := list.(*psav1.ListTicketsResponse); ok && e == nil && len(page.GetTickets()) > 0 {
		return psav1.GetTicketResponse_builder{Ticket: page.GetTickets()[0]}.Build(), nil
	}
	return response, err
}

// another answers every list of tickets from the first connection that was made,
// whichever was asked.
func another(c *call) (proto.Message, error) {
	if c.method != "ListTickets" {
		return forward(c)
	}
	md, _ := metadata.FromOutgoingContext(c.ctx)
	asked := md.Get(handshake.MetadataConnection)
	c.mu.Lock()
	for name := range c.configs {
		if len(asked) > 0 && name < asked[0] {
			md.Set(handshake.MetadataConnection, name)
		}
	}
	c.mu.Unlock()
	return c.send(metadata.NewOutgoingContext(c.ctx, md), c.request)
}

// shifted takes times for those of a zone an hour off, both ways: who asks it
// alone sees nothing wrong.
func shifted(c *call) (proto.Message, error) {
	everywhere(c.request.ProtoReflect(), shift(-time.Hour))
	response, err := forward(c)
	if err == nil {
		everywhere(response.ProtoReflect(), shift(time.Hour))
	}
	return response, err
}

func shift(by time.Duration) func(protoreflect.Message) {
	return func(m protoreflect.Message) {
		if at, ok := m.Interface().(*timestamppb.Timestamp); ok {
			moved := timestamppb.New(at.AsTime().Add(by))
			at.Seconds, at.Nanos = moved.Seconds, moved.Nanos
		}
	}
}
