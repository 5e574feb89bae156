package connector

import (
	"slices"
	"strings"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/simulator"
)

// move is a transition of a ticket.
func move(t *testing.T, i *Instance, id string, r psav1.TransitionTicketRequest_builder) *psav1.TransitionTicketResponse {
	t.Helper()
	r.Ticket = &id
	resp, err := i.TransitionTicket(t.Context(), r.Build())
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func to(c psav1.Category_V) *psav1.Status { return psav1.Status_builder{Category: &c}.Build() }

func resolved(text string) *psav1.Resolution { return psav1.Resolution_builder{Text: &text}.Build() }

// vendorNotes are a ticket's notes as the simulator holds them.
func vendorNotes(t *testing.T, sim *simulator.Running, id string) []struct {
	ID                                                          int
	Text                                                        string
	DetailDescriptionFlag, InternalAnalysisFlag, ResolutionFlag bool
} {
	t.Helper()
	var notes []struct {
		ID                                                          int
		Text                                                        string
		DetailDescriptionFlag, InternalAnalysisFlag, ResolutionFlag bool
	}
	vendor(t, sim, "GET", "service/tickets/"+id+"/notes?pageSize=1000", "", &notes)
	return notes
}

func TestTransitionToTheStatusHeld(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}}).GetId()
	closed := psav1.Category_CLOSED
	move(t, i, id, psav1.TransitionTicketRequest_builder{To: to(closed), Resolution: resolved("first")})

	// The resolution is a state: it is written where the ticket has another.
	before := len(vendorNotes(t, sim, id))
	resp := move(t, i, id, psav1.TransitionTicketRequest_builder{To: to(closed), Resolution: resolved("second"), Comment: new("Bye.")})
	r := resp.GetReceipt()
	if r.GetOutcome() != psav1.Receipt_Outcome_PARTLY_APPLIED || !slices.Equal(r.GetApplied(), []string{"status", "resolution"}) {
		t.Errorf("receipt %v", r)
	}
	if d := r.GetDropped(); len(d) != 1 || d[0].GetField() != "comment" || d[0].GetAsked().GetStringValue() != "Bye." || !strings.Contains(d[0].GetReason(), "add it as a note") {
		t.Errorf("dropped %v", d)
	}
	if n := r.GetNotification(); n.GetExpected() != psav1.Observed_NOT_SENT {
		t.Errorf("notification %v", n)
	}
	notes := vendorNotes(t, sim, id)
	if len(notes) != before+1 || notes[len(notes)-1].Text != "second" || !notes[len(notes)-1].ResolutionFlag || resp.GetTicket().GetResolution().GetText() != "second" {
		t.Errorf("notes %+v", notes)
	}
	if one := get(t, i, id); one.GetEtag() != resp.GetTicket().GetEtag() {
		t.Errorf("answered the etag %s, it is %s", resp.GetTicket().GetEtag(), one.GetEtag())
	}

	// The same again writes nothing, and still tells of the comment.
	admin(t, sim, "DELETE", "requests", "", nil)
	again := move(t, i, id, psav1.TransitionTicketRequest_builder{To: to(closed), Resolution: resolved("second"), Comment: new("Bye."), CommentToCustomer: new(true)})
	if d := again.GetReceipt().GetDropped(); len(d) != 1 || len(writes(t, sim)) > 0 {
		t.Errorf("receipt %v, sent %v", again.GetReceipt(), writes(t, sim))
	}
	alone := move(t, i, id, psav1.TransitionTicketRequest_builder{To: to(closed), Resolution: resolved("second")})
	if alone.GetReceipt().GetOutcome() != unchanged || len(writes(t, sim)) > 0 {
		t.Errorf("receipt %v, sent %v", alone.GetReceipt(), writes(t, sim))
	}
}

func get(t *testing.T, i *Instance, id string) *psav1.Ticket {
	t.Helper()
	resp, err := i.GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: &id}.Build())
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetTicket()
}

