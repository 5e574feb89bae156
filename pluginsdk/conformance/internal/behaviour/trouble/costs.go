package trouble

import (
	"time"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/simulated"
	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// costs are the checks that calls tell truly what they cost at the PSA.
func costs() []suite.Check {
	needs := []string{simulated.Requests, simulated.Faults}
	checks := []suite.Check{{
		Name: "cost/reads", About: "Every read tells in its trailer how many requests it has sent to the PSA.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: costOfReads,
	}, {
		Name: "cost/failed", About: "A call that fails tells what it has cost all the same.",
		Operations: []string{"tickets.list"}, Needs: needs,
		Run: costOfFailures,
	}, {
		Name: "cost/attachments.download", About: "A download tells before its content what it has cost at the PSA.",
		Operations: []string{"attachments.download", "attachments.create", "tickets.list"}, Needs: needs, Writes: true,
		Run: costOfDownload,
	}}
	return append(checks, eachChange("cost",
		"A write, and its dry run, tell how many requests they have sent to the PSA, in the trailer as in the receipt.", costOfWrite)...)
}

// sameCost asks up to three times: a connector may do something of its own beside
// a call, and not beside each.
func sameCost(t *suite.T, what string, call func() (suite.Cost, error)) {
	v := vendor{t}
	var told suite.Cost
	var asked int
	for range 3 {
		v.forget()
		var err error
		told, err = call()
		if told == suite.Untold {
			t.Errorf("%s has no trailer %s (%s)", what, handshake.TrailerVendorRequests, suite.Words(err))
			return
		}
		asked = len(v.log())
		if int(told) == asked {
			return
		}
	}
	t.Errorf("%s says that it cost %d requests to the PSA; it was %d", what, told, asked)
}

func costOfReads(t *suite.T) {
	for _, r := range readings(t) {
		sameCost(t, r.operation, func() (suite.Cost, error) {
			_, told, err := t.Measure(t.Context(), t.Conn(), r.operation, r.request)
			return told, err
		})
	}
}

func costOfFailures(t *suite.T) {
	v := vendor{t}
	for _, tr := range troubles() {
		switch tr.name {
		case "a 403", "a 503", "a connection that breaks before the deed":
			placed := v.place(tr.fault)
			sameCost(t, "tickets.list that meets "+tr.name, func() (suite.Cost, error) {
				_, told, err := t.Measure(t.Context(), t.Conn(), "tickets.list", t.Request("tickets.list"))
				return told, err
			})
			v.lift(placed)
		}
	}
}

// costOfWrite makes a write once: what it costs a second time may be something
// else.
func costOfWrite(t *suite.T, c change) {
	v := vendor{t}
	marks := marker{about: "cost"}
	request := c.prepare(t, marks.next())
	planned(t, c.operation, request) // what setup tables cost is spent
	for _, dry := range []bool{true, false} {
		what, asked := c.operation, request
		if dry {
			what, asked = "a dry run of "+c.operation, dryRun(request)
		}
		v.forget()
		response, told, err := send(t.Context(), t, t.Conn(), c.operation, asked)
		notTaken(t, c.operation, err)
		log := v.log()
		if int(told) != len(log) {
			t.Errorf("%s says in its trailer that it cost %d requests to the PSA; it was %d", what, told, len(log))
		}
		if told := receiptOf(response).GetVendorRequests(); int(told) != len(log) {
			t.Errorf("the receipt of %s says that it cost %d requests to the PSA; it was %d", what, told, len(log))
		}
	}
}

func costOfDownload(t *suite.T) {
	v := vendor{t}
	ticket := workTicket(t, "With a file")
	attachment := suite.ID(made(t, "attachments.create", newAttachment(ticket, "conformance")))
	v.forget()
	begun := time.Now()
	stream, err := psav1.NewAttachmentReaderClient(t.Conn()).DownloadAttachment(t.Context(), psav1.DownloadAttachmentRequest_builder{
		Ticket: &ticket, Attachment: &attachment,
	}.Build())
	t.Must(err)
	ahead, err := stream.Header()
	t.Must(err)
	for {
		if _, err = stream.Recv(); err != nil {
			break
		}
	}
	asked := len(v.log())
	if told := suite.CostOf(ahead); int(told) != asked {
		t.Errorf("attachments.download says in its header that it cost %d requests to the PSA; it was %d (%s)", told, asked, time.Since(begun))
	}
	if told := suite.CostOf(stream.Trailer()); int(told) != asked {
		t.Errorf("attachments.download says in its trailer that it cost %d requests to the PSA; it was %d", told, asked)
	}
}
