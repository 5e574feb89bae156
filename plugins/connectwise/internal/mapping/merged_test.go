package mapping_test

import (
	"testing"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/mapping"
)

func TestMergedInto(t *testing.T) {
	t.Parallel()
	const field = 22
	for name, test := range map[string]struct {
		list         api.TicketList
		ticket, want string // the id; "" is none
	}{
		"by ConnectWise":         {api.ServiceTickets, `{"mergedParentTicket":{"id":7,"summary":"x"}}`, "7"},
		"not at all":             {api.ServiceTickets, `{"customFields":[{"id":22,"value":"7"}]}`, ""},
		"by a text":              {api.ProjectTickets, `{"customFields":[{"id":21,"value":5},{"id":22,"value":"7"}]}`, "7"},
		"by a text of people":    {api.ProjectTickets, `{"customFields":[{"id":22,"value":" #7\u200b "}]}`, "7"},
		"by a number":            {api.ProjectTickets, `{"customFields":[{"id":22,"value":7.0}]}`, "7"},
		"by another field":       {api.ProjectTickets, `{"customFields":[{"id":21,"value":"7"}]}`, ""},
		"by what is no number":   {api.ProjectTickets, `{"customFields":[{"id":22,"value":"7 and 8"}]}`, ""},
		"by a part of a number":  {api.ProjectTickets, `{"customFields":[{"id":22,"value":7.5}]}`, ""},
		"by nothing":             {api.ProjectTickets, `{"customFields":[{"id":22,"value":null}]}`, ""},
		"by an empty text":       {api.ProjectTickets, `{"customFields":[{"id":22,"value":""}]}`, ""},
		"by a value left out":    {api.ProjectTickets, `{"customFields":[{"id":22}]}`, ""},
		"by a negative number":   {api.ProjectTickets, `{"customFields":[{"id":22,"value":-7}]}`, ""},
		"by a number far beyond": {api.ProjectTickets, `{"customFields":[{"id":22,"value":1e300}]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := decode[api.Ticket](t, test.ticket)
			record.List = test.list
			names := noNames
			names.MergeField = field
			if got := mapping.MergedInto(&record, names).GetId(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
