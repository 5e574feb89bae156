package mapping

import (
	"encoding/json"
	"strconv"
	"strings"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
)

// MergedInto is the ticket that a ticket was merged into, or nil: by ConnectWise
// itself, or by the custom field that the connection keeps it in for tickets of
// projects.
func MergedInto(t *api.Ticket, n Names) *psav1.Reference {
	if t.MergedParent != nil {
		return psav1.Reference_builder{Id: new(strconv.Itoa(t.MergedParent.ID)), Name: text(t.MergedParent.Summary)}.Build()
	}
	if t.List != api.ProjectTickets || n.MergeField == 0 {
		return nil
	}
	for _, f := range t.CustomFields {
		if f.ID != n.MergeField {
			continue
		}
		if id := ticketNumber(f.Value); id > 0 {
			return psav1.Reference_builder{Id: new(strconv.Itoa(id))}.Build()
		}
	}
	return nil
}

// ticketNumber is the number of a ticket that a custom field holds, or 0: people
// may write into it too.
func ticketNumber(raw json.RawMessage) int {
	var number float64
	if json.Unmarshal(raw, &number) == nil {
		if id := int(number); number == float64(id) {
			return id
		}
		return 0
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return 0
	}
	id, err := strconv.Atoi(strings.TrimPrefix(setup.Clean(s), "#"))
	if err != nil {
		return 0
	}
	return id
}
