package writing

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/record"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/sample"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/write"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func merging() []suite.Check {
	operations := []string{"tickets.create", "tickets.merge", "tickets.get"}
	return []suite.Check{{
		Name: "merge/tickets", About: "Duplicates that are merged are read as merged into the ticket that survives; merging them again changes nothing.",
		Operations: operations, Writes: true, Run: mergeTickets,
	}, {
		Name: "merge/refused", About: "What cannot be merged is refused before anything is sent.",
		Operations: operations, Writes: true, Run: mergeRefused,
	}}
}

// duplicatesOf judges what the answer to a merge says of each duplicate.
func duplicatesOf(t *suite.T, m *write.Answer, of []*psav1.Ticket, again bool) {
	answer, _ := m.Message.(*psav1.MergeTicketsResponse)
	if len(answer.GetDuplicates()) != len(of) {
		t.Errorf("tickets.merge of %d duplicates answers %d", len(of), len(answer.GetDuplicates()))
		return
	}
	for i, d := range answer.GetDuplicates() {
		if d.GetId() != of[i].GetId() || !d.GetMerged() || d.GetAlreadyMerged() != again {
			t.Errorf("tickets.merge answers for duplicate %d: id %q, merged %v, already_merged %v; it is %s, merged, already merged %v", i, d.GetId(), d.GetMerged(), d.GetAlreadyMerged(), of[i].GetId(), again)
		}
	}
}

func mergeTickets(t *suite.T) {
	x := sample.Of(t)
	survivor := x.Ticket()
	duplicates := []*psav1.Ticket{x.Ticket(), x.Ticket()}
	happened := history(t, duplicates[0])
	call := x.MergeInto(survivor, duplicates...)
	made := call.Make(t)
	duplicatesOf(t, made.Answer, duplicates, false)
	into := func(d *psav1.Ticket) []string {
		ref := sample.Refer(d)
		after, _ := ref.Anew(t).Interface().(*psav1.Ticket)
		wrong := ref.Against(t, after.ProtoReflect())
		if got := after.GetMergedInto().GetId(); got != survivor.GetId() {
			wrong = append(wrong, fmt.Sprintf("%s was merged into %s, and is read as merged into %q", ref, survivor.GetId(), got))
		}
		if c := after.GetStatus().GetCategory(); c != psav1.Category_CLOSED && c != psav1.Category_RESOLVED {
			wrong = append(wrong, fmt.Sprintf("%s was merged, and is still %s (%s)", ref, after.GetStatus().GetName(), c))
		}
		return wrong
	}
	for _, d := range duplicates {
		record.Settle(t, func() []string { return into(d) })
	}
	if now := history(t, duplicates[0]); happened >= 0 && now <= happened {
		t.Errorf("the history of a ticket that was merged has %d entries; before it had %d", now, happened)
	}
	noteOfMerge(t, survivor, call)
	again, err := call.Try(t, t.Conn())
	if err != nil {
		t.Errorf("merging the same tickets again is refused: %s; they are to be left alone", suite.Words(err))
		return
	}
	duplicatesOf(t, again, duplicates, true)
}

// history is how many entries a ticket's history has; -1 where it is not served.
func history(t *suite.T, ticket *psav1.Ticket) int {
	if !t.Serves("tickets.history") {
		return -1
	}
	return len(t.List(t.Anew(), "tickets.history", psav1.ListTicketHistoryRequest_builder{Ticket: new(ticket.GetId())}.Build()))
}

// noteOfMerge judges the note that a merge leaves on the ticket that survives.
func noteOfMerge(t *suite.T, survivor *psav1.Ticket, call write.Call) {
	if !t.Serves("notes.list") {
		return
	}
	request, _ := call.Request.(*psav1.MergeTicketsRequest)
	found := false
	for _, row := range t.List(t.Anew(), "notes.list", psav1.ListNotesRequest_builder{Ticket: new(survivor.GetId())}.Build()) {
		n, _ := row.Interface().(*psav1.Note)
		if !strings.Contains(n.GetBody(), request.GetNote()) {
			continue
		}
		found = true
		if n.GetVisibility() != psav1.Visibility_INTERNAL {
			t.Errorf("the note of a merge is %s", n.GetVisibility())
		}
	}
	if !found {
		t.Errorf("the note of a merge, %q, is not among the notes of the ticket that survives", request.GetNote())
	}
}

func mergeRefused(t *suite.T) {
	x := sample.Of(t)
	survivor, duplicate := x.Ticket(), x.Ticket()
	codes := []fault.Code{fault.CodeInvalidArgument, fault.CodeFailedPrecondition, fault.CodeNotFound}
	_ = x.MergeInto(survivor, duplicate, survivor).Refused(t, "the ticket that survives among the duplicates", codes...)
	missing := proto.CloneOf(duplicate)
	missing.SetId(noID)
	_ = x.MergeInto(survivor, duplicate, missing).Refused(t, "a duplicate that there is not", codes...)
	after, _ := sample.Refer(duplicate).Anew(t).Interface().(*psav1.Ticket)
	if after.HasMergedInto() {
		t.Errorf("a merge with a duplicate that there is not is refused, and the other duplicate is merged")
	}
	// One that is merged elsewhere stays there.
	elsewhere := x.Ticket()
	if _, err := x.MergeInto(elsewhere, duplicate).Try(t, t.Conn()); err != nil {
		t.Fatalf("tickets.merge: %s", suite.Words(err))
	}
	_ = x.MergeInto(survivor, duplicate).Refused(t, "a duplicate that is merged into another ticket", append(codes, fault.CodeConflict)...)
}
