package connector

import (
	"slices"
	"testing"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"
)

// TestClearedFieldsAreToldAsChanged holds what falls with another field against
// the receipt: it names the field, what is there now and why.
func TestClearedFieldsAreToldAsChanged(t *testing.T) {
	t.Parallel()
	i, _ := open(t)
	sample := firstTicket(t, i, psav1.ListTicketsRequest_builder{Queue: []string{"Service Desk"}})
	for name, test := range map[string]struct {
		input  psav1.Ticket_builder
		fields []string
		want   map[string]string // the reason, by field
	}{
		"no type": {psav1.Ticket_builder{}, []string{"type"}, map[string]string{
			"subtype": "the subtype hangs below the type that changes", "item": "the item hangs below the type that changes",
		}},
		"no subtype": {psav1.Ticket_builder{}, []string{"subtype"}, map[string]string{"item": "the item hangs below the subtype that is cleared"}},
		"another queue": {psav1.Ticket_builder{Queue: ref("Alerts")}, []string{"queue"}, map[string]string{
			"type":    `the queue that the ticket moves to has no type "Network"`,
			"subtype": `the queue that the ticket moves to has no subtype "VPN"`,
			"item":    `the queue that the ticket moves to has no item "Firewall"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			id := create(t, i, psav1.Ticket_builder{
				Title: &name, Company: refByID(sample.GetCompany().GetId()), Queue: ref("Service Desk"),
				Type: ref("Network"), Subtype: ref("VPN"), Item: ref("Firewall"),
			}).GetTicket().GetId()
			r := update(t, i, id, test.input, test.fields...).GetReceipt()
			if r.GetOutcome() != applied || len(r.GetChanged()) != len(test.want) {
				t.Errorf("receipt %v", r)
			}
			for _, f := range r.GetChanged() {
				if test.want[f.GetField()] != f.GetReason() || f.GetHolds() != nil || slices.Contains(r.GetDefaulted(), f.GetField()) {
					t.Errorf("changed %v, defaulted %v", f, r.GetDefaulted())
				}
			}
		})
	}
}
