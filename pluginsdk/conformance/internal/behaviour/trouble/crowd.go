package trouble

import (
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// callers are many for one connection.
const callers = 50

// crowds are the checks of many calls at once.
func crowds() []suite.Check {
	return []suite.Check{{
		Name: "crowd/reads", About: "Fifty callers at once get each his own answer, the same as one by one.",
		Operations: []string{"tickets.list", "tickets.get"},
		Run:        readingCrowd,
	}, {
		Name: "crowd/same_read", About: "Fifty callers who ask for the same get the same.",
		Operations: []string{"tickets.list", "tickets.get"}, Needs: []string{simulated.Requests},
		Run: sameReads,
	}, {
		Name: "crowd/notes", About: "Fifty notes written at once are all there, each once, and each caller is answered his own.",
		Operations: []string{"tickets.list", "notes.list", "notes.create_internal"}, Writes: true,
		Run: func(t *suite.T) {
			ticket := workTicket(t, "A ticket with many notes")
			writingCrowd(t, "notes.create_internal", "body", func(mark string) proto.Message { return internalNote(ticket, mark) },
				func() []protoreflect.Message {
					return t.List(t.Anew(), "notes.list", psav1.ListNotesRequest_builder{Ticket: &ticket}.Build())
				})
		},
	}, {
		Name: "crowd/tickets", About: "Fifty tickets made at once are all there, each once, and each caller is answered his own.",
		Operations: []string{"tickets.list", "tickets.create"}, Writes: true,
		Run: func(t *suite.T) {
			writingCrowd(t, "tickets.create", "title", func(mark string) proto.Message {
				request := newTicket(t, mark)
				if t.Supports("tickets.create", "external_id") {
					request.GetInput().SetExternalId(mark)
				}
				return request
			}, func() []protoreflect.Message { return t.List(t.Anew(), "tickets.list", t.Request("tickets.list")) })
		},
	}, {
		Name: "crowd/external_id", About: "Callers who make a ticket with the same external id one after the other all get the one that is there.",
		Operations: []string{"tickets.list", "tickets.create"}, Writes: true,
		Run: sameExternalID,
	}, {
		Name: "crowd/title", About: "Callers who change one ticket at once leave it as one of them has asked, and each is told what it holds.",
		Operations: []string{"tickets.list", "tickets.get", "tickets.update"}, Writes: true,
		Run: changingCrowd,
	}}
}

// atOnce runs a function for 0 to n-1, all at once, and waits.
func atOnce(n int, run func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { run(i) })
	}
	all.Wait()
}

// readingCrowd asks many things at once: tickets, each by several callers, and
// whatever else is served.
func readingCrowd(t *suite.T) {
	reads := readings(t)
	for _, row := range firstOf(t, "tickets.list", nil, 20) {
		reads = append(reads, reading{"tickets.get", psav1.GetTicketRequest_builder{Ticket: new(suite.ID(row))}.Build()})
	}
	if len(reads) == 0 {
		t.NotRun("there is nothing to read")
	}
	alone := make([]proto.Message, len(reads))
	for n, r := range reads {
		var err error
		if alone[n], err = t.Call(t.Context(), t.Conn(), r.operation, r.request); err != nil {
			t.Fatalf("%s: %s", r.operation, suite.Words(err))
		}
	}
	atOnce(max(callers, 2*len(reads)), func(n int) {
		r := reads[n%len(reads)]
		answer, err := t.Call(t.Context(), t.Conn(), r.operation, r.request)
		switch {
		case err != nil:
			t.Errorf("%s works alone and fails in a crowd: %s", r.operation, suite.Words(err))
		case !sameAnswer(answer, alone[n%len(reads)]):
			t.Errorf("%s answers otherwise in a crowd than alone", r.operation)
		}
	})
}

func sameReads(t *suite.T) {
	v, x := vendor{t}, &ids{t: t, found: map[string]string{}}
	request := x.request("tickets.get")
	if request == nil {
		t.NotRun("there is no ticket")
	}
	alone, err := t.Call(t.Context(), t.Conn(), "tickets.get", request)
	t.Must(err)
	v.forget()
	atOnce(callers, func(int) {
		answer, err := t.Call(t.Context(), t.Conn(), "tickets.get", request)
		if err != nil || !proto.Equal(answer, alone) {
			t.Errorf("one of %d callers for the same ticket gets something else than alone: %s", callers, suite.Words(err))
		}
	})
	t.Logf("%d callers for one ticket cost %d requests to the PSA", callers, len(v.log()))
}

