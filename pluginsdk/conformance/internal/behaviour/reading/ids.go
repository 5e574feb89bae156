package reading

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/filter"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// listOf is where the records are that a field of a path names; "" for those that
// cannot be listed.
var listOf = map[string]string{
	"ticket": "tickets.list", "company": "companies.list", "contact": "contacts.list", "configuration": "configurations.list",
	"time_entry": "time_entries.list", "schedule_entry": "schedule_entries.list", "technician": "technicians.list",
	"note": "notes.list", "attachment": "attachments.list",
}

// strange are ids that no PSA gives.
var strange = []string{
	"0", "-1", "1.5", "1e3", "0x10", "9223372036854775808", "-9223372036854775809", "../1", "1/2", "1/../2", "./1", "1?x=1", "1&x=1", "1#x", "1;x",
	".", "..", "%2e", "%2e%2e", "%2e%2e%2f1", "1%2f2", "1%00", "%", "\\", "..\\1", "'", `"`, "1' or '1'='1", `1" or "1"="1`, "1) or (1=1", "1--",
	"\n", "1\n", "1\r\nX-Other: y", "\t1", "1\u00a0", "\u0663", "\uff11", "ünïcödé", "\U0001f3ab", "\u202e1", "null", "undefined", "true", "{}", "[1]", "1,2", "*", "$(id)", "<b>1</b>",
	"id:1", strings.Repeat("9", 128), strings.Repeat("a", 128),
}

// around are ids made of one that there is, and of another: a PSA's own reading of
// numbers, paths and queries would take them for it.
func around(id, other string) []string {
	return []string{
		" " + id, id + " ", "0" + id, "+" + id, id + ".0", id + "e0", id + "\n", id + "\u200b", "id:" + id, id + "," + other, id + ";" + other,
		id + "/", "/" + id, "./" + id, id + "/../" + other, other + "/../" + id, id + "?x=1", id + "&x=1", id + "#x", id + "%20", id + "/notes", id + "%2fnotes",
		"..%2ftickets%2f" + id, "'" + id + "'", "(" + id + ")",
	}
}

// unlike is an id that looks like one and is none of those that there are.
func unlike(id string, known map[string]bool) string {
	for n := range 10 {
		digit := strconv.Itoa(n)
		for _, other := range []string{id[:len(id)-1] + digit, id + digit} {
			if !known[other] && strings.Trim(other, "0") != "" && other[0] != '0' {
				return other
			}
		}
	}
	return filter.NoID
}

// whose are the records that an operation's path names, by the field: the id of one
// that there is, and those of all that there are.
type whose struct {
	ids   []string
	known []map[string]bool
	// foreign are ids of other records: of other resources, and of the same one under
	// another ticket.
	foreign [][]string
}

// genuine finds records that an operation can be about. Where there are none, the id
// is one that looks like an id.
func genuine(t *suite.T, op string) *whose {
	w := &whose{}
	for i, name := range t.IDs(op) {
		id, known := filter.NoID, map[string]bool{}
		var foreign []string
		if list := listOf[name]; list != "" && t.Serves(list) {
			ids := listed(t, list)
			if over[list] != "" {
				var ticket string
				ticket, ids, foreign = under(t, list)
				if ticket != "" {
					w.ids[i-1] = ticket
				}
			}
			for _, one := range ids {
				known[one] = true
			}
			if len(ids) > 0 {
				id = ids[len(ids)/2]
			}
			foreign = slices.DeleteFunc(append(foreign, elsewhere(t, list)...), func(one string) bool { return known[one] })
		}
		w.ids, w.known, w.foreign = append(w.ids, id), append(w.known, known), append(w.foreign, foreign)
	}
	return w
}

// listed are the ids of all records of a list; none where the list is one of what
// another record has.
func listed(t *suite.T, list string) []string {
	if over[list] != "" {
		return nil
	}
	var ids []string
	for _, row := range t.List(t.Conn(), list, t.Request(list)) {
		ids = append(ids, suite.ID(row))
	}
	return ids
}

// under finds a ticket that has some of what a list is about: its id, and the ids of
// what it has and of what another ticket has.
func under(t *suite.T, list string) (ticket string, ids, others []string) {
	for _, row := range newestFirst(t, over[list]) {
		rows := t.List(t.Conn(), list, t.Ask(list, suite.ID(row)))
		for _, one := range rows {
			if ticket == "" {
				ids = append(ids, suite.ID(one))
			} else {
				others = append(others, suite.ID(one))
			}
		}
		if len(others) > 0 {
			return ticket, ids, others
		}
		if len(ids) > 0 && ticket == "" {
			ticket = suite.ID(row)
		}
	}
	return ticket, ids, others
}

// elsewhere are a few ids of each resource but that of a list.
func elsewhere(t *suite.T, list string) []string {
	var ids []string
	for _, other := range slices.Sorted(maps.Values(listOf)) {
		if other != list && t.Serves(other) {
			ids = append(ids, filter.Spread(listed(t, other), 3)...)
		}
	}
	return ids
}

// another is an id of the same list as the one at a place; that one where there is
// no other.
func (w *whose) another(place int) string {
	for _, id := range slices.Sorted(maps.Keys(w.known[place])) {
		if id != w.ids[place] {
			return id
		}
	}
	return w.ids[place]
}

// about makes a request of an operation about the records of these ids, with what
// it needs besides.
func (w *whose) about(t *suite.T, op string, ids []string) proto.Message {
	r := t.Ask(op, ids...)
	switch x := r.(type) {
	case *psav1.GetAvailabilityRequest:
		in := fortnight(today(t))
		x.SetFrom(timestamppb.New(in.from))
		x.SetTo(timestamppb.New(in.to))
	case *psav1.UpdateTicketRequest:
		x.SetInput(psav1.Ticket_builder{Title: new("conformance")}.Build())
		x.SetSetFields([]string{"title"})
	case *psav1.UpdateNoteRequest:
		x.SetInput(psav1.Note_builder{Body: new("conformance")}.Build())
		x.SetSetFields([]string{"body"})
	case *psav1.UpdateTimeEntryRequest:
		x.SetInput(psav1.TimeEntry_builder{Summary: new("conformance")}.Build())
		x.SetSetFields([]string{"summary"})
	case *psav1.UpdateScheduleEntryRequest:
		x.SetInput(psav1.ScheduleEntry_builder{State: new(psav1.ScheduleState_DONE)}.Build())
		x.SetSetFields([]string{"state"})
	case *psav1.UpdateContactRequest:
		x.SetInput(psav1.Contact_builder{Title: new("conformance")}.Build())
		x.SetSetFields([]string{"title"})
	case *psav1.UpdateConfigurationRequest:
		x.SetInput(psav1.Configuration_builder{Tag: new("conformance")}.Build())
		x.SetSetFields([]string{"tag"})
	case *psav1.TransitionTicketRequest:
		x.SetTo(psav1.Status_builder{Category: new(psav1.Category_IN_PROGRESS)}.Build())
	case *psav1.MergeTicketsRequest:
		x.SetDuplicates([]*psav1.Reference{psav1.Reference_builder{Id: new(w.another(0))}.Build()})
	case *psav1.CreateInternalNoteRequest:
		x.SetBody("conformance")
	case *psav1.CreateCustomerNoteRequest:
		x.SetBody("conformance")
	case *psav1.SendReplyRequest:
		x.SetBody("conformance")
	}
	return r
}
