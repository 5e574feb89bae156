package connector

import (
	"fmt"
	"slices"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// TestWritesGoWhereAProjectTicketIs changes and deletes what hangs on a ticket of a
// project, and then the ticket, from a connection that does not know yet what kind
// it is.
func TestWritesGoWhereAProjectTicketIs(t *testing.T) {
	t.Parallel()
	first, sim, ticket, _ := openMerging(t)
	// One of its own, since ConnectWise keeps a ticket that time is booked on.
	var like struct{ Phase struct{ ID int } }
	vendor(t, sim, "GET", "project/tickets/"+ticket.GetId(), "", &like)
	var own struct{ ID int }
	vendor(t, sim, "POST", "project/tickets", fmt.Sprintf(`{"summary":"Of its own","phase":{"id":%d}}`, like.Phase.ID), &own)
	id := itoa(own.ID)
	made, err := first.CreateInternalNote(t.Context(), psav1.CreateInternalNoteRequest_builder{Ticket: &id, Body: new("x")}.Build())
	if err != nil {
		t.Fatal(err)
	}
	note := made.GetNote().GetId()
	addDocument(t, first, id, "plan.txt", "the plan", false)
	fresh := func() *Instance {
		i, err := connect(t.Context(), configFor(sim.URL))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(i.Close)
		admin(t, sim, "DELETE", "requests", "", nil)
		return i
	}
	wantSent := func(want ...string) {
		t.Helper()
		if sent := writes(t, sim); !slices.Equal(sent, want) {
			t.Errorf("sent %v, want %v", sent, want)
		}
	}
	i := fresh()
	edited, err := i.UpdateNote(t.Context(), editNote(id, note, psav1.Note_builder{Body: new("y")}, "body"))
	if err != nil || edited.GetReceipt().GetOutcome() != applied || edited.GetNote().GetBody() != "y" {
		t.Errorf("edited %v, %v", edited, err)
	}
	wantSent("PATCH project/tickets/" + id + "/notes/" + note)
	i = fresh()
	deleted, err := i.DeleteNote(t.Context(), psav1.DeleteNoteRequest_builder{Ticket: &id, Note: &note, Options: psav1.WriteOptions_builder{IfMatch: new(edited.GetNote().GetEtag())}.Build()}.Build())
	if err != nil || deleted.GetReceipt().GetOutcome() != applied {
		t.Errorf("deleted %v, %v", deleted, err)
	}
	wantSent("DELETE project/tickets/" + id + "/notes/" + note)

	i = fresh()
	list, err := i.ListAttachments(t.Context(), psav1.ListAttachmentsRequest_builder{Ticket: &id, PageSize: new(int32(200))}.Build())
	n := slices.IndexFunc(list.GetAttachments(), func(a *psav1.Attachment) bool { return a.GetFileName() == "plan.txt" })
	if err != nil || n < 0 {
		t.Fatalf("attachments %v, %v", list, err)
	}
	i = fresh()
	if _, err := i.GetAttachment(t.Context(), psav1.GetAttachmentRequest_builder{Ticket: &id, Attachment: new(list.GetAttachments()[n].GetId())}.Build()); err != nil {
		t.Error(err)
	}
	i = fresh()
	gone, err := i.DeleteAttachment(t.Context(), psav1.DeleteAttachmentRequest_builder{Ticket: &id, Attachment: new(list.GetAttachments()[n].GetId())}.Build())
	if err != nil || gone.GetReceipt().GetOutcome() != applied {
		t.Errorf("removed %v, %v", gone, err)
	}
	i = fresh()
	removed, err := i.DeleteTicket(t.Context(), psav1.DeleteTicketRequest_builder{Ticket: &id}.Build())
	wantSent("DELETE project/tickets/" + id)
	if err != nil || removed.GetReceipt().GetOutcome() != applied {
		t.Errorf("deleted %v, %v", removed, err)
	}
}