// The mail of a change of status and that of its comment are told together.
func TestTransitionTellsOfBothMails(t *testing.T) {
	t.Parallel()
	const (
		sent, notSent, unknown = psav1.Observed_SENT, psav1.Observed_NOT_SENT, psav1.Observed_UNKNOWN
		suppress, send         = psav1.Notify_Choice_SUPPRESS, psav1.Notify_Choice_SEND
	)
	tests := map[string]struct {
		flag               bool // the ticket mails its contact
		comment, customer  bool
		contact            psav1.Notify_Choice_V
		expected, observed psav1.Observed_V
		refused            bool
	}{
		"no comment":                               {expected: unknown, observed: unknown},
		"for technicians":                          {comment: true, expected: unknown, observed: unknown},
		"for technicians, quiet":                   {comment: true, contact: suppress, expected: notSent, observed: notSent},
		"for the customer, flag off":               {comment: true, customer: true, expected: unknown, observed: unknown},
		"for the customer, flag on":                {flag: true, comment: true, customer: true, expected: sent, observed: unknown},
		"for the customer, ordered":                {flag: true, comment: true, customer: true, contact: send, expected: sent, observed: unknown},
		"for the customer, ordered, flag off":      {comment: true, customer: true, contact: send, refused: true},
		"for the customer, quiet":                  {flag: true, comment: true, customer: true, contact: suppress, expected: notSent, observed: notSent},
		"a mail that nobody can order, no comment": {flag: true, contact: send, refused: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, sim := open(t)
			id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}}).GetId()
			flag := "false"
			if test.flag {
				flag = "true"
			}
			vendor(t, sim, "PATCH", "service/tickets/"+id, `[{"op":"replace","path":"automaticEmailContactFlag","value":`+flag+`}]`, nil)
			r := psav1.TransitionTicketRequest_builder{Ticket: &id, To: to(psav1.Category_WAITING_CUSTOMER)}
			if test.comment {
				r.Comment, r.CommentToCustomer = new("Please call."), new(test.customer)
			}
			if test.contact != 0 {
				r.Notify = psav1.Notify_builder{Contact: &test.contact}.Build()
			}
			before := len(outbox(t, sim, id))
			resp, err := i.TransitionTicket(t.Context(), r.Build())
			if test.refused {
				wantFault(t, err, fault.CodeFailedPrecondition)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			n := resp.GetReceipt().GetNotification()
			if n.GetExpected() != test.expected || n.GetObserved() != test.observed {
				t.Errorf("notification %v", n)
			}
			if test.comment && (!strings.Contains(n.GetEvidence(), "status:") || !strings.Contains(n.GetEvidence(), "comment:")) {
				t.Errorf("the evidence names not both: %s", n.GetEvidence())
			}
			if mails := len(outbox(t, sim, id)) - before; mails > 0 && n.GetObserved() == notSent || mails == 0 && n.GetExpected() == sent {
				t.Errorf("%d mails, and the receipt says %v", mails, n)
			}
		})
	}
}

func TestTransitionNamesWhatTheCallerGave(t *testing.T) {
	t.Parallel()
	i, sim := open(t)
	id := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}, StatusCategory: []psav1.Category_V{psav1.Category_NEW}}).GetId()
	_, err := i.TransitionTicket(t.Context(), psav1.TransitionTicketRequest_builder{Ticket: &id, To: psav1.Status_builder{Id: new("9")}.Build()}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "to.id" {
		t.Errorf("violations %+v", e.Violations)
	}
	admin(t, sim, "POST", "faults", `{"match":{"method":"PATCH","path":"*/service/tickets/*"},"fault":"status","status":400,"times":1,
		"body":{"code":"InvalidObject","message":"ticket object is invalid","errors":[{"code":"InvalidField","message":"The status is not allowed.","resource":"ticket","field":"status"}]}}`, nil)
	_, err = i.TransitionTicket(t.Context(), psav1.TransitionTicketRequest_builder{Ticket: &id, To: to(psav1.Category_CLOSED)}.Build())
	if e := wantFault(t, err, fault.CodeInvalidArgument); e.Violations[0].Field != "to" {
		t.Errorf("violations %+v", e.Violations)
	}
}