// writingCrowd makes many records at once, each recognised by a mark in a field.
func writingCrowd(t *suite.T, op, field string, request func(mark string) proto.Message, list func() []protoreflect.Message) {
	marks := marker{about: "crowd"}
	var asked []string
	var requests []proto.Message
	for range callers {
		mark := marks.next()
		asked, requests = append(asked, mark), append(requests, request(mark))
	}
	answered := make([]string, callers)
	atOnce(callers, func(n int) {
		response, err := t.Call(t.Context(), t.Conn(), op, requests[n])
		if err != nil {
			t.Errorf("%s, one of %d at once: %s", op, callers, suite.Words(err))
			return
		}
		record := recordOf(response)
		answered[n] = suite.ID(record)
		if got := suite.Text(record, field); got != asked[n] {
			t.Errorf("%s of %q is answered with the record of %q", op, asked[n], got)
		}
	})
	there := map[string][]string{}
	for _, row := range list() {
		there[suite.Text(row, field)] = append(there[suite.Text(row, field)], suite.ID(row))
	}
	for n, mark := range asked {
		if answered[n] != "" && !slices.Equal(there[mark], []string{answered[n]}) {
			t.Errorf("%s of %q was answered with %s; there are %v", op, mark, answered[n], there[mark])
		}
	}
}

// sameExternalID makes a ticket again and again. What comes of calls at the same
// time is told and not judged: to look for the id and to make the ticket are two
// requests, and no PSA keeps others out in between.
func sameExternalID(t *suite.T) {
	if !t.Supports("tickets.create", "external_id") {
		t.NotRun("tickets.create takes no external_id")
	}
	const again = 20
	create := func(external, title string) (string, bool) {
		request := newTicket(t, title)
		request.GetInput().SetExternalId(external)
		response, err := t.Call(t.Context(), t.Conn(), "tickets.create", request)
		if err != nil {
			t.Errorf("tickets.create with an external id: %s", suite.Words(err))
			return "", false
		}
		return suite.ID(recordOf(response)), receiptOf(response).GetAlreadyExisted()
	}
	first, existed := create("conformance-key-1", "Made once")
	if existed {
		t.Errorf("the receipt of a new ticket says that it existed already")
	}
	for n := range again {
		id, existed := create("conformance-key-1", "Made once")
		if id != first || !existed {
			t.Errorf("tickets.create number %d with the same external id answers ticket %s, already_existed %t; it is %s, which exists", n+2, id, existed, first)
		}
	}
	if there := ticketsTitled(t, "Made once"); len(there) != 1 {
		t.Errorf("%d calls with one external id have made %d tickets: %v", again+1, len(there), there)
	}
	atOnce(again, func(int) { create("conformance-key-2", "Made at once") })
	t.Logf("%d calls at once with one external id have made %d tickets", again, len(ticketsTitled(t, "Made at once")))
}

// changingCrowd changes one ticket from many sides.
func changingCrowd(t *suite.T) {
	ticket := workTicket(t, "Before all of them")
	marks := marker{about: "title"}
	var titles []string
	for range callers {
		titles = append(titles, marks.next())
	}
	atOnce(callers, func(n int) {
		response, err := t.Call(t.Context(), t.Conn(), "tickets.update", psav1.UpdateTicketRequest_builder{
			Ticket: &ticket, SetFields: []string{"title"}, Input: psav1.Ticket_builder{Title: &titles[n]}.Build(),
		}.Build())
		if err != nil {
			t.Errorf("tickets.update, one of %d at once: %s", callers, suite.Words(err))
			return
		}
		held := suite.Text(recordOf(response), "title")
		applied := receiptOf(response).GetOutcome() == psav1.Receipt_Outcome_APPLIED
		if applied != (held == titles[n]) {
			t.Errorf("tickets.update to %q answers a ticket with the title %q, and its receipt says %s", titles[n], held, receiptOf(response).GetOutcome())
		}
	})
	if held := ticketNow(t, ticket).GetTitle(); !slices.Contains(titles, held) {
		t.Errorf("%d callers have changed the title, and it is %q", callers, held)
	}
}
