package account

import (
	"context"
	"fmt"
	"strconv"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/permission"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/setup"
	"github.com/deskgate/deskgate/pluginsdk/catalogue"
	"github.com/deskgate/deskgate/pluginsdk/fault"
)

// resolveMergeField finds the custom field that says what a project ticket was
// merged into: the record of one has no member for that (connectwise.md §7).
func (a *Account) resolveMergeField(ctx context.Context) error {
	name := a.Config.MergeField
	if name == "" {
		return nil
	}
	set, err := a.Tables.Fields(ctx, setup.ProjectTickets)
	if fault.CodeOf(err) == fault.CodePermissionDenied {
		e := *fault.From(err)
		e.Message = fmt.Sprintf("the field that merge_field names cannot be looked for, since the API member may not read the tickets of projects: give its security role %s, or leave merge_field out (%s)",
			permission.Advice(permission.ProjectTickets), e.Message)
		return &e
	}
	if err != nil {
		return err
	}
	fields := catalogue.List[setup.Field]{What: "custom field of project tickets", Values: set.Values}
	field, err := fields.Pick("merge_field", catalogue.Reference{Name: name})
	if _, number := strconv.Atoi(name); fault.CodeOf(err) == fault.CodeInvalidArgument && number == nil {
		field, err = fields.Pick("merge_field", catalogue.Reference{ID: name})
	}
	if err != nil {
		return err
	}
	if field.Type != psav1.CustomFieldType_STRING && field.Type != psav1.CustomFieldType_NUMBER || field.ReadOnly {
		return fault.InvalidArgument("merge_field", fmt.Sprintf("the custom field %q holds no ticket number that can be written: give one of the type Text or Number, with free entry", name))
	}
	a.MergeField = field
	return nil
}

// MergedInto is a value of the merge field that names a ticket.
func (a *Account) MergedInto(ticketID int) any {
	if a.MergeField.Type == psav1.CustomFieldType_NUMBER {
		return ticketID
	}
	return strconv.Itoa(ticketID)
}
