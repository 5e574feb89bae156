package ticket

import (
	"slices"

	psav1 "github.com/deskgate/deskgate/proto/deskgate/psa/v1"

	"github.com/deskgate/deskgate/plugins/connectwise/internal/api"
	"github.com/deskgate/deskgate/plugins/connectwise/internal/include"
)

// vendorFields are the members of a list's tickets that are asked for; nil is
// all. custom says that custom fields are looked at whether included or not.
func vendorFields(list api.TicketList, parts include.Set, custom bool) []string {
	if parts.Has(psav1.Include_VENDOR) {
		return nil
	}
	fields := slices.Concat(rowMembers, onlyRowMembers[list])
	if custom || parts.Has(psav1.Include_CUSTOM_FIELDS) {
		fields = slices.Concat(fields, customMembers, onlyCustomMembers[list])
	}
	return fields
}

// The members that the mapping reads; the rest of the vendor's 100 would only
// make a page slow, and of a reference its links are more than half. _info has to be
// named to be there (connectwise.md §5).
var (
	rowMembers = []string{
		"id", "summary", "board/id", "board/name", "status/id", "status/name", "type/id", "type/name", "subType/id", "subType/name",
		"item/id", "item/name", "owner/id", "owner/identifier", "owner/name", "priority/id", "priority/name", "source/id", "source/name",
		"company/id", "company/identifier", "company/name", "site/id", "site/name", "contact/id", "contact/name", "contactName",
		"contactEmailAddress", "requiredDate", "budgetHours", "actualHours", "agreement/id", "agreement/name", "workType/id", "workType/name",
		"automaticEmailCc", "closedFlag", "closedDate", "resources", "_info",
	}
	onlyRowMembers = map[api.TicketList][]string{
		api.ServiceTickets: {
			"recordType", "severity", "impact", "externalXRef", "dateResolved", "dateResponded", "isInSla", "sla/id", "sla/name",
			"parentTicketId", "mergedParentTicket/id", "mergedParentTicket/summary",
		},
		api.ProjectTickets: {"isIssueFlag"},
	}
	customMembers = []string{
		"customFields", "serviceLocation", "location", "department", "automaticEmailContactFlag",
		"automaticEmailResourceFlag", "automaticEmailCcFlag", "customerUpdatedFlag", "billTime",
	}
	onlyCustomMembers = map[api.TicketList][]string{
		api.ServiceTickets: {"team", "poNumber"},
		api.ProjectTickets: {"phase", "project", "wbsCode"},
	}
)
