package connector

import (
	"context"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
)

// documentRight is what attachments take (connectwise.md §12).
var documentRight = area{
	step: "documents", what: "documents of tickets", function: permission.ManageDocuments,
}

// documents looks whether the documents of a ticket can be read: they are only
// listed by the record that they are on. Without a ticket there is none.
func (r *report) documents(ctx context.Context, i *Instance, ticket int) {
	if ticket == 0 {
		return
	}
	_, err := i.account.API.Documents(ctx, api.ServiceTickets.RecordType(), ticket, api.Query{Fields: []string{"id"}})
	r.right(documentRight, err)
}
