package behaviour

import (
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/deskgate/deskgate/pluginsdk/conformance/internal/suite"
	"github.com/deskgate/deskgate/pluginsdk/fault"
	"github.com/deskgate/deskgate/pluginsdk/handshake"
	connectorv1 "github.com/deskgate/deskgate/proto/deskgate/connector/v1"
	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

func describing() []suite.Check {
	return []suite.Check{{
		Name: "connector/description", About: "It says what it is, and lists as operations what its services hold.",
		Run: description,
	}, {
		Name: "connector/validation", About: "A configuration that cannot be used is refused before any connection, at the attribute, without its secrets.",
		Run: validation,
	}, {
		Name: "connector/unknown_connection", About: "A call on a connection that was never made is refused.",
		Operations: []string{"tickets.get"},
		Run: func(t *suite.T) {
			_, err := psav1.NewTicketReaderClient(t.Subject.On("never-made")).GetTicket(t.Context(), psav1.GetTicketRequest_builder{Ticket: new("1")}.Build())
			if err == nil {
				t.Errorf("tickets.get is answered on a connection that does not exist")
			}
		},
	}}
}

func description(t *suite.T) {
	d := t.Subject.Description
	if d.GetName() == "" || d.GetVersion() == "" || d.GetSummary() == "" {
		t.Errorf("name %q, version %q and summary %q must all be given", d.GetName(), d.GetVersion(), d.GetSummary())
	}
	if d.GetContractMinor() > handshake.ContractMinor {
		t.Logf("it is built against contract minor %d; this suite knows %d", d.GetContractMinor(), handshake.ContractMinor)
	}
	operations, err := t.Operations()
	t.Must(err)
	served := map[string]bool{}
	for _, o := range operations {
		served[o.Name] = o.Served
	}
	for _, s := range d.GetOperations() {
		if on, known := served[s.GetOperation()]; !known || !on {
			t.Errorf("it says something of %q, an operation of no service that it serves", s.GetOperation())
		}
		if s.GetEmulated() && s.GetReason() == "" {
			t.Errorf("%s is emulated, and it does not say how", s.GetOperation())
		}
	}
}

func validation(t *suite.T) {
	r, err := t.Subject.Control().Validate(t.Context(), connectorv1.ValidateRequest_builder{Connection: new("conformance-wrong"), ConfigJson: t.Config.JSON}.Build())
	if status.Code(err) == codes.Unimplemented {
		t.NotRun("it has no Validate, and tells at Connect")
	}
	t.Must(err)
	for _, v := range r.GetViolations() {
		t.Errorf("the connection that works is refused: %s: %s", v.GetField(), v.GetMessage())
	}
	// What Connect refuses must name an attribute that there is.
	_, err = t.Subject.Control().Connect(t.Context(), connectorv1.ConnectRequest_builder{Connection: new("conformance-wrong"), ConfigJson: []byte(`{}`)}.Build())
	if len(t.Subject.Description.GetSchema().GetAttributes()) == 0 {
		return
	}
	f := suite.Fault(err)
	if err != nil && f.Code != fault.CodeInvalidArgument {
		t.Errorf("an empty configuration answers %s; it is an invalid_argument with the attributes that are missing", suite.Words(err))
	}
	if f == nil {
		return
	}
	known := map[string]bool{}
	for _, a := range t.Subject.Description.GetSchema().GetAttributes() {
		known[a.GetName()] = true
	}
	for _, v := range f.Violations {
		if name, _, _ := strings.Cut(v.Field, "."); name != "" && !known[name] {
			t.Errorf("it refuses the attribute %q, which its schema does not have", v.Field)
		}
	}
}
