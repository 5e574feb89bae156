package reading

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/field"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// enrich gives some tickets what a tenant may have none of: a ticket above them, an
// id of the caller's, a second technician, somebody who is copied on the mail. What
// cannot be written is left.
func enrich(t *suite.T) {
	if t.Simulator == nil || !t.Serves("tickets.update") {
		return
	}
	rows := t.List(t.Conn(), "tickets.list", withParts(t.Request("tickets.list"), psav1.Include_CO_OWNERS, psav1.Include_WATCHERS))
	open := changeable(rows)
	if len(open) < 4 {
		return
	}
	some := filter.Spread(open, 4)
	for _, gift := range []struct {
		name   string
		to     []protoreflect.Message
		ticket *psav1.Ticket
	}{
		{"parent", some[1:3], psav1.Ticket_builder{Parent: psav1.Reference_builder{Id: new(suite.ID(some[0]))}.Build()}.Build()},
		{"external_id", some[1:2], psav1.Ticket_builder{ExternalId: new("conformance-1")}.Build()},
		{"co_owners", some[2:3], psav1.Ticket_builder{CoOwners: colleague(t, some[2])}.Build()},
		{"watchers", some[3:4], psav1.Ticket_builder{Watchers: []*psav1.Party{psav1.Party_builder{Email: new("conformance@example.com")}.Build()}}.Build()},
	} {
		if !field.Has(gift.ticket.ProtoReflect(), gift.name) || slices.ContainsFunc(rows, func(row protoreflect.Message) bool { return field.Has(row, gift.name) }) {
			continue // there is nothing to give, or there is one
		}
		for _, row := range gift.to {
			_, err := psav1.NewTicketWriterClient(t.Conn()).UpdateTicket(t.Context(), psav1.UpdateTicketRequest_builder{
				Ticket: new(suite.ID(row)), Input: gift.ticket, SetFields: []string{gift.name},
			}.Build())
			if err != nil {
				t.Logf("no ticket has a value in %s, and %s takes none: %s", gift.name, suite.ID(row), suite.Words(err))
			}
		}
	}
}

// vary changes a record of a list that were all changed at the same time, so that
// times tell them apart.
func vary(t *suite.T, list string) {
	i := slices.IndexFunc(movers, func(m mover) bool { return m.list == list && m.update != "" })
	if i < 0 || t.Simulator == nil || !t.Serves(movers[i].update) {
		return
	}
	rows := t.List(t.Conn(), list, t.Request(list))
	if slices.ContainsFunc(rows, func(row protoreflect.Message) bool {
		return field.Text(row, "updated_at") != field.Text(rows[0], "updated_at")
	}) {
		return
	}
	if len(rows) > 0 {
		if err := movers[i].change(t, rows[len(rows)/2], "conformance"); err != nil {
			t.Logf("all records were changed at the same time, and none can be: %s", suite.Words(err))
		}
	}
}

// colleague is a technician who can be assigned to a ticket besides its owner.
func colleague(t *suite.T, ticket protoreflect.Message) []*psav1.Reference {
	if !t.Serves("technicians.list") {
		return nil
	}
	for _, row := range t.List(t.Conn(), "technicians.list", t.Request("technicians.list")) {
		if field.Text(row, "active") == "true" && field.Text(row, "can_own") == "true" && suite.ID(row) != field.Text(ticket, "owner.id") {
			return []*psav1.Reference{psav1.Reference_builder{Id: new(suite.ID(row))}.Build()}
		}
	}
	return nil
}

// grow adds records to a list that has few of them, like one that it has.
func grow(t *suite.T, list string, request proto.Message) {
	i := slices.IndexFunc(movers, func(m mover) bool { return m.list == list && m.create != "" })
	if i < 0 || t.Simulator == nil || !t.Serves(movers[i].create) {
		return
	}
	rows := t.List(t.Conn(), list, request)
	if len(rows) == 0 {
		return // like none
	}
	for n := range stops - len(rows) {
		if err := movers[i].add(t, rows[0], fmt.Sprintf("conformance, record %d", n)); err != nil {
			t.Logf("%s has %d records, and takes no more: %s", list, len(rows)+n, suite.Words(err))
			return
		}
	}
}

// changeable are the tickets that a PSA lets anybody change: those that are open.
func changeable(rows []protoreflect.Message) []protoreflect.Message {
	var open []protoreflect.Message
	for _, row := range rows {
		switch field.Text(row, "status.category") {
		case "RESOLVED", "CLOSED":
		default:
			if field.Text(row, "kind") != "PROJECT" {
				open = append(open, row)
			}
		}
	}
	return open
}
