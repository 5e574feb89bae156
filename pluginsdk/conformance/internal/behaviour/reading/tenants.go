package reading

import (
	"context"
	"slices"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// lists are the operations whose whole answers tell tenants apart.
var lists = []string{
	"tickets.list", "companies.list", "contacts.list", "configurations.list", "time_entries.list", "schedule_entries.list", "technicians.list",
	"catalogue.queues", "catalogue.statuses", "catalogue.priorities", "catalogue.types", "catalogue.sources", "catalogue.custom_fields",
	"catalogue.work_types", "catalogue.work_roles", "catalogue.configuration_types", "catalogue.configuration_statuses", "catalogue.schedule_statuses",
}

func tenants() []suite.Check {
	return []suite.Check{{
		Name: "tenants/apart", About: "Two connections of one process, used in turn and at once, answer each its own tenant's records.",
		Run: tenantsApart,
	}, {
		Name: "tenants/ids", About: "The id of another tenant's record is unknown, or that of a record of one's own.",
		Operations: []string{"tickets.list", "tickets.get"}, Run: tenantsIDs,
	}, {
		Name: "tenants/tokens", About: "Another tenant's page_token is refused, or leads to records of one's own.",
		Operations: []string{"tickets.list"}, Run: tenantsTokens,
	}, {
		Name: "tenants/names", About: "A name that only another tenant has is unknown.",
		Operations: []string{"tickets.list"}, Run: tenantsNames,
	}}
}

// held is what the lists of a tenant hold, by operation.
type held map[string][]protoreflect.Message

// snapshot reads all lists of a connection.
func snapshot(t *suite.T, conn grpc.ClientConnInterface) held {
	h := held{}
	for _, op := range lists {
		if t.Serves(op) {
			rows, err := whole(t.Context(), t, conn, op)
			if err != nil {
				t.Fatalf("%s: %s", op, suite.Words(err))
			}
			h[op] = rows
		}
	}
	return h
}

// whole is all that a list holds. Unlike the methods of a check it is for several
// goroutines.
func whole(ctx context.Context, t *suite.T, conn grpc.ClientConnInterface, op string) ([]protoreflect.Message, error) {
	request := withParts(t.Request(op), psav1.Include_CUSTOM_FIELDS).ProtoReflect()
	paged := request.Descriptor().Fields().ByName("page_size") != nil
	if paged {
		suite.Set(request, "page_size", protoreflect.ValueOfInt32(suite.MaxPage))
	}
	var rows []protoreflect.Message
	for range maxPages {
		response, err := t.Call(ctx, conn, op, request.Interface())
		if err != nil {
			return rows, err
		}
		rows = append(rows, suite.Rows(response)...)
		token := suite.Text(response.ProtoReflect(), "next_page_token")
		if token == "" {
			return rows, nil
		}
		suite.Set(request, "page_token", protoreflect.ValueOfString(token))
	}
	return rows, nil
}

// maxPages bounds a walk for the comparison of tenants.
const maxPages = 1000

// both are what each tenant holds, read where neither could be taken for the other.
func both(t *suite.T) (own, other held) {
	other = snapshot(t, t.OtherAlone())
	own = snapshot(t, t.Alone())
	if slices.EqualFunc(own["tickets.list"], other["tickets.list"], equal) && slices.EqualFunc(own["companies.list"], other["companies.list"], equal) {
		t.NotRun("connection and other_connection hold the same records, so that nobody could tell whose are answered")
	}
	return own, other
}

func equal(a, b protoreflect.Message) bool { return proto.Equal(a.Interface(), b.Interface()) }

// rounds is how often all lists are read of both tenants at once.
const rounds = 3

func tenantsApart(t *suite.T) {
	own, other := both(t)
	conn, foreign := t.Conn(), t.OtherConn()
	for _, op := range lists { // in turn, each begun by the other one
		if t.Serves(op) {
			for range 2 {
				holds(t, foreign, op, other, own)
				holds(t, conn, op, own, other)
			}
		}
	}
	var running sync.WaitGroup
	for range rounds {
		for _, op := range lists {
			if t.Serves(op) {
				running.Go(func() { holds(t, conn, op, own, other) })
				running.Go(func() { holds(t, foreign, op, other, own) })
			}
		}
		running.Wait()
	}
}

// holds reads a list and holds it against what the tenant, and what the other one
// has. It is for several goroutines.
func holds(t *suite.T, conn grpc.ClientConnInterface, op string, own, other held) {
	rows, err := whole(t.Context(), t, conn, op)
	if err != nil {
		t.Errorf("%s beside calls of another connection: %s", op, suite.Words(err))
		return
	}
	of := func(h held, row protoreflect.Message) bool {
		return slices.ContainsFunc(h[op], func(one protoreflect.Message) bool { return equal(one, row) })
	}
	for _, row := range rows {
		switch {
		case of(own, row):
		case of(other, row):
			t.Errorf("%s answers %s, which is another connection's: %s", op, inWords(row), called(row))
			return
		default:
			t.Errorf("%s answers %s otherwise than when the process has no other connection: %s", op, inWords(row), called(row))
			return
		}
	}
	if len(rows) != len(own[op]) {
		t.Errorf("%s answers %d records beside calls of another connection, and %d alone", op, len(rows), len(own[op]))
	}
}

// called is what people know a record by.
func called(row protoreflect.Message) string {
	for _, path := range []string{"title", "name", "label", "summary"} {
		if field.Has(row, path) {
			return field.Words(row, path)
		}
	}
	return ""
}

func tenantsIDs(t *suite.T) {
	own, other := both(t)
	mine := map[string]protoreflect.Message{}
	for _, row := range own["tickets.list"] {
		mine[suite.ID(row)] = row
	}
	t.OtherConn()
	for _, row := range filter.Spread(other["tickets.list"], sampled) {
		// The other tenant's record is the last that the process has seen.
		_, err := t.Call(t.Context(), t.OtherConn(), "tickets.get", t.Ask("tickets.get", suite.ID(row)))
		t.Must(err)
		response, err := t.Call(t.Context(), t.Conn(), "tickets.get", t.Ask("tickets.get", suite.ID(row)))
		want := mine[suite.ID(row)]
		switch {
		case err != nil && want == nil:
			if f := suite.Fault(err); f.Code != fault.CodeNotFound && f.Code != fault.CodeInvalidArgument {
				t.Errorf("tickets.get of another tenant's %s: %s; it has to be not_found", suite.ID(row), suite.Words(err))
			}
		case err != nil:
			t.Errorf("tickets.get of %s, which tickets.list has: %s", suite.ID(row), suite.Words(err))
		case want == nil:
			t.Errorf("tickets.get answers another tenant's %s: %s", suite.ID(row), called(suite.Record(response)))
		case field.Text(suite.Record(response), "etag") != field.Text(want, "etag"):
			t.Errorf("tickets.get of %s answers %s; the record of one's own is %s", suite.ID(row), called(suite.Record(response)), called(want))
		}
	}
}

func tenantsTokens(t *suite.T) {
	own, _ := both(t)
	known := map[string]string{}
	for _, row := range own["tickets.list"] {
		known[suite.ID(row)] = field.Text(row, "etag")
	}
	request := t.Request("tickets.list")
	suite.Set(request.ProtoReflect(), "page_size", protoreflect.ValueOfInt32(2))
	response, err := t.Call(t.Context(), t.OtherConn(), "tickets.list", request)
	t.Must(err)
	token := suite.Text(response.ProtoReflect(), "next_page_token")
	if token == "" {
		t.NotRun("the other tenant has not enough tickets for two pages")
	}
	harmless(t, "tickets.list", t.Request("tickets.list"), token, "another tenant's page_token", func(row protoreflect.Message) bool {
		etag, ok := known[suite.ID(row)]
		return ok && etag == field.Text(row, "etag")
	})
}

func tenantsNames(t *suite.T) {
	own, other := both(t)
	tried := 0
	for _, from := range []struct{ list, filter string }{{"companies.list", "company"}, {"contacts.list", "contact"}, {"technicians.list", "owner"}} {
		mine := map[string]bool{}
		for _, row := range own[from.list] {
			mine[field.Text(row, "name")] = true
		}
		for _, row := range filter.Spread(other[from.list], 4*sampled) {
			name := field.Text(row, "name")
			if mine[name] || t.Unsupported("tickets.list", from.filter) {
				continue
			}
			tried++
			request := t.Request("tickets.list")
			set(request, from.filter, name)
			_, err := t.Call(t.Context(), t.OtherConn(), "tickets.list", request) // which learns the name
			t.Must(err)
			response, err := t.Call(t.Context(), t.Conn(), "tickets.list", request)
			switch {
			case err == nil && len(suite.Rows(response)) > 0:
				t.Errorf("tickets.list with %s=%q, which only another tenant has, answers %d tickets", from.filter, name, len(suite.Rows(response)))
			case err != nil && suite.Fault(err).Code != fault.CodeInvalidArgument:
				t.Errorf("tickets.list with %s=%q, which only another tenant has: %s", from.filter, name, suite.Words(err))
			}
		}
	}
	if tried == 0 {
		t.NotRun("the other tenant has nobody whose name this one has not")
	}
}
